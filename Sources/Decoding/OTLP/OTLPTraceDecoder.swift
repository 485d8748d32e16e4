package import Spans
package import Wire

/// Reads an ExportTraceServiceRequest where it lies: one pass, no allocation for a span.
///
/// Bytes that are not protobuf refuse the whole request (thrown, with the offset). A span with bad
/// ids, bad text, or over a limit is refused alone and counted; the others are kept. Fields that
/// come in any order, twice, or that nobody knows are read as the protobuf runtimes read them.
package struct OTLPTraceDecoder: Sendable {
    /// Stands in the journal with every request: another version may refuse other spans.
    package static let version: UInt16 = 1

    package let limits: OTLPLimits
    private let names: NameIndex<FactMeaning>

    /// Takes as facts the attributes that have these names.
    package init(limits: OTLPLimits, names: FactNames = FactNames()) {
        self.limits = limits
        self.names = NameIndex(names.all)
    }

    /// Fills an empty table with the spans in the first `count` bytes of a body.
    package func decode(
        _ body: [UInt8], count: Int, into table: inout SpanTable
    ) throws(WireError) {
        try names.withLookup { names throws(WireError) in
            var reading = OTLPTraceReading(limits: limits, names: names)
            try withProtobufCursor(over: body, count: count) { cursor throws(WireError) in
                try reading.takeRequest(&cursor, into: &table)
            }
        }
    }
}

/// One request being read.
private struct OTLPTraceReading {
    let limits: OTLPLimits
    let names: NameLookup<FactMeaning>
    /// Spans seen so far, refused ones included.
    private var spans = 0

    init(limits: OTLPLimits, names: NameLookup<FactMeaning>) {
        self.limits = limits
        self.names = names
    }

    mutating func takeRequest(
        _ cursor: inout ProtobufCursor, into table: inout SpanTable
    ) throws(WireError) {
        while !cursor.isAtEnd {
            let tag = try cursor.tag()
            if tag.raw == Field.resourceSpans {
                try takeResourceSpans(&cursor, into: &table)
            } else {
                try cursor.skip(tag)
            }
        }
    }

    /// The resource may stand behind its spans, so that what is wrong with it refuses them last, and
    /// its facts come to its groups last.
    private mutating func takeResourceSpans(
        _ cursor: inout ProtobufCursor, into table: inout SpanTable
    ) throws(WireError) {
        var message = try cursor.message()
        let range = message.bodyRange
        var attributes = OTLPAttributes(limits: limits)
        var facts = OTLPFacts(names: names, first: table.resourceFacts.count)
        let first = (mark: table.mark, span: spans)
        let firstGroup = table.groups.count
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.resource:
                try takeResource(&message, &attributes, &facts, &table.resourceFacts)
            case Field.scopeSpans: try takeScopeSpans(&message, resource: range, into: &table)
            case Field.schemaURL: _ = try attributes.takeText(&message)
            default: try message.skip(tag)
            }
        }
        let taken = TableRange(start: facts.first, end: table.resourceFacts.count)
        for group in firstGroup..<table.groups.count { table.groups[group].facts = taken }
        refuseAll(attributes.refusal, since: first, at: Int(range.start), in: &table)
    }

    private mutating func takeScopeSpans(
        _ cursor: inout ProtobufCursor, resource: BodyRange, into table: inout SpanTable
    ) throws(WireError) {
        var message = try cursor.message()
        let range = message.bodyRange
        let group = UInt32(truncatingIfNeeded: table.groups.count)
        table.groups.append(SpanGroup(resourceSpans: resource, scopeSpans: range))
        var attributes = OTLPAttributes(limits: limits)
        let first = (mark: table.mark, span: spans)
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.span: try takeSpan(&message, group: group, into: &table)
            case Field.scope: try takeScope(&message, &attributes)
            case Field.schemaURL: _ = try attributes.takeText(&message)
            default: try message.skip(tag)
            }
        }
        refuseAll(attributes.refusal, since: first, at: Int(range.start), in: &table)
    }

    /// Takes back the records since a mark, because what they share cannot be kept.
    private func refuseAll(
        _ reason: SpanRefusal?, since first: (mark: SpanTable.Mark, span: Int), at offset: Int,
        in table: inout SpanTable
    ) {
        guard let reason else { return }
        let taken = table.records.count - first.mark.records
        table.takeBack(to: first.mark)
        table.refusals.add(
            reason, spans: taken, ordinals: first.span..<spans, firstOffset: offset)
    }

    private func takeResource(
        _ cursor: inout ProtobufCursor, _ attributes: inout OTLPAttributes,
        _ facts: inout OTLPFacts, _ list: inout [SpanFact]
    ) throws(WireError) {
        var message = try cursor.message()
        while !message.isAtEnd {
            try attributes.takeAll(tag: Field.resourceAttribute, &message, &facts, &list)
            if message.isAtEnd { return }
            let tag = try message.tag()
            switch tag.raw {
            case Field.entity: try takeEntity(&message, &attributes)
            default: try message.skip(tag)
            }
        }
    }

    private func takeEntity(
        _ cursor: inout ProtobufCursor, _ attributes: inout OTLPAttributes
    ) throws(WireError) {
        var message = try cursor.message()
        while !message.isAtEnd {
            let tag = try message.tag()
            if tag.wireType == 2, (1...4).contains(tag.field) {
                _ = try attributes.takeText(&message)
            } else {
                try message.skip(tag)
            }
        }
    }

    private func takeScope(
        _ cursor: inout ProtobufCursor, _ attributes: inout OTLPAttributes
    ) throws(WireError) {
        var message = try cursor.message()
        while !message.isAtEnd {
            let tag = try message.tag()
            switch tag.raw {
            case Field.scopeName, Field.scopeVersion: _ = try attributes.takeText(&message)
            case Field.scopeAttribute: try attributes.take(&message)
            default: try message.skip(tag)
            }
        }
    }

    private mutating func takeSpan(
        _ cursor: inout ProtobufCursor, group: UInt32, into table: inout SpanTable
    ) throws(WireError) {
        let message = try cursor.message()
        let ordinal = spans
        spans += 1
        let mark = table.mark
        var span = OTLPSpanReading(
            limits: limits, names: names, content: message.bodyRange, table: table)
        try span.read(message, into: &table)
        if ordinal >= limits.spansMax { span.attributes.refuse(.tooManySpans) }
        if let reason = span.refusal {
            table.takeBack(to: mark)
            table.refusals.add(
                reason, ordinals: ordinal..<ordinal + 1, firstOffset: message.offset)
        } else {
            span.finish(group: group, in: &table)
        }
    }

    /// Tags of the messages around a span, as they stand on the wire.
    private enum Field {
        static let resourceSpans: UInt32 = 1 << 3 | 2
        static let resource: UInt32 = 1 << 3 | 2
        static let scopeSpans: UInt32 = 2 << 3 | 2
        static let schemaURL: UInt32 = 3 << 3 | 2
        static let resourceAttribute: UInt32 = 1 << 3 | 2
        static let entity: UInt32 = 3 << 3 | 2
        static let scope: UInt32 = 1 << 3 | 2
        static let span: UInt32 = 2 << 3 | 2
        static let scopeName: UInt32 = 1 << 3 | 2
        static let scopeVersion: UInt32 = 2 << 3 | 2
        static let scopeAttribute: UInt32 = 3 << 3 | 2
    }
}

extension ProtobufCursor {
    /// The stretch that a fresh message cursor covers.
    var bodyRange: BodyRange {
        BodyRange(start: UInt32(truncatingIfNeeded: offset), end: UInt32(truncatingIfNeeded: limit))
    }
}
