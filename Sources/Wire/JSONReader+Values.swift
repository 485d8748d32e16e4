/// What tokens stand for. All of these want a token of the same reader.
extension JSONReader {
    /// Whether a string is exactly this text; without escapes that is a comparison of bytes.
    @inlinable
    package func equals(_ string: JSONString, _ text: StaticString) -> Bool {
        if string.hasEscapes { return self.text(of: string) == text.description }
        guard string.range.count == text.utf8CodeUnitCount else { return false }
        let (start, expected) = unsafe (base + string.range.start, text.utf8Start)
        for index in 0..<string.range.count where unsafe start[index] != expected[index] {
            return false
        }
        return true
    }

    func equals(_ string: JSONString, _ text: [UInt8]) -> Bool {
        if string.hasEscapes { return self.text(of: string).utf8.elementsEqual(text) }
        return unsafe string.range.count == text.count
            && bytes(of: string.range).elementsEqual(text)
    }

    /// A copy of a string as text, escapes resolved.
    @usableFromInline
    package func text(of string: JSONString) -> String {
        var out: [UInt8] = []
        append(string, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends what a string stands for, as UTF-8.
    package func append(_ string: JSONString, to out: inout [UInt8]) {
        guard string.hasEscapes else {
            return unsafe out.append(contentsOf: bytes(of: string.range))
        }
        var inside = reader(over: string.range)
        while unsafe inside.at < inside.end {
            let byte = unsafe inside.at.pointee
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                unsafe inside.at += 1
                continue
            }
            // The escapes of a token were checked when it was read, so this does not fail.
            guard let scalar = try? inside.unescape() else { return }
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// The bytes that a string of hex digits stands for; nil if it is anything else.
    package func hexBytes(of string: JSONString) -> [UInt8]? {
        unsafe string.hasEscapes ? nil : Hex.bytes(bytes(of: string.range))
    }

    /// The number that a string of up to 16 hex digits stands for; nil if it is anything else.
    package func hexNumber(of string: JSONString) -> UInt64? {
        unsafe string.hasEscapes ? nil : Hex.number(bytes(of: string.range))
    }

    /// The bytes that a base64 string stands for; nil if it is anything else.
    package func base64Bytes(of string: JSONString) -> [UInt8]? {
        string.hasEscapes
            ? Base64.bytes(text(of: string).utf8)
            : unsafe Base64.bytes(bytes(of: string.range))
    }

    /// The number that a string holds as text; nil if it holds anything else.
    package func number(in string: JSONString) -> ByteRange? {
        var inside = reader(over: string.range)
        guard let range = try? inside.scanNumber(), range == string.range else { return nil }
        return range
    }

    private func reader(over range: ByteRange) -> JSONReader {
        unsafe JSONReader(
            base: base, at: base + range.start, end: base + range.end, depthMax: depthMax)
    }

    func bytes(of range: ByteRange) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: base + range.start, count: range.count)
    }
}

/// Numbers keep their text until somebody says what they should be, so that none loses digits.
extension JSONReader {
    /// A number that is integral, in whatever form, and fits; else nil.
    package func int64(_ number: ByteRange) -> Int64? {
        let decimal = unsafe JSONDecimal(bytes(of: number))
        guard let magnitude = decimal.integer else { return nil }
        if decimal.isNegative && magnitude == Int64.min.magnitude { return Int64.min }
        guard let value = Int64(exactly: magnitude) else { return nil }
        return decimal.isNegative ? -value : value
    }

    /// A number that is integral, in whatever form, not negative, and fits; else nil.
    package func uint64(_ number: ByteRange) -> UInt64? {
        let decimal = unsafe JSONDecimal(bytes(of: number))
        guard let magnitude = decimal.integer else { return nil }
        return decimal.isNegative && magnitude != 0 ? nil : magnitude
    }

    /// The nearest double; nil beyond the largest one.
    package func double(_ number: ByteRange) -> Double? {
        if let exact = unsafe JSONDecimal(bytes(of: number)).exactDouble { return exact }
        let nearest = unsafe Double(String(decoding: bytes(of: number), as: UTF8.self))
        return nearest.flatMap { $0.isFinite ? $0 : nil }
    }
}
