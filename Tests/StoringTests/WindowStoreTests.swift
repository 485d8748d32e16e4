import Charts
import Lanes
import MadeCalls
import Testing

@testable import Storing

@Suite struct `Windows on disk` {
    private static let start: Int64 = 1_699_999_800
    private static let queries = [
        query(start, start + 1_500), query(start + 130, start + 1_000),
        query(start, start + 1_500, step: 300), query(start + 60, start + 120),
        query(start - 3_600, start + 3_600, step: 600), query(start - 3_600, start + 8 * 3_600),
        query(start - 86_400, start + 7 * 86_400),
    ]

    private struct Event {
        let call: MadeCall
        let sign: Int64
    }

    private static func events(_ random: inout SeededNumbers) -> [Event] {
        var events: [Event] = []
        for number in 0..<200 {
            let call = random.call()
            events.append(Event(call: call, sign: 1))
            if number % 3 == 0 { events.append(Event(call: call, sign: -1)) }
        }
        return events.shuffled(using: &random)
    }

    /// In memory, all at once.
    private static func plain(_ events: [Event]) -> ChartLedger {
        var ledger = ChartLedger(limits: ChartLimits(), lanes: 1)
        var lane = TestLane()
        for event in events { lane.count(event.call, sign: event.sign) }
        lane.handOver(to: &ledger)
        return ledger
    }

    /// Commits, crashes and starts again come between any two calls, and time passes quickly or not
    /// at all.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `answer as memory does, whatever was committed when and however often it was started`(
        seed: UInt64
    ) throws {
        var random = SeededNumbers(seed: seed)
        let events = Self.events(&random)
        let expected = Answers.all(Self.plain(events), Self.queries)
        let scratch = try ScratchFolder()
        let pace = [0, 1, 10, 40][Int(seed % 4)]
        // Some have so little memory that hardly anything stays in it.
        var limits = ChartLimits()
        if seed % 3 == 0 { limits.ledgerBytes = 30_000 }
        var now = Self.start
        var rest = events[...]
        while !rest.isEmpty {
            var keeper = try Keeper(in: scratch.folder, limits: limits)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                for event in rest.prefix(Int.random(in: 0...15, using: &random)) {
                    keeper.count(event.call, sign: event.sign)
                    rest.removeFirst()
                }
                now += Int64.random(in: 0...Int64(pace * 6), using: &random)
                try keeper.commit(now: now)
            }
            #expect(keeper.store.damages == [])
        }
        var keeper = try Keeper(in: scratch.folder, limits: limits)
        try Self.check(keeper, expected)
        try keeper.settle(now: Self.start + 3_000)
        try Self.check(keeper, expected)
        try keeper.settle(now: Self.start + 7 * 86_400)
        try Self.check(keeper, expected)
        keeper = try Keeper(in: scratch.folder, limits: limits)
        try Self.check(keeper, expected)
    }

    private static func check(_ keeper: borrowing Keeper, _ expected: [Answers]) throws {
        let answers = Answers.all(keeper.ledger, queries)
        for (index, answer) in answers.enumerated() {
            // Stored hours have no seconds: of what is amended, or of several edges that are one, the
            // fullest is not known.
            let isLong = queries[index].window.seconds > 6 * 3_600
            let answer = isLong ? answer.withPeaks(of: expected[index]) : answer
            let isSame = answer == expected[index]
            #expect(isSame, "query \(index)")
        }
        #expect(keeper.store.damages == [])
    }
}
