import Testing
@testable import Wire

@Suite struct `A YAML reader` {
    @Test func `keeps order, places and whether a text was plain`() throws {
        let root = try parse("b: 1\na:\n  - \"x\"\n  - y\n")
        #expect(
            root
                == mapping(
                    1, 1,
                    [
                        entry("b", 1, scalar("1", 1, 4)),
                        entry(
                            "a", 2,
                            YAMLNode(
                                content: .sequence([
                                    scalar("x", 3, 5, isPlain: false), scalar("y", 4, 5),
                                ]), place: YAMLPlace(line: 3, column: 3))),
                    ]))
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~", "null"])
    func `takes nothing for null`(text: String) throws {
        #expect(try parse(text).isNull)
    }

    @Test(arguments: ["\"\"", "''", "\"null\"", "[]", "0"])
    func `tells what is written from null`(text: String) throws {
        #expect(try !parse(text).isNull)
    }

    @Test(arguments: [
        ("a: &x 1", "anchors (&name) are not read at line 1, column 4"),
        ("a: &x [1]", "anchors (&name) are not read at line 1, column 4"),
        ("&x {a: 1}", "anchors (&name) are not read at line 1, column 1"),
        ("a: *x", "aliases (*name) are not read at line 1, column 4"),
        ("*x : 1", "aliases (*name) are not read at line 1, column 1"),
        ("a: !!str 1", "tags (!name) are not read at line 1, column 4"),
        ("a: !x {}", "tags (!name) are not read at line 1, column 4"),
        ("a: 1\n--- \nb: 1", "a second document is not read at line 2, column 1"),
        ("a: 1\nb: 2\na: 3", "the key a already stands in line 1 at line 3, column 1"),
        ("x: {a: 1,\n \"a\": 2}", "the key a already stands in line 1 at line 2, column 2"),
        ("[a]: 1", "a key must be a text, not a list or a mapping at line 1, column 1"),
        ("? {a: b}\n: 1", "a key must be a text, not a list or a mapping at line 1, column 3"),
        ("a: [1", "did not find expected ',' or ']' at line 2, column 1"),
        ("a: 1\n b: 2", "mapping values are not allowed in this context at line 2, column 3"),
        ("ä: 1\nb: \u{1}", "control characters are not allowed at line 2, column 4"),
    ])
    func `refuses what it does not read, naming line and column`(
        text: String, message: String
    ) {
        #expect { try parse(text) } throws: { "\($0)" == message }
    }

    @Test func `refuses bytes that are no UTF-8`() {
        #expect {
            try YAMLDocument(parsing: Array("a: 1\nb: x".utf8) + [0xff])
        } throws: {
            "\($0)" == "invalid leading UTF-8 octet at line 2, column 5"
        }
    }

    @Test func `takes levels up to its limit and no further`() throws {
        let most = YAMLDocument.depthMax
        let nest = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        _ = try parse(nest(most))
        #expect {
            try parse(nest(most + 1))
        } throws: {
            "\($0)" == "more than 32 levels are not read at line 1, column 33"
        }
        #expect(throws: YAMLError.self) { try parse(String(repeating: "[", count: 500_000)) }
        #expect(throws: YAMLError.self) { try parse(String(repeating: "- ", count: 500_000)) }
        #expect(throws: YAMLError.self) { try parse(String(repeating: "{a: ", count: 200_000)) }
    }

    @Test func `takes values up to its limit and no further`() throws {
        let list = { "[" + String(repeating: "1,", count: $0) + "]" }
        _ = try parse(list(YAMLDocument.nodesMax - 1))
        #expect(throws: YAMLError.self) { try parse(list(YAMLDocument.nodesMax)) }
    }

    @Test func `takes bytes up to its limit and no further`() throws {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLDocument.bytesMax)
        _ = try YAMLDocument(parsing: comment)
        #expect(throws: YAMLError.self) { try YAMLDocument(parsing: comment + [10]) }
    }

    @Test func `lives through a text that ends at any byte`() {
        let bytes = Array(everything.utf8)
        #expect(throws: Never.self) { try YAMLDocument(parsing: bytes) }
        for count in bytes.indices { _ = try? YAMLDocument(parsing: Array(bytes[..<count])) }
    }

    @Test func `lives through any changed byte, and puts errors inside of the text`() {
        let bytes = Array(everything.utf8)
        let lines = bytes.count { $0 == 10 } + 2
        var refusals = 0
        for index in bytes.indices {
            for value in [0, 0x0a, 0x21, 0x22, 0x26, 0x3a, 0x5b, 0x7b, 0x80, 0xff] as [UInt8] {
                var changed = bytes
                changed[index] = value
                do {
                    _ = try YAMLDocument(parsing: changed)
                } catch {
                    refusals += 1
                    #expect((1...lines).contains(error.place.line) && error.place.column >= 1)
                }
            }
        }
        #expect(refusals > bytes.count)
    }
}

/// Every style of YAML that people use in settings.
private let everything = """
    # comment
    plain: text with blanks
    "quoted": "a\\tb\\u00e4 ${env:X}"
    'single': 'it''s'
    list: [a, "b", {c: d}]
    block:
      - one
      -
        two: 2
        three: ~
    literal: |
      line
        more
    folded: >-
      one
      two
    wörter: ☃
    ...

    """

private func parse(_ text: String) throws(YAMLError) -> YAMLNode {
    try YAMLDocument(parsing: Array(text.utf8)).root
}

private func scalar(_ text: String, _ line: Int, _ column: Int, isPlain: Bool = true) -> YAMLNode {
    YAMLNode(
        content: .scalar(text, isPlain: isPlain), place: YAMLPlace(line: line, column: column))
}

private func mapping(_ line: Int, _ column: Int, _ entries: [YAMLEntry]) -> YAMLNode {
    YAMLNode(content: .mapping(entries), place: YAMLPlace(line: line, column: column))
}

private func entry(_ key: String, _ line: Int, _ value: YAMLNode) -> YAMLEntry {
    YAMLEntry(key: key, keyPlace: YAMLPlace(line: line, column: 1), value: value)
}
