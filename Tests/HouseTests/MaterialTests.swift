import Testing

@Suite struct `The material of the tests` {
    @Test func `says where each folder comes from, and its licence`() throws {
        let rows = try Tree.text("Tests/Material/README.md").split(separator: "\n")
            .compactMap { $0.wholeMatch(of: /\| `([\w-]+)\/` \|(.+)\|(.+)\|(.+)\|/) }
        let folders = try Tree.folders(in: "Tests/Material")
        #expect(!folders.isEmpty)
        #expect(rows.map { String($0.1) }.sorted() == folders)
        for row in rows {
            let cells = [row.2, row.3, row.4]
            #expect(cells.allSatisfy { $0.contains(/\w{2}/) }, "\(row.1) lacks a source or licence")
        }
    }
}
