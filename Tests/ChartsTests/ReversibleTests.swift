import Charts
import MadeCalls
import Testing

/// Calls are counted, taken back and counted otherwise, by several lanes, in any order: what is
/// answered must not tell.
@Suite struct `A ledger that took calls in another order and grouping` {
    private struct Event {
        let call: MadeCall
        let sign: Int64
    }

    private static let start: Int64 = 1_699_999_800
    private static let queries = [
        query(start, start + 1_500), query(start + 130, start + 1_000),
        query(start, start + 1_500, step: 300), query(start + 60, start + 120),
        query(start - 3_600, start + 3_600, step: 600),
    ]

    /// How events reach the ledger.
    private struct Way {
        let lanes: Int
        let eventsPerParcel: Int
        let ticks: Bool
        var liveSeconds: Int64 = 120
    }

    private static func ledger(_ events: [Event], _ way: Way) -> ChartLedger {
        var limits = ChartLimits()
        limits.liveSeconds = way.liveSeconds
        var ledger = ChartLedger(limits: limits, lanes: way.lanes)
        for lane in 0..<way.lanes {
            var testLane = TestLane()
            for index in stride(from: lane, to: events.count, by: way.lanes) {
                testLane.count(events[index].call, sign: events[index].sign)
                guard index / way.lanes % way.eventsPerParcel == 0 else { continue }
                testLane.handOver(to: &ledger, lane: lane)
                if way.ticks { ledger.tick(nowSeconds: start + Int64(index * 3)) }
            }
            testLane.handOver(to: &ledger, lane: lane)
        }
        if way.ticks { for _ in 0..<4 { ledger.tick(nowSeconds: start + 3_600) } }
        return ledger
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `answers the same`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let kept = (0..<120).map { _ in random.call() }
        let takenBack = (0..<80).map { _ in random.call() }
        var events = kept.map { Event(call: $0, sign: 1) }
        events += takenBack.flatMap { [Event(call: $0, sign: 1), Event(call: $0, sign: -1)] }
        let plain = Self.ledger(
            kept.map { Event(call: $0, sign: 1) },
            Way(lanes: 1, eventsPerParcel: .max, ticks: false))
        let first = Self.ledger(events, Way(lanes: 1, eventsPerParcel: .max, ticks: false))
        for way in [
            Way(lanes: 1, eventsPerParcel: 1, ticks: false),
            Way(lanes: 3, eventsPerParcel: 7, ticks: true),
            Way(lanes: 4, eventsPerParcel: 50, ticks: true, liveSeconds: 0),
        ] {
            let other = Self.ledger(events.shuffled(using: &random), way)
            for query in Self.queries {
                let answers = Answers(other, query)
                #expect(answers.difference(from: Answers(first, query)) == nil)
                let truth = Answers(plain, query).withoutExemplars
                #expect(answers.withoutExemplars.difference(from: truth) == nil)
            }
        }
    }

    @Test func `has nothing left when all is taken back`() {
        var random = SeededNumbers(seed: 7)
        let events = (0..<100).flatMap { _ in
            let call = random.call()
            return [Event(call: call, sign: 1), Event(call: call, sign: -1)]
        }
        let ledger = Self.ledger(
            events.shuffled(using: &random), Way(lanes: 2, eventsPerParcel: 9, ticks: true))
        let answers = Answers(ledger, Self.queries[0])
        #expect(answers.edges.isEmpty && answers.services.isEmpty)
        #expect(answers.operations.isEmpty && answers.critical.isEmpty)
    }
}
