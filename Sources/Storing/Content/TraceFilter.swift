import Wire

/// Tells of most traces that a segment does not have them: a Bloom filter over fingerprints, three
/// bits each, at most 8 KiB. Up to eight thousand traces three questions in a hundred are let through
/// in vain; each costs a read.
struct TraceFilter: Sendable {
    private(set) var bytes: [UInt8]
    private static let bytesMax = 8 << 10

    init(_ entries: [ContentIndex.Entry]) {
        var count = 8
        while count < min(entries.count, Self.bytesMax) { count *= 2 }
        bytes = Array(repeating: 0, count: count)
        for entry in entries { add(entry.fingerprint) }
    }

    init(of file: borrowing SegmentFile, _ footer: ContentFooter) throws(ContentFault) {
        let stored = try file.bytes(footer.filter..<footer.filter + footer.filterBytes + 4)
        guard let filter = TraceFilter(summed: stored) else {
            throw file.damage(footer.filter, stored.count, "the filter is not what was written")
        }
        self = filter
    }

    /// As it was stored, with the sum behind it; nil when it has another, or another length than it
    /// can have.
    private init?(summed stored: [UInt8]) {
        let count = stored.count - 4
        guard count >= 8, count <= Self.bytesMax, count & (count - 1) == 0 else { return nil }
        var sum = ProtobufWriter()
        sum.fixed32(CRC32C.sum(stored, 0..<count))
        guard stored[count...].elementsEqual(sum.bytes) else { return nil }
        bytes = Array(stored[..<count])
    }

    private mutating func add(_ fingerprint: UInt64) {
        for number in 0..<3 {
            let place = place(number, of: fingerprint)
            bytes[place >> 3] |= 1 << UInt8(place & 7)
        }
    }

    func mayHave(_ fingerprint: UInt64) -> Bool {
        (0..<3).allSatisfy { number in
            let place = place(number, of: fingerprint)
            return bytes[place >> 3] & 1 << UInt8(place & 7) != 0
        }
    }

    private func place(_ number: Int, of fingerprint: UInt64) -> Int {
        let step = Int(truncatingIfNeeded: fingerprint & 0xFF_FFFF) | 1
        return (Int(truncatingIfNeeded: fingerprint >> 40) + number * step) & (bytes.count * 8 - 1)
    }
}
