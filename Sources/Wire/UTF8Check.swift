/// Tells well-formed UTF-8 from other bytes; text that is all ASCII is told sixteen bytes at a time.
@usableFromInline
enum UTF8Check {
    @inlinable
    static func isValid(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        unsafe isASCII(bytes, count: count) || isValidSlowly(bytes, count: count)
    }

    /// Overlapping loads cover the tail. Texts of 16 to 64 bytes, the usual ones, take four loads
    /// whatever their length is: a loop would cost more by its end, which nobody can foresee.
    @inlinable
    @inline(__always)
    static func isASCII(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        let last = count &- 16
        guard last >= 0 else { return unsafe isShortASCII(bytes, count: count) }
        var high = unsafe block(bytes, at: 0) | block(bytes, at: last)
        if count <= 64 {
            unsafe high |= block(bytes, at: min(16, last)) | block(bytes, at: min(32, last))
        } else {
            var index = 16
            while index < last {
                unsafe high |= block(bytes, at: index)
                index &+= 16
            }
        }
        return (high[0] | high[1]) & 0x8080_8080_8080_8080 == 0
    }

    @inlinable
    @inline(__always)
    static func block(_ bytes: UnsafePointer<UInt8>, at offset: Int) -> SIMD2<UInt64> {
        unsafe UnsafeRawPointer(bytes).loadUnaligned(
            fromByteOffset: offset, as: SIMD2<UInt64>.self)
    }

    @inlinable
    static func isShortASCII(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        let raw = unsafe UnsafeRawPointer(bytes)
        if count >= 8 {
            let head = unsafe raw.loadUnaligned(as: UInt64.self)
            let tail = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            return (head | tail) & 0x8080_8080_8080_8080 == 0
        }
        if count >= 4 {
            let head = unsafe raw.loadUnaligned(as: UInt32.self)
            let tail = unsafe raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return (head | tail) & 0x8080_8080 == 0
        }
        var high: UInt8 = 0
        for index in 0..<count { unsafe high |= bytes[index] }
        return high < 0x80
    }

    /// The table of well-formed sequences of the Unicode standard (3-7), as ranges.
    @usableFromInline
    static func isValidSlowly(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        var index = 0
        while index < count {
            let lead = unsafe bytes[index]
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xbf
            switch lead {
            case 0x00...0x7f: length = 1
            case 0xc2...0xdf: length = 2
            case 0xe0...0xef:
                length = 3
                if lead == 0xe0 { second = 0xa0...0xbf }
                if lead == 0xed { second = 0x80...0x9f }
            case 0xf0...0xf4:
                length = 4
                if lead == 0xf0 { second = 0x90...0xbf }
                if lead == 0xf4 { second = 0x80...0x8f }
            default: return false
            }
            guard length <= count - index else { return false }
            if length > 1 {
                guard unsafe second.contains(bytes[index + 1]) else { return false }
                for offset in 2..<max(length, 2) {
                    guard unsafe bytes[index + offset] & 0xc0 == 0x80 else { return false }
                }
            }
            index += length
        }
        return true
    }
}
