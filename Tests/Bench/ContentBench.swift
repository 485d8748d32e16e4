import Glibc
import Lanes
import Spans
import Storing

/// Requests decoded, and the same sealed into a content segment: the difference is what sealing
/// costs; and what a span takes on disk, its share of the index with it.
func benchSeal(_ bodies: Bodies) {
    guard let folder = BenchFolder() else { return print("seal: no folder can be made in /tmp") }
    var table = SpanTable()
    var writer = ContentSegmentWriter()
    var batch = SpanBatch()
    var segmentBytes = 0
    measure("decode", passes: 1) { bodies.eachDecoded(into: &table) { _, _ in } }
    var spans = 0
    measure("decode, seal", passes: 1) {
        do {
            try writer.begin(in: folder.directory, firstSequence: 1)
            let work = bodies.eachDecoded(into: &table) { table, body in
                swap(&batch.table, &table)
                batch.body = body
                batch.bodyCount = body.count
                seal(batch, &writer)
                swap(&batch.table, &table)
            }
            segmentBytes = try writer.finish().bytes
            spans = work.spans
            return work
        } catch {
            fatalError("a segment that cannot be written: \(error)")
        }
    }
    print("seal: \(segmentBytes * 10 / spans) tenths of a byte a span")
}

/// Traces looked up by id among ten million spans, each in a block that nobody has read before.
func benchLookup(_ bodies: Bodies) {
    guard let folder = BenchFolder() else { return print("lookup: no folder can be made in /tmp") }
    var writer = ContentSegmentWriter()
    var store = ContentStore()
    var batches = bodies.batches()
    var traces: [TraceID] = []
    var spans = 0
    do {
        while spans < 10_000_000 {
            try writer.begin(in: folder.directory, firstSequence: UInt64(store.segments.count))
            let end = spans + 160_000
            while spans < end {
                for index in batches.indices {
                    batches[index].renameTraces()
                    try writer.take(batches[index], sequence: 1, receiptNanoseconds: 1)
                    spans += batches[index].table.records.count
                }
                traces.append(batches[0].table.records[0].trace)
            }
            store.add(try writer.finish())
        }
    } catch {
        fatalError("a segment that cannot be written: \(error)")
    }
    let ids = traces.shuffled()
    var next = 0
    time("lookup of a trace in \(store.segments.count) segments", rounds: ids.count) {
        var trace = StoredTrace(ids[next])
        next += 1
        var reader = store.reader()
        precondition(reader.read(&trace).isEmpty, "damage")
        trace.settle()
        return trace.spans.count
    }
}

extension SpanBatch {
    /// Gives its traces other ids, in the records and in the bodies.
    fileprivate mutating func renameTraces() {
        for index in table.records.indices {
            table.records[index].trace.low &+= 0x9E37_79B9_7F4A_7C15
            let start = Int(table.records[index].content.start) + 10
            var rest = table.records[index].trace.low
            for place in (start..<start + 8).reversed() {
                body[place] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
            }
        }
    }
}

private func seal(_ batch: SpanBatch, _ writer: inout ContentSegmentWriter) {
    do {
        try writer.take(batch, sequence: 1, receiptNanoseconds: 1)
    } catch {
        fatalError("a segment that cannot be written: \(error)")
    }
}

extension Bodies {
    /// All bodies decoded, each with a table of its own.
    fileprivate func batches() -> [SpanBatch] {
        var batches: [SpanBatch] = []
        var table = SpanTable()
        _ = eachDecoded(into: &table) { table, body in
            var batch = SpanBatch()
            batch.body = body
            batch.bodyCount = body.count
            batch.table = table
            batches.append(batch)
        }
        return batches
    }
}

/// A folder of its own, gone with its owner.
struct BenchFolder: ~Copyable {
    let directory: DataDirectory

    init?() {
        var template = Array("/tmp/portolan-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return nil }
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let directory = try? DataDirectory(making: path) else { return nil }
        self.directory = directory
    }

    deinit {
        for name in (try? directory.names()) ?? [] { try? directory.remove(name) }
        _ = unsafe rmdir(directory.path)
    }
}
