import Testing

@testable import Lanes

@Suite struct `A data file` {
    private static func content(_ path: String) throws -> [UInt8] {
        let file = try DataFile(path, .read)
        var bytes = [UInt8](repeating: 0, count: file.end)
        #expect(try file.read(into: &bytes, bytes.indices, at: 0) == bytes.count)
        return bytes
    }

    @Test func `keeps what is appended, in one piece or two, and knows where it ends`() throws {
        var folder = try ScratchFolder()
        folder.holds("a")
        let path = "\(folder.path)/a"
        do {
            var file = try DataFile(path, .createNew)
            #expect(file.end == 0)
            try file.append([1, 2, 3])
            try file.append([9, 4, 9], 1..<2, [9, 5, 6], 1..<3)
            try file.append([], 0..<0)
            #expect(file.end == 6)
            try file.sync()
        }
        var file = try DataFile(path, .write)
        #expect(file.end == 6)
        try file.append([7])
        try file.write([0, 8], 1..<2, at: 0)
        #expect(try Self.content(path) == [8, 2, 3, 4, 5, 6, 7])
        try file.truncate(to: 2)
        try file.append([9])
        #expect(try Self.content(path) == [8, 2, 9])
        #expect(try file.bytes() == 3)
    }

    @Test func `is read at any place, as far as it goes`() throws {
        var folder = try ScratchFolder()
        folder.holds("a")
        var file = try DataFile("\(folder.path)/a", .create)
        try file.append(Array(0..<100))
        var bytes = [UInt8](repeating: 255, count: 5)
        #expect(try file.read(into: &bytes, 1..<4, at: 50) == 3)
        #expect(bytes == [255, 50, 51, 52, 255])
        #expect(try file.read(into: &bytes, 0..<5, at: 98) == 2)
        #expect(try file.read(into: &bytes, 0..<5, at: 1_000) == 0)
        #expect(bytes == [98, 99, 51, 52, 255])
    }

    @Test func `is no longer for the room that it reserves`() throws {
        var folder = try ScratchFolder()
        folder.holds("a")
        var file = try DataFile("\(folder.path)/a", .create)
        try file.reserve(1 << 20)
        #expect(try file.bytes() == 0)
        try file.append([1])
        #expect(try Self.content("\(folder.path)/a") == [1])
    }

    @Test func `names the call, the file and the reason of a fault`() throws {
        let open = #expect(throws: FileFault.self) { _ = try DataFile("/nowhere/x", .write) }
        #expect(open.map { "\($0)" } == "open /nowhere/x: No such file or directory")
        var full = try DataFile("/dev/full", .write)
        let write = #expect(throws: FileFault.self) { try full.append([1]) }
        #expect(write == FileFault("write", "/dev/full", .noSpace))
        #expect(full.end == 0)
    }

    @Test func `is no link, and is made new only where nothing is`() throws {
        var folder = try ScratchFolder()
        try folder.makeFile("a")
        folder.makeLink("b", to: "a")
        let path = folder.path
        #expect(throws: FileFault.self) { _ = try DataFile("\(path)/b", .write) }
        let made = #expect(throws: FileFault.self) { _ = try DataFile("\(path)/a", .createNew) }
        #expect(made?.code == .fileExists)
    }
}

@Suite struct `A data directory` {
    @Test func `is made once, lists its names, renames over others and removes`() throws {
        var folder = try ScratchFolder()
        folder.holds("data")
        let directory = try DataDirectory(making: "\(folder.path)/data")
        _ = try DataDirectory(making: directory.path)
        #expect(try directory.names() == [])
        for name in ["b", "a", ".c"] { _ = try DataFile(directory.file(name), .createNew) }
        #expect(try directory.names() == [".c", "a", "b"])
        try directory.rename("b", to: "a")
        try directory.sync()
        #expect(try directory.names() == [".c", "a"])
        for name in try directory.names() { try directory.remove(name) }
        let gone = #expect(throws: FileFault.self) { try directory.remove("a") }
        #expect(gone == FileFault("remove", "\(directory.path)/a", .noSuchFile))
    }

    @Test func `is not made where nothing is around it`() {
        let fault = #expect(throws: FileFault.self) {
            _ = try DataDirectory(making: "/nowhere/x")
        }
        #expect(fault == FileFault("make", "/nowhere/x", .noSuchFile))
    }
}
