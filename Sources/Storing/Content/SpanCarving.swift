import Spans
import Wire

/// How the bytes of a span are kept: whole, or without the ids and times that stand where nearly all
/// senders put them, which are columns of their own. Also what must be known of a span before its
/// bytes are.
struct SpanLayout: OptionSet {
    let rawValue: UInt8

    static let isCarved = SpanLayout(rawValue: 1)
    static let hasParent = SpanLayout(rawValue: 2)
    static let hasStart = SpanLayout(rawValue: 4)
    static let hasEnd = SpanLayout(rawValue: 8)
    static let isError = SpanLayout(rawValue: 128)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(kind: SpanKind, status: SpanStatus) {
        self.init(rawValue: kind.rawValue << 4)
        if status == .error { insert(.isError) }
    }

    var kind: SpanKind { SpanKind(rawValue: rawValue >> 4 & 7) ?? .unspecified }
}

/// Takes the ids and times out of the bytes of a span, and puts them back so that every byte is as
/// it came. A span is carved when its fields come in the order of their numbers, each once, and hold
/// what its record says; any other is kept whole.
struct SpanCarving {
    var layout: SpanLayout
    /// What is left, in order: the trace state, name and kind, and all behind the times.
    var state = ByteRange(start: 0, end: 0)
    var name = ByteRange(start: 0, end: 0)
    var rest: ByteRange

    init(_ record: SpanRecord, in body: ProtobufCursor) {
        layout = SpanLayout(kind: record.kind, status: record.status)
        rest = ByteRange(record.content)
        do throws(WireError) { try carve(record, body.cursor(over: rest)) } catch {
            // Only bytes that were read before come here; what cannot be carved stays whole.
            return
        }
    }

    var count: Int { state.count &+ name.count &+ rest.count }

    private mutating func carve(
        _ record: SpanRecord, _ span: consuming ProtobufCursor
    ) throws(WireError) {
        guard span.skip(tag: Tag.trace), span.skip(tag: 16),
            try span.fixed64().byteSwapped == record.trace.high,
            try span.fixed64().byteSwapped == record.trace.low,
            span.skip(tag: Tag.id), span.skip(tag: 8),
            try span.fixed64().byteSwapped == record.id
        else { return }
        var found = layout.union(.isCarved)
        let state = try span.state()
        if span.skip(tag: Tag.parent) {
            guard span.skip(tag: 8), try span.fixed64().byteSwapped == record.parent else { return }
            found.insert(.hasParent)
        }
        let name = try span.nameAndKind()
        if span.skip(tag: Tag.start) {
            guard try span.fixed64() == record.startNanoseconds else { return }
            found.insert(.hasStart)
        }
        if span.skip(tag: Tag.end) {
            guard try span.fixed64() == record.endNanoseconds else { return }
            found.insert(.hasEnd)
        }
        // What would be taken for the fields before the times cannot stand behind them.
        if !span.isAtEnd, Tag.isOfHead(UInt32(span.byte(at: span.offset))) { return }
        layout = found
        self.state = state
        self.name = name
        rest.start = span.offset
    }

    /// Puts a span together again at the end of some bytes; `left` is what was kept of it.
    static func restore(
        _ span: SpanHead, of trace: TraceID, from left: ByteRange, in texts: ProtobufCursor,
        to writer: inout ProtobufWriter
    ) throws(WireError) {
        guard span.layout.contains(.isCarved) else { return writer.copy(left, from: texts) }
        var kept = texts.cursor(over: left)
        writer.head(Tag.trace, 16)
        writer.fixed64(trace.high.byteSwapped)
        writer.fixed64(trace.low.byteSwapped)
        writer.head(Tag.id, 8)
        writer.fixed64(span.id.byteSwapped)
        writer.copy(try kept.state(), from: texts)
        if span.layout.contains(.hasParent) {
            writer.head(Tag.parent, 8)
            writer.fixed64(span.parent.byteSwapped)
        }
        writer.copy(try kept.nameAndKind(), from: texts)
        if span.layout.contains(.hasStart) {
            writer.varint(UInt64(Tag.start))
            writer.fixed64(span.startNanoseconds)
        }
        if span.layout.contains(.hasEnd) {
            writer.varint(UInt64(Tag.end))
            writer.fixed64(span.endNanoseconds)
        }
        writer.copy(ByteRange(start: kept.offset, end: left.end), from: texts)
    }

    /// Tags of trace.proto, as they stand on the wire.
    fileprivate enum Tag {
        static let trace: UInt32 = 1 << 3 | 2
        static let id: UInt32 = 2 << 3 | 2
        static let state: UInt32 = 3 << 3 | 2
        static let parent: UInt32 = 4 << 3 | 2
        static let name: UInt32 = 5 << 3 | 2
        static let kind: UInt32 = 6 << 3
        static let start: UInt32 = 7 << 3 | 1
        static let end: UInt32 = 8 << 3 | 1

        static func isOfHead(_ tag: UInt32) -> Bool { tag == state || tag == name || tag == kind }
    }
}

extension ProtobufCursor {
    /// The trace state, if it is next.
    fileprivate mutating func state() throws(WireError) -> ByteRange {
        let start = offset
        if skip(tag: SpanCarving.Tag.state) { _ = try bytes() }
        return ByteRange(start: start, end: offset)
    }

    /// The name and the kind, if they are next.
    fileprivate mutating func nameAndKind() throws(WireError) -> ByteRange {
        let start = offset
        if skip(tag: SpanCarving.Tag.name) { _ = try bytes() }
        if skip(tag: SpanCarving.Tag.kind) { _ = try varint() }
        return ByteRange(start: start, end: offset)
    }
}

extension ProtobufWriter {
    /// The tag of an id and its length.
    fileprivate mutating func head(_ tag: UInt32, _ count: UInt64) {
        varint(UInt64(tag))
        varint(count)
    }
}

extension ByteRange {
    init(_ range: BodyRange) { self.init(start: Int(range.start), end: Int(range.end)) }
}
