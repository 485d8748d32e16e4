/// Finds where JSON objects that follow one another end, while they come piece by piece: one of
/// many lines, or one a line. Looks at nothing but strings and braces; whether an object is right is
/// for its reader to say.
package struct JSONSplitter {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Bytes that were taken so far.
    package private(set) var offset = 0

    package init() {}

    /// A piece of an object, and whether it is the last of it.
    package struct Piece: Equatable, Sendable {
        package let range: Range<Int>
        package let endsObject: Bool
    }

    /// The next piece in a stretch of bytes, which then starts behind it; nil when only white space
    /// is left.
    package mutating func next(
        _ bytes: [UInt8], _ rest: inout Range<Int>
    ) throws(WireError) -> Piece? {
        precondition(rest.upperBound <= bytes.count)
        if depth == 0 {
            let start = rest.first { !Self.isWhiteSpace(bytes[$0]) } ?? rest.upperBound
            offset += start - rest.lowerBound
            rest = start..<rest.upperBound
            guard let first = rest.first else { return nil }
            guard bytes[first] == UInt8(ascii: "{") else {
                throw WireError(.invalid("something else than a JSON object"), at: offset)
            }
        }
        guard !rest.isEmpty else { return nil }
        let end = scan(bytes, rest)
        defer { rest = end..<rest.upperBound }
        offset += end - rest.lowerBound
        return Piece(range: rest.lowerBound..<end, endsObject: depth == 0)
    }

    /// Says whether the content may end where it does.
    package func end() throws(WireError) {
        guard depth == 0 else { throw WireError(.truncated, at: offset) }
    }

    /// Where the object that is open ends, or the stretch.
    private mutating func scan(_ bytes: [UInt8], _ stretch: Range<Int>) -> Int {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            for index in stretch {
                let byte = unsafe bytes[index]
                if isEscaped {
                    isEscaped = false
                } else if isInString {
                    if byte == UInt8(ascii: "\"") { isInString = false }
                    if byte == UInt8(ascii: "\\") { isEscaped = true }
                } else {
                    switch byte {
                    case UInt8(ascii: "\""): isInString = true
                    case UInt8(ascii: "{"): depth += 1
                    case UInt8(ascii: "}"):
                        depth -= 1
                        if depth == 0 { return index + 1 }
                    default: break
                    }
                }
            }
            return stretch.upperBound
        }
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte) && byte != 0x0b && byte != 0x0c
    }
}
