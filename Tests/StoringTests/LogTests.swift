import Lanes
import Testing

@testable import Storing

@Suite struct `A log of blocks` {
    private static let payloads: [[UInt8]] = [
        [], [1], Array(1...8), Array(repeating: 7, count: 1_000), Array(0...255),
    ]

    private static func filled(_ scratch: borrowing ScratchFolder) throws -> Int {
        var log = try AppendLog(creating: "a.pw", in: scratch.folder, .windows)
        for (index, payload) in payloads.enumerated() {
            try log.append(payload, commit: UInt64(index), tags: (UInt64(index) * 3, .max))
        }
        try log.sync()
        return log.bytes
    }

    private struct Read {
        var blocks: [UInt64: [UInt8]] = [:]
        var damages: [StoreDamage] = []

        init(_ folder: DataDirectory, _ name: String = "a.pw", committed: Int) throws {
            var reader = try LogReader(name, in: folder, .windows, committedBytes: committed)
            while let block = reader.next() {
                if let payload = reader.payload(of: block) { blocks[block.commit] = payload }
            }
            damages = reader.damages
        }

        /// Whether all that is there is what was written.
        var isTrue: Bool {
            blocks.allSatisfy { number, payload in
                number < UInt64(payloads.count) && payload == payloads[Int(number)]
            }
        }
    }

    @Test func `gives back its blocks, and their tags`() throws {
        let scratch = try ScratchFolder()
        let bytes = try Self.filled(scratch)
        var reader = try LogReader("a.pw", in: scratch.folder, .windows, committedBytes: bytes)
        for (index, payload) in Self.payloads.enumerated() {
            let next = reader.next()
            let block = try #require(next)
            #expect(block.commit == UInt64(index))
            #expect(block.tags == (UInt64(index) * 3, .max))
            let read = reader.payload(of: block)
            #expect(read == payload)
        }
        let isAtEnd = reader.next() == nil
        #expect(isAtEnd)
        #expect(reader.damages == [])
        #expect(bytes % 8 == 0)
    }

    @Test func `is cut to what was committed, and goes on from there`() throws {
        let scratch = try ScratchFolder()
        let bytes = try Self.filled(scratch)
        do {
            var log = try AppendLog(
                opening: "a.pw", in: scratch.folder, .windows, committedBytes: bytes)
            try log.append([9, 9, 9], commit: 77)
        }
        var log = try AppendLog(
            opening: "a.pw", in: scratch.folder, .windows, committedBytes: bytes)
        #expect(log.bytes == bytes)
        try log.append([4], commit: 5)
        let read = try Read(scratch.folder, committed: log.bytes)
        #expect(read.blocks.count == 6 && read.blocks[5] == [4])
        #expect(read.damages == [])
    }

    @Test func `that is shorter than was committed tells it, and takes more`() throws {
        let scratch = try ScratchFolder()
        let bytes = try Self.filled(scratch)
        let content = try scratch.bytes("a.pw")
        for cut in 0..<bytes {
            try scratch.write(Array(content[..<cut]), to: "a.pw")
            let read = try Read(scratch.folder, committed: bytes)
            #expect(read.isTrue)
            #expect(read.damages.contains { $0.what.contains("shorter") })
            var log = try AppendLog(
                opening: "a.pw", in: scratch.folder, .windows, committedBytes: bytes)
            try log.append(Self.payloads[1], commit: 1)
            let again = try Read(scratch.folder, committed: log.bytes)
            #expect(again.isTrue && again.blocks[1] == Self.payloads[1])
        }
    }

    @Test func `with a changed byte loses at most the block that it is in`() throws {
        let scratch = try ScratchFolder()
        let bytes = try Self.filled(scratch)
        let content = try scratch.bytes("a.pw")
        for place in 0..<bytes {
            var changed = content
            changed[place] ^= 0x10
            try scratch.write(changed, to: "a.pw")
            let read = try Read(scratch.folder, committed: bytes)
            #expect(read.isTrue)
            #expect(read.blocks.count >= Self.payloads.count - 1, "byte \(place)")
            // Only zeros between blocks may be anything.
            #expect(!read.damages.isEmpty || read.blocks.count == Self.payloads.count)
        }
    }

    /// Whoever sends names knows everything but the key.
    @Test func `does not take a payload for a block when the head before it is damaged`() throws {
        let scratch = try ScratchFolder()
        let seed = LogFormat.seed(of: "a.pw")
        let head = LogFormat.blockHead(
            Self.payloads[1], key: 7, commit: 9, tags: (0, 0), seed: seed)
        var log = try AppendLog(creating: "a.pw", in: scratch.folder, .windows)
        try log.append(Self.payloads[2], commit: 2)
        let second = log.bytes
        try log.append(head + Self.payloads[1] + head, commit: 3)
        var content = try scratch.bytes("a.pw")
        content[second] ^= 1
        try scratch.write(content, to: "a.pw")
        let read = try Read(scratch.folder, committed: log.bytes)
        #expect(read.blocks == [2: Self.payloads[2]])
        #expect(read.damages.map(\.what) == ["no block"])
    }

    @Test func `under another name is nothing`() throws {
        let scratch = try ScratchFolder()
        let bytes = try Self.filled(scratch)
        try scratch.write(scratch.bytes("a.pw"), to: "b.pw")
        let read = try Read(scratch.folder, "b.pw", committed: bytes)
        #expect(read.blocks.isEmpty)
        #expect(read.damages.count == 1)
    }
}
