import Collector
import Lanes
import Settings

/// The program: finds the command, and ends with its exit code.
@main enum Portolan {
    static let commands: [Command] = [
        .serve, .checkConfig, .edges, .services, .operations, .doctor, .help,
    ]

    static func main() {
        endProcess(run(Array(CommandLine.arguments.dropFirst()), in: .ofProcess))
    }

    /// Runs one command line, without the name of the program.
    static func run(_ words: [String], in surroundings: Surroundings) -> Int32 {
        guard let first = words.first else {
            surroundings.complain(overview)
            return ExitCode.wrongUsage
        }
        switch first {
        case "--version": surroundings.say("portolan \(portolanVersion) (\(buildCommit))\n")
        case "--help", "-h": surroundings.say(overview)
        default:
            guard let command = commands.first(where: { $0.name == first }) else {
                let usage = UsageError(
                    "there is no command \(first)", meant: first, of: commands.map(\.name),
                    list: "portolan help")
                surroundings.complain("portolan: \(usage)\n")
                return ExitCode.wrongUsage
            }
            return run(command, Array(words.dropFirst()), in: surroundings)
        }
        return ExitCode.done
    }

    private static func run(
        _ command: Command, _ words: [String], in surroundings: Surroundings
    ) -> Int32 {
        do {
            let arguments = try Arguments(parsing: words, for: command)
            guard !arguments.wantsHelp else {
                surroundings.say(command.helpText)
                return ExitCode.done
            }
            return try command.run(arguments, surroundings)
        } catch {
            surroundings.complain("portolan \(command.name): \(error)\n")
            return ExitCode.wrongUsage
        }
    }

    static var overview: String {
        let width = commands.map(\.synopsis.count).max() ?? 0
        let list = commands.map { command in
            let gap = String(repeating: " ", count: width - command.synopsis.count + 3)
            return "  \(command.synopsis)\(gap)\(command.sentence)"
        }
        return """
            Portolan collects traces and draws the map of the services behind them.

            \(list.joined(separator: "\n"))

            portolan COMMAND --help tells more; --version tells the version.

            """
    }
}

enum ExitCode {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 2
}
