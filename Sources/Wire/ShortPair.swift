/// A KeyValue of OTLP that is short, ASCII, and holds one text or number: nearly every attribute is.
@usableFromInline
package struct ShortPair {
    @usableFromInline package let key: ByteRange
    /// Where the pair ends.
    @usableFromInline let end: Int
    /// What it holds.
    @usableFromInline package let tag: UInt32
    /// The bits of what it holds, if that is a number.
    @usableFromInline package let number: UInt64

    @inlinable
    init(key: ByteRange, end: Int, tag: UInt32, number: UInt64) {
        self.key = key
        self.end = end
        self.tag = tag
        self.number = number
    }

    /// What it holds, if that is a text.
    @inlinable
    package var text: ByteRange { ByteRange(start: key.end &+ 4, end: end) }

    /// Tags of KeyValue and AnyValue, as they stand on the wire.
    @usableFromInline
    package enum Tag {
        @inlinable static var key: UInt32 { 1 << 3 | 2 }
        @inlinable static var value: UInt32 { 2 << 3 | 2 }
        @inlinable package static var text: UInt32 { 1 << 3 | 2 }
        @inlinable package static var boolean: UInt32 { 2 << 3 }
        @inlinable package static var integer: UInt32 { 3 << 3 }
        @inlinable package static var double: UInt32 { 4 << 3 | 1 }
    }
}

extension ProtobufCursor {
    /// Moves behind a field that has this tag and is a short pair.
    @inlinable
    @inline(__always)
    package mutating func shortPair(tag: UInt32, bytesMax: Int) -> ShortPair? {
        var ahead = self
        guard ahead.skip(tag: tag), let pair = ahead.shortPair(bytesMax: bytesMax) else {
            return nil
        }
        self = ahead
        return pair
    }

    /// Moves behind a KeyValue, its length included, which is told by its shape alone:
    ///
    ///     length  key length text…  value length  text length text…
    ///                                             or integer, boolean, double and the number
    ///
    /// Nil, and nothing is moved, when it is anything else, more than `bytesMax`, or malformed: then
    /// it must be read field by field, which costs several times as much.
    @inlinable
    @inline(__always)
    package mutating func shortPair(bytesMax: Int) -> ShortPair? {
        guard bytesLeft >= 8, unsafe UInt32(at[1]) == ShortPair.Tag.key else { return nil }
        let count = unsafe Int(at[0])
        let keyCount = unsafe Int(at[2])
        // Behind tag, length and key there are tag and length of the value, and in it a tag and at
        // least a byte more: these four are looked at as one number.
        let valueCount = count &- keyCount &- 4
        guard count <= bytesMax, count < bytesLeft, valueCount >= 2 else { return nil }
        let value = unsafe at + 3 + keyCount
        let head = unsafe UInt32(
            littleEndian: UnsafeRawPointer(value).loadUnaligned(as: UInt32.self))
        let start = offset &+ 3
        let key = ByteRange(start: start, end: start &+ keyCount)
        let end = offset &+ 1 &+ count
        let size = UInt32(truncatingIfNeeded: valueCount)
        if head
            == ShortPair.Tag.value | size &<< 8 | ShortPair.Tag.text << 16 | (size &- 2) &<< 24
        {
            guard unsafe UTF8Check.isASCII(at + 1, count: count) else { return nil }
            unsafe at += 1 + count
            return ShortPair(key: key, end: end, tag: ShortPair.Tag.text, number: 0)
        }
        let tag = head &>> 16 & 0xff
        guard head & 0xffff == ShortPair.Tag.value | size &<< 8,
            let number = unsafe shortNumber(value + 3, count: valueCount &- 1, tag: tag),
            unsafe UTF8Check.isASCII(at + 3, count: keyCount)
        else { return nil }
        unsafe at += 1 + count
        return ShortPair(key: key, end: end, tag: tag, number: number)
    }

    /// The number of so many bytes; nil too where no eight bytes are left to look at.
    @inlinable
    @inline(__always)
    func shortNumber(_ start: UnsafePointer<UInt8>, count: Int, tag: UInt32) -> UInt64? {
        guard unsafe end - start >= 8 else { return nil }
        let word = unsafe UInt64(
            littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        if tag == ShortPair.Tag.double { return count == 8 ? word : nil }
        guard tag == ShortPair.Tag.integer || tag == ShortPair.Tag.boolean else { return nil }
        // The first byte without its high bit is the last; the sevens of bits move together in
        // three steps.
        let ends = ~word & 0x8080_8080_8080_8080
        guard ends.trailingZeroBitCount &+ 1 == count &* 8 else { return nil }
        var bits = word & (ends ^ (ends &- 1)) & 0x7f7f_7f7f_7f7f_7f7f
        bits = bits & 0x007f_007f_007f_007f | (bits & 0x7f00_7f00_7f00_7f00) &>> 1
        bits = bits & 0x0000_3fff_0000_3fff | (bits & 0x3fff_0000_3fff_0000) &>> 2
        return bits & 0x0fff_ffff | (bits & 0x0fff_ffff_0000_0000) &>> 4
    }
}
