import Lanes
import Spans
import Testing
import Wire

@testable import Storing

@Suite struct `A content segment` {
    private static func segment(
        of batches: [SpanBatch], in directory: DataDirectory, level: Int = 1
    ) throws -> ContentSegment {
        var writer = ContentSegmentWriter(level: level)
        try writer.begin(in: directory, firstSequence: 7)
        for (number, batch) in batches.enumerated() {
            try writer.take(
                batch, sequence: 7 + UInt64(number), receiptNanoseconds: 1_000 + UInt64(number))
        }
        return try writer.finish()
    }

    @Test(arguments: [1, 2, 40, 3_000])
    func `gives every span back as it came`(traces: Int) throws {
        let folder = try ScratchFolder()
        var maker = RequestMaker(seed: UInt64(traces), traces: traces)
        let batches = try (0..<40).map { _ in try batch(of: maker.request(spans: 100)) }
        let segment = try Self.segment(of: batches, in: folder.folder)
        #expect(segment.spans == batches.reduce(0) { $0 + $1.table.records.count })
        var store = ContentStore()
        store.add(segment)
        var damages: [StoreDamage] = []
        store.add(
            try ContentSegment(opening: segment.name, in: folder.folder, damages: &damages))
        #expect(damages == [])
        #expect(store.segments.count == 1)
        var batchesOf: [TraceID: [Int]] = [:]
        for (number, batch) in batches.enumerated() {
            for id in Set(batch.table.records.map(\.trace)) { batchesOf[id, default: []].append(number) }
        }
        var reader = store.reader()
        for id in maker.traces {
            var expected = StoredTrace(id)
            for number in batchesOf[id] ?? [] { expected.take(batches[number]) }
            var found = StoredTrace(id)
            #expect(reader.read(&found) == [])
            #expect(GivenSpan.all(of: found) == GivenSpan.all(of: expected))
        }
    }
}
