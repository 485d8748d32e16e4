import Testing
import Wire

@testable import Collector

/// A gzip member that stores its content as it is.
func stored(_ content: [UInt8]) -> [UInt8] {
    let count = UInt16(content.count)
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    out += littleEndian(UInt64(count), bytes: 2) + littleEndian(UInt64(~count), bytes: 2)
    out += content
    var sum: UInt32 = ~0
    for byte in content {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return out + littleEndian(UInt64(~sum), bytes: 4)
        + littleEndian(UInt64(content.count), bytes: 4)
}

/// A zstd frame that stores its content as it is, in one block.
private func framed(_ content: [UInt8]) -> [UInt8] {
    let block = UInt64(content.count) << 3 | 1
    return [0x28, 0xb5, 0x2f, 0xfd, 0xa0] + littleEndian(UInt64(content.count), bytes: 4)
        + littleEndian(block, bytes: 3) + content
}

private func littleEndian(_ number: UInt64, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}

@Suite struct `A reader of contents` {
    private static let pieces = [1, 7, 600, 1 << 20]

    /// Contents that hold the same two requests, or both in one.
    private static func contents() throws -> [(name: String, content: [UInt8])] {
        let (first, second) = (request(1, 2), request(3))
        let lines = try json(first) + Array("\n".utf8) + json(second) + Array("\n".utf8)
        let archive = tar([
            ("a.pb", first), ("notes.txt", Array("hello".utf8)), ("b.json", try json(second)),
        ])
        return [
            ("protobuf", first + second), ("lines", lines),
            ("indented", Array("  \r\n\t".utf8) + lines), ("tar", archive),
            ("tar of gzip", tar([("a", stored(first)), ("b", framed(second))])),
        ]
    }

    @Test(arguments: pieces)
    func `finds the requests in every form and packing`(pieceBytes: Int) throws {
        for (name, content) in try Self.contents() {
            for (packing, packed) in [
                ("plain", content), ("gzip", stored(content)), ("zstd", framed(content)),
                ("both", stored(framed(content))),
            ] {
                let kit = try ContentKit()
                // A tar of compressed files has no layer left for a second compression.
                if name == "tar of gzip", packing == "both" { continue }
                try kit.read(packed, inPieces: pieceBytes)
                #expect(kit.requests.flatMap { $0 } == [1, 2, 3], "\(name), \(packing)")
                #expect(!kit.reader.isUnknown)
                #expect(kit.bodies.totals.spans == 3)
                #expect(kit.bodies.totals.passedOver == (name == "tar" ? 1 : 0))
            }
        }
    }

    @Test func `takes one content after the other`() throws {
        let kit = try ContentKit()
        for (_, content) in try Self.contents() {
            _ = try? kit.read(Array(content.dropLast(700)))
            try kit.read(content)
        }
        #expect(try kit.requests.flatMap { $0 }.count >= 3 * Self.contents().count)
    }

    @Test func `takes an empty content for an empty request`() throws {
        let kit = try ContentKit()
        try kit.read([])
        #expect(kit.requests == [[]] && !kit.reader.isUnknown)
    }

    @Test(arguments: ["hello", "[1]", "<xml/>", "\u{0}\u{0}", " \n", "# {}"])
    func `does not take anything else for spans`(text: String) throws {
        let kit = try ContentKit()
        for packed in [Array(text.utf8), stored(Array(text.utf8))] {
            try kit.read(packed)
            #expect(kit.reader.isUnknown && kit.requests.isEmpty)
        }
    }

    /// Too few bytes to be told by are as good as unknown ones.
    @Test func `refuses every content that is cut`() throws {
        let (first, kit) = (request(1, 2), try ContentKit())
        for content in [stored(first), framed(first), try json(first), first] {
            for count in 1..<content.count {
                let outcome = Result { try kit.read(Array(content.prefix(count))) }
                let isRefused = if case .failure = outcome { true } else { false }
                #expect(isRefused || count < 4 && kit.reader.isUnknown)
            }
        }
    }

    @Test func `says in which member of which archive it stopped`() throws {
        var broken = stored(request(5))
        broken[broken.count - 6] ^= 1
        let archive = tar([("good", request(1)), ("bad\n.gz", broken)])
        let kit = try ContentKit()
        for packed in [archive, stored(archive)] {
            let error = #expect(throws: WireError.self) { try kit.read(packed, inPieces: 100) }
            #expect(kit.reader.place == ", member bad?.gz")
            #expect(error?.kind == .invalid("broken deflate data or check sum"))
            #expect(error.map { $0.offset <= broken.count } == true)
        }
    }

    @Test func `says where in a file of lines it stopped`() throws {
        let first = try json(request(1))
        let second = Array(#"{"resourceSpans":7}"#.utf8)
        let kit = try ContentKit()
        let error = #expect(throws: WireError.self) {
            try kit.read(first + Array("\n".utf8) + second, inPieces: 10)
        }
        #expect(error?.offset == first.count + 1 + 17)
    }

    @Test func `holds a request to the limit, and not a file`() throws {
        let one = request(1)
        let kit = try ContentKit(["limits.decoded_body": "1KiB"])
        let lines = try (0..<100).flatMap { _ in try json(one) + Array("\n".utf8) }
        try kit.read(lines)
        #expect(kit.requests.count == 100)
        let many = (0..<100).flatMap { _ in one }
        for content in [many, stored(many), tar([("a", many)])] {
            let error = #expect(throws: WireError.self) { try kit.read(content) }
            #expect(error?.kind == .limit("a request larger than limits.decoded_body"))
        }
    }

    @Test func `does not unpack without end`() throws {
        var content = request(1)
        for _ in 0..<10 { content = stored(content) }
        let kit = try ContentKit()
        try kit.read(content)
        #expect(kit.reader.isUnknown && kit.requests.isEmpty)
    }

    @Test func `survives every changed byte`() throws {
        let kit = try ContentKit()
        for content in [tar([("a", stored(request(1)))]), try json(request(1, 2))] {
            for index in content.indices {
                var changed = content
                changed[index] ^= 0x21
                _ = try? kit.read(changed, inPieces: 512)
            }
        }
    }
}
