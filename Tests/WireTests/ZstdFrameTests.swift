import Testing
import Wire

@Suite struct `Zstandard frames` {
    private static func frame(_ content: [UInt8], level: Int = 1) -> [UInt8] {
        var encoder = ZstdEncoder(level: level)
        var room: [UInt8] = []
        let count = encoder.compress(content, content.indices, into: &room)
        return Array(room[..<count])
    }

    @Test(arguments: [-100, -5, -1, 1, 3, 19, 100], [0, 1, 1_000, 300_000])
    func `give back what they were made of`(level: Int, count: Int) throws {
        let content = sampleText(count: count)
        let frame = Self.frame(content, level: level)
        var decoder = ZstdFrameDecoder()
        #expect(try decoder.expand(frame, frame.indices, bytesMax: count) == content)
    }

    @Test func `are made one after the other, each of a stretch`() throws {
        let content = sampleText(count: 10_000)
        var encoder = ZstdEncoder(level: 1)
        var decoder = ZstdFrameDecoder()
        var room: [UInt8] = []
        for start in stride(from: 0, to: 9_000, by: 1_000) {
            let count = encoder.compress(content, start..<start + 1_000, into: &room)
            let expanded = try decoder.expand(room, 0..<count, bytesMax: 1_000)
            #expect(expanded == Array(content[start..<start + 1_000]))
        }
    }

    @Test func `are refused when they would expand over the limit`() {
        let frame = Self.frame(sampleText(count: 1_000))
        var decoder = ZstdFrameDecoder()
        let error = #expect(throws: WireError.self) {
            try decoder.expand(frame, frame.indices, bytesMax: 999)
        }
        #expect(error?.kind == .limit("a zstd frame that expands too far"))
    }

    @Test func `are refused when they are cut anywhere`() {
        let frame = Self.frame(sampleText(count: 500))
        var decoder = ZstdFrameDecoder()
        for count in frame.indices {
            #expect(throws: WireError.self) {
                try decoder.expand(frame, 0..<count, bytesMax: 500)
            }
        }
    }

    @Test func `that are broken leave the decoder fit for the next`() throws {
        let content = sampleText(count: 500)
        let frame = Self.frame(content)
        var decoder = ZstdFrameDecoder()
        for offset in frame.indices {
            var broken = frame
            broken[offset] ^= 0x5A
            // Without a sum some changes give other bytes; none gives more than were told.
            let found = try? decoder.expand(broken, broken.indices, bytesMax: 1_000)
            #expect(found.map { $0.count <= 1_000 } ?? true)
            #expect(try decoder.expand(frame, frame.indices, bytesMax: 500) == content)
        }
    }
}
