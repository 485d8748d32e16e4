import Testing

@testable import Wire

/// The content of a compressed file that comes in pieces, with a room of so many bytes for it.
private func expanded(
    _ encoding: ContentEncoding, _ bytes: [UInt8], inPieces pieceBytes: Int, room: Int,
    by inflater: inout StreamInflater
) throws(WireError) -> [UInt8] {
    inflater.restart(encoding)
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: room)
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
        var rest = start..<min(start + pieceBytes, bytes.count)
        while true {
            let count = try inflater.expand(bytes, &rest, into: &buffer)
            if count == 0 { break }
            out += buffer[..<count]
        }
        precondition(rest.isEmpty)
    }
    try inflater.end()
    precondition(inflater.offset == bytes.count)
    return out
}

@Suite struct `An inflater of files` {
    private static let samples = CompressedCase.all.filter {
        $0.encoding == .gzip || $0.encoding == .zstd
    }

    @Test(arguments: samples, [(1, 1), (1, 9_000), (5, 3), (1_000, 70_000), (1 << 20, 1 << 10)])
    func `gives back what was compressed, whatever pieces it comes in`(
        _ sample: CompressedCase, pieces: (bytes: Int, room: Int)
    ) throws {
        var inflater = StreamInflater()
        for count in [0, 1, 30_000] {
            let content = sampleText(count: count)
            let bytes = sample.compress(content)
            #expect(
                try expanded(
                    sample.encoding, bytes, inPieces: pieces.bytes, room: pieces.room,
                    by: &inflater) == content)
        }
    }

    @Test(arguments: samples)
    func `takes any number of members as one content`(_ sample: CompressedCase) throws {
        var inflater = StreamInflater()
        let member = sample.compress([7, 8])
        let bytes = Array(repeatElement(member, count: 3_000).joined())
        let found = try expanded(sample.encoding, bytes, inPieces: 999, room: 50, by: &inflater)
        #expect(found == Array(repeatElement([7, 8], count: 3_000).joined()))
    }

    @Test(arguments: samples)
    func `refuses a file cut at any byte`(_ sample: CompressedCase) {
        let bytes = sample.compress(sampleText(count: 300))
        var inflater = StreamInflater()
        for count in bytes.indices {
            let error = #expect(throws: WireError.self) {
                try expanded(
                    sample.encoding, Array(bytes.prefix(count)), inPieces: 10, room: 40,
                    by: &inflater)
            }
            #expect(error == WireError(.truncated, at: count))
        }
    }

    @Test(arguments: samples)
    func `survives every changed byte and serves the next file`(_ sample: CompressedCase) throws {
        let content = sampleText(count: 200)
        let bytes = sample.compress(content)
        var inflater = StreamInflater()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x55
            _ = try? expanded(sample.encoding, changed, inPieces: 33, room: 64, by: &inflater)
            #expect(
                try expanded(sample.encoding, bytes, inPieces: 33, room: 64, by: &inflater)
                    == content)
        }
    }

    @Test func `counts the offset of an error from the start of the file`() {
        var bytes = deflated(sampleText(count: 5_000))
        let place = bytes.count - 5
        bytes[place] ^= 1
        var inflater = StreamInflater()
        let error = #expect(throws: WireError.self) {
            try expanded(.gzip, bytes, inPieces: 100, room: 100, by: &inflater)
        }
        #expect(error == WireError(.invalid("broken deflate data or check sum"), at: place + 1))
    }

    @Test func `refuses bytes behind the data`() {
        var inflater = StreamInflater()
        for sample in Self.samples {
            #expect(throws: WireError.self) {
                try expanded(
                    sample.encoding, sample.compress([1]) + [9, 9, 9, 9, 9], inPieces: 4, room: 9,
                    by: &inflater)
            }
        }
    }

    @Test func `takes zstd windows of up to 128 MiB`() throws {
        var inflater = StreamInflater()
        let long = zstandard([1, 2, 3], windowLog: 27)
        #expect(try expanded(.zstd, long, inPieces: 2, room: 9, by: &inflater) == [1, 2, 3])
        let tooLong: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 18 << 3, 1, 0, 0]
        let error = #expect(throws: WireError.self) {
            try expanded(.zstd, tooLong, inPieces: 99, room: 9, by: &inflater)
        }
        #expect(error?.kind == .limit("a zstd window over 128 MiB"))
    }

    @Test func `knows compressed files by their start`() {
        #expect(StreamInflater.encoding(of: deflated([1])) == .gzip)
        #expect(StreamInflater.encoding(of: zstandard([1])) == .zstd)
        #expect(StreamInflater.encoding(of: [0x5f, 0x2a, 0x4d, 0x18, 0]) == .zstd)
        for other in [[], [0x1f], [0x28, 0xb5, 0x2f], [0x60, 0x2a, 0x4d, 0x18]] as [[UInt8]] {
            #expect(StreamInflater.encoding(of: other) == nil)
        }
    }
}
