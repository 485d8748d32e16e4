/// Appends whole numbers to bytes, seven bits a byte, the lowest first.
@usableFromInline
package struct PackedWriter: Sendable {
    @usableFromInline package internal(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inlinable
    package mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Small numbers of either sign stay short: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
    @inlinable
    package mutating func append(signed number: Int64) {
        append(UInt64(bitPattern: number &<< 1 ^ number &>> 63))
    }

    /// Sums of weights have trailing zeros, which are counted instead of written.
    package mutating func append(wide number: Int128) {
        guard number != 0 else { return bytes.append(0) }
        let shift = number.trailingZeroBitCount
        // One more than the zeros, so that zero is free for zero.
        bytes.append(UInt8(shift + 1))
        let short = number >> Int128(shift)
        var rest = UInt128(bitPattern: short << 1 ^ short >> 127)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Eight bytes as they are, for numbers without a pattern.
    package mutating func append(fixed number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number &>> shift))
        }
    }

    package mutating func append(byte: UInt8) { bytes.append(byte) }

    package mutating func append(bytes more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }
}
