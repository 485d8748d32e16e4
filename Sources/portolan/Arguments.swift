import Settings

/// The words behind a command, taken apart by the flags that it knows.
///
/// A flag's value stands behind `=` or is the next word; `--` ends the flags.
struct Arguments: Equatable, Sendable {
    private(set) var wantsHelp = false
    private(set) var operands: [String] = []
    /// In their order; a flag without a value has an empty one.
    private(set) var flags: [GivenFlag] = []

    struct GivenFlag: Equatable, Sendable {
        let name: String
        /// As many as the flag has placeholders.
        let values: [String]

        var value: String { values.first ?? "" }
    }

    init(parsing words: [String], for command: Command) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            } else if word == "--help" || word == "-h" {
                wantsHelp = true
            } else if word.hasPrefix("-"), word != "-" {
                try takeFlag(word, from: &rest, of: command)
            } else {
                operands.append(word)
            }
        }
        if !wantsHelp { try checkOperands(of: command) }
    }

    func has(_ name: String) -> Bool { flags.contains { $0.name == name } }

    func value(of name: String) -> String? { flags.first { $0.name == name }?.value }

    func values(of name: String) -> [String]? { flags.first { $0.name == name }?.values }

    private mutating func takeFlag(
        _ word: String, from rest: inout ArraySlice<String>, of command: Command
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let spelled = String(parts[0])
        guard let flag = command.flags.first(where: { "--\($0.name)" == spelled }) else {
            throw UsageError(
                "there is no flag \(spelled)", meant: spelled,
                of: command.flags.filter { !$0.isHidden }.map { "--\($0.name)" },
                list: "portolan \(command.name) --help")
        }
        guard flag.canRepeat || !has(flag.name) else {
            throw UsageError(problem: "\(spelled) is given twice", advice: "give it once")
        }
        var values = parts.dropFirst().map(String.init)
        guard values.count <= flag.placeholders.count else {
            throw UsageError(
                problem: "--\(flag.name) has no value", advice: "write --\(flag.name)")
        }
        while values.count < flag.placeholders.count {
            guard let next = rest.first, !next.hasPrefix("--") else {
                throw UsageError(
                    problem: "--\(flag.name) needs \(values.isEmpty ? "a" : "another") value",
                    advice: "write --\(flag.name) \(flag.value ?? "")")
            }
            values.append(next)
            rest = rest.dropFirst()
        }
        flags.append(GivenFlag(name: flag.name, values: values))
    }

    private func checkOperands(of command: Command) throws(UsageError) {
        guard operands.count >= command.operandCount.lowerBound else {
            throw UsageError(
                problem: "\(command.operands) is missing",
                advice: "write portolan \(command.synopsis)")
        }
        guard operands.count <= command.operandCount.upperBound else {
            throw UsageError(
                problem: "\(operands[command.operandCount.upperBound]) is too much",
                advice: "write portolan \(command.synopsis)")
        }
    }
}

extension UsageError {
    /// For a name that nobody knows: offers the nearest one, or tells what lists them.
    init(_ problem: String, meant written: String, of names: [String], list: String) {
        self.problem = problem
        advice =
            nearestName(to: written, among: names).map { "did you mean \($0)?" }
            ?? "`\(list)` lists them"
    }
}
