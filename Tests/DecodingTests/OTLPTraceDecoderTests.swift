import Decoding
import Spans
import Testing
import Wire

@Suite struct `An OTLP decoder` {
    @Test func `finds nothing in nothing`() throws {
        var table = SpanTable()
        try OTLPTraceDecoder(limits: OTLPLimits()).decode([], count: 0, into: &table)
        #expect(table.records.isEmpty)
    }
}
