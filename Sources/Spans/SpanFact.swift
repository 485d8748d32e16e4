/// One attribute of a span or of its resource that naming, classes and pairing go by; taken while
/// the span is read, so that its content need not be read again. Plain data of 16 bytes.
@usableFromInline
package struct SpanFact: Equatable, Sendable {
    @usableFromInline package let value: FactValue
    @usableFromInline package let meaning: FactMeaning

    @inlinable
    package init(_ meaning: FactMeaning, _ value: FactValue) {
        self.value = value
        self.meaning = meaning
    }

    @inlinable
    package var key: FactKey { meaning.key }
}

/// The value of a fact as it was sent: a port may well come as a text.
@usableFromInline
package enum FactValue: Equatable, Sendable {
    /// Never empty: an empty text tells nothing.
    case text(BodyRange)
    case integer(Int64)
    case boolean(Bool)
    case double(Double)

    @inlinable
    package var text: BodyRange? {
        if case .text(let range) = self { range } else { nil }
    }

    @inlinable
    package var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }
}
