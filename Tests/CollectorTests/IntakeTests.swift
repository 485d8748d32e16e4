import Lanes
import Receiving
import Spans
import Testing

@testable import Collector

private let trace: [UInt8] = Array(1...16)
private let json = """
    {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10",\
    "spanId":"0102030405060708","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}
    """

@Suite struct `An intake` {
    @Test func `takes spans in protobuf and says so in protobuf`() throws {
        let kit = try IntakeKit()
        let answer = try kit.post(traceRequest([trace, trace]))
        #expect(answer.status == 200 && answer.contentType == "application/x-protobuf")
        #expect(answer.body == [] && answer.refusal == nil)
        #expect(kit.read(.received(.protobuf)) == 2 && kit.read(.accepted(.protobuf)) == 2)
        #expect(kit.keptSpans == 2)
    }

    @Test func `takes spans in JSON and says so in JSON`() throws {
        let kit = try IntakeKit()
        let answer = try kit.post(Array(json.utf8), "application/json; charset=utf-8")
        #expect(answer.status == 200 && answer.contentType == "application/json")
        #expect(text(answer) == "{}")
        #expect(kit.read(.accepted(.json)) == 1 && kit.read(.accepted(.protobuf)) == 0)
        #expect(kit.keptSpans == 1 && kit.budget.usedBytes == 0)
    }

    @Test func `takes compressed spans, in any case of the name`() throws {
        let kit = try IntakeKit()
        let body = gzipped(traceRequest([trace]))
        #expect(try kit.post(body, encoding: "gzip").status == 200)
        #expect(try kit.post(body, encoding: "GZIP").status == 200)
        #expect(try kit.post(traceRequest([trace]), encoding: "identity").status == 200)
        #expect(kit.keptSpans == 3 && kit.budget.usedBytes == 0)
    }

    @Test func `takes a call of gRPC and answers its message`() throws {
        let kit = try IntakeKit()
        let answer = try kit.post(
            traceRequest([trace]), "application/grpc",
            path: "/\(OTLPCall.traceService)/Export", at: .otlpGRPC)
        #expect(answer.contentType == "application/grpc" && answer.refusal == nil)
        #expect(kit.read(.accepted(.protobuf)) == 1)
    }

    @Test func `takes a request without a span`() throws {
        let kit = try IntakeKit()
        #expect(try kit.post([]).status == 200)
        #expect(try kit.post(Array("{}".utf8), "application/json").status == 200)
        #expect(kit.keptSpans == 0)
    }

    @Test func `tells how many spans it refuses and why, and takes the others`() throws {
        let kit = try IntakeKit()
        let answer = try kit.post(traceRequest([trace, [1, 2], [UInt8](repeating: 0, count: 16)]))
        #expect(answer.status == 200)
        #expect(text(answer).contains("2 spans refused: trace_id is not 16 bytes (1, first is"))
        #expect(text(answer).contains("trace_id is all zero (1, first is span 2"))
        #expect(kit.read(.received(.protobuf)) == 3 && kit.read(.accepted(.protobuf)) == 1)
        #expect(kit.read(.refused(.traceIDLength)) == 1 && kit.read(.refused(.traceIDZero)) == 1)
    }

