import Lanes
import Testing

@testable import Wire

/// An archive of the material, read whole.
func tarMaterial(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    return try readFileBytes("\(root)/Tests/Material/tar/\(name).tar")
}

/// What an archive holds when it comes in pieces of so many bytes.
private func content(
    of archive: [UInt8], inPieces pieceBytes: Int
) throws(WireError) -> [(name: String, content: [UInt8])] {
    var reader = TarReader()
    var files: [(name: String, content: [UInt8])] = []
    var openBytes: Int?
    for start in stride(from: 0, to: archive.count, by: pieceBytes) {
        var rest = start..<min(start + pieceBytes, archive.count)
        while let event = try reader.next(archive, &rest) {
            switch event {
            case .member(let member):
                precondition(openBytes == nil)
                openBytes = member.bytes
                files.append((member.name, []))
            case .content(let range):
                files[files.count - 1].content += archive[range]
            case .endOfMember:
                precondition(files.last?.content.count == openBytes)
                openBytes = nil
            }
        }
        precondition(rest.isEmpty)
    }
    try reader.end()
    precondition(reader.offset == archive.count)
    return files
}

/// A header with a right check sum.
private func header(
    name: String, size: [UInt8], type: Character = "0", sum: Int? = nil
) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(0..<name.utf8.count, with: name.utf8)
    block.replaceSubrange(124..<124 + size.count, with: size)
    block[156] = type.asciiValue ?? 0
    block.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let right = block.reduce(0) { $0 + Int($1) }
    block.replaceSubrange(148..<154, with: String(sum ?? right, radix: 8).leftPadded(6).utf8)
    return block
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: "0", count: max(0, width - utf8.count)) + self
    }
}

private let zeros = [UInt8](repeating: 0, count: 1_024)

@Suite struct `A reader of tar archives` {
    private static let short = ["in/a-0", "in/a-1", "in/a-511", "in/a-512", "in/a-513"]
    private static let prefixed = ["in/folder/" + String(repeating: "n", count: 90) + "-7"]
    private static let long = [
        "long/" + String(repeating: "l", count: 120) + "/" + String(repeating: "m", count: 120)
            + "-9", "long/ü-3",
    ]

    static let archives = [
        ("v7", short), ("ustar", short + prefixed), ("oldgnu", short + prefixed + long),
        ("gnu", short + prefixed + long), ("pax", short + prefixed + long),
        ("python-pax", short + prefixed + long),
    ]

