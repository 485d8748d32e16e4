import Lanes
import Spans
import Testing

@testable import Collector

@Suite struct `The recent spans of a lane` {
    private static func sizes(_ batches: [Shared<SpanBatch>]) -> [Int] {
        batches.map { $0.read { $0.body.count } ?? 0 }
    }

    @Test func `are let go, the oldest first, when there are too many bytes`() {
        let recent = RecentSpans(bytesMax: 10)
        for bytes in [4, 6] { #expect(recent.take(bytes: bytes).isEmpty) }
        #expect(Self.sizes(recent.take(bytes: 3)) == [4])
        #expect(Self.sizes(recent.entries.map(\.batch)) == [6, 3])
        #expect(Self.sizes(recent.take(bytes: 10)) == [6, 3])
    }

    @Test func `keep what they have when one comes that is larger than all the room`() {
        let recent = RecentSpans(bytesMax: 10)
        _ = recent.take(bytes: 4)
        #expect(Self.sizes(recent.take(bytes: 11)) == [11])
        #expect(Self.sizes(recent.entries.map(\.batch)) == [4])
    }

    @Test func `follow a new limit with the next batch`() {
        let recent = RecentSpans(bytesMax: 10)
        for bytes in [4, 4] { _ = recent.take(bytes: bytes) }
        recent.set(bytesMax: 5)
        #expect(Self.sizes(recent.take(bytes: 1)) == [4])
        recent.set(bytesMax: 0)
        #expect(Self.sizes(recent.take(bytes: 1)) == [1])
    }

    @Test func `have each a time of its own, whatever the clock says`() {
        let recent = RecentSpans(bytesMax: 10)
        for time in [5, 5, 3, 9] as [UInt64] { _ = recent.take(bytes: 1, at: time) }
        #expect(recent.entries.map(\.receivedNanoseconds) == [5, 6, 7, 9])
    }
}

extension RecentSpans {
    /// Takes a batch of so many bytes.
    fileprivate func take(bytes: Int, at time: UInt64 = 1) -> [Shared<SpanBatch>] {
        var batch = SpanBatch()
        batch.body = Array(repeating: 0, count: bytes)
        return take(Shared(batch), receivedNanoseconds: time)
    }
}
