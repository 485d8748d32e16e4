import Lanes
import Spans
import Testing

@testable import Collector

@Suite struct `The recent spans of a lane` {
    private static func batch(_ bytes: Int) -> Shared<SpanBatch> {
        var batch = SpanBatch()
        batch.body = Array(repeating: 0, count: bytes)
        return Shared(batch)
    }

    private static func sizes(_ batches: [Shared<SpanBatch>]) -> [Int] {
        batches.map { $0.read { $0.body.count } ?? 0 }
    }

    @Test func `are let go, the oldest first, when there are too many bytes`() {
        let recent = RecentSpans(bytesMax: 10)
        for bytes in [4, 6] { #expect(recent.take(Self.batch(bytes)).isEmpty) }
        #expect(Self.sizes(recent.take(Self.batch(3))) == [4])
        #expect(Self.sizes(recent.batches) == [6, 3])
        #expect(Self.sizes(recent.take(Self.batch(10))) == [6, 3])
    }

    @Test func `keep what they have when one comes that is larger than all the room`() {
        let recent = RecentSpans(bytesMax: 10)
        _ = recent.take(Self.batch(4))
        #expect(Self.sizes(recent.take(Self.batch(11))) == [11])
        #expect(Self.sizes(recent.batches) == [4])
    }

    @Test func `follow a new limit with the next batch`() {
        let recent = RecentSpans(bytesMax: 10)
        for bytes in [4, 4] { _ = recent.take(Self.batch(bytes)) }
        recent.set(bytesMax: 5)
        #expect(Self.sizes(recent.take(Self.batch(1))) == [4])
        recent.set(bytesMax: 0)
        #expect(Self.sizes(recent.take(Self.batch(1))) == [1])
    }
}
