import Lanes
import Receiving
import Spans
import Testing

@testable import Collector

@Suite struct `The load of a lane` {
    private func load(queued: Int, lastSeconds: Int...) -> LaneLoad {
        let load = LaneLoad()
        load.add(queued + 5)
        load.remove(5)
        for spans in lastSeconds { load.note(spansLastSecond: spans) }
        return load
    }

    @Test(arguments: [
        (5_000, 1_000, 5_000), (1, 1_000, 100), (0, 0, 1_000), (1_000_000, 1, 30_000),
        (7, 0, 1_000), (250, 1_000, 250),
    ])
    func `says when what waits will be taken, within bounds`(
        queued: Int, rate: Int, milliseconds: Int
    ) {
        #expect(load(queued: queued, lastSeconds: rate).retryAfterMilliseconds == milliseconds)
    }

    @Test func `follows the rate over a few seconds`() {
        #expect(load(queued: 1_000, lastSeconds: 100, 500).retryAfterMilliseconds == 5_000)
        #expect(load(queued: 1_000, lastSeconds: 100, 100).retryAfterMilliseconds == 10_000)
    }

    @Test func `knows what waits`() { #expect(load(queued: 12).queuedSpans == 12) }
}

@Suite struct `The last spans of a lane` {
    private func batch(_ bytes: Int) -> Shared<SpanBatch> {
        var batch = SpanBatch()
        batch.body = [UInt8](repeating: 0, count: bytes)
        return Shared(batch)
    }

    private func sizes(_ batches: [Shared<SpanBatch>]) -> [Int] {
        batches.compactMap { $0.read { $0.body.count } }
    }

    @Test func `push the oldest out when they are more bytes than the limit`() {
        let recent = RecentSpans(bytesMax: 100)
        #expect(recent.take(batch(40)).isEmpty && recent.take(batch(60)).isEmpty)
        #expect(sizes(recent.take(batch(50))) == [40, 60])
        #expect(sizes(recent.batches) == [50])
        #expect(recent.take(batch(50)).isEmpty)
        #expect(sizes(recent.take(batch(1))) == [50])
        #expect(sizes(recent.batches) == [50, 1])
    }

    @Test func `do not hold a batch that is larger than the limit`() {
        let recent = RecentSpans(bytesMax: 100)
        #expect(recent.take(batch(10)).isEmpty)
        #expect(sizes(recent.take(batch(101))) == [101])
        #expect(sizes(recent.batches) == [10])
        #expect(sizes(recent.take(batch(100))) == [10])
    }

    @Test func `are none when nothing may be held`() {
        let recent = RecentSpans(bytesMax: 0)
        #expect(sizes(recent.take(batch(1))) == [1])
        #expect(recent.batches.isEmpty)
    }

    @Test func `shrink with the next batch when the limit does`() {
        let recent = RecentSpans(bytesMax: 100)
        for _ in 0..<10 { _ = recent.take(batch(10)) }
        recent.set(bytesMax: 20)
        #expect(recent.take(batch(10)).count == 9)
        #expect(sizes(recent.batches) == [10, 10])
    }
}

@Suite struct `The log of refusals` {
    @Test func `tells the first of a kind in ten seconds, and how many it did not tell`() {
        let log = RefusalLog(log: Log())
        #expect(log.untoldBefore(.malformed, nowMilliseconds: 0) == 0)
        for now in stride(from: 1, to: 10_000, by: 1_000) {
            #expect(log.untoldBefore(.malformed, nowMilliseconds: now) == nil)
        }
        #expect(log.untoldBefore(.malformed, nowMilliseconds: 10_000) == 10)
        #expect(log.untoldBefore(.malformed, nowMilliseconds: 20_000) == 0)
    }

    @Test func `keeps kinds apart`() {
        let log = RefusalLog(log: Log())
        for kind in Refusal.Kind.allCases {
            #expect(log.untoldBefore(kind, nowMilliseconds: 5) == 0)
            #expect(log.untoldBefore(kind, nowMilliseconds: 6) == nil)
        }
    }
}
