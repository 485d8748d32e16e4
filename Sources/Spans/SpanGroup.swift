/// Where the resource and the scope of some spans lie in the body. Each range is that of the
/// message that holds the spans too, so that everything beside the spans, unknown fields and
/// repeated ones included, can be given back as it came.
@usableFromInline
package struct SpanGroup: Sendable {
    @usableFromInline package var resourceSpans: BodyRange
    @usableFromInline package var scopeSpans: BodyRange
    /// Of the resource, in the table's `resourceFacts`.
    @usableFromInline package var facts = TableRange()

    @inlinable
    package init(resourceSpans: BodyRange, scopeSpans: BodyRange) {
        self.resourceSpans = resourceSpans
        self.scopeSpans = scopeSpans
    }
}

/// Where some facts or links lie in the list of their table.
@usableFromInline
package struct TableRange: Equatable, Sendable {
    @usableFromInline package var start: UInt32
    @usableFromInline package var count: UInt32

    @inlinable
    package init(start: Int, end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        count = UInt32(truncatingIfNeeded: end &- start)
    }

    @inlinable
    package init() { self.init(start: 0, end: 0) }

    @inlinable
    package var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
