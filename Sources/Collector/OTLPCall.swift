import Receiving
import Settings

/// What a request to an OTLP listener asks for, told by its path.
enum OTLPCall: Equatable {
    case traces
    case other(IntakeCounters.OtherSignal)
    case health
    case healthWatch
    /// A browser asks whether it may send.
    case preflight
    case unknown

    static let traceService = "opentelemetry.proto.collector.trace.v1.TraceService"

    init(_ head: RequestHead, at door: Door) {
        self = door == .otlpGRPC ? Self.ofGRPC(head) : Self.ofHTTP(head)
    }

    private static func ofGRPC(_ head: RequestHead) -> OTLPCall {
        switch head.path {
        case "/opentelemetry.proto.collector.trace.v1.TraceService/Export": .traces
        case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": .other(.metrics)
        case "/opentelemetry.proto.collector.logs.v1.LogsService/Export": .other(.logs)
        case "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export":
            .other(.profiles)
        case "/grpc.health.v1.Health/Check": .health
        case "/grpc.health.v1.Health/Watch": .healthWatch
        default: .unknown
        }
    }

    private static func ofHTTP(_ head: RequestHead) -> OTLPCall {
        if head.method == "OPTIONS" && head.corsMethod != nil { return .preflight }
        return switch head.path {
        case "/v1/traces": .traces
        case "/v1/metrics": .other(.metrics)
        case "/v1/logs": .other(.logs)
        case "/v1development/profiles": .other(.profiles)
        default: .unknown
        }
    }

    /// Why a request cannot be answered, as far as its head tells.
    func refusal(_ head: RequestHead, at door: Door, _ settings: ServingSettings) -> Refusal? {
        switch self {
        case .unknown: unknownRefusal(head, at: door)
        case .preflight:
            head.origin.map { settings.allows(origin: $0, at: door) } ?? false
                ? nil
                : Refusal(
                    .forbidden,
                    "browsers of this origin may not send; set listen.\(door.name)"
                        + ".cors_origins")
        case .health, .healthWatch: callRefusal(head, at: door)
        case .other(let signal):
            settings.otherSignals == .discard
                ? callRefusal(head, at: door) : Self.otherSignalRefusal(signal)
        case .traces: callRefusal(head, at: door)
        }
    }

    private static func otherSignalRefusal(_ signal: IntakeCounters.OtherSignal) -> Refusal {
        let advice =
            signal == .profiles
            ? "" : "set OTEL_\(signal.name.uppercased())_EXPORTER=none there, or "
        return Refusal(
            .notFound,
            "\(signal.name) are not collected here; \(advice)listen.other_signals: discard here")
    }

    private func unknownRefusal(_ head: RequestHead, at door: Door) -> Refusal {
        if head.isCall {
            return Refusal(
                .unimplemented,
                door == .otlpGRPC
                    ? "no method \(head.path) is here; \(Self.traceService)/Export is"
                    : "this port speaks OTLP/HTTP; OTLP/gRPC goes to 4317")
        }
        return Refusal(.notFound, "nothing is at \(head.path); POST /v1/traces is")
    }

    private func callRefusal(_ head: RequestHead, at door: Door) -> Refusal? {
        guard head.method == "POST" else {
            return Refusal(.methodNotAllowed, "\(head.path) takes POST, not \(head.method)")
        }
        if door == .otlpGRPC {
            return head.isCall
                ? nil
                : Refusal(
                    .unsupportedMediaType,
                    "this port speaks gRPC (content-type application/grpc); OTLP/HTTP goes to 4318")
        }
        switch head.mediaType {
        case "application/x-protobuf", "application/json": return nil
        default:
            return Refusal(
                .unsupportedMediaType,
                "content-type '\(head.contentType)' is not OTLP; "
                    + "application/x-protobuf and application/json are")
        }
    }
}
