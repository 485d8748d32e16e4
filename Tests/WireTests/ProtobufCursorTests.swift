import Testing
import Wire

@Suite struct `A protobuf cursor` {
    @Test func `reads a varint of ten bytes`() throws {
        let bytes: [UInt8] = Array(repeating: 0xff, count: 9) + [1]
        let value = try withProtobufCursor(over: bytes, count: bytes.count) {
            cursor throws(WireError) in try cursor.varint()
        }
        #expect(value == UInt64.max)
    }
}
