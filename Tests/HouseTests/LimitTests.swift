import Testing

@Suite struct `The document of limits` {
    /// The first and the last cell of the rows of its tables.
    private static func rows() throws -> [(limit: Substring, tests: Substring)] {
        try Tree.text("docs/limits.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: " | ")
            guard line.hasPrefix("| "), cells.count == 3, let last = cells.last,
                last.contains("`")
            else { return nil }
            return (cells[0].dropFirst(2), last)
        }
    }

    private static func codes(in text: Substring) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    @Test func `has a row for each setting of limits, and no other`() throws {
        let settings = Self.codes(in: try Tree.text("docs/settings.md")[...])
            .filter { $0.wholeMatch(of: /limits\.[a-z_]+/) != nil }
        let keys = try Self.rows().flatMap { Self.codes(in: $0.limit) }
            .filter { $0.hasPrefix("limits.") }
        #expect(Set(settings).count > 15)
        #expect(Set(keys).sorted() == Set(settings).sorted())
    }

    @Test func `names tests that are there`() throws {
        let tests = try Tree.files(in: "Tests", endings: ["swift", "py"])
            .map(\.text).joined()
        let names = try Self.rows().flatMap { Self.codes(in: $0.tests) }
        #expect(names.count > 25)
        let missing = names.filter { name in
            !tests.contains("func `\(name)`") && !tests.contains("def \(name)(")
        }
        #expect(missing == [])
    }
}
