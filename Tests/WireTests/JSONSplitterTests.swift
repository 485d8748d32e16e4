import Testing

@testable import Wire

/// The objects in a text that comes in pieces.
private func objects(
    in text: String, inPieces pieceBytes: Int
) throws(WireError) -> [String] {
    let bytes = Array(text.utf8)
    var splitter = JSONSplitter()
    var found: [String] = []
    var open: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
        var rest = start..<min(start + pieceBytes, bytes.count)
        while let piece = try splitter.next(bytes, &rest) {
            open += bytes[piece.range]
            guard piece.endsObject else { continue }
            found.append(String(decoding: open, as: UTF8.self))
            open = []
        }
        precondition(rest.isEmpty)
    }
    try splitter.end()
    precondition(splitter.offset == bytes.count)
    return found
}

@Suite struct `A splitter of JSON objects` {
    @Test(
        arguments: [
            [], ["{}"], [#"{"a":{"b":[{}]}}"#, "{}"], [#"{"}":"{\"}"}"#, #"{"\\":"\\"}"#],
            ["{\n  \"a\": 1\n}"],
        ] as [[String]], [1, 2, 3, 100])
    func `finds them whatever stands in them and between`(expected: [String], pieceBytes: Int)
        throws
    {
        for blank in ["", "\n", " \r\n\t"] {
            let text = blank + expected.joined(separator: blank) + blank
            #expect(try objects(in: text, inPieces: pieceBytes) == expected)
        }
    }

    @Test func `refuses an object that is cut anywhere`() {
        let text = #"{"a":"}","b":{"c":"\"}"}}"#
        for count in 1..<text.utf8.count {
            let error = #expect(throws: WireError.self) {
                try objects(in: String(text.prefix(count)), inPieces: 4)
            }
            #expect(error == WireError(.truncated, at: count))
        }
    }

    @Test(arguments: ["[]", "null", "7", "\u{0}", "}", ","])
    func `names where something else stands`(other: String) {
        let error = #expect(throws: WireError.self) {
            try objects(in: "{}\n \(other)", inPieces: 2)
        }
        #expect(error == WireError(.invalid("something else than a JSON object"), at: 4))
    }
}
