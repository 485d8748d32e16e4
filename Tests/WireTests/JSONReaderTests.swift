import Testing
import Wire

/// Every token of a text, in a form that tells them apart.
func tokens(of text: [UInt8], depthMax: Int = 512) throws(WireError) -> [String] {
    let all = ByteRange(start: 0, end: text.count)
    return try withJSONReader(over: text, all, depthMax: depthMax) {
        reader throws(WireError) in
        var found: [String] = []
        while true {
            let token = try reader.next()
            if token == .end { return found }
            found.append(described(token, by: reader))
        }
    }
}

private func described(_ token: JSONToken, by reader: JSONReader) -> String {
    switch token {
    case .beginObject: "{"
    case .endObject: "}"
    case .beginArray: "["
    case .endArray: "]"
    case .key(let key): "key " + reader.text(of: key)
    case .string(let string): "text " + reader.text(of: string)
    case .number(let range): "number at \(range.start)..<\(range.end)"
    case .bool(let value): "\(value)"
    case .null: "null"
    case .end: "end"
    }
}

private func withToken<Result>(
    of text: String, _ read: (JSONReader, JSONToken) -> Result
) throws(WireError) -> Result {
    let bytes = Array(text.utf8)
    return try withJSONReader(over: bytes, ByteRange(start: 0, end: bytes.count)) {
        reader throws(WireError) in
        let token = try reader.next()
        return read(reader, token)
    }
}

private func number<Value>(
    _ text: String, _ convert: (JSONReader, ByteRange) -> Value?
) throws -> Value? {
    try withToken(of: text) { reader, token in
        guard case .number(let range) = token else { return nil }
        return convert(reader, range)
    }
}

