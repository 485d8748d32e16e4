import Charts
import Spans
import Storing

/// Summaries of a million traces searched: once written by many commits of few rows, once by few of
/// many. Traces have ten operations of forty services; the newest come first.
func benchSearch(_: Bodies) {
    for rows in [100, 28_000] {
        guard let folder = BenchFolder() else {
            return print("search: no folder can be made in /tmp")
        }
        var random = SplitMix(state: 1)
        var writer = SummaryWriter(in: folder.directory)
        var files: [StoredFile] = []
        let commits = 1_000_000 / rows
        for commit in 0..<commits {
            let batch = makeSummaries(rows, second: UInt64(commit), &random)
            writer.take(batch, lane: 0, name: summaryName)
            do {
                let file = try writer.write(commit: UInt64(commit), second: Int64(commit))
                guard let file else { continue }
                files.removeAll { $0.id == file.id }
                files.append(file)
            } catch {
                fatalError("summaries that cannot be written: \(error)")
            }
            writer.settle()
        }
        let bytes = files.reduce(0) { $0 + $1.committedBytes }
        print("search: \(commits) commits of \(rows) rows, \(bytes / (commits * rows)) bytes a row")
        var store = SummaryStore(in: folder.directory)
        store.follow(files)
        for (name, query, isFound) in summaryQueries {
            time("search, \(rows) rows a commit, \(name)", rounds: 9) {
                let page = store.search(query, limit: 20)
                precondition(page.traces.isEmpty != isFound, "another answer")
                return page.traces.count + 1
            }
        }
    }
}

private var summaryQueries: [(name: String, query: SummaryQuery, isFound: Bool)] {
    var service = SummaryQuery()
    service.service = { $0.name == "service-7" }
    var slow = service
    slow.operation = "GET /7"
    slow.durationNanoseconds = 1_000_000_000_000 ... .max
    var nobody = SummaryQuery()
    nobody.service = { $0.name == "nobody" }
    var long = SummaryQuery()
    long.durationNanoseconds = 1_000_000_000_000 ... .max
    return [
        ("a service", service, true), ("a service, never so slow", slow, false),
        ("a service that is not there", nobody, false), ("a trace, never so long", long, false),
    ]
}

private func summaryName(_ number: UInt32) -> SummaryName {
    SummaryName(
        service: ServiceKey(name: "service-\(number % 40)"), operation: "GET /\(number)")
}

private func makeSummaries(
    _ rows: Int, second: UInt64, _ random: inout SplitMix
) -> SummaryBatch {
    var batch = SummaryBatch()
    for _ in 0..<rows {
        var row = SummaryRow(TraceID(high: random.next(), low: random.next()))
        row.through = second * 1_000 + random.next() % 1_000
        row.startNanoseconds = second * 1_000_000_000 + random.next() % 1_000_000_000
        row.durationNanoseconds = random.next() % 200_000_000
        row.spans = 10
        row.root = UInt32(random.next() % 40)
        if random.next() % 10 == 0 { row.flags.insert(.failed) }
        if random.next() % 20 == 0 { row.flags.insert(.amends) }
        batch.append(row)
        let first = random.next()
        for place in 0..<UInt64(10) {
            batch.add(
                SummaryOperation(
                    operation: UInt32((first + place * 17) % 200),
                    slowestNanoseconds: random.next() % 100_000_000))
        }
    }
    return batch
}

/// The same numbers every time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
