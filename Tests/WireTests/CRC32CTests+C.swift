import CCRC
import Testing
import Wire

@Suite struct `The checksum CRC32C` {
    private static func sum(_ bytes: [UInt8]) -> UInt32 { CRC32C.sum(bytes, bytes.indices) }

    @Test func `has the published values`() {
        #expect(Self.sum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Self.sum([]) == 0)
        // RFC 3720, B.4.
        #expect(Self.sum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Self.sum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(Self.sum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    }

    @Test func `is the same in one go, in two, and by tables, at every place and length`() {
        let bytes = (0..<67).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ 7) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let whole = CRC32C.sum(bytes, start..<end)
                let middle = (start + end) / 2
                let first = CRC32C.sum(bytes, start..<middle)
                #expect(CRC32C.sum(bytes, middle..<end, behind: first) == whole)
                let part = Array(bytes[start..<end])
                #expect(unsafe ccrc_32c_by_tables(0, part, part.count) == whole)
            }
        }
    }

    @Test func `tells every change of one bit`() {
        let bytes = (0..<40).map { UInt8($0) }
        for place in 0..<320 {
            var changed = bytes
            changed[place / 8] ^= 1 << (place % 8)
            #expect(Self.sum(changed) != Self.sum(bytes))
        }
    }
}
