/// One piece of a JSON text. Keys, strings and numbers are told by where they stand: nothing is
/// copied until the reader's owner asks for it.
@usableFromInline
package enum JSONToken: Equatable, Sendable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(JSONString)
    case string(JSONString)
    case number(ByteRange)
    case bool(Bool)
    case null
    /// The one value of the text is complete, and only white space followed.
    case end
}

/// The content of a string literal: well-formed, with its escapes as they stand.
@usableFromInline
package struct JSONString: Equatable, Sendable {
    /// What lies between the quotation marks.
    @usableFromInline package let range: ByteRange
    @usableFromInline package let hasEscapes: Bool

    @inlinable
    init(range: ByteRange, hasEscapes: Bool) {
        self.range = range
        self.hasEscapes = hasEscapes
    }
}
