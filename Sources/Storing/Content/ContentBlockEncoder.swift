import Sketches
import Spans
import Wire

/// Puts spans of a section into the bytes of one block (`docs/formats.md`, Content). Kept from block
/// to block for its storage.
///
/// Spans stand by resource and scope, so that zstd finds the like together; ids, which are random,
/// stand beside what it gets, and a parent of the same block is told by its place in the trace.
struct ContentBlockEncoder: ~Copyable {
    private(set) var bytes: [UInt8] = []
    /// The traces of the block, by their numbers in the section.
    private(set) var traces: [UInt32] = []
    private var groups = BlockGroups()
    private var places = SpanPlaces()
    private var columns = HeadColumns()
    private var heads = PackedWriter()
    private var ids = ProtobufWriter()
    private var texts: [UInt8] = []
    private var frame: [UInt8] = []
    private var zstd: ZstdEncoder
    /// In the order of the plan: by trace.
    private var rows: [ContentSection.Row] = []
    private var traceOfRow: [UInt32] = []
    /// By trace, the last start that was told.
    private var starts: [UInt64] = []
    /// Parents that are not in the block.
    private var strangers: [UInt64] = []

    init(level: Int) { zstd = ZstdEncoder(level: level) }

    mutating func encode(_ order: ArraySlice<UInt32>, of section: ContentSection) {
        removeAll()
        for index in order { rows.append(section.rows[Int(index)]) }
        numberTraces()
        groups.sort(rows, section)
        writeShared(section)
        writeSpans()
        copyTexts(section)
        finish()
    }

    private mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        traces.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        traceOfRow.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        strangers.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        heads.removeAll()
        ids.removeAll()
        columns.removeAll()
    }

    /// The rows stand by trace. Of each the start of its first row is told, and of each span how far
    /// its start is from the one before it in the trace.
    private mutating func numberTraces() {
        for row in rows {
            if traces.last != row.trace {
                traces.append(row.trace)
                starts.append(row.startNanoseconds)
            }
            traceOfRow.append(UInt32(truncatingIfNeeded: traces.count - 1))
        }
    }

    private mutating func writeShared(_ section: ContentSection) {
        for number in groups.resources {
            let range = section.resources.ranges[number]
            heads.append(UInt64(range.count))
            texts += section.resources.bytes[range]
        }
        for number in groups.scopes {
            let range = section.scopes.ranges[number]
            heads.append(UInt64(range.count))
            texts += section.scopes.bytes[range]
        }
        for group in groups.runs {
            heads.append(UInt64(group.resource))
            heads.append(UInt64(group.scope))
            heads.append(UInt64(group.count))
        }
        var before: UInt64 = 0
        for (trace, start) in zip(traces, starts) {
            let id = section.traces.ids[Int(trace)]
            ids.fixed64(id.high)
            ids.fixed64(id.low)
            heads.append(signed: Int64(bitPattern: start &- before))
            before = start
        }
    }

    private mutating func writeSpans() {
        places.fill(rows.count, traces: traces.count) { place in
            let position = Int(groups.order[place])
            return (rows[position].id, traceOfRow[position])
        }
        var before: UInt32 = 0
        for position in groups.order {
            let row = rows[Int(position)]
            let trace = traceOfRow[Int(position)]
            ids.fixed64(row.id)
            columns.traces.append(signed: Int64(trace) - Int64(before))
            before = trace
            columns.layouts.append(byte: row.layout.rawValue)
            columns.starts.append(
                signed: Int64(bitPattern: row.startNanoseconds &- starts[Int(trace)]))
            starts[Int(trace)] = row.startNanoseconds
            columns.durations.append(
                signed: Int64(bitPattern: row.endNanoseconds &- row.startNanoseconds))
            columns.parents.append(parent(of: row, in: trace))
            columns.counts.append(UInt64(row.leftCount))
        }
        for parent in strangers { ids.fixed64(parent) }
    }

    private mutating func copyTexts(_ section: ContentSection) {
        withProtobufCursor(over: section.left, count: section.left.count) { left in
            for position in groups.order {
                let start = Int(rows[Int(position)].leftStart)
                let count = Int(rows[Int(position)].leftCount)
                left.copy(ByteRange(start: start, end: start + count), to: &texts)
            }
        }
    }

    /// 0 for none, 1 for one that stands behind the ids of the spans, else its place in the trace and
    /// two.
    private mutating func parent(of row: ContentSection.Row, in trace: UInt32) -> UInt64 {
        guard row.parent != 0 else { return 0 }
        if let ordinal = places.ordinal(of: row.parent, in: trace) { return UInt64(ordinal) &+ 2 }
        strangers.append(row.parent)
        return 1
    }

    private mutating func finish() {
        columns.write(to: &heads)
        var head = PackedWriter()
        head.append(UInt64(groups.order.count))
        head.append(UInt64(traces.count))
        head.append(UInt64(groups.runs.count))
        head.append(UInt64(groups.resources.count))
        head.append(UInt64(groups.scopes.count))
        head.append(UInt64(ids.bytes.count))
        let headCount = zstd.compress(heads.bytes, heads.bytes.indices, into: &frame)
        head.append(UInt64(headCount))
        bytes += head.bytes
        bytes += ids.bytes
        bytes += frame[..<headCount]
        let textCount = zstd.compress(texts, texts.indices, into: &frame)
        bytes += frame[..<textCount]
    }
}

/// The columns of a block, one number each a span.
private struct HeadColumns {
    var traces = PackedWriter()
    var layouts = PackedWriter()
    var starts = PackedWriter()
    var durations = PackedWriter()
    var parents = PackedWriter()
    var counts = PackedWriter()

    mutating func removeAll() {
        traces.removeAll()
        layouts.removeAll()
        starts.removeAll()
        durations.removeAll()
        parents.removeAll()
        counts.removeAll()
    }

    func write(to writer: inout PackedWriter) {
        for column in [traces, layouts, starts, durations, parents, counts] {
            writer.append(bytes: column.bytes[...])
        }
    }
}
