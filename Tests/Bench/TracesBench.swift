import Aggregating
import Assembling
import Charts
import Decoding
import Spans

/// All that happens to a span that is not stored: decoded, made a skeleton, assembled, settled and
/// counted, and handed over to the ledger.
func benchTraces(_ bodies: Bodies) {
    var lane = BenchLane()
    measure("decode, assemble, count") { lane.run(bodies) }
}

extension CallCounter: TraceCounter {}

private struct BenchLane: ~Copyable {
    private var maker: SkeletonMaker
    private var table: TraceTable
    private var counter: CallCounter
    private var ledger: ChartLedger
    private var parcel = ChartParcel()
    private var spanTable = SpanTable()
    private var pass: UInt64 = 0
    private var nowMilliseconds = 0
    private var spansToHandOver = 0

    /// A lane hands over four times a second; at a million spans a second these are so many.
    private static let spansAHandOver = 250_000

    init() {
        var random = SystemRandomNumberGenerator()
        var naming = NamingRules()
        naming.countAnyTime()
        maker = SkeletonMaker(rules: naming, names: FactNames(), using: &random)
        var limits = AssemblyLimits()
        // Full after the first passes, so that the rest is measured at the limit.
        limits.memoryBytesMax = 48 << 20
        table = TraceTable(limits: limits, using: &random)
        counter = CallCounter(charts: LaneCharts(limits: ChartLimits()), rules: CountingRules())
        ledger = ChartLedger(limits: ChartLimits(), lanes: 1)
    }

    /// Every pass brings other traces: their ids are changed.
    mutating func run(_ bodies: Bodies) -> Work {
        pass += 1
        var batch = SpanBatch()
        var decoded = SpanTable()
        swap(&decoded, &spanTable)
        let work = bodies.eachDecoded(into: &decoded) { table, body in
            swap(&batch.table, &table)
            batch.body = body
            take(batch)
            swap(&batch.table, &table)
        }
        swap(&decoded, &spanTable)
        nowMilliseconds += 3_000
        table.tick(nowMilliseconds: nowMilliseconds, into: &counter)
        spansToHandOver += work.spans
        if spansToHandOver >= Self.spansAHandOver {
            spansToHandOver = 0
            counter.charts.handOver(into: &parcel)
            ledger.take(&parcel, fromLane: 0)
        }
        return work
    }

    private mutating func take(_ batch: borrowing SpanBatch) {
        nowMilliseconds += 1
        maker.begin(batch)
        for record in batch.table.records {
            var trace = record.trace
            trace.high ^= pass &* 0x9E37_79B9_7F4A_7C15
            let span = maker.skeleton(
                of: record, in: batch, receiptSeconds: 0, charts: &counter.charts)
            table.take(span, of: trace, nowMilliseconds: nowMilliseconds, into: &counter)
        }
    }
}
