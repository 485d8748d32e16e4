import Spans
import Testing

@Suite struct `A span record` {
    @Test func `is plain data of 88 bytes, since a batch holds one for each span`() {
        #expect(MemoryLayout<SpanRecord>.stride == 88)
        #expect(_isPOD(SpanRecord.self))
    }

    @Test func `has facts of 16 bytes and links of 24`() {
        #expect(MemoryLayout<SpanFact>.stride == 16)
        #expect(_isPOD(SpanFact.self))
        #expect(MemoryLayout<SpanLink>.stride == 24)
        #expect(_isPOD(SpanLink.self))
    }
}
