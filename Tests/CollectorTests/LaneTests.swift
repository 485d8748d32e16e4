import Lanes
import Receiving
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
