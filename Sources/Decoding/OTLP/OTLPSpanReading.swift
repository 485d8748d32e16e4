import Spans
import Wire

/// One span being read: the fields that its record needs, and the first reason to refuse it.
struct OTLPSpanReading {
    var attributes: OTLPAttributes
    private let content: BodyRange
    private var facts: OTLPFacts
    private let firstLink: Int
    private var trace = TraceID(high: 0, low: 0)
    private var id: UInt64 = 0
    private var parent: UInt64 = 0
    private var start: UInt64 = 0
    private var end: UInt64 = 0
    private var name = BodyRange()
    private var state = BodyRange()
    private var kind: UInt64 = 0
    private var status: UInt64 = 0
    // A span without an id field has an id of zero bytes. Faults of the ids are kept apart from
    // the attributes', because the last of several id fields decides.
    private var traceFault: SpanRefusal? = .traceIDLength
    private var idFault: SpanRefusal? = .spanIDLength
    private var parentFault: SpanRefusal?

    init(limits: OTLPLimits, names: NameLookup<FactMeaning>, content: BodyRange, table: SpanTable) {
        attributes = OTLPAttributes(limits: limits)
        self.content = content
        facts = OTLPFacts(names: names, first: table.facts.count)
        firstLink = table.links.count
    }

    var refusal: SpanRefusal? { traceFault ?? idFault ?? parentFault ?? attributes.refusal }

    /// Nearly all senders write the fields in the order of their numbers: that is tried first, since
    /// it needs no jump that nobody can foresee. What is left is read in whatever order it comes.
    @inline(__always)
    mutating func read(
        _ message: ProtobufCursor, into table: inout SpanTable
    ) throws(WireError) {
        var message = message
        if message.skip(tag: Field.trace) { try takeTrace(&message) }
        if message.skip(tag: Field.id) { try takeID(&message) }
        if message.skip(tag: Field.parent) { try takeParent(&message) }
        if message.skip(tag: Field.name) { try takeName(&message) }
        if message.skip(tag: Field.kind) { kind = try message.varint() }
        if message.skip(tag: Field.start) { start = try message.fixed64() }
        if message.skip(tag: Field.end) { end = try message.fixed64() }
        try attributes.takeAll(tag: Field.attribute, &message, &facts, &table.facts)
        if message.skip(tag: Field.status) { try takeStatus(&message) }
        while !message.isAtEnd { try takeField(&message, into: &table) }
    }

    @inline(never)
    private mutating func takeField(
        _ message: inout ProtobufCursor, into table: inout SpanTable
    ) throws(WireError) {
        try attributes.takeAll(tag: Field.attribute, &message, &facts, &table.facts)
        if message.isAtEnd { return }
        let tag = try message.tag()
        switch tag.raw {
        case Field.trace: try takeTrace(&message)
        case Field.id: try takeID(&message)
        case Field.parent: try takeParent(&message)
        case Field.name: try takeName(&message)
        case Field.kind: kind = try message.varint()
        case Field.start: start = try message.fixed64()
        case Field.end: end = try message.fixed64()
        case Field.state: state = BodyRange(try attributes.takeText(&message))
        case Field.event: try takeEvent(&message)
        case Field.link: try takeLink(&message, &table.links)
        case Field.status: try takeStatus(&message)
        default: try message.skip(tag)
        }
    }

    /// Adds the span to its table, where its facts and links are already.
    mutating func finish(group: UInt32, in table: inout SpanTable) {
        facts.add(FactMeaning(key: .traceState, rank: 0), .text(state), to: &table.facts)
        table.records.append(
            record(
                facts: TableRange(start: facts.first, end: table.facts.count),
                links: TableRange(start: firstLink, end: table.links.count), group: group))
    }

    private func record(facts: TableRange, links: TableRange, group: UInt32) -> SpanRecord {
        var marks: SpanMarks = []
        if end == 0 { marks.insert(.noEnd) } else if end < start { marks.insert(.endBeforeStart) }
        return SpanRecord(
            trace: trace, id: id, parent: parent, startNanoseconds: start, endNanoseconds: end,
            content: content, name: name, facts: facts, links: links, group: group,
            kind: SpanKind(rawValue: Self.enumerator(kind)) ?? .unspecified,
            status: SpanStatus(rawValue: Self.enumerator(status)) ?? .unset, marks: marks)
    }

