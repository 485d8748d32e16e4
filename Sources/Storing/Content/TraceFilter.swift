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

    /// As it was stored; nil when it has a length that it cannot have.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 8, bytes.count <= Self.bytesMax, bytes.count & (bytes.count - 1) == 0
        else { return nil }
        self.bytes = Array(bytes)
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
