import Spans
import Testing

@testable import Assembling

/// Keeps what is counted, and fails when something is taken back that was not there.
struct Ledger: TraceCounter {
    struct Key: Hashable {
        let trace: TraceID
        let id: UInt64
        let isIncoming: Bool
        let end: UInt64
    }

    var counted: [Key: Int] = [:]
    var counts = 0
    var orphans = 0

    mutating func count(
        _ trace: TraceID, _ spans: [SpanSkeleton], _ index: SpanIndex, sign: Int64
    ) {
        counts += 1
        for span in spans {
            let key = Key(
                trace: trace, id: span.id, isIncoming: span.isIncoming, end: span.endNanoseconds)
            counted[key, default: 0] += Int(sign)
            if counted[key] == 0 { counted[key] = nil }
            #expect((counted[key] ?? 0) >= 0)
            if span.isLinked { continue }
            let found = index.first(of: span.id, in: spans)
            #expect(found.map { spans[$0].id } == span.id)
        }
    }
}

func span(
    _ id: UInt64, parent: UInt64 = 0, end: UInt64 = 1_000, kind: SpanKind = .internal
) -> SpanSkeleton {
    var span = SpanSkeleton()
    span.id = id
    span.parent = parent
    span.endNanoseconds = end
    span.kind = kind
    return span
}

func trace(_ number: UInt64) -> TraceID { TraceID(high: 7, low: number) }

/// The same numbers in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

func emptyTable(_ change: (inout AssemblyLimits) -> Void = { _ in }) -> TraceTable {
    var limits = AssemblyLimits()
    change(&limits)
    var random = Seeded(state: 1)
    return TraceTable(limits: limits, using: &random)
}

@Suite struct `A trace table` {
    @Test func `settles a complete trace after two seconds of quiet`() {
        var table = emptyTable()
        var ledger = Ledger()
        table.take(span(1), of: trace(1), nowMilliseconds: 0, into: &ledger)
        table.take(span(2, parent: 1), of: trace(1), nowMilliseconds: 1_500, into: &ledger)
        table.tick(nowMilliseconds: 3_400, into: &ledger)
        #expect(ledger.counts == 0)
        table.tick(nowMilliseconds: 3_700, into: &ledger)
        #expect(ledger.counts == 1 && ledger.counted.count == 2)
        #expect(table.tally.settled == 1 && table.tally.settledIncomplete == 0)
    }

    @Test(arguments: [
        [span(2, parent: 1)], [span(1), span(3, parent: 2)], [span(1, parent: 1)],
    ])
    func `waits ten seconds for a root or parent that is absent`(spans: [SpanSkeleton]) {
        var table = emptyTable()
        var ledger = Ledger()
        for span in spans { table.take(span, of: trace(1), nowMilliseconds: 0, into: &ledger) }
        table.tick(nowMilliseconds: 9_900, into: &ledger)
        #expect(ledger.counts == 0)
        table.tick(nowMilliseconds: 10_300, into: &ledger)
        #expect(ledger.counts == 1 && table.tally.settledIncomplete == 1)
    }

    @Test func `settles a trace that never rests at sixty seconds of age`() {
        var table = emptyTable()
        var ledger = Ledger()
        for second in 0..<60 {
            let now = second * 1_000
            let child = span(UInt64(second) + 2, parent: 1)
            table.take(child, of: trace(1), nowMilliseconds: now, into: &ledger)
            table.tick(nowMilliseconds: now, into: &ledger)
        }
        #expect(ledger.counts == 0)
        table.tick(nowMilliseconds: 60_300, into: &ledger)
        #expect(ledger.counts == 1 && ledger.counted.count == 60)
    }

    @Test func `amends a settled trace, and after five minutes no more`() {
        var table = emptyTable()
        var ledger = Ledger()
        table.take(span(1), of: trace(1), nowMilliseconds: 0, into: &ledger)
        table.tick(nowMilliseconds: 5_000, into: &ledger)
        table.take(span(2, parent: 1), of: trace(1), nowMilliseconds: 200_000, into: &ledger)
        table.tick(nowMilliseconds: 203_000, into: &ledger)
        #expect(ledger.counts == 3 && ledger.counted.count == 2 && table.tally.amended == 1)
        table.tick(nowMilliseconds: 306_000, into: &ledger)
        #expect(table.traceCount == 0 && table.spanCount == 0)
        table.take(span(3, parent: 1), of: trace(1), nowMilliseconds: 307_000, into: &ledger)
        table.tick(nowMilliseconds: 400_000, into: &ledger)
        #expect(ledger.counted.count == 2 && table.tally.late == 1)
    }

