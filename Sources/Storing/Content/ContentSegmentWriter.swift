package import Lanes
package import Spans
import Wire

/// Writes content segments, one after the other: the spans of requests, grouped by trace, with an
/// index by trace at the end (`docs/formats.md`, Content).
///
/// Owned by the thread that seals. A segment has its final name only when it is whole and synced; one
/// that was not finished is written again from the start. Limit: 32 MiB,
/// and the texts of one request that passes all measure.
package struct ContentSegmentWriter: ~Copyable {
    private var section: ContentSection
    private var plan = ContentPlan()
    private var encoder: ContentBlockEncoder
    private var open: OpenSegment?

    /// A higher level of zstd makes segments smaller and takes longer; 1 is measured best.
    package init(level: Int = 1) {
        var random = SystemRandomNumberGenerator()
        section = ContentSection(using: &random)
        encoder = ContentBlockEncoder(level: level)
    }

    /// Starts the segment whose first record has a sequence; one that was not finished is given up.
    package mutating func begin(
        in folder: DataDirectory, firstSequence: UInt64
    ) throws(FileFault) {
        section.removeAll()
        open = try OpenSegment(in: folder, firstSequence: firstSequence)
    }

    /// Takes the spans of one request; its bytes are not needed any more afterwards.
    package mutating func take(
        _ batch: SpanBatch, sequence: UInt64, receiptNanoseconds: UInt64
    ) throws(FileFault) {
        precondition(open != nil, "a segment that was not begun")
        open?.note(sequence, receiptNanoseconds, spans: batch.table.records.count)
        var next = 0
        while true {
            next = section.take(batch, from: next)
            if !section.isFull { return }
            try writeSection()
        }
    }

    /// Ends the segment: when it returns, all is on disk under the final name.
    package mutating func finish() throws(FileFault) -> ContentSegment {
        precondition(open != nil, "a segment that was not begun")
        try writeSection()
        guard let segment = try open?.finish() else { preconditionFailure("nobody else closes it") }
        open = nil
        return segment
    }

    private mutating func writeSection() throws(FileFault) {
        plan.sort(section)
        var place = 0
        while place < plan.order.count {
            let rows = plan.block(from: place, of: section)
            encoder.encode(plan.order[rows], of: section)
            try open?.append(encoder.bytes)
            for trace in encoder.traces { open?.add(section.traces.ids[Int(trace)]) }
            place = rows.upperBound
        }
        section.removeAll()
    }
}

/// A segment while it is written.
private struct OpenSegment: ~Copyable {
    private let folder: DataDirectory
    private let name: String
    private var file: DataFile
    private var footer = ContentFooter()
    private var entries: [ContentIndex.Entry] = []
    private var places: [Int] = []

    init(in folder: DataDirectory, firstSequence: UInt64) throws(FileFault) {
        let name = ContentSegment.name(firstSequence: firstSequence)
        file = try Self.create(folder.file(Self.unfinished(name)))
        self.folder = folder
        self.name = name
        footer.firstSequence = firstSequence
        footer.lastSequence = firstSequence
    }

    private static func create(_ path: String) throws(FileFault) -> DataFile {
        var file = try DataFile(path, .create)
        try file.truncate(to: 0)
        try file.append(ContentFooter.magic)
        return file
    }

    private static func unfinished(_ name: String) -> String { "\(name).new" }

    mutating func note(_ sequence: UInt64, _ receipt: UInt64, spans: Int) {
        footer.lastSequence = sequence
        footer.firstReceipt = footer.spans == 0 ? receipt : min(footer.firstReceipt, receipt)
        footer.lastReceipt = max(footer.lastReceipt, receipt)
        footer.spans += spans
    }

    mutating func append(_ block: [UInt8]) throws(FileFault) {
        places.append(file.end)
        var head = ProtobufWriter()
        head.fixed32(UInt32(block.count))
        head.fixed32(CRC32C.sum(block, block.indices))
        try file.append(head.bytes, head.bytes.indices, block, block.indices)
    }

    /// Says that the last block has spans of a trace.
    mutating func add(_ trace: TraceID) {
        let block = UInt32(places.count - 1)
        entries.append(ContentIndex.Entry(fingerprint: trace.fingerprint, block: block))
    }

    mutating func finish() throws(FileFault) -> ContentSegment {
        entries.sort()
        let directory = ContentDirectory(places: places, filter: TraceFilter(entries))
        footer.blocks = places.count
        footer.entries = entries.count
        footer.index = file.end
        footer.filterBytes = directory.filter.bytes.count
        var end = ProtobufWriter()
        end.raw(ContentIndex.bytes(of: entries))
        directory.write(to: &end)
        footer.write(to: &end)
        try file.append(end.bytes)
        footer.fileBytes = file.end
        try file.sync()
        try folder.rename(Self.unfinished(name), to: name)
        try folder.sync()
        return ContentSegment(folder, name, footer, directory)
    }
}
