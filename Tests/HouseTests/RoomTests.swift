import Testing

@Suite struct `The rooms` {
    /// Modules of the language, and the rooms that may use them.
    private static let standard: [String: Set<String>] = [
        "Synchronization": ["Lanes", "Journaling", "Collector"]
    ]

    @Test func `are the same in the document, the manifest and the folders`() throws {
        let document = try RoomTable.ofHouseDocument().imports
        let manifest = try RoomTable.ofManifest().imports
        #expect(document == manifest)
        #expect(document.keys.sorted() == (try Tree.folders(in: "Sources")))
    }

    @Test func `import only what the table lists`() throws {
        let table = try RoomTable.ofHouseDocument().imports
        let lines = try ImportLine.all()
        #expect(lines.count > 50)
        let strangers = lines.filter { line in
            !(table[line.file.room]?.contains(line.module) ?? false)
                && !(Self.standard[line.module]?.contains(line.file.room) ?? false)
        }
        #expect(strangers.map(\.description) == [])
    }

    @Test func `list nothing that they do not import`() throws {
        let lines = try ImportLine.all()
        var unused = try RoomTable.ofHouseDocument().imports
        for line in lines { unused[line.file.room]?.remove(line.module) }
        #expect(unused.filter { !$0.value.isEmpty } == [:])
    }

    @Test func `keep each C library to one room and inside it`() throws {
        let lines = try ImportLine.all().filter { $0.module.contains(/^C[A-Z]/) }
        #expect(lines.filter { !$0.isInternal }.map(\.description) == [])
        let rooms = Dictionary(grouping: lines, by: \.module).mapValues { Set($0.map(\.file.room)) }
        #expect(rooms["CZlib"] == ["Wire"])
        #expect(rooms.filter { $0.value.count != 1 } == [:])
        #expect(lines.filter { $0.module == "CLinux" && $0.file.room != "Lanes" }.isEmpty)
    }

    @Test func `do without Foundation and the C library of the system`() throws {
        let names: Set = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Musl"]
        let found = try ImportLine.all().filter { names.contains($0.module) }
        #expect(found.map(\.description) == [])
    }
}
