import MadeCalls
import Spans
import Testing
import Wire

@testable import Storing

@Suite struct `An index of a content segment` {
    private enum Nothing: Error {}

    /// Looks an entry up, and counts the pages that it takes.
    private static func find(
        _ fingerprint: UInt64, _ bytes: [UInt8], _ count: Int
    ) throws -> (blocks: [UInt32], pages: Int) {
        var pages = 0
        let blocks = try ContentIndex.blocks(of: fingerprint, entries: count) { number in
            pages += 1
            let start = number * ContentIndex.pageBytes
            let ofPage = min(
                ContentIndex.entriesOfPage, count - number * ContentIndex.entriesOfPage)
            return try #require(
                ContentIndex.entries(
                    of: Array(bytes[start..<start + ContentIndex.pageBytes]), count: ofPage))
        }
        return (blocks, pages)
    }

    @Test(arguments: [0, 1, 340, 341, 342, 20_000])
    func `finds what it has, nearly always in two or three pages`(count: Int) throws {
        var random = SeededNumbers(seed: UInt64(count))
        let entries = (0..<count).map { number in
            ContentIndex.Entry(fingerprint: random.next(), block: UInt32(number))
        }.sorted()
        let bytes = ContentIndex.bytes(of: entries)
        #expect(bytes.count == ContentIndex.pages(of: count) * ContentIndex.pageBytes)
        var pages = 0
        for entry in entries {
            let found = try Self.find(entry.fingerprint, bytes, count)
            #expect(found.blocks == [entry.block])
            pages += found.pages
        }
        #expect(pages <= 3 * max(1, count))
        for _ in 0..<100 { #expect(try Self.find(random.next(), bytes, count).blocks == []) }
    }

    @Test func `finds all blocks of a trace over many pages`() throws {
        var entries: [ContentIndex.Entry] = []
        for block in UInt32(0)..<2_000 {
            for fingerprint in [UInt64(5), 6, .max] {
                entries.append(ContentIndex.Entry(fingerprint: fingerprint, block: block))
            }
        }
        entries.sort()
        let bytes = ContentIndex.bytes(of: entries)
        for fingerprint in [UInt64(5), 6, .max] {
            let found = try Self.find(fingerprint, bytes, entries.count)
            #expect(found.blocks == Array(0..<2_000))
        }
        for fingerprint in [0, 4, 7, UInt64.max - 1] {
            #expect(try Self.find(fingerprint, bytes, entries.count).blocks == [])
        }
    }

    @Test func `of fingerprints that somebody chose is searched by halves`() throws {
        // All in the first of very many pages, as an even spread would have it.
        let entries = (0..<200_000).map { number in
            ContentIndex.Entry(fingerprint: UInt64(number), block: UInt32(number))
        }
        let bytes = ContentIndex.bytes(of: entries)
        for number in stride(from: 0, to: 200_000, by: 9_973) {
            let found = try Self.find(UInt64(number), bytes, entries.count)
            #expect(found.blocks == [UInt32(number)])
            #expect(found.pages <= 16)
        }
    }
}

@Suite struct `A filter of traces` {
    @Test(arguments: [0, 1, 8_000, 100_000])
    func `knows all that it has, and few of the others`(count: Int) {
        var random = SeededNumbers(seed: UInt64(count))
        let entries = (0..<count).map { _ in
            ContentIndex.Entry(fingerprint: random.next(), block: 0)
        }
        let filter = TraceFilter(entries)
        #expect(filter.bytes.count <= 8 << 10)
        #expect(entries.allSatisfy { filter.mayHave($0.fingerprint) })
        let wrong = (0..<10_000).count { _ in filter.mayHave(random.next()) }
        if count <= 8_000 { #expect(wrong < 500) }
    }
}

@Suite struct `A block of any bytes` {
    private static func block() throws -> [UInt8] {
        let requests = try StoredRequests(seed: 31, traces: 4, requests: 2, spans: 20)
        var random = SystemRandomNumberGenerator()
        var section = ContentSection(using: &random)
        for batch in requests.batches { _ = section.take(batch, from: 0) }
        var plan = ContentPlan()
        plan.sort(section)
        var encoder = ContentBlockEncoder(level: 1)
        encoder.encode(plan.order[...], of: section)
        return encoder.bytes
    }

    /// Reads all that the bytes tell, whatever it is.
    private static func read(_ bytes: [UInt8]) throws(WireError) {
        var zstd = ZstdFrameDecoder()
        let block = try ContentBlock(parsing: bytes, bytes.indices, &zstd)
        let texts = try block.texts(from: bytes, &zstd)
        try withProtobufCursor(over: texts, count: texts.count) { texts throws(WireError) in
            for span in block.spans {
                var trace = StoredTrace(block.traces[span.trace])
                try trace.append(span, block.groups[span.group], from: texts)
            }
        }
    }

    @Test func `is refused when it is cut anywhere`() throws {
        let block = try Self.block()
        try Self.read(block)
        for count in block.indices {
            #expect(throws: WireError.self) { try Self.read(Array(block[..<count])) }
        }
    }

    @Test func `is read without a trap, whatever byte is changed`() throws {
        let block = try Self.block()
        var random = SeededNumbers(seed: 32)
        for offset in block.indices {
            for _ in 0..<4 {
                var broken = block
                broken[offset] = UInt8(truncatingIfNeeded: random.next() as UInt64)
                try? Self.read(broken)
            }
        }
    }
}