    @Test func `tells of refused spans in JSON too`() throws {
        let kit = try IntakeKit()
        let bad = json.replacing("0102030405060708090a0b0c0d0e0f10", with: "01")
        let answer = try kit.post(Array(bad.utf8), "application/json")
        #expect(
            text(answer).hasPrefix(#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1"#))
    }

    @Test(
        arguments: [
            ([0xff, 0xff], "application/x-protobuf", ""),
            ([0x0a, 5], "application/x-protobuf", ""),
            (Array("{".utf8), "application/json", ""), (Array("[]".utf8), "application/json", ""),
            ([1, 2, 3], "application/x-protobuf", "gzip"), ([], "application/x-protobuf", "zstd"),
        ] as [([UInt8], String, String)])
    func `refuses what it cannot read, and holds no memory`(
        body: [UInt8], contentType: String, encoding: String
    ) throws {
        let kit = try IntakeKit()
        let answer = try kit.post(body, contentType, encoding: encoding)
        #expect(answer.status == 400 && answer.refusal?.kind == .malformed)
        #expect(answer.contentType == contentType && answer.refusal?.message.isEmpty == false)
        #expect(kit.read(.received(.protobuf)) == 0 && kit.keptSpans == 0)
        #expect(kit.budget.usedBytes == 0)
    }

    @Test func `refuses a good request that is cut off at any byte, or takes less of it`() throws {
        let whole = traceRequest([trace, trace])
        for end in 1..<whole.count {
            let kit = try IntakeKit()
            let answer = try kit.post(Array(whole[..<end]))
            #expect(answer.status == 400, "cut off at \(end)")
            #expect(kit.keptSpans == 0 && kit.budget.usedBytes == 0)
        }
    }

    @Test func `names the compressions that it reads`() throws {
        let answer = try IntakeKit().post([], encoding: "br")
        #expect(answer.status == 415)
        #expect(
            answer.headers.contains {
                $0.name == "Accept-Encoding" && $0.value == "gzip, zstd, deflate"
            })
        let call = try IntakeKit().post(
            [], "application/grpc", encoding: "br", path: "/\(OTLPCall.traceService)/Export",
            at: .otlpGRPC)
        #expect(call.refusal?.kind == .unimplemented)
    }

    @Test func `refuses what grows past its limit`() throws {
        let kit = try IntakeKit(["limits.decoded_body": "1KiB"])
        let body = traceRequest(Array(repeating: trace, count: 100))
        #expect(try kit.post(gzipped(body), encoding: "gzip").refusal?.kind == .tooLarge)
        #expect(kit.budget.usedBytes == 0)
    }

    @Test func `says to come again when there is no memory to expand a body`() throws {
        let kit = try IntakeKit()
        #expect(kit.budget.take(kit.budget.limitBytes - 8, of: 1))
        let answer = try kit.post(gzipped(traceRequest([trace])), encoding: "gzip")
        #expect(answer.status == 429 && answer.refusal?.kind == .overloaded)
        #expect(answer.headers.contains { $0.name == "Retry-After" && $0.value == "1" })
        #expect(kit.budget.usedBytes == kit.budget.limitBytes - 8)
    }

    /// With the last quarter of the budget for small requests, 300 KiB are left for others.
    @Test(arguments: [(0, Refusal.Kind.tooLarge), ((48 << 20) - (300 << 10), .overloaded)])
    func `tells a bomb to stay away, and to come again only when memory is short`(
        used: Int, kind: Refusal.Kind
    ) throws {
        let kit = try IntakeKit(["limits.decoded_body": "1MiB"])
        #expect(kit.budget.take(used, of: 1))
        let answer = try kit.post(zstdBomb(blocks: 9), encoding: "zstd")
        #expect(answer.refusal?.kind == kind)
        #expect(kit.budget.usedBytes == used)
        // What fits into the last quarter is read, and found to be no request.
        #expect(try kit.post(zstdBomb(blocks: 2), encoding: "zstd").refusal?.kind == .malformed)
        #expect(kit.budget.usedBytes == used)
    }

    @Test func `refuses the spans past the limit of a request`() throws {
        let kit = try IntakeKit(["limits.spans_per_request": "3"])
        _ = try kit.post(traceRequest(Array(repeating: trace, count: 5)))
        #expect(kit.read(.accepted(.protobuf)) == 3 && kit.read(.refused(.tooManySpans)) == 2)
        #expect(kit.read(.received(.protobuf)) == 5)
    }

    @Test func `discards other signals where that is set, and counts them`() throws {
        let kit = try IntakeKit(["listen.other_signals": "discard"])
        #expect(try kit.post([1, 2, 3], path: "/v1/metrics").status == 200)
        #expect(kit.read(.discarded(.metrics)) == 1)
    }

