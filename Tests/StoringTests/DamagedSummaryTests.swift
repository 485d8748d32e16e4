import Lanes
import MadeCalls
import Testing
import Wire

@testable import Storing

@Suite struct `Damaged summaries` {
    private static func write(_ folder: DataDirectory) throws -> (StoredFile, SummaryMaker) {
        var maker = SummaryMaker(seed: 41)
        var writer = SummaryWriter(in: folder)
        var files: [StoredFile] = []
        for number in 0..<4 {
            writer.take(maker.batch(rows: 10), lane: 0, name: SummaryMaker.name)
            try writer.commit(UInt64(number), second: 1_700_000_000, &files)
        }
        return (files[0], maker)
    }

    /// Whatever was changed: a row that is found was written, and what is missing was told.
    private static func look(
        _ folder: DataDirectory, _ file: StoredFile, _ maker: SummaryMaker, _ note: Comment
    ) {
        var store = SummaryStore(in: folder)
        store.follow([file])
        let page = store.search(SummaryQuery(), limit: .max)
        let found = page.traces.map(\.row.trace)
        let expected = maker.matches(SummaryQuery())
        #expect(Set(found).isSubset(of: expected), note)
        #expect(found.count == expected.count || !page.damages.isEmpty, note)
    }

    @Test func `give nothing wrong and tell, whatever byte is changed`() throws {
        let folder = try ScratchFolder()
        let (file, maker) = try Self.write(folder.folder)
        let whole = try folder.bytes(file.id.name)
        for offset in whole.indices {
            var broken = whole
            broken[offset] ^= 0x24
            try folder.write(broken, to: file.id.name)
            Self.look(folder.folder, file, maker, "changed at \(offset)")
        }
    }

    @Test func `give nothing wrong and tell, wherever they are cut`() throws {
        let folder = try ScratchFolder()
        let (file, maker) = try Self.write(folder.folder)
        let whole = try folder.bytes(file.id.name)
        for count in stride(from: 0, to: whole.count, by: 3) {
            try folder.write(Array(whole[..<count]), to: file.id.name)
            Self.look(folder.folder, file, maker, "cut at \(count)")
        }
    }

    @Test func `are read without a trap as a block of any bytes`() throws {
        var maker = SummaryMaker(seed: 42)
        let batch = maker.batch(rows: 60)
        var encoder = SummaryBlockEncoder()
        encoder.encode(Array(batch.rows.indices), of: batch)
        let block = encoder.bytes
        var query = SummaryQuery()
        query.operation = ""
        query.durationNanoseconds = 1 ... .max
        for offset in block.indices {
            for value in [UInt8(0), 0x7F, 0x80, 0xFF] {
                var broken = block
                broken[offset] = value
                try? Self.read(broken, query)
            }
            try? Self.read(Array(block[..<offset]), query)
        }
    }

    private static func read(_ bytes: [UInt8], _ query: SummaryQuery) throws(WireError) {
        var zstd = ZstdFrameDecoder()
        let block = try SummaryBlock(parsing: bytes, bytes.indices, tags: (0, .max))
        _ = try block.amended(&zstd)
        var rows = try block.rows(&zstd)
        _ = try SummaryMatching(query, block, Array(repeating: true, count: 30))
            .matches(rows, &zstd)
        try block.identify(&rows, &zstd)
    }
}
