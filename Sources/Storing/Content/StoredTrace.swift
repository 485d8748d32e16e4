package import Spans
package import Wire

/// A span of a stored trace: what it is found and compared by, and where its bytes are.
package struct StoredSpan: Sendable {
    package let id: UInt64
    /// Zero for a root.
    package let parent: UInt64
    package let startNanoseconds: UInt64
    /// Zero for a span in progress.
    package let endNanoseconds: UInt64
    package let kind: SpanKind
    package let isError: Bool
    /// In the resources, the scopes and the bytes of the trace.
    package let resource: Int
    package let scope: Int
    package let content: ByteRange

    /// Copies of one span have this in common: reports of the two sides of a call under one id are
    /// two spans.
    fileprivate var key: Key { Key(id: id, isIncoming: kind == .server || kind == .consumer) }

    fileprivate struct Key: Hashable {
        var id: UInt64
        var isIncoming: Bool
    }
}

/// The spans of one trace, gathered from wherever they are kept, with their bytes as they came.
package struct StoredTrace: Sendable {
    package let id: TraceID
    /// By start.
    package private(set) var spans: [StoredSpan] = []
    /// What stands around the spans: ResourceSpans without scopes, ScopeSpans without spans.
    package private(set) var resources: [[UInt8]] = []
    package private(set) var scopes: [[UInt8]] = []
    private var content = ProtobufWriter()
    private var resourceNumbers: [[UInt8]: Int] = [:]
    private var scopeNumbers: [[UInt8]: Int] = [:]

    package init(_ id: TraceID) { self.id = id }

    /// The bytes of all spans.
    package var bytes: [UInt8] { content.bytes }

    /// Adds the spans of the trace that are in a batch.
    package mutating func take(_ batch: SpanBatch) {
        withProtobufCursor(over: batch.body, count: batch.bodyCount) { body in
            for record in batch.table.records where record.trace == id {
                append(record, batch.table.groups[Int(record.group)], from: body)
            }
        }
    }

    private mutating func append(
        _ record: SpanRecord, _ group: SpanGroup, from body: ProtobufCursor
    ) {
        var text = ProtobufWriter()
        text.copy(
            ByteRange(group.resourceSpans), butField: TraceAsOTLP.Field.scopeSpans, from: body)
        let resource = number(ofResource: text.bytes)
        text.removeAll()
        text.copy(ByteRange(group.scopeSpans), butField: TraceAsOTLP.Field.spans, from: body)
        let start = content.bytes.count
        content.copy(ByteRange(record.content), from: body)
        spans.append(
            StoredSpan(
                id: record.id, parent: record.parent, startNanoseconds: record.startNanoseconds,
                endNanoseconds: record.endNanoseconds, kind: record.kind,
                isError: record.status == .error, resource: resource,
                scope: number(ofScope: text.bytes),
                content: ByteRange(start: start, end: content.bytes.count)))
    }

    /// Adds a span of a block.
    mutating func append(
        _ span: SpanHead, _ group: ContentBlock.Group, from texts: ProtobufCursor
    ) throws(WireError) {
        var text: [UInt8] = []
        texts.copy(group.resource, to: &text)
        let resource = number(ofResource: text)
        text.removeAll()
        texts.copy(group.scope, to: &text)
        let start = content.bytes.count
        try SpanCarving.restore(span, of: id, from: span.left, in: texts, to: &content)
        spans.append(
            StoredSpan(
                id: span.id, parent: span.parent, startNanoseconds: span.startNanoseconds,
                endNanoseconds: span.endNanoseconds, kind: span.layout.kind,
                isError: span.layout.contains(.isError), resource: resource,
                scope: number(ofScope: text),
                content: ByteRange(start: start, end: content.bytes.count)))
    }

    private mutating func number(ofResource text: [UInt8]) -> Int {
        if let number = resourceNumbers[text] { return number }
        resourceNumbers[text] = resources.count
        resources.append(text)
        return resources.count - 1
    }

    private mutating func number(ofScope text: [UInt8]) -> Int {
        if let number = scopeNumbers[text] { return number }
        scopeNumbers[text] = scopes.count
        scopes.append(text)
        return scopes.count - 1
    }

    /// Leaves one of the copies of each span, whatever the order in which they were added, and puts
    /// them in the order of their starts.
    package mutating func settle() {
        var best: [StoredSpan.Key: StoredSpan] = [:]
        for span in spans {
            if let other = best[span.key], !counts(span, before: other) { continue }
            best[span.key] = span
        }
        spans = best.values.sorted {
            ($0.startNanoseconds, $0.id, $0.kind.rawValue)
                < ($1.startNanoseconds, $1.id, $1.kind.rawValue)
        }
    }

    /// A complete copy before one in progress, then the later end, then more bytes, then the order
    /// of the bytes.
    private func counts(_ span: StoredSpan, before other: StoredSpan) -> Bool {
        // One in progress has no end: zero.
        if span.endNanoseconds != other.endNanoseconds {
            return span.endNanoseconds > other.endNanoseconds
        }
        if span.content.count != other.content.count {
            return span.content.count > other.content.count
        }
        let (mine, others) = (bytes(of: span), bytes(of: other))
        if !mine.elementsEqual(others) { return mine.lexicographicallyPrecedes(others) }
        let (resource, otherResource) = (resources[span.resource], resources[other.resource])
        if resource != otherResource { return resource.lexicographicallyPrecedes(otherResource) }
        return scopes[span.scope].lexicographicallyPrecedes(scopes[other.scope])
    }

    /// The Span message as it came.
    package func bytes(of span: StoredSpan) -> ArraySlice<UInt8> {
        content.bytes[span.content.start..<span.content.end]
    }
}