@Suite struct `A JSON reader` {
    static let document = #"""
         {"a" : [1, -2.5e+3,true ,false,null,{}, []],
        "q\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00" :"é😀 plain text of some length", "":{"x":{"y":[[]]}}}
        """#

    @Test func `tells every token`() throws {
        #expect(
            try tokens(of: Array(Self.document.utf8)) == [
                "{", "key a", "[", "number at 9..<10", "number at 12..<19", "true", "false", "null",
                "{", "}", "[", "]", "]", "key q\"\\/\u{8}\u{c}\n\r\té😀",
                "text é😀 plain text of some length", "key ", "{", "key x", "{", "key y", "[", "[",
                "]", "]", "}", "}", "}",
            ])
    }

    @Test(arguments: ["1", "\"\"", "null", " [ ] ", "{}", "true\n", "-0", "0.0e-0", "\"\u{7f}\""])
    func `takes any value as the whole text`(text: String) throws {
        #expect(try !tokens(of: Array(text.utf8)).isEmpty)
    }

    @Test func `refuses a text cut at any byte`() {
        let bytes = Array(Self.document.utf8)
        for count in bytes.indices {
            let error = #expect(throws: WireError.self) {
                try tokens(of: Array(bytes.prefix(count)))
            }
            #expect(error?.kind == .truncated, "cut at \(count)")
        }
    }

    @Test func `survives every changed byte`() {
        let bytes = Array(Self.document.utf8)
        for index in bytes.indices {
            for change: UInt8 in [0, 0x22, 0x5c, 0x7b, 0x5d, 0x2c, 0x80, 0xed, 0xff] {
                var changed = bytes
                changed[index] = change
                _ = try? tokens(of: changed)
            }
        }
    }

    @Test(
        arguments: [
            ("[1,]", "a byte that starts no JSON value", 3),
            ("[,1]", "a byte that starts no JSON value", 1),
            ("[1 2]", "neither a comma nor a closing bracket", 3),
            ("[1}", "neither a comma nor a closing bracket", 2),
            (#"{"a":1]"#, "neither a comma nor a closing bracket", 6),
            (#"{"a":1,}"#, "something else than a key", 7),
            ("{1:2}", "something else than a key", 1),
            (#"{"a" 1}"#, "a key without a colon", 5), ("1 1", "bytes behind the JSON value", 2),
            ("nul!", "a byte that starts no JSON value", 0),
            ("'a'", "a byte that starts no JSON value", 0),
            ("+1", "a byte that starts no JSON value", 0),
            (".5", "a byte that starts no JSON value", 0),
            ("NaN", "a byte that starts no JSON value", 0),
            ("/**/1", "a byte that starts no JSON value", 0),
            ("\u{feff}1", "a byte that starts no JSON value", 0),
            ("01", "a number with a leading zero", 0), ("-01", "a number with a leading zero", 0),
            ("-a", "a number without digits", 1),
            ("1.a", "a number without digits behind its point", 2),
            ("1e+a", "a number without digits in its exponent", 3),
            ("0x10", "bytes behind the JSON value", 1),
            ("\"a\nb\"", "a control character in a string", 2),
            (#""\x""#, "an unknown escape", 1),
            (#""\u12g4""#, "an escape without four hex digits", 5),
            (#""\ud800""#, "half a surrogate pair", 1),
            (#""\udc00\ud800""#, "half a surrogate pair", 1),
            (#""\ud800\u0041""#, "half a surrogate pair", 1),
            (#""\ud800\n""#, "half a surrogate pair", 1),
        ] as [(String, StaticText, Int)])
    func `names what is wrong and where`(text: String, what: StaticText, offset: Int) {
        #expect(throws: WireError(.invalid(what), at: offset)) {
            try tokens(of: Array(text.utf8))
        }
    }

    @Test(
        arguments: [
            [0x80], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xff],
        ] as [[UInt8]])
    func `refuses text that is not UTF-8`(bytes: [UInt8]) {
        for padding in [0, 3, 8, 11] {
            let plain = [UInt8](repeating: 0x61, count: padding)
            let text = [0x22] + plain + bytes + plain + [0x22]
            #expect(throws: WireError(.invalid("text that is not UTF-8"), at: 1)) {
                try tokens(of: text)
            }
        }
    }

    @Test func `finds the end of strings of every length`() throws {
        for count in 0..<40 {
            let text = String(repeating: "x", count: count)
            #expect(try tokens(of: Array("[\"\(text)\"]".utf8)) == ["[", "text " + text, "]"])
            #expect(
                try tokens(of: Array("[\"\(text)\\n\(text)é\"]".utf8))
                    == ["[", "text \(text)\n\(text)é", "]"])
        }
    }

    @Test(arguments: [1, 2, 63, 64, 65, 200, 512])
    func `nests as deep as it is told`(depth: Int) throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let text =
                String(repeating: open, count: depth - 1) + "[]"
                + String(repeating: close, count: depth - 1)
            #expect(throws: Never.self) { try tokens(of: Array(text.utf8), depthMax: depth) }
            let error = #expect(throws: WireError.self) {
                try tokens(of: Array(text.utf8), depthMax: depth - 1)
            }
            #expect(error?.kind == .limit("JSON nested too deep"))
        }
    }

    @Test func `never nests deeper than its capacity`() {
        let text = [UInt8](repeating: 0x5b, count: 100_000)
        #expect(throws: WireError(.limit("JSON nested too deep"), at: 512)) {
            try tokens(of: text, depthMax: 1_000_000)
        }
    }

    @Test func `keeps arrays and objects apart at every depth`() throws {
        let text =
            String(repeating: #"[{"a":"#, count: 100) + "1" + String(repeating: "}]", count: 100)
        #expect(try tokens(of: Array(text.utf8)).count == 501)
    }

    @Test func `skips a value whole`() throws {
        let text = Array(#"{"a":{"b":[1,{"c":"}]"}]},"d":[2,[3],4]}"#.utf8)
        try withJSONReader(over: text, ByteRange(start: 0, end: text.count)) {
            reader throws(WireError) in
            #expect(try reader.next() == .beginObject)
            _ = try reader.next()
            try reader.skipValue()
            guard case .key(let key) = try reader.next() else { return #expect(Bool(false)) }
            #expect(reader.equals(key, "d"))
            #expect(try reader.next() == .beginArray)
            try reader.skipValue()
            try reader.skipValue()
            #expect(reader.depth == 2)
            try reader.skipValue()
            #expect(try reader.next() == .endArray)
            #expect(try reader.next() == .endObject)
            #expect(try reader.next() == .end)
        }
    }

    @Test func `reads a stretch of a body, with offsets from its start`() throws {
        let text = Array("{}\n[7]!".utf8)
        try withJSONReader(over: text, ByteRange(start: 3, end: 6)) { reader throws(WireError) in
            #expect(try reader.next() == .beginArray)
            #expect(try reader.next() == .number(ByteRange(start: 4, end: 5)))
            #expect(try reader.next() == .endArray)
            #expect(try reader.next() == .end)
        }
    }

    @Test func `is truncated by an empty text`() {
        #expect(throws: WireError(.truncated, at: 0)) { try tokens(of: []) }
        #expect(throws: WireError(.truncated, at: 2)) { try tokens(of: [0x20, 0x0a]) }
    }
}

@Suite struct `A JSON string` {
    private func withString<Result>(
        _ text: String, _ read: (JSONReader, JSONString) -> Result
    ) throws -> Result? {
        try withToken(of: text) { reader, token in
            guard case .string(let string) = token else { return nil }
            return read(reader, string)
        }
    }

    @Test func `is compared with and without escapes`() throws {
        #expect(try withString(#""name""#) { $0.equals($1, "name") } == true)
        #expect(try withString(#""name""#) { $0.equals($1, "names") } == false)
        #expect(try withString(#""name""#) { $0.equals($1, "nama") } == false)
        #expect(try withString(#""n\u0061me""#) { $0.equals($1, "name") } == true)
        #expect(try withString(#""\u00c5""#) { $0.equals($1, "\u{c5}") } == true)
    }

    @Test func `says whether it has escapes`() throws {
        #expect(try withString(#""a/é""#) { $1.hasEscapes } == false)
        #expect(try withString(#""a\/é""#) { $1.hasEscapes } == true)
    }

    @Test func `holds hex, base64 and numbers`() throws {
        #expect(try withString(#""5BfF""#) { $0.hexBytes(of: $1) } == [0x5b, 0xff])
        #expect(try withString(#""5B\u0066F""#) { $0.hexBytes(of: $1) } == .some(nil))
        #expect(try withString(#""5Bf""#) { $0.hexNumber(of: $1) } == 0x5bf)
        #expect(try withString(#""\/\/8=""#) { $0.base64Bytes(of: $1) } == [0xff, 0xff])
        #expect(try withString(#""-12""#) { $0.number(in: $1).flatMap($0.int64) } == -12)
        for text in ["", " 1", "1 ", "1a", "+1", "0x1", "\\u0031", "-"] {
            #expect(try withString("\"\(text)\"") { $0.number(in: $1) } == .some(nil))
        }
    }
}

@Suite struct `A JSON number` {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-0.0e7", 0), ("1e3", 1000), ("1.0", 1), ("100e-2", 1),
        ("1.50e1", 15),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.5", nil), ("1e-1", nil),
        ("1e19", nil), ("1e999999999999999999999999", nil), ("0e999999999999999999999999", 0),
        ("1000000000000000000000e-21", 1), ("0.000000000000000000000000000001e30", 1),
        ("1544712660000000001", 1_544_712_660_000_000_001),
    ])
    func `is an integer when it is integral and fits`(text: String, value: Int64?) throws {
        #expect(try number(text) { $0.int64($1) } == value)
    }

    @Test(arguments: [
        ("18446744073709551615", UInt64.max), ("18446744073709551616", nil), ("-1", nil),
        ("-0", 0), ("184467440737095516150e-1", UInt64.max), ("184467440737095516150", nil),
    ])
    func `is an unsigned integer when it fits`(text: String, value: UInt64?) throws {
        #expect(try number(text) { $0.uint64($1) } == value)
    }

    @Test(arguments: [
        "0", "1", "0.1", "-2.5", "1600000000.123456", "1e22", "1e23",
        "123456789012345678901234567890",
        "5e-324", "2.2250738585072011e-308", "1.7976931348623157e308", "9007199254740993", "1e-400",
        "0.1e-22", "8.5e-22", "12345678901234567e-5", "100000000000000000000000000000000e-30",
    ])
    func `is the nearest double`(text: String) throws {
        let value = try number(text) { $0.double($1) }
        #expect(value?.bitPattern == Double(text)?.bitPattern)
    }

    @Test func `keeps the sign of zero and refuses what no double reaches`() throws {
        #expect(try number("-0") { $0.double($1) }?.sign == .minus)
        #expect(try number("1e309") { $0.double($1) } == nil)
        #expect(try number("-1e999999") { $0.double($1) } == nil)
    }
}
