import Receiving
import Testing

@testable import Collector

@Suite struct `A call of OTLP` {
    @Test(
        arguments: [
            ("/v1/traces", .traces), ("/v1/metrics", .other(.metrics)), ("/v1/logs", .other(.logs)),
            ("/v1development/profiles", .other(.profiles)), ("/v1/traces?a", .traces),
            ("/", .unknown), ("/v1/traces/", .unknown), ("/V1/traces", .unknown),
            ("/opentelemetry.proto.collector.trace.v1.TraceService/Export", .unknown),
        ] as [(String, OTLPCall)])
    func `is known by its path, over HTTP`(path: String, call: OTLPCall) throws {
        #expect(OTLPCall(try requestHead(path: path), at: .otlpHTTP) == call)
    }

    @Test(
        arguments: [
            ("/opentelemetry.proto.collector.trace.v1.TraceService/Export", .traces),
            ("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", .other(.metrics)),
            ("/opentelemetry.proto.collector.logs.v1.LogsService/Export", .other(.logs)),
            ("/grpc.health.v1.Health/Check", .health),
            ("/grpc.health.v1.Health/Watch", .healthWatch),
            ("/v1/traces", .unknown), ("/grpc.health.v1.Health/List", .unknown),
        ] as [(String, OTLPCall)])
    func `is known by its path, over gRPC`(path: String, call: OTLPCall) throws {
        #expect(OTLPCall(try requestHead(path: path), at: .otlpGRPC) == call)
    }

    @Test func `of a browser that asks first is a preflight`() throws {
        let asking = try requestHead(
            method: "OPTIONS", headers: ["access-control-request-method": "POST"])
        #expect(OTLPCall(asking, at: .otlpHTTP) == .preflight)
        #expect(OTLPCall(try requestHead(method: "OPTIONS"), at: .otlpHTTP) == .traces)
    }

    struct Wrong: Sendable {
        var method = "POST"
        var path = "/v1/traces"
        var type = "application/x-protobuf"
        var door = Door.otlpHTTP
        var kind: Refusal.Kind?
        var words = ""
    }

    @Test(arguments: [
        Wrong(), Wrong(type: "application/json;charset=utf-8"),
        Wrong(method: "GET", kind: .methodNotAllowed, words: "takes POST, not GET"),
        Wrong(type: "text/plain", kind: .unsupportedMediaType, words: "'text/plain' is not OTLP"),
        Wrong(type: "", kind: .unsupportedMediaType),
        Wrong(type: "application/grpc", kind: .unsupportedMediaType),
        Wrong(path: "/v1/spans", kind: .notFound, words: "POST /v1/traces is"),
        Wrong(path: "/v1/metrics", kind: .notFound, words: "OTEL_METRICS_EXPORTER=none"),
        Wrong(path: "/v1/logs", kind: .notFound, words: "OTEL_LOGS_EXPORTER=none"),
        Wrong(
            path: "/\(OTLPCall.traceService)/Export", type: "application/grpc",
            kind: .unimplemented, words: "OTLP/gRPC goes to 4317"),
        Wrong(
            path: "/\(OTLPCall.traceService)/Export", door: .otlpGRPC,
            kind: .unsupportedMediaType, words: "OTLP/HTTP goes to 4318"),
        Wrong(
            path: "/a.B/C", type: "application/grpc", door: .otlpGRPC, kind: .unimplemented,
            words: "no method /a.B/C is here"),
    ])
    func `is refused with what to do`(wrong: Wrong) throws {
        let head = try requestHead(
            method: wrong.method, path: wrong.path, contentType: wrong.type)
        let call = OTLPCall(head, at: wrong.door)
        let refusal = call.refusal(head, at: wrong.door, try serving())
        #expect(refusal?.kind == wrong.kind)
        #expect((refusal?.message ?? "").contains(wrong.words) || wrong.words.isEmpty)
    }

    @Test func `of another signal is taken where it is discarded`() throws {
        let head = try requestHead(path: "/v1/logs", contentType: "application/json")
        let settings = try serving(["listen.other_signals": "discard"])
        #expect(OTLPCall.other(.logs).refusal(head, at: .otlpHTTP, settings) == nil)
    }

    @Test func `of a browser is refused unless its origin is set`() throws {
        let settings = try serving(["listen.otlp_http.cors_origins": "http://shop"])
        let known = try requestHead(headers: ["origin": "http://shop"])
        let other = try requestHead(headers: ["origin": "http://shop.evil"])
        #expect(OTLPCall.preflight.refusal(known, at: .otlpHTTP, settings) == nil)
        for head in [other, try requestHead()] {
            let refusal = OTLPCall.preflight.refusal(head, at: .otlpHTTP, settings)
            #expect(refusal?.kind == .forbidden)
        }
    }
}

@Suite struct `Who may come in` {
    @Test(arguments: [
        ("Bearer word", true), ("bearer word", true), ("BEARER word", true), ("", false),
        ("word", false), ("Bearer", false), ("Bearer ", false), ("Bearer wor", false),
        ("Bearer word ", false), ("Bearer wordword", false), ("Bearer  word", false),
        ("Basic word", false), ("Bearer Word", false), ("Bearer w\u{f6}rd", false),
    ])
    func `shows the token`(authorization: String, isIn: Bool) throws {
        let settings = try serving(["listen.otlp_http.token": "word"])
        #expect(settings.isAuthorized(authorization, at: .otlpHTTP) == isIn)
        #expect(settings.isAuthorized(authorization, at: .otlpGRPC), "which has no token")
    }

    @Test func `is asked before anything else is looked at`() throws {
        let kit = try IntakeKit(["listen.otlp_grpc.token": "word", "listen.otlp_http.token": "a"])
        let head = try requestHead(path: "/nowhere")
        #expect(kit.intake.admit(head, at: .otlpHTTP)?.kind == .unauthenticated)
        let health = try requestHead(
            path: "/grpc.health.v1.Health/Check", contentType: "application/grpc")
        #expect(kit.intake.admit(health, at: .otlpGRPC) == nil)
        let right = try requestHead(
            contentType: "application/json", headers: ["authorization": "Bearer a"])
        #expect(kit.intake.admit(right, at: .otlpHTTP) == nil)
    }
}
