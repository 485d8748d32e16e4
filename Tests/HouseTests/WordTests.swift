import Testing

/// What must not stand in the project's files. This file is the only one that may say it.
@Suite struct `The words of the project` {
    private static func files() throws -> [TextFile] {
        let endings: Set = ["swift", "c", "h", "md", "py", "sh", "yaml", "ini", "txt", "proto", ""]
        let folders = ["Sources", "Tests", "tools", "docs", "proto"]
        let inFolders = try folders.flatMap { try Tree.files(in: $0, endings: endings) }
        let atRoot = try ["README.md", "Package.swift", ".gitignore"]
            .map { TextFile(path: $0, text: try Tree.text($0)) }
        let generated = inFolders.filter { $0.room == "CProtos" }.count
        #expect(generated > 0)
        return (inFolders + atRoot).filter { file in
            file.room != "CProtos" && file.name != "WordTests.swift"
        }
    }

    private static func places(of pattern: String) throws -> [String] {
        try files().flatMap { $0.places(of: pattern) }
    }

    @Test func `name no path of somebody's machine`() throws {
        let found = try Self.places(of: #"/(home|Users|work)/\w"#)
        #expect(found == [])
    }

    @Test func `name no host of a package registry`() throws {
        let hosts = [
            "pypi.org", "pythonhosted.org", "npmjs.org", "crates.io", "proxy.golang.org", "ghcr.io",
            "docker.io",
        ]
        let pattern = hosts.map { $0.replacing(".", with: "[.]") }.joined(separator: "|")
        let found = try Self.places(of: pattern)
        #expect(found == [])
    }

    @Test func `tell nothing of how the work was done`() throws {
        let found = try Self.places(of: #"(?i)\bassistants?\b|\bissue #|\blanguage model"#)
        #expect(found == [])
    }

    @Test func `leave nothing undone without a reason`() throws {
        let found = try Self.places(of: #"\bFIXME\b|\bXXX\b|\bTODO\b(?!: \w+ \w+)"#)
        #expect(found == [])
    }

    @Test func `give types the names of what they are`() throws {
        let names = #"\b(struct|class|enum|actor|protocol) \w*(Manager|Helper|Utils?|Impl)\b"#
        let found = try Self.places(of: names)
        #expect(found == [])
    }
}
