/// Reads protobuf where it lies: a pair of pointers into bytes that somebody else owns.
///
/// Made only by `withProtobufCursor(over:)`, which keeps the bytes alive while the cursor is used;
/// it must not leave that closure. Every read is checked against the end before it happens.
/// Invariant: `base <= at <= end`, and offsets count from `base`, also in nested messages.
@safe
@usableFromInline
package struct ProtobufCursor {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline var at: UnsafePointer<UInt8>
    @usableFromInline let end: UnsafePointer<UInt8>

    @inlinable
    init(base: UnsafePointer<UInt8>, at: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
        unsafe self.base = base
        unsafe self.at = at
        unsafe self.end = end
    }

    /// Where the next read starts, counted from the first byte of the body.
    @inlinable
    package var offset: Int { unsafe at - base }

    /// Where this message ends, counted from the first byte of the body.
    @inlinable
    package var limit: Int { unsafe end - base }

    @inlinable
    package var isAtEnd: Bool { unsafe at == end }

    @inlinable
    var bytesLeft: Int { unsafe end - at }
}

/// A stretch of the body, by offsets.
@usableFromInline
package struct ByteRange: Equatable, Sendable {
    @usableFromInline package var start: Int
    @usableFromInline package var end: Int

    @inlinable
    package init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    @inlinable
    package var count: Int { end &- start }

    @inlinable
    package var isEmpty: Bool { end == start }
}

/// Field number and wire type as one number, as they stand on the wire.
@usableFromInline
package struct ProtobufTag: Equatable, Sendable {
    @usableFromInline package let raw: UInt32

    @inlinable
    package init(raw: UInt32) { self.raw = raw }

    @inlinable
    package init(field: UInt32, _ type: ProtobufWireType) { raw = field << 3 | type.rawValue }

    @inlinable
    package var field: UInt32 { raw >> 3 }

    @inlinable
    package var wireType: UInt32 { raw & 7 }
}

/// The wire types that protobuf knows; 6 and 7 are malformed.
@usableFromInline
package enum ProtobufWireType: UInt32, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
}

extension ProtobufCursor {
    @inlinable
    package mutating func tag() throws(WireError) -> ProtobufTag {
        // Fields 1 to 15 take one byte, and nearly all fields have such a number.
        if unsafe at < end, case let byte = unsafe at.pointee, byte >= 8, byte < 0x80 {
            unsafe at += 1
            return ProtobufTag(raw: UInt32(byte))
        }
        let start = offset
        let raw = try varint()
        guard raw >= 8, raw <= UInt64(UInt32.max) else {
            throw WireError(.invalid("a field number that cannot be"), at: start)
        }
        return ProtobufTag(raw: UInt32(truncatingIfNeeded: raw))
    }

    /// Moves behind a tag of one byte, if it is the next.
    @inlinable
    @inline(__always)
    package mutating func skip(tag: UInt32) -> Bool {
        guard unsafe at < end && UInt32(at.pointee) == tag else { return false }
        unsafe at += 1
        return true
    }

    @inlinable
    @inline(__always)
    package mutating func varint() throws(WireError) -> UInt64 {
        guard unsafe at < end else { throw WireError(.truncated, at: offset) }
        let first = unsafe UInt64(at.pointee)
        if first < 0x80 {
            unsafe at += 1
            return first
        }
        // Lengths of spans have two bytes.
        if bytesLeft >= 2, case let second = unsafe UInt64(at[1]), second < 0x80 {
            unsafe at += 2
            return first & 0x7f | second &<< 7
        }
        return try longVarint()
    }

    @inline(never)
    @usableFromInline
    mutating func longVarint() throws(WireError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while unsafe at < end {
            let byte = unsafe at.pointee
            unsafe at += 1
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
            if shift == 70 { throw WireError(.invalid("a varint of over ten bytes"), at: start) }
        }
        throw WireError(.truncated, at: start)
    }

    @inlinable
    package mutating func fixed64() throws(WireError) -> UInt64 {
        guard bytesLeft >= 8 else { throw WireError(.truncated, at: offset) }
        let value = unsafe UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
        unsafe at += 8
        return UInt64(littleEndian: value)
    }

    @inlinable
    package mutating func fixed32() throws(WireError) -> UInt32 {
        guard bytesLeft >= 4 else { throw WireError(.truncated, at: offset) }
        let value = unsafe UnsafeRawPointer(at).loadUnaligned(as: UInt32.self)
        unsafe at += 4
        return UInt32(littleEndian: value)
    }

    /// The stretch of a length-delimited value; the cursor moves behind it.
    @inlinable
    @inline(__always)
    package mutating func bytes() throws(WireError) -> ByteRange {
        let start = offset
        let length = try varint()
        guard length <= UInt64(bytesLeft) else {
            throw WireError(.invalid("a length that runs past the end"), at: start)
        }
        let range = ByteRange(start: offset, end: offset &+ Int(truncatingIfNeeded: length))
        unsafe at += range.count
        return range
    }

