/// Why a span is not taken while the rest of its request is.
package enum SpanRefusal: Int, CaseIterable, Sendable {
    case traceIDLength
    case traceIDZero
    case spanIDLength
    case spanIDZero
    case parentIDLength
    case notUTF8
    case tooManyAttributes
    case valueTooLong
    case valueTooDeep
    case tooManySpans

    /// The label in metrics.
    package var name: String {
        switch self {
        case .traceIDLength: "trace_id_length"
        case .traceIDZero: "trace_id_zero"
        case .spanIDLength: "span_id_length"
        case .spanIDZero: "span_id_zero"
        case .parentIDLength: "parent_span_id_length"
        case .notUTF8: "not_utf8"
        case .tooManyAttributes: "too_many_attributes"
        case .valueTooLong: "value_too_long"
        case .valueTooDeep: "value_too_deep"
        case .tooManySpans: "too_many_spans"
        }
    }

    /// The same for people, with the setting to look at where there is one.
    package var sentence: String {
        switch self {
        case .traceIDLength: "trace_id is not 16 bytes"
        case .traceIDZero: "trace_id is all zero"
        case .spanIDLength: "span_id is not 8 bytes"
        case .spanIDZero: "span_id is all zero"
        case .parentIDLength: "parent_span_id is neither empty nor 8 bytes"
        case .notUTF8: "a text is not UTF-8"
        case .tooManyAttributes: "more attributes than limits.attributes_per_span"
        case .valueTooLong: "a value longer than limits.value_bytes"
        case .valueTooDeep: "a value nested deeper than limits.value_depth"
        case .tooManySpans: "more spans than limits.spans_per_request"
        }
    }
}

/// How many spans of a request were refused, by reason, and where the first of each stood.
package struct SpanRefusals: Sendable {
    package struct Entry: Sendable {
        package var count = 0
        /// Number of the first such span in the request, counted from zero.
        package var firstOrdinal = 0
        package var firstOffset = 0
    }

    // Empty until something is refused, so that a good request allocates nothing.
    private var entries: [Entry] = []
    package private(set) var count = 0
    /// Which they are, counted from zero in the order of the request, ascending.
    package private(set) var ordinals: [Range<Int>] = []

    package init() {}

    package subscript(reason: SpanRefusal) -> Entry {
        entries.isEmpty ? Entry() : entries[reason.rawValue]
    }

    /// Refuses those of a stretch of ordinals, the last that were seen, that were not refused before.
    package mutating func add(
        _ reason: SpanRefusal, spans: Int = 1, ordinals: Range<Int>, firstOffset: Int
    ) {
        guard spans > 0 else { return }
        let firstOrdinal = ordinals.lowerBound
        note(ordinals)
        if entries.isEmpty {
            entries = Array(repeating: Entry(), count: SpanRefusal.allCases.count)
        }
        if entries[reason.rawValue].count == 0 {
            entries[reason.rawValue].firstOrdinal = firstOrdinal
            entries[reason.rawValue].firstOffset = firstOffset
        }
        entries[reason.rawValue].count += spans
        count += spans
    }

    private mutating func note(_ refused: Range<Int>) {
        var start = refused.lowerBound
        while let last = ordinals.last, last.upperBound >= start {
            start = min(start, last.lowerBound)
            ordinals.removeLast()
        }
        ordinals.append(start..<refused.upperBound)
    }

    /// One line: how many, why, and where the first of each kind stood. Empty when none was.
    package var message: String {
        let parts = SpanRefusal.allCases.compactMap { reason -> String? in
            let entry = self[reason]
            guard entry.count > 0 else { return nil }
            return "\(reason.sentence) (\(entry.count), first is span \(entry.firstOrdinal)"
                + " at offset \(entry.firstOffset))"
        }
        guard !parts.isEmpty else { return "" }
        return "\(count) \(count == 1 ? "span" : "spans") refused: " + parts.joined(separator: "; ")
    }
}
