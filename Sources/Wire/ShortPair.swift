/// A KeyValue of OTLP that is short, ASCII, and holds one text or number: nearly every attribute is.
@usableFromInline
package struct ShortPair {
    @usableFromInline package let key: ByteRange
    @usableFromInline package let value: Value

    @usableFromInline
    package enum Value {
        case text(ByteRange)
        case boolean(Bool)
        case integer(Int64)
        case double(Double)
    }

    @inlinable
    init(key: ByteRange, value: Value) {
        self.key = key
        self.value = value
    }

    /// Tags of KeyValue and AnyValue, as they stand on the wire.
    @usableFromInline
    enum Tag {
        @inlinable static var key: UInt32 { 1 << 3 | 2 }
        @inlinable static var value: UInt32 { 2 << 3 | 2 }
        @inlinable static var text: UInt32 { 1 << 3 | 2 }
        @inlinable static var boolean: UInt32 { 2 << 3 }
        @inlinable static var integer: UInt32 { 3 << 3 }
        @inlinable static var double: UInt32 { 4 << 3 | 1 }
    }
}

extension ProtobufCursor {
    /// Moves behind a KeyValue, its length included, which is told by its shape alone:
    ///
    ///     length  key length text…  value length  text length text…
    ///                                             or integer, boolean, double and the number
    ///
    /// Nil, and nothing is moved, when it is anything else, more than `bytesMax`, or malformed: then
    /// it must be read field by field, which costs three times as much.
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
        let head = unsafe UInt32(
            littleEndian: UnsafeRawPointer(at + 3 + keyCount).loadUnaligned(as: UInt32.self))
        let start = offset
        let key = ByteRange(start: start &+ 3, end: start &+ 3 &+ keyCount)
        let end = start &+ 1 &+ count
        let value = ShortPair.Tag.value | UInt32(truncatingIfNeeded: valueCount) &<< 8
        let text = value | ShortPair.Tag.text << 16 | UInt32(truncatingIfNeeded: valueCount &- 2) &<< 24
        if head == text {
            guard unsafe UTF8Check.isASCII(at + 1, count: count) else { return nil }
            unsafe at += 1 + count
            return ShortPair(
                key: key, value: .text(ByteRange(start: key.end &+ 4, end: end)))
        }
        guard head & 0xffff == value, isASCII(key),
            let number = shortNumber(
                tag: head &>> 16 & 0xff, ByteRange(start: key.end &+ 3, end: end))
        else { return nil }
        unsafe at += 1 + count
        return ShortPair(key: key, value: number)
    }

    /// The number that fills a stretch.
    @inlinable
    func shortNumber(tag: UInt32, _ range: ByteRange) -> ShortPair.Value? {
        var number = cursor(over: range)
        let value: ShortPair.Value? =
            switch tag {
            case ShortPair.Tag.integer:
                (try? number.varint()).map { .integer(Int64(bitPattern: $0)) }
            case ShortPair.Tag.double:
                (try? number.fixed64()).map { .double(Double(bitPattern: $0)) }
            case ShortPair.Tag.boolean:
                (try? number.varint()).map { .boolean($0 != 0) }
            default: nil
            }
        return number.isAtEnd ? value : nil
    }
}
