import Testing

@Suite struct `Code without texts and comments` {
    @Test(arguments: [
        ("let a = b // c!", "let a = b      "),
        ("f(\"a! \\(b!) c\") + d", "f(     (b!)   ) + d"),
        ("f(\"\\(g(\"x!\"))!\")", "f(  (g(    ))  )"),
        ("a /* b!\n c */ d", "a      \n      d"),
        ("func `b!`()", "func     ()"),
        ("#\"a\"b!\"# c", "         c"),
    ])
    func `keeps code, lines and columns`(source: String, code: String) {
        #expect(codeOnly(source) == code)
    }

    @Test func `knows how long a function is`() {
        let code = """
            protocol A { func a() }
            struct B {
                func b(
                    c: () -> Void = {}
                ) {
                    if true { d() }
                }
                init() { self.init() }
            }
            """
        let found = functions(in: code)
        #expect(found.map(\.name) == ["b", "init"])
        #expect(found.map(\.line) == [3, 8])
        #expect(found.map(\.lines) == [5, 1])
    }
}
