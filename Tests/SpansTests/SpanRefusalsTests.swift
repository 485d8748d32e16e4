import Spans
import Testing

@Suite struct `Refused spans` {
    @Test func `are told by count, reason and first place`() {
        var refusals = SpanRefusals()
        #expect(refusals.message.isEmpty)
        refusals.add(.traceIDZero, ordinals: 3..<4, firstOffset: 70)
        refusals.add(.notUTF8, ordinals: 4..<5, firstOffset: 80)
        refusals.add(.traceIDZero, ordinals: 9..<10, firstOffset: 900)
        #expect(
            refusals.message
                == "3 spans refused: trace_id is all zero (2, first is span 3 at offset 70); "
                + "a text is not UTF-8 (1, first is span 4 at offset 80)")
    }
}

@Suite struct `A span table` {
    @Test func `orders records by the lane that owns their trace`() {
        var random = SystemRandomNumberGenerator()
        let hash = TraceHash(using: &random)
        var table = SpanTable()
        for number in 0..<1_000 {
            table.records.append(record(trace: UInt64(number % 50), id: UInt64(number)))
        }
        table.sort(lanes: 3, by: hash)
        #expect(table.laneEnds.last == 1_000)
        for lane in 0..<3 {
            let mine = table.records[table.records(ofLane: lane)]
            #expect(mine.allSatisfy { hash.lane(of: $0.trace, lanes: 3) == lane })
            for (left, right) in zip(mine, mine.dropFirst()) { #expect(left.id < right.id) }
        }
    }

    private func record(trace: UInt64, id: UInt64) -> SpanRecord {
        SpanRecord(
            trace: TraceID(high: 1, low: trace), id: id, parent: 0, startNanoseconds: 0,
            endNanoseconds: 0, content: BodyRange(), name: BodyRange(), group: 0, kind: .server,
            status: .unset, marks: [])
    }
}
