import Lanes
import Wire

/// What a client of a journal knows: which records it handed over, which were acknowledged when, and
/// from when on which may be gone. One line an entry, so that it outlives the process.
struct JournalLedger {
    enum Entry {
        /// The number of a record, and its sequence.
        case kept(Int, UInt64)
        /// Records before this one are given up.
        case discarding(UInt64)
    }

    private(set) var entries: [(nanoseconds: UInt64, entry: Entry)] = []

    /// Reads what was noted; half a line is none.
    init(_ path: String) throws(LaneIOError) {
        let text = try readFileText(path, bytesMax: 1 << 30)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ")
            let numbers = words.dropFirst().compactMap { UInt64($0) }
            switch (words.first, numbers.count) {
            case ("kept", 3):
                entries.append((numbers[0], .kept(Int(numbers[1]), numbers[2])))
            case ("discarding", 2): entries.append((numbers[0], .discarding(numbers[1])))
            default: fatalError("\(path): \(line)")
            }
        }
    }

    /// What must be there after a crash.
    struct Required {
        /// Nobody reads before this any more.
        let from: UInt64
        /// The numbers of the records by sequence.
        let numbers: [UInt64: Int]
    }

    func required(at nanoseconds: UInt64) -> Required {
        var numbers: [UInt64: Int] = [:]
        var gone: UInt64 = 0
        for (time, entry) in entries where time < nanoseconds {
            switch entry {
            case .kept(let number, let sequence): numbers[sequence] = number
            case .discarding(let sequence): gone = max(gone, sequence)
            }
        }
        return Required(from: gone, numbers: numbers.filter { $0.key >= gone })
    }
}

/// Writes a ledger.
struct LedgerFile: ~Copyable {
    private var file: DataFile

    init(_ path: String) throws(FileFault) { file = try DataFile(path, .create) }

    mutating func note(_ entry: JournalLedger.Entry) throws(FileFault) {
        let now = Clock.monotonicNanoseconds()
        let line =
            switch entry {
            case .kept(let number, let sequence): "kept \(now) \(number) \(sequence)\n"
            case .discarding(let sequence): "discarding \(now) \(sequence)\n"
            }
        try file.append(Array(line.utf8))
    }
}
