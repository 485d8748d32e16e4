import Collector
import Lanes
import Settings
import Testing

@testable import portolan

@Suite struct `The command line` {
    @Test func `tells what there is when nothing is asked`() {
        #expect(portolan() == Outcome(code: 2, complained: Portolan.overview))
        #expect(portolan("--help") == Outcome(code: 0, said: Portolan.overview))
        #expect(portolan("help") == portolan("--help"))
        for command in Portolan.commands { #expect(Portolan.overview.contains(command.sentence)) }
    }

    @Test func `tells its version`() {
        let version = "portolan \(portolanVersion) (\(buildCommit))\n"
        #expect(portolan("--version") == Outcome(code: 0, said: version))
    }

    @Test func `refuses a command that it does not know`() {
        let message = "portolan: there is no command chek-config; did you mean check-config?\n"
        #expect(portolan("chek-config") == Outcome(code: 2, complained: message))
    }

    @Test(arguments: Portolan.commands.map(\.name))
    func `has help with an example for every command`(name: String) {
        let help = portolan(name, "--help")
        #expect(help == portolan("help", name))
        #expect(help.code == 0 && help.said.contains("Example:\n  portolan "))
    }

    @Test func `has help on settings, and on nothing else`() {
        #expect(portolan("help", "settings") == Outcome(code: 0, said: Settings.helpText))
        let message = "portolan help: there is no help on setings; did you mean settings?\n"
        #expect(portolan("help", "setings") == Outcome(code: 2, complained: message))
    }
}

@Suite struct `The command check-config` {
    @Test func `says that a file is right`() {
        #expect(
            portolan("check-config", "a.yaml", files: ["a.yaml": "lanes: 2"])
                == Outcome(code: 0, said: "a.yaml: settings are right\n"))
    }

    @Test func `says everything that is wrong, a line each`() {
        #expect(
            portolan("check-config", "a.yaml", files: ["a.yaml": "lanes: 0\nmemry: 1GiB"])
                == Outcome(
                    code: 2,
                    complained: """
                        a.yaml:1: lanes: 0 is too little; give auto or a whole number from 1 to 256
                        a.yaml:2: memry: there is no such setting; did you mean memory?

                        """))
    }

    @Test func `needs a file`() {
        let message = "portolan check-config: FILE is missing; write portolan check-config FILE\n"
        #expect(portolan("check-config") == Outcome(code: 2, complained: message))
    }
}

@Suite struct `A command with settings` {
    private static let command = Command(
        name: "serve", operands: "", operandCount: 0...0, sentence: "Serves.",
        example: "portolan serve", flags: settingsFlags,
        run: { arguments, surroundings throws(UsageError) in
            try withSettings(arguments, in: surroundings) { settings, sources in
                surroundings.say("lanes \(settings.lanes ?? 0), file \(sources.filePath ?? "-")")
                return 1
            }
        })

    private func serve(
        _ words: String..., environment: [String: String] = [:], files: [String: String] = [:]
    ) throws -> Outcome {
        let arguments = try Arguments(parsing: words, for: Self.command)
        return try outcome(environment: environment, files: files) {
            try Self.command.run(arguments, $0)
        }
    }

    @Test func `runs with them`() throws {
        let files = ["a.yaml": "lanes: 2"]
        #expect(try serve() == Outcome(code: 1, said: "lanes 0, file -"))
        #expect(
            try serve("--config", "a.yaml", files: files)
                == Outcome(code: 1, said: "lanes 2, file a.yaml"))
        #expect(
            try serve("--config=a.yaml", environment: ["PORTOLAN_LANES": "3"], files: files).said
                == "lanes 3, file a.yaml")
        #expect(
            try serve("--set", "lanes=4", environment: ["PORTOLAN_LANES": "3"]).said
                == "lanes 4, file -")
        #expect(try serve("--lanes=5").said == "lanes 5, file -")
    }

    @Test(arguments: ["data", "memory", "lanes", "port-offset", "insecure-listen"])
    func `has a flag of their own for those that are used most`(name: String) {
        #expect(Self.command.helpText.contains("\n  --\(name) VALUE\n"))
    }

    @Test func `prints them instead when that is asked for`() throws {
        let printed = try serve(
            "--set", "log.level=debug", "--insecure-listen=otlp", "--print-config")
        #expect(printed.code == 0)
        #expect(printed.said.contains("\n  level: debug # --set log.level\n"))
        #expect(printed.said.contains("\n  insecure: [otlp] # --insecure-listen\n"))
    }

    @Test func `does not run with wrong ones`() throws {
        let message = "--lanes: 0 is too little; give auto or a whole number from 1 to 256\n"
        #expect(try serve("--lanes", "0") == Outcome(code: 2, complained: message))
        #expect {
            try serve("--set", "lanes")
        } throws: {
            "\($0)" == "--set lanes has no value; write --set lanes=VALUE"
        }
    }
}

@Suite struct `The page of settings` {
    @Test func `is what the table makes`() throws {
        let page = try readFileText(projectPath("docs/settings.md"))
        let isCurrent = page == Settings.page
        #expect(isCurrent, "run portolan help settings --markdown >docs/settings.md")
        #expect(portolan("help", "settings", "--markdown").said == Settings.page)
    }

    @Test(arguments: ["all", "empty", "lists", "quotes", "variables"])
    func `has the like of every file that is the start of fuzzing`(name: String) throws {
        let yaml = try readFileText(projectPath("Tests/Fuzz/Corpus/Settings/\(name).yaml"))
        let judged = outcome(
            environment: ["HOME": "/root"], files: ["a.yaml": yaml, "token": "t\n"]
        ) { Portolan.run(["check-config", "a.yaml"], in: $0) }
        #expect(judged.code == 0, "\(judged.complained)")
    }
}

/// A file of the project, by where this test lies in it.
private func projectPath(_ path: String) -> String {
    #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/" + path
}
