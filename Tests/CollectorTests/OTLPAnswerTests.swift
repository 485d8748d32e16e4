import Receiving
import Testing

@testable import Collector

@Suite struct `A refusal in the words of OTLP` {
    /// The pairs that the OTLP specification has, and the rest of gRPC's own table.
    @Test(
        arguments: [
            (.malformed, 400, 3), (.unauthenticated, 401, 16), (.forbidden, 403, 7),
            (.tooLarge, 413, 8), (.overloaded, 429, 8), (.unavailable, 503, 14),
            (.unimplemented, 501, 12),
        ] as [(Refusal.Kind, Int, Int)])
    func `has a status for HTTP and a code for gRPC`(kind: Refusal.Kind, http: Int, grpc: Int) {
        #expect(kind.httpStatus == http && kind.grpcCode == grpc)
    }

    @Test func `is JSON for whoever sent JSON, or neither`() throws {
        let refusal = Refusal(.malformed, "say \"what\"")
        for type in ["application/json", "text/plain", ""] {
            let answer = OTLPAnswer.refused(refusal, try requestHead(contentType: type))
            #expect(answer.status == 400 && answer.contentType == "application/json")
            #expect(text(answer) == #"{"code":3,"message":"say \"what\""}"#)
        }
    }

    @Test func `is protobuf for whoever sent protobuf`() throws {
        let answer = OTLPAnswer.refused(
            Refusal(.malformed, "what"), try requestHead(contentType: "application/x-protobuf"))
        #expect(answer.contentType == "application/x-protobuf")
        #expect(answer.body == [8, 3, 0x12, 4] + Array("what".utf8))
    }

    @Test(arguments: [(1, "1"), (1_000, "1"), (1_001, "2"), (30_000, "30"), (0, "1")])
    func `says when to come again in whole seconds`(milliseconds: Int, seconds: String) throws {
        let answer = OTLPAnswer.refused(
            Refusal(.overloaded, "", retryAfterMilliseconds: milliseconds), try requestHead())
        #expect(answer.headers.map(\.name) == ["Retry-After"])
        #expect(answer.headers.map(\.value) == [seconds])
    }

    @Test(arguments: Refusal.Kind.allCases)
    func `says no time to come again unless it has one`(kind: Refusal.Kind) throws {
        let answer = OTLPAnswer.refused(Refusal(kind, ""), try requestHead())
        #expect(!answer.headers.contains { $0.name == "Retry-After" })
        #expect(answer.status == kind.httpStatus && answer.refusal?.kind == kind)
    }

    @Test(
        arguments: [
            (.unauthenticated, "WWW-Authenticate"), (.methodNotAllowed, "Allow"),
            (.unsupportedMediaType, "Accept-Encoding"),
        ] as [(Refusal.Kind, String)])
    func `has the header that its status asks for`(kind: Refusal.Kind, header: String) {
        #expect(OTLPAnswer.headers(Refusal(kind, "")).map(\.name) == [header])
    }
}
