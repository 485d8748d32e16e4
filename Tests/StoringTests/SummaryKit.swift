import Charts
import Lanes
import MadeCalls
import Spans
import MadeCalls
import Testing

@testable import Storing

/// Rows of all kinds, and what a search of them should find.
struct SummaryMaker {
    var random: SeededNumbers
    private(set) var all: [Made] = []
    private var through: UInt64 = 0

    struct Made {
        var row: SummaryRow
        var operations: [(name: SummaryName, slowest: UInt64)]
    }

    init(seed: UInt64) { random = SeededNumbers(seed: seed) }

    /// By its number.
    static func name(_ number: UInt32) -> SummaryName {
        SummaryName(
            service: ServiceKey(
                environment: number % 2 == 0 ? "production" : "", namespace: "shop",
                name: "service-\(number % 7)"),
            operation: "GET /\(number)")
    }

    /// A batch of rows, now and then of a trace that had one before.
    mutating func batch(rows: Int) -> SummaryBatch {
        var batch = SummaryBatch()
        for _ in 0..<rows {
            through += 1 + random.next() % 3
            var row = SummaryRow(TraceID(high: random.next(), low: random.next()))
            if !all.isEmpty, random.next() % 5 == 0 {
                row.trace = all[Int(random.next() % UInt64(all.count))].row.trace
                row.flags.insert(.amends)
            }
            row.through = through
            row.startNanoseconds = 1_700_000_000_000_000_000 + through * 1_000
            row.startNanoseconds += random.next() % 50_000
            row.durationNanoseconds = random.next() % 1_000
            row.spans = UInt32(random.next() % 20 + 1)
            row.errors = UInt32(random.next() % 2)
            if random.next() % 4 == 0 { row.flags.insert(.failed) }
            if random.next() % 9 != 0 { row.root = UInt32(random.next() % 30) }
            batch.append(row)
            var operations: [UInt32: UInt64] = [:]
            for _ in 0..<random.next() % 6 {
                let number = UInt32(random.next() % 30)
                let slowest = random.next() % 1_000
                operations[number] = max(slowest, operations[number] ?? 0)
                batch.add(SummaryOperation(operation: number, slowestNanoseconds: slowest))
            }
            all.append(
                Made(
                    row: row,
                    operations: operations.map { (Self.name($0.key), $0.value) }))
        }
        return batch
    }

    /// The last row of each trace that matches.
    func matches(_ query: SummaryQuery) -> Set<TraceID> {
        var last: [TraceID: Made] = [:]
        for made in all { last[made.row.trace] = made }
        return Set(last.values.filter { Self.matches($0, query) }.map(\.row.trace))
    }

    private static func matches(_ made: Made, _ query: SummaryQuery) -> Bool {
        let row = made.row
        if let failed = query.failed, failed != row.flags.contains(.failed) { return false }
        if let errors = query.hasErrors, errors != (row.errors > 0) { return false }
        guard query.startNanoseconds.contains(row.startNanoseconds) else { return false }
        guard query.service != nil || query.operation != nil else {
            return query.durationNanoseconds.contains(row.durationNanoseconds)
        }
        return made.operations.contains { name, slowest in
            (query.service?(name.service) ?? true)
                && (query.operation.map { $0 == name.operation } ?? true)
                && query.durationNanoseconds.contains(slowest)
        }
    }
}

extension SummaryWriter {
    /// Writes and commits, as the keeper does.
    mutating func commit(_ number: UInt64, second: Int64, _ files: inout [StoredFile]) throws {
        guard let file = try write(commit: number, second: second) else { return }
        files.removeAll { $0.id == file.id }
        files.append(file)
        settle()
    }
}
