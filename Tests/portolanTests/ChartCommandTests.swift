import Testing

@testable import portolan

/// A file of the material.
private func material(_ path: String) -> String {
    #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Tests/Material/"
        + path
}

@Suite struct `The commands that show charts` {
    private static let sample = material("ob-sample/ob-sample.otlp.tar")

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func `list the edges of spans in files, most calls first`() {
        let outcome = portolan("edges", Self.sample)
        #expect(outcome.code == 0 && outcome.complained.isEmpty)
        let lines = Self.lines(outcome.said)
        #expect(lines[0].hasPrefix("client  "))
        #expect(lines[1].hasPrefix("productcatalogservice  mysql "))
        #expect(lines[1].contains("  4612  "))
        #expect(
            lines[lines.count - 2]
                == "16 edges from 2022-08-23T16:14:00Z to 2022-08-23T16:32:00Z, "
                + "complete until 2022-08-23T16:32:00Z")
    }

    @Test func `take windows back from the newest span, and conditions`() {
        let outcome = portolan(
            "services", Self.sample, "--last", "5m", "--where", "service=frontend")
        let lines = Self.lines(outcome.said)
        #expect(lines[1].hasPrefix("frontend  "))
        #expect(lines[3].hasPrefix("1 service from 2022-08-23T16:27:00Z to 2022-08-23T16:32:00Z"))
    }

    @Test func `list the operations of one service`() {
        let outcome = portolan("operations", "--service", "adservice", Self.sample)
        let rows = Self.lines(outcome.said).dropFirst().prefix { !$0.isEmpty }
        #expect(!rows.isEmpty && rows.allSatisfy { $0.hasPrefix("adservice  ") })
    }

    @Test func `give the answer of the API, or CSV`() {
        let json = portolan("services", "--json", Self.sample)
        #expect(json.said.hasPrefix(#"{"window":{"from":"2022-08-23T16:14:00Z","#))
        let csv = portolan("services", "--csv", Self.sample)
        #expect(csv.said.hasPrefix("service,key.environment,"))
        let both = portolan("services", "--csv", "--json", Self.sample)
        #expect(both.code == 2)
        #expect(
            both.complained
                == "portolan services: --json and --csv exclude each other; give one of them\n")
    }

    @Test func `tell why there is an edge`() {
        let outcome = portolan("edges", Self.sample, "--why", "adservice", "addatabase")
        #expect(outcome.code == 0)
        #expect(outcome.said.hasPrefix("adservice -> addatabase\n  298 calls from "))
        #expect(outcome.said.contains("\n  298 have the client half only: "))
        let unknown = portolan("edges", Self.sample, "--why", "adservise", "addatabase")
        #expect(unknown.code == 1)
        #expect(
            unknown.complained
                == "portolan edges: client: there is no adservise in this time; "
                + "did you mean adservice?\n")
    }

    @Test(arguments: [
        (["--last", "3x"], "last: 3x is no length; write one such as 15m"),
        (["--where", "zone"], "where: zone has no value; write where=KEY=VALUE"),
        (["--brokers", "x"], "brokers: there is no x; write node or through"),
        (["--why", "a"], "--why needs another value; write --why CLIENT SERVER"),
        (["--token-file", "t"], "--token-file is for a URL; name the URL of a collector"),
        (["http://a", "b"], "http://a stands beside other sources; name one URL, or files"),
    ])
    func `say what is wrong with the words, with exit code 2`(words: [String], message: String) {
        // A flag that wants one more value must not take the file for it.
        let words = words[0] == "--why" ? [Self.sample] + words : words + [Self.sample]
        let files = ["t": "secret\n"]
        let outcome = outcome(files: files) {
            Portolan.run(["edges"] + (words[0] == "http://a" ? words.dropLast() : words), in: $0)
        }
        #expect(outcome == Outcome(code: 2, complained: "portolan edges: \(message)\n"))
    }

    @Test func `say in one line what cannot be read, with exit code 1`() {
        let nothing = portolan("edges", "/nowhere")
        #expect(nothing.code == 1 && nothing.said.isEmpty)
        #expect(
            nothing.complained
                == "portolan edges: /nowhere: cannot open: No such file or directory; "
                + "name files and folders that can be read\n")
        let url = portolan("edges", "http://127.0.0.1:1")
        #expect(url.code == 1)
        #expect(url.complained.hasPrefix("portolan edges: http://127.0.0.1:1/api/v1/edges: "))
        let here = portolan("edges", "--port-offset", "60000", "--set", "listen.web.port=5000")
        #expect(here.code == 1)
        #expect(
            here.complained.hasPrefix("portolan edges: no collector answers at 127.0.0.1:65000"))
    }

    @Test func `draw a line of progress only where somebody looks on`() {
        #expect(portolan("services", Self.sample).complained.isEmpty)
    }
}
