/// What is wrong with some bytes, and where: the offset of the first byte that cannot be right.
@usableFromInline
package struct WireError: Error, Equatable, Sendable {
    @usableFromInline
    package enum Kind: Equatable, Sendable {
        /// The bytes end inside a value.
        case truncated
        /// A value that its format does not allow; the text says which.
        case invalid(StaticText)
        /// A limit of ours is passed; the text says which.
        case limit(StaticText)
        /// Nothing is wrong with the bytes: there is no memory for what they hold.
        case outOfMemory
    }

    @usableFromInline package let kind: Kind
    @usableFromInline package let offset: Int

    @inlinable
    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

/// A compile-time text that can be compared: errors carry it without an allocation.
@usableFromInline
package struct StaticText: ExpressibleByStringLiteral, Equatable, Sendable, CustomStringConvertible
{
    @usableFromInline let text: StaticString

    @inlinable
    package init(stringLiteral text: StaticString) { self.text = text }

    @usableFromInline
    package var description: String { text.description }

    @usableFromInline
    package static func == (left: StaticText, right: StaticText) -> Bool {
        left.description == right.description
    }
}

extension WireError: CustomStringConvertible {
    /// One line for people: what and where.
    @usableFromInline
    package var description: String {
        switch kind {
        case .truncated: "the bytes end inside a value that starts before offset \(offset)"
        case .invalid(let what): "\(what) at offset \(offset)"
        case .limit(let what): "\(what) at offset \(offset)"
        case .outOfMemory: "no memory left for what lies behind offset \(offset)"
        }
    }
}