    @Test func `tells browsers that may send that they may`() throws {
        let kit = try IntakeKit(["listen.otlp_http.cors_origins": "http://shop"])
        let preflight = try kit.post(
            [], headers: ["origin": "http://shop", "access-control-request-headers": "x-a"],
            path: "/v1/traces")
        #expect(
            preflight.headers.contains {
                $0.name == "Access-Control-Allow-Origin" && $0.value == "http://shop"
            })
        let other = try kit.post([], headers: ["origin": "http://other"])
        #expect(!other.headers.contains { $0.name.hasPrefix("Access-Control") })
    }

    @Test(arguments: [("", 1), (OTLPCall.traceService, 1), ("nobody", nil)] as [(String, UInt8?)])
    func `tells its health`(service: String, status: UInt8?) throws {
        let name = Array(service.utf8)
        let answer = try IntakeKit().post(
            name.isEmpty ? [] : [0x0a, UInt8(name.count)] + name, "application/grpc",
            path: "/grpc.health.v1.Health/Check", at: .otlpGRPC)
        #expect((answer.refusal == nil) == (status != nil))
        if let status { #expect(answer.body == [8, status]) }
    }
}

@Suite struct `An intake whose neighbour does not keep up` {
    /// Fills the ring from lane 0 to lane 1, a span a request.
    private func fill(_ kit: IntakeKit) throws {
        let foreign = traceRequest([kit.trace(ofLane: 1)])
        for _ in 0..<kit.lanes[1].inbox[0].capacity {
            #expect(try kit.post(foreign).status == 200)
        }
    }

    @Test func `refuses all of a request and routes none of it`() throws {
        let kit = try IntakeKit(lanes: 2)
        try fill(kit)
        let waiting = kit.lanes[1].inbox[0].count
        let both = traceRequest([kit.trace(ofLane: 0), kit.trace(ofLane: 1), [1]])
        let answer = try kit.post(both)
        #expect(answer.status == 429 && answer.refusal?.kind.grpcCode == 8)
        #expect(kit.lanes[1].inbox[0].count == waiting && kit.lanes[0].recent.entries.isEmpty)
        #expect(kit.lanes[1].load.queuedSpans == waiting)
        #expect(kit.read(.accepted(.protobuf)) == waiting)
        #expect(kit.read(.refusedByOverload) == 2 && kit.read(.refused(.traceIDLength)) == 1)
    }

    @Test func `says when to come again, by what waits and how fast it is taken`() throws {
        let kit = try IntakeKit(lanes: 2)
        try fill(kit)
        kit.lanes[1].load.note(spansLastSecond: 100)
        let foreign = traceRequest([kit.trace(ofLane: 1)])
        let answer = try kit.post(foreign, headers: ["accept": "application/json"])
        #expect(answer.refusal?.retryAfterMilliseconds == 2_560)
        #expect(answer.headers.contains { $0.name == "Retry-After" && $0.value == "3" })
        #expect(text(answer).contains("google.rpc.RetryInfo"))
    }

    @Test func `still takes what is its own`() throws {
        let kit = try IntakeKit(lanes: 2)
        try fill(kit)
        #expect(try kit.post(traceRequest([kit.trace(ofLane: 0)])).status == 200)
        #expect(kit.keptSpans == 1)
    }

    @Test func `takes again what the neighbour has room for, and counts every span once`() throws {
        let kit = try IntakeKit(lanes: 2)
        try fill(kit)
        let foreign = traceRequest([kit.trace(ofLane: 1)])
        #expect(try kit.post(foreign).status == 429)
        let parcel = try #require(kit.lanes[1].inbox[0].pop())
        #expect(parcel.spans == 1)
        #expect(try kit.post(foreign).status == 200)
        let received = kit.read(.received(.protobuf))
        #expect(received == kit.read(.accepted(.protobuf)) + kit.read(.refusedByOverload))
    }

    @Test func `holds the memory of a request until the last lane has taken its spans`() throws {
        let kit = try IntakeKit(lanes: 2)
        let body = gzipped(traceRequest([kit.trace(ofLane: 0), kit.trace(ofLane: 1)]))
        #expect(try kit.post(body, encoding: "gzip").status == 200)
        #expect(kit.budget.usedBytes > 0)
        _ = kit.lanes[1].inbox[0].pop()
        #expect(kit.budget.usedBytes == 0)
    }
}
