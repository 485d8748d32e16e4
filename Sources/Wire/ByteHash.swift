/// Hashes and compares stretches of bytes by whole words, for tables of names.
@usableFromInline
package enum ByteHash {
    /// Keyed, so that nobody who chooses names can pile them up.
    @inlinable
    package static func hash(_ bytes: [UInt8], _ range: Range<Int>, key: UInt64) -> UInt64 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        return unsafe bytes.withUnsafeBytes { buffer in
            var hash = key ^ UInt64(truncatingIfNeeded: range.count)
            var at = range.lowerBound
            while at &+ 8 <= range.upperBound {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                hash = fold(hash ^ word)
                at &+= 8
            }
            if range.count >= 8 {
                // The last eight bytes, some of them a second time.
                let last = unsafe buffer.loadUnaligned(
                    fromByteOffset: range.upperBound &- 8, as: UInt64.self)
                return fold(hash ^ last)
            }
            var rest: UInt64 = 0
            while at < range.upperBound {
                rest = unsafe rest &<< 8 | UInt64(buffer[at])
                at &+= 1
            }
            return fold(hash ^ rest)
        }
    }

    @inlinable
    package static func areEqual(
        _ left: [UInt8], _ leftStart: Int, _ right: [UInt8], _ rightStart: Int, count: Int
    ) -> Bool {
        precondition(
            leftStart >= 0 && rightStart >= 0 && count >= 0 && leftStart + count <= left.count
                && rightStart + count <= right.count)
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                var at = 0
                while at &+ 8 <= count {
                    let mine = unsafe left.loadUnaligned(
                        fromByteOffset: leftStart &+ at, as: UInt64.self)
                    let other = unsafe right.loadUnaligned(
                        fromByteOffset: rightStart &+ at, as: UInt64.self)
                    if mine != other { return false }
                    at &+= 8
                }
                if count >= 8 {
                    let last = count &- 8
                    let mine = unsafe left.loadUnaligned(
                        fromByteOffset: leftStart &+ last, as: UInt64.self)
                    let other = unsafe right.loadUnaligned(
                        fromByteOffset: rightStart &+ last, as: UInt64.self)
                    return mine == other
                }
                while at < count {
                    if unsafe left[leftStart &+ at] != right[rightStart &+ at] { return false }
                    at &+= 1
                }
                return true
            }
        }
    }

    @inlinable
    static func fold(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
