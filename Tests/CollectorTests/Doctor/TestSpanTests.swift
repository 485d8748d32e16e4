import Decoding
import Spans
import Testing

@testable import Collector

@Suite struct `A test span` {
    @Test func `is a request that the decoder takes`() throws {
        let body = TestSpan().message
        var table = SpanTable()
        try OTLPTraceDecoder(limits: OTLPLimits()).decode(body, count: body.count, into: &table)
        #expect(table.records.count == 1 && table.refusals.count == 0)
        // One byte is left for the length of a gRPC message.
        #expect(body.count < 128)
    }

    @Test func `is searched for in what comes back`() {
        let bytes = Array("aabaac".utf8)
        #expect(bytes.holds(Array("aac".utf8)) && bytes.holds(Array("aab".utf8)))
        #expect(bytes.holds([]) && bytes.holds(bytes))
        #expect(!bytes.holds(Array("aad".utf8)) && !bytes.holds(bytes + [0]))
        #expect(![UInt8]().holds([1]))
    }
}
