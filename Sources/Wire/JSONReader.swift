/// Reads JSON (RFC 8259, strictly) where it lies, one token a call.
///
/// Made only by `withJSONReader`, which keeps the bytes alive while the reader is used; it must not
/// leave that closure. What is open is a row of bits, so nesting costs neither stack nor memory.
/// After an error the reader is of no further use.
/// Invariant: `base <= at <= end`; offsets count from `base`, the first byte of the body.
@safe
@usableFromInline
package struct JSONReader {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline var at: UnsafePointer<UInt8>
    @usableFromInline let end: UnsafePointer<UInt8>
    @usableFromInline var nesting = JSONNesting()
    @usableFromInline var expectation = Expectation.value
    @usableFromInline let depthMax: Int
    /// Where the last key or value starts.
    @usableFromInline package private(set) var tokenStart = 0

    /// What the grammar allows next.
    @usableFromInline
    enum Expectation {
        /// Can move to: elementOrEnd, keyOrEnd, separatorOrEnd.
        case value
        /// Behind `[`. Can move to: as `value`.
        case elementOrEnd
        /// Behind `{`. Can move to: value, separatorOrEnd.
        case keyOrEnd
        /// Behind a value. Can move to: any but itself by a comma, itself by a closing bracket.
        case separatorOrEnd
    }

    /// Arrays and objects deeper than this are refused by every reader.
    package static var depthCapacity: Int { JSONNesting.capacity }

    init(
        base: UnsafePointer<UInt8>, at: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
        depthMax: Int
    ) {
        unsafe self.base = base
        unsafe self.at = at
        unsafe self.end = end
        self.depthMax = min(depthMax, Self.depthCapacity)
    }

    /// Where the next read starts, counted from the first byte of the body.
    @inlinable
    package var offset: Int { unsafe at - base }

    /// How many arrays and objects are open.
    package var depth: Int { nesting.depth }

    package mutating func next() throws(WireError) -> JSONToken {
        skipWhiteSpace()
        switch expectation {
        case .value: return try value()
        case .elementOrEnd: return try take(UInt8(ascii: "]")) ? close(.endArray) : value()
        case .keyOrEnd: return try take(UInt8(ascii: "}")) ? close(.endObject) : key()
        case .separatorOrEnd: return try behindValue()
        }
    }

    /// Moves behind the value that comes next: all of it, however deep.
    package mutating func skipValue() throws(WireError) {
        let outside = nesting.depth
        repeat { _ = try next() } while nesting.depth > outside
    }
}

extension JSONReader {
    private mutating func behindValue() throws(WireError) -> JSONToken {
        guard nesting.depth > 0 else {
            guard unsafe at == end else { throw fault("bytes behind the JSON value") }
            return .end
        }
        let isObject = nesting.isObject
        if try take(UInt8(ascii: ",")) {
            skipWhiteSpace()
            return try isObject ? key() : value()
        }
        guard try take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw fault("neither a comma nor a closing bracket")
        }
        return close(isObject ? .endObject : .endArray)
    }

    private mutating func key() throws(WireError) -> JSONToken {
        tokenStart = offset
        guard try take(UInt8(ascii: "\"")) else { throw fault("something else than a key") }
        let key = try scanString()
        skipWhiteSpace()
        guard try take(UInt8(ascii: ":")) else { throw fault("a key without a colon") }
        expectation = .value
        return .key(key)
    }

    private mutating func value() throws(WireError) -> JSONToken {
        tokenStart = offset
        let first = try peek()
        switch first {
        case UInt8(ascii: "\""):
            unsafe at += 1
            expectation = .separatorOrEnd
            return .string(try scanString())
        case UInt8(ascii: "{"): return try open(.beginObject)
        case UInt8(ascii: "["): return try open(.beginArray)
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            expectation = .separatorOrEnd
            return .number(try scanNumber())
        default: throw fault("a byte that starts no JSON value")
        }
    }

    private mutating func open(_ token: JSONToken) throws(WireError) -> JSONToken {
        guard nesting.depth < depthMax else {
            throw WireError(.limit("JSON nested too deep"), at: offset)
        }
        unsafe at += 1
        nesting.open(isObject: token == .beginObject)
        expectation = token == .beginObject ? .keyOrEnd : .elementOrEnd
        return token
    }

    private mutating func close(_ token: JSONToken) -> JSONToken {
        nesting.close()
        expectation = .separatorOrEnd
        return token
    }

    private mutating func literal(
        _ text: StaticString, _ token: JSONToken
    ) throws(WireError) -> JSONToken {
        for index in 0..<text.utf8CodeUnitCount {
            guard unsafe at + index < end else { throw WireError(.truncated, at: offset) }
            guard unsafe at[index] == text.utf8Start[index] else {
                throw fault("a byte that starts no JSON value")
            }
        }
        unsafe at += text.utf8CodeUnitCount
        expectation = .separatorOrEnd
        return token
    }
}

/// What is open, innermost last: one bit a level, set for an object.
@usableFromInline
struct JSONNesting {
    static let capacity = 512
    private var bits = InlineArray<8, UInt64>(repeating: 0)
    private(set) var depth = 0

    var isObject: Bool {
        let level = depth - 1
        return bits[level / 64] >> UInt64(level % 64) & 1 == 1
    }

    mutating func open(isObject: Bool) {
        let bit: UInt64 = 1 << UInt64(depth % 64)
        bits[depth / 64] = isObject ? bits[depth / 64] | bit : bits[depth / 64] & ~bit
        depth += 1
    }

    mutating func close() { depth -= 1 }
}

/// Runs a reader over a stretch of a body; arrays and objects may nest `depthMax` deep.
package func withJSONReader<Result, Failure: Error>(
    over body: [UInt8], _ range: ByteRange, depthMax: Int = JSONReader.depthCapacity,
    _ read: (inout JSONReader) throws(Failure) -> Result
) throws(Failure) -> Result {
    precondition(range.start >= 0 && range.start <= range.end && range.end <= body.count)
    return try unsafe body.withUnsafeBufferPointer { bytes throws(Failure) -> Result in
        // An empty array may have no storage; any address serves a reader of nothing.
        guard let base = bytes.baseAddress else {
            var nothing: UInt8 = 0
            return try unsafe withUnsafePointer(to: &nothing) { base throws(Failure) -> Result in
                var reader = unsafe JSONReader(base: base, at: base, end: base, depthMax: depthMax)
                return try read(&reader)
            }
        }
        var reader = unsafe JSONReader(
            base: base, at: base + range.start, end: base + range.end, depthMax: depthMax)
        return try read(&reader)
    }
}
