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

private func seal(_ batch: SpanBatch, _ writer: inout ContentSegmentWriter) {
    do {
        try writer.take(batch, sequence: 1, receiptNanoseconds: 1)
    } catch {
        fatalError("a segment that cannot be written: \(error)")
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
