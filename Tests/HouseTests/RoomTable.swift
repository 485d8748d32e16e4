/// Rooms and what they may import, as `docs/house.md` and `Package.swift` tell it.
struct RoomTable {
    private(set) var imports: [String: Set<String>] = [:]

    /// Rows like `| `Wire` | sentence | CZlib, CZstd |`; a dash stands for nothing.
    static func ofHouseDocument() throws -> RoomTable {
        var table = RoomTable()
        for line in try Tree.text("docs/house.md").split(separator: "\n") {
            guard let row = line.wholeMatch(of: /\| `(\w+)` \| .+ \| ([\w, –]+) \|/) else {
                continue
            }
            table.imports[String(row.1)] = names(in: row.2)
        }
        return table
    }

    /// Rooms, the program, and the C libraries, which import nothing.
    static func ofManifest() throws -> RoomTable {
        let manifest = try Tree.text("Package.swift")
        var table = RoomTable()
        for room in manifest.matches(of: /Room\(\s*name: "(\w+)",\s*imports: \[([^\]]*)\]/) {
            table.imports[String(room.1)] = names(in: room.2)
        }
        // Targets with a path of their own are of the tests.
        let libraries = /\("(C[A-Z]\w+)", "|\.target\(name: "(C[A-Z]\w+)"(?!, path)/
        for library in manifest.matches(of: libraries) {
            table.imports[String(library.1 ?? library.2 ?? "")] = []
        }
        return table
    }

    private static func names(in list: Substring) -> Set<String> {
        Set(list.matches(of: /\w+/).map { String($0.output) })
    }
}

/// A line that imports a module.
struct ImportLine {
    let file: TextFile
    let number: Int
    let module: String
    let isInternal: Bool

    static func all() throws -> [ImportLine] {
        try Tree.code().flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                let words = line.split(separator: " ")
                guard let place = words.prefix(3).firstIndex(of: "import"), words.count > place + 1
                else { return nil }
                return ImportLine(
                    file: file, number: index + 1, module: String(words[words.count - 1]),
                    isInternal: place == 0)
            }
        }
    }
}

extension ImportLine: CustomStringConvertible {
    var description: String { "\(file.path):\(number): import \(module)" }
}
