import Testing

@testable import portolan

@Suite struct `The words behind a command` {
    private static let command = Command(
        name: "sail", operands: "[PORT]", operandCount: 0...1, sentence: "Sails.",
        example: "portolan sail",
        flags: [
            Flag(name: "speed", value: "KNOTS", sentence: "How fast."),
            Flag(name: "flag", value: "NAME", sentence: "What to show.", canRepeat: true),
            Flag(name: "quiet", value: nil, sentence: "Without noise."),
            Flag(name: "between", value: "PORT PORT", sentence: "From one to the other."),
        ], run: { _, _ throws(UsageError) in 0 })

    private func parse(_ words: String...) throws(UsageError) -> Arguments {
        try Arguments(parsing: words, for: Self.command)
    }

    @Test func `have flags with values behind a blank or an equals sign`() throws {
        let arguments = try parse("--speed", "5", "--flag=a=b", "--flag", "-", "Venice", "--quiet")
        #expect(arguments.value(of: "speed") == "5")
        #expect(arguments.flags.map(\.value) == ["5", "a=b", "-", ""])
        #expect(arguments.has("quiet") && arguments.operands == ["Venice"])
        #expect(try !parse().has("quiet"))
        #expect(try parse("--speed=").value(of: "speed")?.isEmpty == true)
    }

    @Test func `have flags with two values`() throws {
        for words in [["--between", "Genoa", "Venice"], ["--between=Genoa", "Venice"]] {
            let arguments = try Arguments(parsing: words, for: Self.command)
            #expect(arguments.values(of: "between") == ["Genoa", "Venice"])
            #expect(arguments.operands.isEmpty)
        }
    }

    @Test func `end their flags at two dashes`() throws {
        #expect(try parse("--quiet", "--", "--speed").operands == ["--speed"])
    }

    @Test(arguments: ["--help", "-h"])
    func `ask for help whatever else is missing`(word: String) throws {
        #expect(try parse("a", "b", word).wantsHelp)
    }

    @Test(arguments: [
        (["--sped", "5"], "there is no flag --sped; did you mean --speed?"),
        (["--zebra=5"], "there is no flag --zebra; `portolan sail --help` lists them"),
        (["-q"], "there is no flag -q; `portolan sail --help` lists them"),
        (["--speed"], "--speed needs a value; write --speed KNOTS"),
        (["--speed", "--quiet"], "--speed needs a value; write --speed KNOTS"),
        (["--between", "Genoa"], "--between needs another value; write --between PORT PORT"),
        (["--quiet=1"], "--quiet has no value; write --quiet"),
        (["--speed=1", "--speed=2"], "--speed is given twice; give it once"),
        (["a", "b"], "b is too much; write portolan sail [PORT]"),
    ])
    func `are refused with what to do`(words: [String], message: String) {
        #expect {
            try Arguments(parsing: words, for: Self.command)
        } throws: {
            "\($0)" == message
        }
    }
}