    /// Enums are open: a kind or status that is not known counts as unset. They are numbers of 32
    /// bits, and the bits above are dropped, as protobuf runtimes do.
    private static func enumerator(_ value: UInt64) -> UInt8 {
        UInt8(exactly: UInt32(truncatingIfNeeded: value)) ?? 0
    }

    @inline(__always)
    private mutating func takeTrace(_ message: inout ProtobufCursor) throws(WireError) {
        let range = try message.bytes()
        trace = Self.traceID(range, of: message)
        traceFault = range.count != 16 ? .traceIDLength : trace.isZero ? .traceIDZero : nil
    }

    @inline(__always)
    private mutating func takeID(_ message: inout ProtobufCursor) throws(WireError) {
        let range = try message.bytes()
        id = Self.spanID(range, of: message)
        idFault = range.count != 8 ? .spanIDLength : id == 0 ? .spanIDZero : nil
    }

    /// An empty parent and one of zeros both mean a root.
    @inline(__always)
    private mutating func takeParent(_ message: inout ProtobufCursor) throws(WireError) {
        let range = try message.bytes()
        parent = Self.spanID(range, of: message)
        parentFault = range.count == 8 || range.isEmpty ? nil : .parentIDLength
    }

    private mutating func takeName(_ message: inout ProtobufCursor) throws(WireError) {
        name = BodyRange(try attributes.takeText(&message))
    }

    /// Zero where the length is another than sixteen bytes.
    private static func traceID(_ range: ByteRange, of message: ProtobufCursor) -> TraceID {
        guard range.count == 16 else { return TraceID(high: 0, low: 0) }
        return TraceID(
            high: message.word(at: range.start), low: message.word(at: range.start &+ 8))
    }

    /// Zero where the length is another than eight bytes.
    private static func spanID(_ range: ByteRange, of message: ProtobufCursor) -> UInt64 {
        range.count == 8 ? message.word(at: range.start) : 0
    }

    private mutating func takeEvent(_ cursor: inout ProtobufCursor) throws(WireError) {
        var message = try cursor.message()
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.eventAttribute: try attributes.take(&message)
            case Field.eventName: _ = try attributes.takeText(&message)
            default: try message.skip(tag)
            }
        }
    }

    /// A link with ids that cannot be is passed over: it costs neither the span nor the others.
    private mutating func takeLink(
        _ cursor: inout ProtobufCursor, _ links: inout [SpanLink]
    ) throws(WireError) {
        var message = try cursor.message()
        var link = SpanLink(trace: TraceID(high: 0, low: 0), id: 0)
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.trace: link.trace = Self.traceID(try message.bytes(), of: message)
            case Field.id: link.id = Self.spanID(try message.bytes(), of: message)
            case Field.linkAttribute: try attributes.take(&message)
            case Field.linkState: _ = try attributes.takeText(&message)
            default: try message.skip(tag)
            }
        }
        if !link.trace.isZero, link.id != 0 { links.append(link) }
    }

    private mutating func takeStatus(_ cursor: inout ProtobufCursor) throws(WireError) {
        var message = try cursor.message()
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.statusCode: status = try message.varint()
            case Field.statusMessage: _ = try attributes.takeText(&message)
            default: try message.skip(tag)
            }
        }
    }

    /// Tags of trace.proto, as they stand on the wire.
    private enum Field {
        static let trace: UInt32 = 1 << 3 | 2
        static let id: UInt32 = 2 << 3 | 2
        static let state: UInt32 = 3 << 3 | 2
        static let parent: UInt32 = 4 << 3 | 2
        static let name: UInt32 = 5 << 3 | 2
        static let kind: UInt32 = 6 << 3
        static let start: UInt32 = 7 << 3 | 1
        static let end: UInt32 = 8 << 3 | 1
        static let attribute: UInt32 = 9 << 3 | 2
        static let event: UInt32 = 11 << 3 | 2
        static let link: UInt32 = 13 << 3 | 2
        static let status: UInt32 = 15 << 3 | 2
        static let eventName: UInt32 = 2 << 3 | 2
        static let eventAttribute: UInt32 = 3 << 3 | 2
        static let linkState: UInt32 = 3 << 3 | 2
        static let linkAttribute: UInt32 = 4 << 3 | 2
        static let statusMessage: UInt32 = 2 << 3 | 2
        static let statusCode: UInt32 = 3 << 3
    }
}

extension BodyRange {
    init(_ range: ByteRange) {
        self.init(
            start: UInt32(truncatingIfNeeded: range.start),
            end: UInt32(truncatingIfNeeded: range.end))
    }
}
