import Testing
import Wire

/// A compressed body beside the encoding that it is sent under.
struct CompressedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let encoding: ContentEncoding
    let compress: @Sendable ([UInt8]) -> [UInt8]
    var testDescription: String { name }

    static let all = [
        CompressedCase(name: "gzip", encoding: .gzip) { deflated($0) },
        CompressedCase(name: "zlib", encoding: .deflate) { deflated($0, windowBits: 15) },
        CompressedCase(name: "bare deflate", encoding: .deflate) { deflated($0, windowBits: -15) },
        CompressedCase(name: "zstd", encoding: .zstd) { zstandard($0) },
    ]
}

let roomy = InflationLimit(bytesMax: 64 << 20, ratioMax: 1_000_000, ratioFromBytes: 0)

/// Text that compresses as traces do.
func sampleText(count: Int) -> [UInt8] {
    var state: UInt64 = 7
    return (0..<count).map { index in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 60 < 4 ? UInt8(truncatingIfNeeded: state >> 32) : UInt8(97 + index % 20)
    }
}

func inflated(
    _ encoding: ContentEncoding, _ body: [UInt8], limit: InflationLimit = roomy
) throws(WireError) -> [UInt8] {
    var inflater = Inflater()
    var out: [UInt8] = []
    let count = try inflater.inflate(
        encoding, body, count: body.count, into: &out, limit: limit, mayGrow: { _ in true })
    return Array(out.prefix(count))
}

@Suite struct `An inflater` {
    @Test(arguments: CompressedCase.all, [0, 1, 1000, 65_536, 65_537, 400_000])
    func `gives back what was compressed`(_ sample: CompressedCase, count: Int) throws {
        let content = sampleText(count: count)
        #expect(try inflated(sample.encoding, sample.compress(content)) == content)
    }

