package import Lanes
import Charts

/// Writes summaries into partitions: logs of blocks, one block of rows a commit.
///
/// Owned by the keeper. A partition takes an hour or 64 MiB; after a start a new one is begun, so that
/// its names are those of one writer. What was written counts when `settle` says that it was
/// committed; until then every `write` writes it anew, over what is there.
package struct SummaryWriter: ~Copyable {
    private let folder: DataDirectory
    private var log: AppendLog?
    private var names = SummaryNames()
    private var encoder = SummaryBlockEncoder()
    /// Rows that are not committed, with numbers of the partition.
    private var pending = SummaryBatch()
    /// By lane, numbers of the partition for the lane's; `unknown` where none was given yet.
    private var numbers: [[UInt32]] = []
    /// As it was committed, and as it was last written.
    private var committed = Partition()
    private var written = Partition()

    private struct Partition {
        var file = StoredFile(.summaries, "")
        var names = 0
    }

    private static let secondsMax: Int64 = 3_600
    private static let bytesMax = 64 << 20
    private static let unknown = UInt32.max
    /// What a search expands at once stays small.
    private static let rowsOfBlockMax = 1 << 15

    package init(in folder: DataDirectory) { self.folder = folder }

    package var isEmpty: Bool { pending.isEmpty }

    /// Takes rows for the next commit. Their numbers are those of a lane, or of whoever names them;
    /// each is asked for once a partition.
    package mutating func take(
        _ batch: SummaryBatch, lane: Int, name: (UInt32) -> SummaryName
    ) {
        for (index, row) in batch.rows.enumerated() {
            var row = row
            if row.root != SummaryRow.noRoot { row.root = number(of: row.root, lane, name) }
            pending.append(row)
            for place in batch.operations(of: index) {
                var operation = batch.operations[place]
                operation.operation = number(of: operation.operation, lane, name)
                pending.addNew(operation)
            }
        }
    }

    private mutating func number(
        of operation: UInt32, _ lane: Int, _ name: (UInt32) -> SummaryName
    ) -> UInt32 {
        while numbers.count <= lane { numbers.append([]) }
        let index = Int(operation)
        if index >= numbers[lane].count {
            numbers[lane] += repeatElement(
                Self.unknown, count: index + 1 - numbers[lane].count)
        }
        if numbers[lane][index] == Self.unknown {
            numbers[lane][index] = names.number(of: name(operation))
        }
        return numbers[lane][index]
    }

    // MARK: - Writing

    /// Writes and syncs what was taken since the last `settle`, at a second of the wall clock; returns
    /// what the catalogue is to commit, nil when there is nothing.
    package mutating func write(commit: UInt64, second: Int64) throws(FileFault) -> StoredFile? {
        guard !pending.isEmpty else { return nil }
        try prepareLog(second)
        written = committed
        if names.names.count > committed.names {
            try append(names.bytes(from: committed.names), commit, SummaryTags.names)
            written.names = names.names.count
        }
        let rows = pending.rows
        let order = rows.indices.sorted { rows[$0].startNanoseconds < rows[$1].startNanoseconds }
        for start in stride(from: 0, to: order.count, by: Self.rowsOfBlockMax) {
            let part = Array(order[start..<min(start + Self.rowsOfBlockMax, order.count)])
            encoder.encode(part, of: pending)
            let first = rows[part[0]].startNanoseconds
            let last = rows[part[part.count - 1]].startNanoseconds
            try append(encoder.bytes, commit, SummaryTags.rows(first, last))
        }
        try log?.sync()
        written.file.committedBytes = log?.bytes ?? 0
        written.file.lastSecond = max(written.file.lastSecond, second)
        written.file.rows += Int64(rows.count)
        written.file.spans += rows.reduce(0) { $0 + Int64($1.spans) }
        return written.file
    }

    /// Says that the catalogue has committed what the last `write` wrote; before that nothing may be
    /// taken. A partition that is full ends here.
    package mutating func settle() {
        pending.removeAll()
        committed = written
        let age = committed.file.lastSecond - committed.file.firstSecond
        guard committed.file.committedBytes >= Self.bytesMax || age >= Self.secondsMax else {
            return
        }
        log = nil
        names = SummaryNames()
        numbers = []
        committed = Partition()
    }

    private mutating func prepareLog(_ second: Int64) throws(FileFault) {
        if log != nil {
            try log?.cut(to: committed.file.committedBytes)
            return
        }
        let name = try freeName(second)
        log = try AppendLog(creating: name, in: folder, .summaries)
        try folder.sync()
        committed.file = StoredFile(.summaries, name)
        committed.file.committedBytes = log?.bytes ?? 0
        committed.file.firstSecond = second
        committed.file.lastSecond = second
    }

    /// The second, or the next after the last partition: names sort as partitions were begun.
    private func freeName(_ second: Int64) throws(FileFault) -> String {
        let last = try folder.names().compactMap(Self.second(ofName:)).max() ?? .min
        return Self.name(second: max(second, last == .max ? last : last + 1))
    }

    private static func name(second: Int64) -> String {
        let digits = String(max(0, second))
        return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits + ".ps"
    }

    private static func second(ofName name: String) -> Int64? {
        name.hasSuffix(".ps") ? Int64(name.dropLast(3)) : nil
    }

    private mutating func append(
        _ payload: [UInt8], _ commit: UInt64, _ tags: (UInt64, UInt64)
    ) throws(FileFault) {
        try log?.append(payload, commit: commit, tags: tags)
    }
}

/// What the heads of blocks say of them: the first and the last start of their traces, or that they
/// hold names.
enum SummaryTags {
    /// No rows start so.
    static let names: (UInt64, UInt64) = (.max, 0)

    static func rows(_ first: UInt64, _ last: UInt64) -> (UInt64, UInt64) { (first, last) }

    static func isNames(_ tags: (UInt64, UInt64)) -> Bool { tags.0 > tags.1 }
}
