import Decoding
import Glibc
import Lanes
import Spans
import Storing

/// Requests sealed into a content segment, decoding left out: what a span costs and takes on disk.
func benchSeal(_ bodies: Bodies) {
    guard let folder = BenchFolder() else { return print("seal: no folder in /tmp") }
    let batches = bodies.batches()
    let bytes = batches.reduce(0) { $0 + $1.bodyCount }
    var writer = ContentSegmentWriter()
    var segmentBytes = 0
    measure("seal", passes: 1, rounds: 9) {
        do {
            try writer.begin(in: folder.directory, firstSequence: 1)
            for batch in batches { try writer.take(batch, sequence: 1, receiptNanoseconds: 1) }
            let segment = try writer.finish()
            segmentBytes = segment.bytes
            return Work(spans: segment.spans, bytes: bytes)
        } catch {
            fatalError("a segment that cannot be written: \(error)")
        }
    }
    let spans = batches.reduce(0) { $0 + $1.table.records.count }
    print("seal: \(segmentBytes * 10 / spans) tenths of a byte a span, \(segmentBytes) in all")
}

extension Bodies {
    /// All bodies decoded, each with a table of its own.
    func batches() -> [SpanBatch] {
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