    @Test(arguments: CompressedCase.all)
    func `refuses a body cut at any byte`(_ sample: CompressedCase) throws {
        let body = sample.compress(sampleText(count: 300))
        for count in 0..<body.count {
            let error = #expect(throws: WireError.self) {
                try inflated(sample.encoding, Array(body.prefix(count)))
            }
            #expect(error?.kind == .truncated, "cut at \(count)")
        }
    }

    @Test(arguments: CompressedCase.all)
    func `survives every changed byte and serves the next body`(_ sample: CompressedCase) throws {
        let content = sampleText(count: 200)
        let body = sample.compress(content)
        var inflater = Inflater()
        var out: [UInt8] = []
        for index in body.indices {
            var changed = body
            changed[index] ^= 0x55
            _ = try? inflater.inflate(
                sample.encoding, changed, count: changed.count, into: &out, limit: roomy,
                mayGrow: { _ in true })
            let count = try inflater.inflate(
                sample.encoding, body, count: body.count, into: &out, limit: roomy,
                mayGrow: { _ in true })
            #expect(out.prefix(count) == content[...])
        }
    }

    @Test func `names a wrong gzip check sum`() {
        var body = deflated(sampleText(count: 50))
        body[body.count - 5] ^= 1
        #expect(throws: WireError(.invalid("broken deflate data or check sum"), at: body.count - 4))
        {
            try inflated(.gzip, body)
        }
    }

    @Test func `takes a thousand members but not many more`() throws {
        let member = deflated([7])
        let thousand = Array(repeatElement(member, count: 1_024).joined())
        #expect(try inflated(.gzip, thousand) == Array(repeating: 7, count: 1_024))
        #expect(throws: WireError.self) { try inflated(.gzip, thousand + member) }
    }

    @Test func `takes gzip members and zstd frames as one stream`() throws {
        let parts = [sampleText(count: 10), [], sampleText(count: 70_000)]
        #expect(try inflated(.gzip, parts.flatMap { deflated($0) }) == parts.flatMap { $0 })
        #expect(try inflated(.zstd, parts.flatMap { zstandard($0) }) == parts.flatMap { $0 })
    }

    @Test(arguments: CompressedCase.all)
    func `refuses bytes behind the data`(_ sample: CompressedCase) {
        let body = sample.compress([1, 2, 3])
        #expect(throws: WireError.self) { try inflated(sample.encoding, body + [7, 7, 7, 7, 7]) }
    }

    @Test(arguments: CompressedCase.all)
    func `stops a bomb at the size limit`(_ sample: CompressedCase) throws {
        let body = sample.compress([UInt8](repeating: 0, count: 10_000_000))
        var inflater = Inflater()
        var out: [UInt8] = []
        let limit = InflationLimit(bytesMax: 100_001, ratioMax: 1_000_000, ratioFromBytes: 0)
        let error = #expect(throws: WireError.self) {
            try inflater.inflate(
                sample.encoding, body, count: body.count, into: &out, limit: limit,
                mayGrow: { _ in true })
        }
        #expect(error?.kind == .limit("a body that expands over the size limit"))
        #expect(out.count == limit.bytesMax)
        #expect(out.capacity < limit.bytesMax + 4096)
    }

    @Test(arguments: CompressedCase.all)
    func `stops a bomb at the ratio limit`(_ sample: CompressedCase) throws {
        let body = sample.compress([UInt8](repeating: 0, count: 1_000_000))
        let limit = InflationLimit(bytesMax: 64 << 20, ratioMax: 100, ratioFromBytes: 200_000)
        let error = #expect(throws: WireError.self) {
            try inflated(sample.encoding, body, limit: limit)
        }
        #expect(error?.kind == .limit("a body that expands over the ratio limit"))
        let small = sample.compress([UInt8](repeating: 0, count: 200_000))
        #expect(try inflated(sample.encoding, small, limit: limit).count == 200_000)
    }

    @Test(arguments: CompressedCase.all)
    func `takes a body of exactly the size limit`(_ sample: CompressedCase) throws {
        let content = sampleText(count: 100_000)
        var limit = InflationLimit(bytesMax: 100_000, ratioMax: 100, ratioFromBytes: 0)
        #expect(try inflated(sample.encoding, sample.compress(content), limit: limit) == content)
        limit.bytesMax -= 1
        #expect(throws: WireError.self) {
            try inflated(sample.encoding, sample.compress(content), limit: limit)
        }
    }

    @Test(arguments: CompressedCase.all)
    func `asks before each growth, and stops where it may not`(_ sample: CompressedCase) throws {
        let content = sampleText(count: 400_000)
        let body = sample.compress(content)
        var inflater = Inflater()
        for allowed in [0, 1, 65_536, 65_536 + 65_535, 262_144, 400_000] {
            var out: [UInt8] = []
            var granted = 0
            let result = Result { () throws(WireError) -> Int in
                try inflater.inflate(
                    sample.encoding, body, count: body.count, into: &out,
                    limit: InflationLimit(bytesMax: 400_000, ratioMax: 1_000, ratioFromBytes: 0)
                ) { more in
                    guard granted + more <= allowed else { return false }
                    granted += more
                    return true
                }
            }
            #expect(out.count == granted, "nothing grew that was not granted")
            #expect((try? result.get()) == (allowed == 400_000 ? 400_000 : nil))
            guard case .failure(let error) = result else { continue }
            #expect(error.kind == .outOfMemory)
        }
    }

    @Test(arguments: [0, 1 << 20])
    func `refuses a zstd window over 8 MiB, however much room there is`(room: Int) throws {
        let content = sampleText(count: 100)
        for (windowLog, isTaken) in [(20 as Int32, true), (23, true), (24, false), (27, false)] {
            let body = zstandard(content, windowLog: windowLog)
            var inflater = Inflater()
            var out = [UInt8](repeating: 0, count: room)
            let result = Result { () throws(WireError) -> Int in
                try inflater.inflate(
                    .zstd, body, count: body.count, into: &out, limit: roomy, mayGrow: { _ in true }
                )
            }
            #expect(
                result
                    == (isTaken
                        ? .success(100)
                        : .failure(WireError(.limit("a zstd window over 8 MiB"), at: 0))))
        }
    }

    /// Frames of one segment, whose window is their content: by their headers alone.
    @Test(
        arguments: [
            ([0x20, 200], false), ([0x60, 0xff, 0xff], false), ([0xa0, 0, 0, 0x80, 0], false),
            ([0xa0, 1, 0, 0x80, 0], true), ([0xa3, 9, 9, 9, 9, 1, 0, 0x80, 0], true),
            ([0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80], true), ([0x00, 0x68], false), ([0x00, 0x69], true),
            ([0x00, 0xff], true), ([0xe0, 0, 0, 0], false), ([], false),
        ] as [([UInt8], Bool)])
    func `reads the window from every form of a zstd header`(header: [UInt8], isTooLarge: Bool) {
        let error = #expect(throws: WireError.self) {
            try inflated(.zstd, [0x28, 0xb5, 0x2f, 0xfd] + header)
        }
        #expect((error?.kind == .limit("a zstd window over 8 MiB")) == isTooLarge)
    }

    @Test func `copies an identity body and writes into the room that it is given`() throws {
        var inflater = Inflater()
        var out = [UInt8](repeating: 9, count: 8)
        let count = try inflater.inflate(
            .identity, [1, 2, 3], count: 2, into: &out, limit: roomy, mayGrow: { _ in true })
        #expect(count == 2)
        #expect(out == [1, 2, 9, 9, 9, 9, 9, 9])
    }
}

@Suite struct `A content encoding` {
    @Test(arguments: [
        ("gzip", ContentEncoding.gzip), ("X-GZIP", .gzip), ("zstd", .zstd), ("deflate", .deflate),
        ("identity", .identity), ("", .identity), ("br", nil), ("gzip, gzip", nil),
    ])
    func `is known by its name`(name: String, encoding: ContentEncoding?) {
        #expect(ContentEncoding(name: name) == encoding)
    }
}