    /// A cursor over a nested message; this one moves behind it.
    @inlinable
    package mutating func message() throws(WireError) -> ProtobufCursor {
        cursor(over: try bytes())
    }

    /// A cursor over a stretch of the same body.
    @inlinable
    package func cursor(over range: ByteRange) -> ProtobufCursor {
        unsafe ProtobufCursor(base: base, at: base + range.start, end: base + range.end)
    }

    /// How deep unknown groups may nest; no sender makes them today.
    @inlinable
    package static var groupDepthMax: Int { 64 }

    /// Moves behind the value of a field that the reader does not know.
    @inlinable
    package mutating func skip(_ tag: ProtobufTag) throws(WireError) {
        switch ProtobufWireType(rawValue: tag.wireType) {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .bytes: _ = try bytes()
        case .fixed32: _ = try fixed32()
        case .startGroup: try skipGroup(tag)
        case .endGroup: throw WireError(.invalid("an end of group without a start"), at: offset)
        case nil: throw WireError(.invalid("an unknown wire type"), at: offset)
        }
    }

    /// Groups nest by recursion in the format; here a list of the open ones keeps the stack flat.
    @usableFromInline
    mutating func skipGroup(_ start: ProtobufTag) throws(WireError) {
        var open = [start.field]
        while let innermost = open.last {
            let position = offset
            let next = try tag()
            switch ProtobufWireType(rawValue: next.wireType) {
            case .startGroup:
                guard open.count < Self.groupDepthMax else {
                    throw WireError(.limit("groups nested too deep"), at: position)
                }
                open.append(next.field)
            case .endGroup:
                guard next.field == innermost else {
                    throw WireError(.invalid("an end of another group"), at: position)
                }
                open.removeLast()
            default:
                try skip(next)
            }
        }
    }
}

extension ProtobufCursor {
    /// Eight bytes as they lie in memory, as one number; the range must hold at least eight.
    @inlinable
    package func word(at offset: Int) -> UInt64 {
        precondition(unsafe offset >= 0 && offset &+ 8 <= end - base)
        return unsafe UInt64(
            bigEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    @inlinable
    package func byte(at offset: Int) -> UInt8 {
        precondition(unsafe offset >= 0 && offset < end - base)
        return unsafe base[offset]
    }

    /// Whether a stretch is well-formed UTF-8.
    @inlinable
    package func isUTF8(_ range: ByteRange) -> Bool {
        unsafe UTF8Check.isValid(base + range.start, count: range.count)
    }

    /// Whether a stretch has no byte above 127: then every text in it is UTF-8.
    @inlinable
    package func isASCII(_ range: ByteRange) -> Bool {
        unsafe UTF8Check.isASCII(base + range.start, count: range.count)
    }

    /// Whether a stretch holds exactly this text.
    @inlinable
    package func equals(_ range: ByteRange, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let expected = unsafe text.utf8Start
        for index in 0..<range.count
        where unsafe base[range.start &+ index] != expected[index] { return false }
        return true
    }

    /// A copy of a stretch as text; ill-formed UTF-8 is replaced.
    package func string(_ range: ByteRange) -> String {
        unsafe String(
            decoding: UnsafeBufferPointer(start: base + range.start, count: range.count),
            as: UTF8.self)
    }

    /// Hands out the bytes of a stretch, for as long as the closure runs.
    func withBytes<Result>(
        of range: ByteRange, _ read: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        unsafe read(UnsafeBufferPointer(start: base + range.start, count: range.count))
    }

    /// Appends a copy of a stretch.
    package func copy(_ range: ByteRange, to out: inout [UInt8]) {
        unsafe out.append(
            contentsOf: UnsafeBufferPointer(start: base + range.start, count: range.count))
    }
}

/// Runs a reader over the first `count` bytes of a body.
@inlinable
package func withProtobufCursor<Result, Failure: Error>(
    over body: [UInt8], count: Int, _ read: (inout ProtobufCursor) throws(Failure) -> Result
) throws(Failure) -> Result {
    precondition(count <= body.count)
    return try unsafe body.withUnsafeBufferPointer { bytes throws(Failure) -> Result in
        // An empty array may have no storage; any address serves a cursor over nothing.
        guard let start = bytes.baseAddress else {
            var nothing: UInt8 = 0
            return try unsafe withUnsafePointer(to: &nothing) { pointer throws(Failure) -> Result in
                var cursor = unsafe ProtobufCursor(base: pointer, at: pointer, end: pointer)
                return try read(&cursor)
            }
        }
        var cursor = unsafe ProtobufCursor(base: start, at: start, end: start + count)
        return try read(&cursor)
    }
}
