package import Charts
import Wire

/// What keeps the charts from being true: what was refused, odd, late or left out, with the services
/// that it comes from, since the start.
package struct QualityAnswer {
    package static let path = "/api/v1/quality"

    private let times: AnswerTimes
    private let since: Int64
    private let sections: [Section]

    /// Counts that other rooms keep, by their names in the API: `spans`, `traces`.
    package struct Section: Sendable {
        package let name: String
        package let counts: [(name: String, count: Int)]

        package init(_ name: String, _ counts: [(name: String, count: Int)]) {
            self.name = name
            self.counts = counts
        }
    }

    /// How many services, pairs of machines and offenders are named at most, the worst first.
    private static let namedMax = 20

    package init(_ times: AnswerTimes, since: Int64, _ sections: [Section]) {
        self.times = times
        self.since = since
        self.sections = sections
    }

    package func answer(_ query: String, from ledger: borrowing ChartLedger) -> WebAnswer {
        do throws(Problem) {
            _ = try Parameters(QueryString(parsing: query), of: Self.path, known: [])
        } catch {
            return .problem(error)
        }
        var json = JSONWriter()
        json.beginObject()
        json.window(ChartWindow(from: since, to: times.now), as: "window")
        json.field("complete_until", TimeText.rfc3339(times.completeUntil))
        for section in sections {
            json.object(section.name) { json in
                for (name, count) in section.counts { json.field(name, Int64(count)) }
            }
        }
        json.object("windows") {
            $0.field("bytes", Int64(ledger.bytes))
            $0.field("minutes_dropped", Int64(ledger.counters.minutesDropped))
            $0.field("figures_too_old", Int64(ledger.counters.figuresTooOld))
        }
        json.oddities(ledger.quality, ledger.names.services, namedMax: Self.namedMax)
        json.object("names") { $0.names(ledger.names.report, namedMax: Self.namedMax) }
        json.clocks(ledger.quality, ledger.names.values, namedMax: Self.namedMax)
        json.endObject()
        json.endLine()
        return .json(json.bytes)
    }
}

extension JSONWriter {
    /// By reason, the most frequent first, each with the services that it comes from.
    fileprivate mutating func oddities(
        _ quality: QualityTally, _ services: [ServiceKey], namedMax: Int
    ) {
        let found = Dictionary(grouping: quality.counts.filter { $0.value != 0 }, by: \.key.reason)
            .map { reason, counts in
                (reason: reason, counts: counts, total: counts.reduce(0) { $0 + $1.value })
            }
            .sorted { ($1.total, $0.reason.word) < ($0.total, $1.reason.word) }
        key("oddities")
        beginArray()
        for (reason, counts, total) in found {
            beginObject()
            field("reason", reason.word)
            field("count", total)
            field("what", reason.sentence)
            key("services")
            beginArray()
            let ranked = counts.map { (key: services[Int($0.key.service)], count: $0.value) }
                .sorted { ($1.count, $0.key) < ($0.count, $1.key) }
            for (service, count) in ranked.prefix(namedMax) {
                beginObject()
                serviceKey(service, as: "key")
                field("count", count)
                endObject()
            }
            endArray()
            endObject()
        }
        endArray()
    }

    fileprivate mutating func names(_ report: NameReport, namedMax: Int) {
        count(report.services, as: "services")
        count(report.edges, as: "edges")
        count(report.operations, as: "operations")
        key("services_with_too_many_operations")
        beginArray()
        for offender in report.offenders.prefix(namedMax) {
            beginObject()
            serviceKey(offender.service, as: "key")
            count(offender.operations, as: "operations")
            endObject()
        }
        endArray()
    }

    private mutating func count(_ count: NameReport.Count, as name: String) {
        object(name) {
            $0.field("kept", Int64(count.kept))
            $0.field("limit", Int64(count.limit))
            $0.field("beyond_limit_about", Int64(count.beyond))
        }
    }

    /// How far the clocks of machines that call each other are apart, the furthest first.
    fileprivate mutating func clocks(_ quality: QualityTally, _ hosts: [String], namedMax: Int) {
        let pairs = quality.skews.filter { $0.value.calls > 0 }
            .map { (pair: $0.key, calls: $0.value.calls, skew: $0.value.milliseconds) }
            .sorted {
                ($1.skew.magnitude, $0.pair.client, $0.pair.server)
                    < ($0.skew.magnitude, $1.pair.client, $1.pair.server)
            }
        key("clocks")
        beginArray()
        for (pair, calls, skew) in pairs.prefix(namedMax) {
            beginObject()
            field("client_host", hosts[Int(pair.client)])
            field("server_host", hosts[Int(pair.server)])
            field("server_ahead_ms", skew)
            field("calls", calls)
            endObject()
        }
        endArray()
    }
}

extension QualityTally.Skew {
    /// The mean.
    fileprivate var milliseconds: Double { Double(nanoseconds) / Double(max(calls, 1)) / 1e6 }
}
