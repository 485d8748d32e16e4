extension JSONReader {
    mutating func skipWhiteSpace() {
        while unsafe at < end {
            switch unsafe at.pointee {
            case 0x20, 0x0a, 0x0d, 0x09: unsafe at += 1
            default: return
            }
        }
    }

    /// The next byte, which stays.
    func peek() throws(WireError) -> UInt8 {
        guard unsafe at < end else { throw WireError(.truncated, at: offset) }
        return unsafe at.pointee
    }

    /// Moves behind the next byte if it is this one.
    mutating func take(_ byte: UInt8) throws(WireError) -> Bool {
        guard try peek() == byte else { return false }
        unsafe at += 1
        return true
    }

    func fault(_ what: StaticText) -> WireError { WireError(.invalid(what), at: offset) }
}

/// Strings. The cursor stands behind the opening quotation mark.
extension JSONReader {
    mutating func scanString() throws(WireError) -> JSONString {
        let start = offset
        var hasEscapes = false
        var high: UInt64 = 0
        while true {
            skipPlainWords(&high)
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                let range = ByteRange(start: start, end: offset)
                guard
                    unsafe high & 0x8080_8080_8080_8080 == 0
                        || UTF8Check.isValidSlowly(base + start, count: range.count)
                else { throw WireError(.invalid("text that is not UTF-8"), at: start) }
                unsafe at += 1
                return JSONString(range: range, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                _ = try unescape()
            case 0..<0x20: throw fault("a control character in a string")
            default:
                high |= UInt64(byte)
                unsafe at += 1
            }
        }
    }

    /// Moves up to the next byte that means something, or to the last few bytes of the body, eight
    /// bytes a step; in `high` it gathers whether any byte was not ASCII.
    private mutating func skipPlainWords(_ high: inout UInt64) {
        while unsafe end - at >= 8 {
            let word = unsafe UInt64(
                littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            high |= word
            let stops = Self.stops(in: word)
            guard stops == 0 else {
                // The lowest hit is exact; those above it may be borrows of the subtraction.
                unsafe at += stops.trailingZeroBitCount / 8
                return
            }
            unsafe at += 8
        }
    }

    /// The top bit of each byte that is a quotation mark, a backslash or a control character.
    private static func stops(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5c)
        let hits =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            | ((word &- ones &* 0x20) & ~word)
        return hits & (ones &* 0x80)
    }

    /// The character that an escape stands for; the cursor moves from its backslash behind it.
    mutating func unescape() throws(WireError) -> Unicode.Scalar {
        let start = offset
        unsafe at += 1
        let letter = try peek()
        unsafe at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unescapeUnit(from: start)
        default: throw WireError(.invalid("an unknown escape"), at: start)
        }
    }

    private mutating func unescapeUnit(from start: Int) throws(WireError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Not a scalar: a surrogate, which stands only as the first of a pair.
        guard unit < 0xdc00, try take(UInt8(ascii: "\\")), try take(UInt8(ascii: "u")) else {
            throw WireError(.invalid("half a surrogate pair"), at: start)
        }
        let second = try hexUnit()
        let joined = 0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(second & 0x3ff))
        guard second & 0xfc00 == 0xdc00, let scalar = Unicode.Scalar(joined) else {
            throw WireError(.invalid("half a surrogate pair"), at: start)
        }
        return scalar
    }

    private mutating func hexUnit() throws(WireError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let value = Hex.value(of: try peek()) else {
                throw fault("an escape without four hex digits")
            }
            unsafe at += 1
            unit = unit << 4 | UInt16(value)
        }
        return unit
    }
}

/// Numbers. The cursor stands on the first byte.
extension JSONReader {
    mutating func scanNumber() throws(WireError) -> ByteRange {
        let start = offset
        _ = try take(UInt8(ascii: "-"))
        let leadsWithZero = try peek() == UInt8(ascii: "0")
        let whole = skipDigits()
        try check(whole > 0, "a number without digits")
        guard whole == 1 || !leadsWithZero else {
            throw WireError(.invalid("a number with a leading zero"), at: start)
        }
        if takeIfThere(UInt8(ascii: ".")) {
            try check(skipDigits() > 0, "a number without digits behind its point")
        }
        if takeIfThere(UInt8(ascii: "e")) || takeIfThere(UInt8(ascii: "E")) {
            if !takeIfThere(UInt8(ascii: "+")) { _ = takeIfThere(UInt8(ascii: "-")) }
            try check(skipDigits() > 0, "a number without digits in its exponent")
        }
        return ByteRange(start: start, end: offset)
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while unsafe at < end, unsafe at.pointee &- UInt8(ascii: "0") <= 9 { unsafe at += 1 }
        return offset - start
    }

    private mutating func takeIfThere(_ byte: UInt8) -> Bool {
        guard unsafe at < end, unsafe at.pointee == byte else { return false }
        unsafe at += 1
        return true
    }

    /// Tells a number that is cut off by the end of the bytes from one that is wrong.
    private func check(_ isRight: Bool, _ what: StaticText) throws(WireError) {
        guard !isRight else { return }
        guard unsafe at < end else { throw WireError(.truncated, at: offset) }
        throw fault(what)
    }
}
