/// What is known of a segment without reading it.
package struct JournalSegment: Sendable {
    package let path: String
    package let firstSequence: UInt64
    /// Less than the first when nothing is in it.
    package internal(set) var lastSequence: UInt64
    package internal(set) var bytes: Int
    /// Whether records are still added to it.
    package internal(set) var isOpen: Bool
    /// A hole up to this record is damage; behind it, a write that was never acknowledged.
    var acknowledged: UInt64
    /// Where some of its records are; nil until somebody asks for one of a segment that another run
    /// wrote.
    var marks: SegmentMarks?
}

/// Where records are in a file: of one every 64 KiB, which takes 16 KiB of memory for a segment of
/// 64 MiB. The others are found by going on from there.
struct SegmentMarks: Sendable {
    private var sequences: [UInt64] = []
    private var offsets: [Int] = []

    static let apartBytes = 64 << 10

    /// For each record in order.
    mutating func note(_ sequence: UInt64, at offset: Int) {
        if let last = offsets.last, offset - last < Self.apartBytes { return }
        sequences.append(sequence)
        offsets.append(offset)
    }

    /// Where to start looking for a record.
    func start(for sequence: UInt64) -> (sequence: UInt64, offset: Int)? {
        var low = 0
        var high = sequences.count
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] <= sequence { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? (sequences[low - 1], offsets[low - 1]) : nil
    }
}
