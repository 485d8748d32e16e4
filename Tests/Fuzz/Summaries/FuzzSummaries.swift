import Charts
import Fuzzing
import Lanes
import Spans
import Storing
import Wire

/// Whatever happens to a partition of summaries, it is searched without a trap, and what is found
/// was written. The input is a list of changes, four bytes each: what, where, how. Some come with
/// the sums that fit them, which no accident makes: these may change what is found, and nothing
/// else.
@main enum FuzzSummaries {
    static func main() {
        guard let sample = Sample() else { return print("no partition can be made in memory") }
        fuzz { sample.check($0) }
    }
}

private struct Sample {
    private let folder: DataDirectory
    private let file: StoredFile
    private let bytes: [UInt8]

    init?() {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        guard let folder = try? DataDirectory(making: "/dev/shm/portolan-fuzz-\(name)") else {
            return nil
        }
        var writer = SummaryWriter(in: folder)
        var file: StoredFile?
        for commit in UInt64(0)..<3 {
            writer.take(Self.rows(commit), lane: 0) { number in
                SummaryName(
                    service: ServiceKey(name: "service-\(number % 2)"),
                    operation: "operation-\(number)")
            }
            file = try? writer.write(commit: commit, second: 1_700_000_000)
            writer.settle()
        }
        guard let file, let bytes = try? readFileBytes(folder.file(file.id.name)) else {
            return nil
        }
        self.folder = folder
        self.file = file
        self.bytes = bytes
    }

    /// Each commit has more of the same traces.
    private static func rows(_ commit: UInt64) -> SummaryBatch {
        var batch = SummaryBatch()
        for number in UInt64(0)..<8 * (commit + 1) {
            var row = SummaryRow(TraceID(high: number + 1, low: 1))
            row.through = commit
            row.startNanoseconds = number * 1_000
            row.durationNanoseconds = number * 10
            row.root = UInt32(number % 5)
            if number < 8 * commit { row.flags.insert(.amends) }
            batch.append(row)
            for operation in UInt32(0)..<UInt32(number % 4) {
                batch.add(SummaryOperation(operation: operation, slowestNanoseconds: number))
            }
        }
        return batch
    }

    func check(_ changes: [UInt8]) {
        let isSummed = changes.first.map { $0 & 128 != 0 } ?? false
        write(changed(by: changes, isSummed: isSummed))
        var store = SummaryStore(in: folder)
        store.follow([file])
        var query = SummaryQuery()
        for page in 0..<3 {
            let found = store.search(query, limit: 1_000)
            if !isSummed { check(found) }
            query.operation = page == 0 ? "operation-1" : nil
            query.durationNanoseconds = 1...(.max)
        }
    }

    private func check(_ page: SummaryPage) {
        for found in page.traces {
            let number = found.row.trace.high - 1
            precondition(
                number < 24 && found.row.startNanoseconds == number * 1_000
                    && found.row.durationNanoseconds == number * 10,
                "a row that was never written")
        }
    }

    private func changed(by changes: [UInt8], isSummed: Bool) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: changes.count - 3, by: 4) where !bytes.isEmpty {
            let place = (Int(changes[start + 1]) << 8 | Int(changes[start + 2])) % bytes.count
            switch changes[start] & 3 {
            case 0: bytes.removeLast(place)
            default: bytes[place] = changes[start + 3]
            }
        }
        if isSummed { sum(&bytes) }
        return bytes
    }

    /// Every block has a head of 48 bytes, with the sum of what it holds and its own at the end.
    private func sum(_ bytes: inout [UInt8]) {
        let name = Array(file.id.name.utf8)
        let seed = CRC32C.sum(name, name.indices)
        var at = 24
        while at + 48 <= bytes.count {
            let length = bytes[at + 4..<at + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - at - 48 else { return }
            put(CRC32C.sum(bytes, at + 48..<at + 48 + length), at: at + 40, in: &bytes)
            put(CRC32C.sum(bytes, at..<at + 44, behind: seed), at: at + 44, in: &bytes)
            at += 48 + (length + 7) / 8 * 8
        }
    }

    private func put(_ sum: UInt32, at offset: Int, in bytes: inout [UInt8]) {
        for place in 0..<4 {
            bytes[offset + place] = UInt8(truncatingIfNeeded: sum >> UInt32(place * 8))
        }
    }

    private func write(_ bytes: [UInt8]) {
        guard var target = try? DataFile(folder.file(file.id.name), .create),
            (try? target.truncate(to: 0)) != nil, (try? target.append(bytes)) != nil
        else { fatalError("\(folder.path) cannot be written") }
    }
}
