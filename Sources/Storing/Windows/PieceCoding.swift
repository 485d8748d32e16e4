import Charts
import Wire

/// The payload of a piece: the checksum of its table; the table, of each section its length and its
/// checksum, all of four bytes, little-endian; and the sections. So one family of a piece is read
/// without the others.
enum PieceCoding {
    struct Section {
        /// In the payload.
        let range: Range<Int>
        let sum: UInt32
    }

    static func payload(_ piece: WindowPiece) -> [UInt8] {
        var table: [UInt8] = []
        for section in piece.sections {
            append(UInt32(section.count), to: &table)
            append(CRC32C.sum(section, section.indices), to: &table)
        }
        var payload: [UInt8] = []
        payload.reserveCapacity(piece.sections.reduce(4 + table.count) { $0 + $1.count })
        append(CRC32C.sum(table, table.indices), to: &payload)
        payload += table
        for section in piece.sections { payload += section }
        return payload
    }

    static func tableBytes(_ grain: WindowGrain) -> Int { 4 + grain.sectionCount * 8 }

    /// Nil when the bytes are no table of a payload of that length.
    static func sections(_ table: [UInt8], _ grain: WindowGrain, payloadBytes: Int) -> [Section]? {
        guard table.count == tableBytes(grain),
            number(table, 0) == CRC32C.sum(table, 4..<table.count)
        else { return nil }
        var sections: [Section] = []
        var start = table.count
        for place in stride(from: 4, to: table.count, by: 8) {
            let end = start + Int(number(table, place))
            guard end <= payloadBytes else { return nil }
            sections.append(Section(range: start..<end, sum: number(table, place + 4)))
            start = end
        }
        return sections
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) }
    }
}
