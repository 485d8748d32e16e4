/// One command: its row in the table that dispatch and help are made from.
struct Command: Sendable {
    let name: String
    /// What stands behind the name, as help shows it: `FILE`, `[COMMAND]`, or nothing.
    let operands: String
    let operandCount: ClosedRange<Int>
    let sentence: String
    let example: String
    let flags: [Flag]
    let run: @Sendable (Arguments, Surroundings) throws(UsageError) -> Int32

    var synopsis: String { operands.isEmpty ? name : "\(name) \(operands)" }

    var helpText: String {
        var lines = ["portolan \(synopsis)", "", sentence]
        for flag in flags where !flag.isHidden {
            lines += ["", "  --\(flag.name)\(flag.value.map { " \($0)" } ?? "")"]
            lines.append("      \(flag.sentence)")
        }
        lines += ["", "Example:", "  \(example)"]
        return lines.joined(separator: "\n") + "\n"
    }
}

struct Flag: Sendable {
    /// Without the dashes.
    let name: String
    /// What help calls its value, or its values with a blank between; nil for a flag that has none.
    let value: String?
    let sentence: String
    var canRepeat = false
    var isHidden = false

    var placeholders: [Substring] { value?.split(separator: " ") ?? [] }
}

/// A command line that cannot be understood, and what to do.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let problem: String
    let advice: String

    var description: String { "\(problem); \(advice)" }
}
