import Spans
import Testing

@Suite struct `A span record` {
    @Test func `is plain data of 72 bytes, since a batch holds one for each span`() {
        #expect(MemoryLayout<SpanRecord>.stride == 72)
        #expect(_isPOD(SpanRecord.self))
    }
}
