import Testing

@testable import Answering

@Suite struct `A query string` {
    @Test(
        arguments: [
            ("", []), ("a=b", ["a", "b"]), ("a=b&c", ["a", "b", "c", ""]),
            ("&&a=1&", ["a", "1"]), ("a=b=c", ["a", "b=c"]), ("=x", ["", "x"]),
            ("w%68ere=ser%76ice%3Dcaf%C3%A9+%2B+1", ["where", "service=café + 1"]),
        ] as [(String, [String])])
    func `is taken apart and decoded`(text: String, expected: [String]) throws {
        let query = try QueryString(parsing: text)
        #expect(query.parameters.flatMap { [$0.name, $0.value] } == expected)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%G0=1", "a=%ff", "a=%C3"])
    func `is refused when it is not well encoded`(text: String) {
        let problem = #expect(throws: Problem.self) { try QueryString(parsing: text) }
        #expect(problem?.status == 400)
        #expect(problem?.detail.hasPrefix("\(text): is not well encoded; ") == true)
    }

    @Test func `reads back as it was written`() throws {
        var query = QueryString()
        for text in ["", "a b", "ä/ö", "&=%+#?", "\u{0}\n", "-._~"] { query.add(text, text) }
        #expect(try QueryString(parsing: query.text) == query)
    }
}

@Suite struct `The parameters of a call` {
    private func parameters(_ text: String) throws(Problem) -> Parameters {
        try Parameters(QueryString(parsing: text), of: "/x", known: ["last", "limit", "where"])
    }

    @Test(arguments: [
        ("lats=1", "lats: /x has no such parameter; did you mean last?"),
        ("zebra=1", "zebra: /x has no such parameter; it has last, limit, where"),
    ])
    func `are only those that it has`(text: String, detail: String) {
        let problem = #expect(throws: Problem.self) { try parameters(text) }
        #expect(problem?.status == 400 && problem?.detail == detail)
    }

    @Test func `stand once, but for those that add up`() throws {
        let twice = try parameters("last=1&last=2&where=a&where=b")
        let problem = #expect(throws: Problem.self) { try twice.value(of: "last") }
        #expect(problem?.detail == "last: is given 2 times; give it once")
        #expect(twice.values(of: "where") == ["a", "b"])
        #expect(try twice.value(of: "limit") == nil)
    }
}
