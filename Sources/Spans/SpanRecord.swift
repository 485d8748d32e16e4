/// What is known of a span without reading its content again: ids, times, and where in the body
/// its content lies. Plain data of a fixed size; a batch holds one for each accepted span.
@usableFromInline
package struct SpanRecord: Sendable {
    @usableFromInline package var trace: TraceID
    @usableFromInline package var id: UInt64
    /// Zero for a root.
    @usableFromInline package var parent: UInt64
    @usableFromInline package var startNanoseconds: UInt64
    @usableFromInline package var endNanoseconds: UInt64
    @usableFromInline package var content: BodyRange
    @usableFromInline package var name: BodyRange
    /// In the table's `facts`.
    @usableFromInline package var facts: TableRange
    /// In the table's `links`.
    @usableFromInline package var links: TableRange
    /// Index of the batch's group that says which resource and scope the span belongs to.
    @usableFromInline package var group: UInt32
    @usableFromInline package var kind: SpanKind
    @usableFromInline package var status: SpanStatus
    @usableFromInline package var marks: SpanMarks

    @inlinable
    package init(
        trace: TraceID, id: UInt64, parent: UInt64, startNanoseconds: UInt64,
        endNanoseconds: UInt64, content: BodyRange, name: BodyRange,
        facts: TableRange = TableRange(), links: TableRange = TableRange(), group: UInt32,
        kind: SpanKind, status: SpanStatus, marks: SpanMarks
    ) {
        self.trace = trace
        self.id = id
        self.parent = parent
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
        self.content = content
        self.name = name
        self.facts = facts
        self.links = links
        self.group = group
        self.kind = kind
        self.status = status
        self.marks = marks
    }
}

/// A stretch of a batch's body; 32 bits suffice, since bodies are limited to a gibibyte.
@usableFromInline
package struct BodyRange: Equatable, Sendable {
    @usableFromInline package var start: UInt32
    @usableFromInline package var end: UInt32

    @inlinable
    package init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = end
    }

    @inlinable
    package init() { self.init(start: 0, end: 0) }

    @inlinable
    package var count: Int { Int(end) - Int(start) }
}

/// A span that another one names as a cause of it, often of another trace.
@usableFromInline
package struct SpanLink: Equatable, Sendable {
    @usableFromInline package var trace: TraceID
    @usableFromInline package var id: UInt64

    @inlinable
    package init(trace: TraceID, id: UInt64) {
        self.trace = trace
        self.id = id
    }
}

@usableFromInline
package enum SpanKind: UInt8, Sendable {
    case unspecified = 0
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5
}

@usableFromInline
package enum SpanStatus: UInt8, Sendable {
    case unset = 0
    case ok = 1
    case error = 2
}

/// What is odd about a span that is kept all the same.
@usableFromInline
package struct SpanMarks: OptionSet, Sendable {
    @usableFromInline package let rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The end lies before the start: the duration counts as zero.
    @inlinable package static var endBeforeStart: SpanMarks { SpanMarks(rawValue: 1) }
    /// No end time: the duration is unknown.
    @inlinable package static var noEnd: SpanMarks { SpanMarks(rawValue: 2) }
}
