import Assembling
import Charts
import Spans

@testable import Aggregating

extension CallCounter: TraceCounter {}

/// The same numbers in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

/// A span as a test writes it down.
struct Told: Sendable {
    var id: UInt64
    var parent: UInt64 = 0
    var kind = SpanKind.internal
    var service = "a"
    var name = "op"
    var start: UInt64 = 0
    var end: UInt64 = 100
    var status = SpanStatus.unset
    var facts: [(FactKey, any Sendable)] = []
    var resource: [(FactKey, String)] = []
    var links: [SpanLink] = []
    var trace: UInt64 = 1
}

/// Counts traces as a lane does, and answers as the desk does.
struct Counting: ~Copyable {
    var maker: SkeletonMaker
    var table: TraceTable
    var counter: CallCounter
    var ledger = ChartLedger(limits: ChartLimits(), lanes: 1)
    var now = 0

    /// Milliseconds of a test lie in this minute.
    static let base: UInt64 = 1_700_000_040_000_000_000

    init(_ rules: CountingRules = CountingRules(), naming: NamingRules = anyTime, seed: UInt64 = 1)
    {
        var random = Seeded(state: seed)
        let excluded = naming.excludes.compactMap { $0.attribute?.name }
        maker = SkeletonMaker(
            rules: naming, names: FactNames(configured: naming.dimensions + excluded),
            using: &random)
        table = TraceTable(limits: AssemblyLimits(), using: &random)
        counter = CallCounter(charts: LaneCharts(limits: ChartLimits()), rules: rules)
    }

    static var anyTime: NamingRules {
        var rules = NamingRules()
        rules.countAnyTime()
        return rules
    }

    mutating func take(_ told: [Told], receivedSecondsLater later: UInt64 = 0) {
        for told in told {
            var batch = SpanBatch()
            let record = Self.write(told, into: &batch)
            maker.begin(batch)
            let span = maker.skeleton(
                of: record, in: batch, receiptSeconds: UInt32(Self.base / 1_000_000_000 + later),
                charts: &counter.charts)
            table.take(span, of: record.trace, nowMilliseconds: now, into: &counter)
            for link in told.links {
                var message = span
                message.flags.insert(.linked)
                message.parent = link.id
                table.take(message, of: link.trace, nowMilliseconds: now, into: &counter)
            }
        }
    }

    mutating func wait(milliseconds: Int) {
        now += milliseconds
        table.tick(nowMilliseconds: now, into: &counter)
    }

    /// Settles all, and tells the edges.
    mutating func edges(_ brokers: Brokers = .node) -> [EdgeSummary] {
        settle()
        return ledger.edges(query(brokers)).rows
    }

    mutating func services() -> [ServiceSummary] {
        settle()
        return ledger.services(query(.node)).rows
    }

    mutating func operations() -> [OperationSummary] {
        settle()
        return ledger.operations(query(.node), of: nil).rows
    }

    mutating func critical() -> [CriticalSummary] {
        settle()
        return ledger.critical(query(.node)).rows
    }

    /// How often something odd was seen.
    mutating func oddities(_ reason: QualityReason) -> Int64 {
        settle()
        return ledger.quality.counts.filter { $0.key.reason == reason }.values.reduce(0, +)
    }

    private mutating func settle() {
        table.close(into: &counter)
        var parcel = ChartParcel()
        counter.charts.handOver(into: &parcel)
        ledger.take(&parcel, fromLane: 0)
    }

    private func query(_ brokers: Brokers) -> ChartQuery {
        let start = Int64(Self.base / 1_000_000_000)
        var query = ChartQuery(window: ChartWindow(from: start - 3_600, to: start + 3_600))
        query.brokers = brokers
        return query
    }

    private static func write(_ told: Told, into batch: inout SpanBatch) -> SpanRecord {
        func text(_ text: String) -> BodyRange {
            let start = UInt32(batch.body.count)
            batch.body += Array(text.utf8)
            batch.bodyCount = batch.body.count
            return BodyRange(start: start, end: UInt32(batch.body.count))
        }
        func value(_ value: any Sendable) -> FactValue {
            switch value {
            case let number as Int: .integer(Int64(number))
            case let flag as Bool: .boolean(flag)
            default: .text(text("\(value)"))
            }
        }
        func fact(_ key: FactKey, _ any: any Sendable) -> SpanFact {
            SpanFact(FactMeaning(key: key, rank: 0), value(any))
        }
        var group = SpanGroup(resourceSpans: BodyRange(), scopeSpans: BodyRange())
        let resource: [(FactKey, any Sendable)] =
            (told.service.isEmpty ? [] : [(.serviceName, told.service)]) + told.resource
        batch.table.resourceFacts = resource.map { fact($0.0, $0.1) }
        group.facts = TableRange(start: 0, end: resource.count)
        batch.table.groups = [group]
        batch.table.facts = told.facts.map { fact($0.0, $0.1) }
        batch.table.links = told.links
        let name = text(told.name)
        let isOpen = told.end == 0
        return SpanRecord(
            trace: TraceID(high: 9, low: told.trace), id: told.id, parent: told.parent,
            startNanoseconds: base + told.start * 1_000_000,
            endNanoseconds: isOpen ? 0 : base + told.end * 1_000_000, content: BodyRange(),
            name: name, facts: TableRange(start: 0, end: told.facts.count),
            links: TableRange(start: 0, end: told.links.count), group: 0, kind: told.kind,
            status: told.status,
            marks: isOpen ? .noEnd : told.end < told.start ? .endBeforeStart : [])
    }
}

/// An edge in a few words: who, how often, how often failed.
func lines(_ edges: [EdgeSummary]) -> [String] {
    edges.map { edge in
        let count = edge.figures.calls.count.raw >> 20
        let failed = edge.figures.calls.failed.raw >> 20
        return "\(edge.client.name) -> \(edge.server.name) \(count)"
            + (failed > 0 ? " failed \(failed)" : "")
    }.sorted()
}
