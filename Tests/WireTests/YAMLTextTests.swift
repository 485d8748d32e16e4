import Testing
import Wire

@Suite struct `A text written as YAML` {
    @Test(arguments: [
        ("abc", "abc"), ("/var/lib", "/var/lib"), ("127.0.0.1", "127.0.0.1"), ("::1", "\"::1\""),
        ("", "\"\""), ("null", "\"null\""), ("~", "\"~\""), ("-", "\"-\""), ("a b", "\"a b\""),
        ("\"\\", "\"\\\"\\\\\""), ("a\nb\u{1b}", "\"a\\nb\\u001b\""), ("\u{202e}", "\"\\u202e\""),
        ("ä☃", "\"ä☃\""), ("${env:X}", "\"${env:X}\""),
    ])
    func `is plain where that is safe, else quoted on one line`(text: String, yaml: String) {
        #expect(yamlScalar(text) == yaml)
    }

    @Test func `reads back as it was, whatever it holds`() throws {
        var texts = (0..<0x300).compactMap { Unicode.Scalar($0).map { "x\($0)y" } }
        texts += [
            "\u{2028}", "\u{feff}", "\u{1f600}", "\u{10ffff}", "\u{ffff}", "# no", "- no", "{",
        ]
        for text in texts {
            let bytes = Array("[\(yamlScalar(text))]".utf8)
            let root = try YAMLDocument(parsing: bytes).root
            guard case .sequence(let items) = root.content, items.count == 1,
                case .scalar(let read, _) = items[0].content
            else {
                Issue.record("\(yamlScalar(text)) is no single text")
                continue
            }
            #expect(read == text)
        }
    }

    @Test func `is clipped for messages`() {
        let long = String(repeating: "x", count: 61)
        #expect(shortYAMLScalar(long) == "\"\(long.dropLast())…\"")
        #expect(shortYAMLScalar(String(long.dropLast())) == String(long.dropLast()))
    }
}
