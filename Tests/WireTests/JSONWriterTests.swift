import Testing
import Wire

private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct `A JSON writer` {
    @Test func `sets the commas`() {
        let text = written { json in
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.integer(1)
            json.beginArray()
            json.endArray()
            json.beginObject()
            json.endObject()
            json.null()
            json.endArray()
            json.key("b")
            json.bool(true)
            json.key("c")
            json.string(":")
            json.key("d")
            json.bool(false)
            json.endObject()
            json.endLine()
            json.string("next")
        }
        #expect(text == #"{"a":[1,[],{},null],"b":true,"c":":","d":false}"# + "\n\"next\"")
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("\"\\/", #""\"\\/""#),
        ("\u{8}\u{9}\u{a}\u{c}\u{d}\u{0}\u{1f}", #""\b\t\n\f\r\u0000\u001f""#),
        ("é😀\u{2028}\u{7f}", "\"é😀\u{2028}\u{7f}\""), ("", #""""#),
    ])
    func `escapes what JSON cannot hold`(text: String, expected: String) {
        #expect(written { $0.string(text) } == expected)
    }

    @Test func `replaces ill-formed UTF-8`() {
        let bytes: [UInt8] = [0x61, 0xff, 0x22, 0xe2, 0x82, 0x62]
        let text = withProtobufCursor(over: bytes, count: bytes.count) { cursor in
            written { $0.string(ByteRange(start: 0, end: bytes.count), of: cursor) }
        }
        #expect(text == "\"a\u{fffd}\\\"\u{fffd}b\"")
    }

    @Test(arguments: [(Int64.min, "-9223372036854775808"), (0, "0"), (-7, "-7"), (120, "120")])
    func `writes signed numbers`(value: Int64, expected: String) {
        #expect(written { $0.integer(value) } == expected)
    }

    @Test func `writes the largest unsigned number`() {
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
    }

    @Test(arguments: [
        (0.1, "0.1"), (1, "1"), (-0.0, "-0.0"), (1e21, "1e+21"), (.leastNonzeroMagnitude, "5e-324"),
        (123_456_789.25, "123456789.25"), (.nan, #""NaN""#), (.infinity, #""Infinity""#),
        (-.infinity, #""-Infinity""#), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    ])
    func `writes the shortest text of a double`(value: Double, expected: String) {
        #expect(written { $0.double(value) } == expected)
    }
}