    @Test func `keeps of copies the complete one that ends last, and both halves of a call`() {
        var open = span(1)
        open.flags = .noEnd
        open.endNanoseconds = 0
        let copies = [
            open, span(1, end: 5), span(1, end: 9), span(1, end: 9),
            span(1, end: 3, kind: .server),
        ]
        for seed in 0..<20 {
            var random = Seeded(state: UInt64(seed))
            var table = emptyTable()
            var ledger = Ledger()
            for (number, copy) in copies.shuffled(using: &random).enumerated() {
                let now = number * Int.random(in: 0...4_000, using: &random)
                table.take(copy, of: trace(1), nowMilliseconds: now, into: &ledger)
                table.tick(nowMilliseconds: now, into: &ledger)
            }
            table.tick(nowMilliseconds: 100_000, into: &ledger)
            #expect(Set(ledger.counted.keys.map(\.end)) == [9, 3])
            #expect(ledger.counted.values.allSatisfy { $0 == 1 })
            #expect(table.tally.copies == 3)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `is as fast with copies, and with messages of one consumer, as with other spans`() {
        var table = emptyTable()
        var ledger = Ledger()
        for number in 1...50_000 as ClosedRange<UInt64> {
            var message = span(3, parent: number, kind: .consumer)
            message.flags = .linked
            for span in [span(1), span(2, parent: 1, end: number), message] {
                table.take(span, of: trace(1), nowMilliseconds: 0, into: &ledger)
            }
        }
        table.close(into: &ledger)
        #expect(table.tally.copies == 2 * 49_999 && table.spanCount == 50_002)
        #expect(ledger.counted.keys.contains { $0.id == 2 && $0.end == 50_000 })
    }

    @Test func `counts the same set whatever the order, delay and doubling`() {
        var everything: [(SpanSkeleton, TraceID)] = []
        for number in 1...30 as ClosedRange<UInt64> {
            for id in 1...number { everything.append((span(id, parent: id / 2), trace(number))) }
        }
        var expected: [Ledger.Key: Int]?
        for seed in 0..<12 {
            var random = Seeded(state: UInt64(seed))
            var table = emptyTable()
            var ledger = Ledger()
            var sent = everything
            for _ in 0..<60 {
                sent.append(everything.randomElement(using: &random) ?? everything[0])
            }
            sent.shuffle(using: &random)
            var now = 0
            for (span, trace) in sent {
                now += Int.random(in: 0...400, using: &random)
                table.take(span, of: trace, nowMilliseconds: now, into: &ledger)
                table.tick(nowMilliseconds: now, into: &ledger)
            }
            table.close(into: &ledger)
            #expect(ledger.counted.count == everything.count)
            #expect(ledger.counted.values.allSatisfy { $0 == 1 })
            #expect(expected == nil || expected == ledger.counted)
            expected = ledger.counted
        }
    }

    @Test func `stays within its memory, and counts each span once all the same`() {
        var table = emptyTable { $0.memoryBytesMax = 4 << 20 }
        var ledger = Ledger()
        var most = 0
        for number in 1...200_000 as ClosedRange<UInt64> {
            let now = Int(number / 100)
            table.take(span(number), of: trace(number), nowMilliseconds: now, into: &ledger)
            if number % 64 == 0 { table.tick(nowMilliseconds: now, into: &ledger) }
            most = max(most, table.bytes)
        }
        table.close(into: &ledger)
        #expect(most <= 4 << 20)
        #expect(ledger.counted.count == 200_000)
        #expect(table.tally.settledEarly > 0 && table.tally.forgottenEarly > 0)
    }

    @Test func `takes at most so many spans of one trace`() {
        var table = emptyTable { $0.spansPerTraceMax = 100 }
        var ledger = Ledger()
        for id in 1...150 as ClosedRange<UInt64> {
            table.take(span(id), of: trace(1), nowMilliseconds: 0, into: &ledger)
        }
        table.close(into: &ledger)
        #expect(ledger.counted.count == 100 && table.tally.overTraceLimit == 50)
    }

    @Test func `waits longer when spans are seen to come late`() {
        var table = emptyTable()
        var ledger = Ledger()
        for number in 1...100 as ClosedRange<UInt64> {
            let now = Int(number) * 100
            table.take(span(2, parent: 1), of: trace(number), nowMilliseconds: now, into: &ledger)
        }
        for number in 1...100 as ClosedRange<UInt64> {
            let now = 10_000 + Int(number)
            table.take(span(1), of: trace(number), nowMilliseconds: now, into: &ledger)
        }
        table.tick(nowMilliseconds: 12_000, into: &ledger)
        table.tick(nowMilliseconds: 22_000, into: &ledger)
        #expect(table.tally.settled == 100)
        #expect(table.quietMilliseconds > 4_000)
    }

    @Test func `holds an open span in less than two hundred bytes`() {
        var table = emptyTable { $0.memoryBytesMax = 1 << 30 }
        var ledger = Ledger()
        for number in 1...300_000 as ClosedRange<UInt64> {
            table.take(span(number), of: trace(number), nowMilliseconds: 0, into: &ledger)
        }
        #expect(table.bytes / 300_000 < 200)
    }
}
