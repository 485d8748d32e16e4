import Testing

@testable import Lanes

@Suite struct `A reader of files` {
    @Test func `reads piece by piece and knows the length`() throws {
        var folder = try ScratchFolder()
        try folder.makeFile("abcdefg")
        let file = try FileReader("\(folder.path)/abcdefg")
        #expect(file.bytes == 7)
        var chunk = [UInt8](repeating: 0, count: 3)
        var content: [UInt8] = []
        while case let count = try file.read(into: &chunk), count > 0 {
            content += chunk[..<count]
        }
        #expect(content == Array("abcdefg".utf8))
    }

    @Test func `does not know the length of what has none`() throws {
        let file = try FileReader("/dev/null")
        #expect(file.bytes == nil)
    }

    @Test func `names what cannot be opened or read`() throws {
        let open = #expect(throws: LaneIOError.self) { _ = try FileReader("/nowhere/x") }
        #expect(open.map { "\($0)" } == "open /nowhere/x: No such file or directory")
        let folder = try FileReader("/tmp")
        var chunk: [UInt8] = [0]
        let read = #expect(throws: LaneIOError.self) { _ = try folder.read(into: &chunk) }
        #expect(read.map { "\($0)" } == "read /tmp: Is a directory")
    }
}

@Suite struct `A folder` {
    @Test func `lists its files and folders by name, without links to folders`() throws {
        var folder = try ScratchFolder()
        for name in ["b", "a", ".hidden"] { try folder.makeFile(name) }
        for name in ["d", "c", ".git"] { folder.makeFolder(name) }
        folder.makeLink("e", to: "a")
        folder.makeLink("f", to: ".")
        folder.makeLink("g", to: "nowhere")
        let content = try folderContent(folder.path)
        #expect(content.files == ["a", "b", "e"])
        #expect(content.folders == ["c", "d"])
    }

    @Test func `is told from a file and from what is neither`() throws {
        #expect(try PathKind(#filePath) == .file)
        #expect(try PathKind("/tmp/.") == .folder)
        #expect(try PathKind("/dev/null") == .other)
        #expect(throws: LaneIOError.self) { try PathKind("/nowhere/x") }
        #expect(throws: LaneIOError.self) { try folderContent(#filePath) }
    }
}
