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
        let value: String
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
        let value = try value(
            of: flag, behindEquals: parts.count == 2 ? String(parts[1]) : nil, from: &rest)
        flags.append(GivenFlag(name: flag.name, value: value))
    }

    private func value(
        of flag: Flag, behindEquals: String?, from rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let placeholder = flag.value else {
            guard behindEquals == nil else {
                throw UsageError(
                    problem: "--\(flag.name) has no value", advice: "write --\(flag.name)")
            }
            return ""
        }
        if let behindEquals { return behindEquals }
        guard let next = rest.first, !next.hasPrefix("--") else {
            throw UsageError(
                problem: "--\(flag.name) needs a value",
                advice: "write --\(flag.name) \(placeholder)")
        }
        rest = rest.dropFirst()
        return next
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
