import Lanes
import Sketches
import Spans
import Wire

/// What a search asks its caller.
struct Looks {
    /// Whether it took long enough.
    let isOver: () -> Bool
    /// Whether a trace that the summaries let through is one of those looked for.
    let accepts: (TraceID) -> Bool
}

/// One search on its way through the partitions.
struct SummarySearch {
    private let query: SummaryQuery
    private let limit: Int
    private let cursor: SummaryCursor?
    private(set) var page = SummaryPage()
    /// Traces of which a later row was passed: their older rows mean nothing any more.
    private var amended: Set<TraceID> = []
    private(set) var goesOn = true

    init(_ query: SummaryQuery, limit: Int, from cursor: SummaryCursor?) {
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }

    mutating func tell(_ fault: FileFault) {
        // Retention may have removed the partition meanwhile.
        guard fault.code != .noSuchFile else { return }
        page.damages.append(StoreDamage(file: fault.path, from: 0, bytes: 0, what: "\(fault)"))
    }

    mutating func search(
        _ partition: SummaryPartition, _ reader: consuming SummaryReader,
        _ zstd: inout ZstdFrameDecoder, _ looks: Looks
    ) throws(FileFault) {
        page.damages += partition.damages
        let wanted = query.asksForOperations ? partition.wanted(by: query) : []
        for number in partition.blocks.indices.reversed() where goesOn {
            let block = partition.blocks[number]
            let place = place(partition.name, block.offset)
            if place.rows == 0, looks.isOver() { return stop(place, rows: 0) }
            guard let payload = try reader.payload(ofBlock: number) else {
                tell(block, of: reader.path, "the checksum of a block is not right")
                continue
            }
            do throws(WireError) {
                let rows = try SummaryBlock(parsing: payload.bytes, payload.1, tags: block.tags)
                try search(rows, at: place, wanted, partition, &zstd, looks)
            } catch {
                tell(block, of: reader.path, "\(error)")
            }
        }
    }

    private mutating func tell(_ block: LogBlock, of path: String, _ what: String) {
        page.damages.append(
            StoreDamage(file: path, from: block.offset, bytes: block.bytes, what: what))
    }

    /// Where a block is, and how many of its rows lie before the cursor: all of them for one that
    /// was passed.
    private func place(_ partition: String, _ offset: Int) -> SummaryCursor {
        var rows = 0
        if let cursor {
            let mine = (partition, offset)
            let its = (cursor.partition, cursor.offset)
            rows = mine == its ? cursor.rows : mine > its ? .max : 0
        }
        return SummaryCursor(partition: partition, offset: offset, rows: rows)
    }

    private mutating func stop(_ place: SummaryCursor, rows: Int) {
        page.next = SummaryCursor(partition: place.partition, offset: place.offset, rows: rows)
        goesOn = false
    }

    private mutating func search(
        _ block: SummaryBlock, at place: SummaryCursor, _ wanted: [Bool],
        _ partition: SummaryPartition, _ zstd: inout ZstdFrameDecoder, _ looks: Looks
    ) throws(WireError) {
        let late = try block.amended(&zstd)
        defer { amended.formUnion(late) }
        let matching = SummaryMatching(query, block, wanted)
        guard place.rows < block.count, matching.mayMatch else { return }
        var rows = try block.rows(&zstd)
        let found = try matching.matches(rows, &zstd)
        guard !found.isEmpty else { return }
        try block.identify(&rows, &zstd)
        let newest = Self.newest(rows, block)
        for index in found.reversed() where rows.count - 1 - index >= place.rows {
            let row = rows[index]
            if amended.contains(row.trace) { continue }
            if let through = newest[row.trace], through > row.through { continue }
            if looks.isOver() { return stop(place, rows: rows.count - 1 - index) }
            guard looks.accepts(row.trace) else { continue }
            let root = row.root == SummaryRow.noRoot ? nil : partition.names[Int(row.root)]
            page.traces.append(FoundSummary(row: row, root: root))
            if page.traces.count == limit { return stop(place, rows: rows.count - index) }
        }
    }

    /// Of the traces that have a later row in the block, what the last of them covers.
    private static func newest(_ rows: [SummaryRow], _ block: SummaryBlock) -> [TraceID: UInt64] {
        guard block.amendments > 0 else { return [:] }
        var newest: [TraceID: UInt64] = [:]
        for row in rows where row.flags.contains(.amends) {
            newest[row.trace] = max(row.through, newest[row.trace] ?? 0)
        }
        return newest
    }
}

/// Finds the rows of a block that a query is about.
struct SummaryMatching {
    private let query: SummaryQuery
    private let block: SummaryBlock
    /// By the block's operations.
    private let isWanted: [Bool]

    init(_ query: SummaryQuery, _ block: SummaryBlock, _ wanted: [Bool]) {
        self.query = query
        self.block = block
        isWanted = block.operations.map { $0 < wanted.count && wanted[$0] }
    }

    /// Whether a row may match, as far as the head of the block tells.
    var mayMatch: Bool {
        guard block.starts.0 <= query.startNanoseconds.upperBound,
            block.starts.1 >= query.startNanoseconds.lowerBound
        else { return false }
        if query.failed == true, block.failed == 0 { return false }
        if query.hasErrors == true, block.withErrors == 0 { return false }
        let shortest = query.durationNanoseconds.lowerBound
        guard query.asksForOperations else { return block.longestNanoseconds >= shortest }
        return zip(isWanted, block.slowest).contains { $0 && $1 >= shortest }
    }

    /// In the order of the rows.
    func matches(
        _ rows: [SummaryRow], _ zstd: inout ZstdFrameDecoder
    ) throws(WireError) -> [Int] {
        let found = rows.indices.filter { query.mayMatch(rows[$0]) }
        guard query.asksForOperations, !found.isEmpty else { return found }
        var operations = try block.reader(of: .operations, &zstd)
        guard query.durationNanoseconds != 0 ... .max else {
            return try having(found, &operations) { _ in true }
        }
        var slowest = try block.reader(of: .slowest, &zstd)
        let hits = try having(found, &operations) { isWanted in
            let nanoseconds = slowest.number()
            return isWanted && query.durationNanoseconds.contains(nanoseconds)
        }
        try block.check(slowest)
        return hits
    }

    /// Those rows that have an operation that is wanted, and of which `isHit` says so.
    private func having(
        _ found: [Int], _ operations: inout PackedReader, _ isHit: (_ isWanted: Bool) -> Bool
    ) throws(WireError) -> [Int] {
        var hits: [Int] = []
        var rest = found[...]
        for row in 0..<block.count {
            let count = operations.number()
            guard count <= UInt64(operations.bytesLeft) else {
                throw WireError(.invalid("more operations than there are"), at: operations.at)
            }
            var hasHit = false
            for _ in 0..<count {
                let place = Int(clamping: operations.number())
                let isWanted = place < isWanted.count && isWanted[place]
                if isHit(isWanted), isWanted { hasHit = true }
            }
            if rest.first == row {
                rest.removeFirst()
                if hasHit { hits.append(row) }
            }
        }
        try block.check(operations)
        return hits
    }
}