    @Test(arguments: archives, [1, 7, 512, 700, 1 << 20])
    func `finds the files of every format, whatever pieces they come in`(
        archive: (name: String, files: [String]), pieceBytes: Int
    ) throws {
        let found = try content(of: tarMaterial(archive.name), inPieces: pieceBytes)
        #expect(found.map(\.name) == archive.files)
        for file in found {
            let count = file.name.split(separator: "-").last.flatMap { Int($0) }
            #expect(file.content.count == count)
            #expect(file.content == file.content.indices.map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    @Test(arguments: archives.map(\.0))
    func `refuses an archive cut at any byte before its end`(name: String) throws {
        let archive = try tarMaterial(name)
        #expect(archive.suffix(1_024).allSatisfy { $0 == 0 })
        var reader = TarReader()
        for count in 0..<(archive.count - 1_024) {
            let error = #expect(throws: WireError.self) { try reader.end() }
            #expect(error == WireError(.truncated, at: count))
            var rest = count..<count + 1
            while try reader.next(archive, &rest) != nil {}
        }
    }

    /// Every byte of the headers and extensions, with a changed bit each.
    @Test(arguments: ["gnu", "pax"])
    func `survives changed bytes`(name: String) throws {
        let archive = try tarMaterial(name)
        for (run, index) in archive.indices.enumerated() where archive[index] != 0 || run % 7 == 0 {
            var changed = archive
            changed[index] ^= 1 << UInt8(run % 8)
            let files = (try? content(of: changed, inPieces: 600)) ?? []
            #expect(files.map(\.content.count).reduce(0, +) <= archive.count)
        }
    }

    @Test func `ignores what stands behind the end`() throws {
        let archive = try tarMaterial("ustar") + [7, 7, 7]
        #expect(try content(of: archive, inPieces: 512).count == 6)
    }

    @Test func `reads on behind a single block of zeros`() throws {
        let member = header(name: "a", size: Array("0".utf8))
        let found = try content(of: zeros.prefix(512) + member + zeros, inPieces: 512)
        #expect(found.map(\.name) == ["a"])
    }

    @Test func `names the header whose check sum is wrong`() {
        let archive =
            header(name: "a", size: Array("0".utf8)) + header(name: "b", size: [], sum: 5) + zeros
        let error = #expect(throws: WireError.self) {
            _ = try content(of: archive, inPieces: 100)
        }
        #expect(error == WireError(.invalid("a tar header with a wrong check sum"), at: 512))
    }

    @Test func `reads sizes in octal between blanks, and in bytes`() throws {
        let bytes: [UInt8] = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        for size in [bytes, Array("  2 ".utf8), Array("00000000002\0".utf8)] {
            let archive =
                header(name: "a", size: size) + [8, 9] + [UInt8](repeating: 0, count: 510) + zeros
            #expect(try content(of: archive, inPieces: 512).first?.content == [8, 9])
        }
    }

    @Test(
        arguments: [
            Array("9".utf8), Array("1x".utf8), [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [UInt8](repeating: 0xff, count: 12),
        ] as [[UInt8]])
    func `refuses sizes that are none`(size: [UInt8]) throws {
        let archive = header(name: "a", size: size) + zeros
        let error = #expect(throws: WireError.self) {
            _ = try content(of: archive, inPieces: 512)
        }
        #expect(error == WireError(.invalid("a tar header with a size that is none"), at: 124))
    }

    @Test(arguments: ["gnu-sparse", "pax-sparse"])
    func `refuses a sparse file, whose content is somewhere else`(name: String) throws {
        let archive = try tarMaterial(name)
        let error = #expect(throws: WireError.self) {
            _ = try content(of: archive, inPieces: 512)
        }
        #expect(error?.kind == .invalid("a sparse file in a tar archive"))
    }

    @Test func `refuses an extension that is larger than any name`() {
        for type in ["L", "x"] as [Character] {
            let archive = header(name: "a", size: Array("04000001".utf8), type: type)
            let error = #expect(throws: WireError.self) {
                _ = try content(of: archive, inPieces: 512)
            }
            #expect(
                error == WireError(.limit("a tar header extension of over a mebibyte"), at: 0))
        }
    }

    @Test(arguments: [
        "x", "5 a=", "06 a=b", "6 ab\n", "99 path=a\n", "999999999999999999999 path=a\n",
        "12 size=-1\nxx", "11 path=abcd", "-5 a=b\n", "3 =\n",
    ])
    func `refuses broken records of pax`(records: String) {
        var block = Array(records.utf8)
        let size = Array(String(block.count, radix: 8).utf8)
        block += [UInt8](repeating: 0, count: 512 - block.count)
        let archive = header(name: "a", size: size, type: "x") + block + zeros
        let error = #expect(throws: WireError.self) {
            _ = try content(of: archive, inPieces: 512)
        }
        #expect(error?.offset == 512)
    }

    @Test func `is known by the start of an archive`() throws {
        for (name, _) in Self.archives {
            #expect(TarReader.recognizes(try tarMaterial(name)))
        }
        #expect(TarReader.recognizes(zeros))
        #expect(!TarReader.recognizes(zeros.prefix(511)))
        #expect(!TarReader.recognizes(sampleText(count: 600)))
        #expect(!TarReader.recognizes(Array(repeating: UInt8(ascii: " "), count: 512)))
    }
}
