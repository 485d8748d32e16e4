import Answering
import Assembling
import Lanes
import Receiving
import Spans
import Synchronization

/// Reads all counters and writes them as a page of metrics.
final class CollectorMetrics: Sendable {
    private let lanes: [LaneHandle]
    /// All threads that serve connections: the lanes, and the desk.
    private let serving: [LaneHandle]
    private let budget: MemoryBudget
    private let memoryLimitBytes: Int
    let turnedAway = TurnedAway()

    init(lanes: [LaneHandle], desk: LaneHandle, budget: MemoryBudget, memoryLimitBytes: Int) {
        self.lanes = lanes
        serving = lanes + [desk]
        self.budget = budget
        self.memoryLimitBytes = memoryLimitBytes
    }

    func page() -> String {
        var page = MetricsPage()
        appendConnections(&page)
        appendRequests(&page)
        appendSpans(&page)
        appendLanes(&page)
        appendTraces(&page)
        appendProcess(&page)
        return page.text
    }

    /// A family with one sample for each of some things, summed over the threads.
    private func append<Thing>(
        _ name: String, _ sentence: String, _ kind: MetricsPage.Kind = .counter,
        by label: String, _ things: [(name: String, thing: Thing)], to page: inout MetricsPage,
        _ count: (LaneHandle, Thing) -> Int
    ) {
        page.family(name, kind, sentence)
        for (text, thing) in things {
            page.sample(name, [label: text], serving.reduce(0) { $0 + count($1, thing) })
        }
    }

    private static let doors = Door.allCases.map { (name: $0.name, thing: $0) }

    private func append(
        _ name: String, _ sentence: String, _ kind: MetricsPage.Kind = .counter,
        counting count: ReceivingCounters.Count, to page: inout MetricsPage
    ) {
        append(name, sentence, kind, by: "listener", Self.doors, to: &page) {
            $0.receiving.read(count, at: $1)
        }
    }

    private func appendConnections(_ page: inout MetricsPage) {
        append(
            "portolan_connections_total", "Connections accepted.", counting: .connections, to: &page
        )
        append(
            "portolan_connections_open", "Connections open now.", .gauge,
            counting: .connectionsOpen,
            to: &page)
        let name = "portolan_connections_refused_total"
        page.family(name, .counter, "Connections turned away at once.")
        for door in Door.allCases {
            for reason in TurnedAway.Reason.allCases {
                page.sample(
                    name, ["listener": door.name, "reason": reason.rawValue],
                    turnedAway.count(reason, at: door))
            }
            page.sample(
                name, ["listener": door.name, "reason": "tls"],
                serving.reduce(0) { $0 + $1.receiving.read(.handshakesFailed, at: door) })
        }
    }

    private func appendRequests(_ page: inout MetricsPage) {
        append("portolan_requests_total", "Requests received.", counting: .requests, to: &page)
        append(
            "portolan_requests_accepted_total", "Requests taken.", counting: .requestsAccepted,
            to: &page)
        let name = "portolan_requests_refused_total"
        page.family(name, .counter, "Requests refused, by reason.")
        for door in Door.allCases {
            for kind in Refusal.Kind.allCases {
                page.sample(
                    name, ["listener": door.name, "reason": kind.name],
                    serving.reduce(0) { $0 + $1.receiving.read(kind, at: door) })
            }
        }
        append(
            "portolan_received_bytes_total", "Bytes read from clients.", counting: .bytes, to: &page
        )
    }

    private func appendSpans(_ page: inout MetricsPage) {
        let formats = IntakeCounters.Format.allCases.map { (name: $0.name, thing: $0) }
        append(
            "portolan_spans_received_total",
            "Spans in requests that could be read: those accepted and those refused.",
            by: "format", formats, to: &page
        ) { $0.intake.read(.received($1)) }
        append(
            "portolan_spans_accepted_total", "Spans taken.", by: "format", formats, to: &page
        ) { $0.intake.read(.accepted($1)) }
        let reasons = SpanRefusal.allCases.map {
            (name: $0.name, thing: IntakeCounters.Count.refused($0))
        }
        append(
            "portolan_spans_refused_total", "Spans refused, by reason.", by: "reason",
            reasons + [("overloaded", .refusedByOverload)], to: &page
        ) { $0.intake.read($1) }
        append(
            "portolan_spans_marked_total", "Spans kept although they are odd.", by: "mark",
            [("end_before_start", IntakeCounters.Count.endBeforeStart), ("no_end", .noEnd)],
            to: &page
        ) { $0.intake.read($1) }
        append(
            "portolan_other_signals_discarded_total",
            "Requests with metrics, logs or profiles that were taken and dropped.", by: "signal",
            IntakeCounters.OtherSignal.allCases.map { (name: $0.name, thing: $0) }, to: &page
        ) { $0.intake.read(.discarded($1)) }
    }

    private func appendLanes(_ page: inout MetricsPage) {
        page.family(
            "portolan_lane_queue_spans", .gauge, "Spans that wait for the lane that owns them.")
        for (number, lane) in lanes.enumerated() {
            page.sample(
                "portolan_lane_queue_spans", ["lane": String(number)], lane.load.queuedSpans)
        }
    }

    private func appendTraces(_ page: inout MetricsPage) {
        let states = lanes.map(\.traces.state)
        func append(
            _ name: String, _ kind: MetricsPage.Kind, _ sentence: String,
            _ count: (AssemblyState) -> Int
        ) {
            page.family(name, kind, sentence)
            page.sample(name, [:], states.reduce(0) { $0 + count($1) })
        }
        append(
            "portolan_traces_settled_total", .counter, "Traces that were counted."
        ) { $0.tally.settled }
        append(
            "portolan_traces_amended_total", .counter,
            "Times that a trace was counted again because more of it came."
        ) { $0.tally.amended }
        append(
            "portolan_traces_settled_early_total", .counter,
            "Traces that were counted before their time because memory was short."
        ) { $0.tally.settledEarly }
        append(
            "portolan_traces_incomplete_total", .counter,
            "Traces that were counted without their root or a parent."
        ) { $0.tally.settledIncomplete }
        append(
            "portolan_traces_forgotten_early_total", .counter,
            "Traces that could have been amended for longer, had there been memory."
        ) { $0.tally.forgottenEarly }
        append(
            "portolan_span_copies_total", .counter, "Spans that were there already."
        ) { $0.tally.copies }
        let name = "portolan_spans_not_counted_total"
        page.family(name, .counter, "Spans that were taken and are in no figure, by reason.")
        page.sample(name, ["reason": "late"], states.reduce(0) { $0 + $1.tally.late })
        page.sample(
            name, ["reason": "over_trace_limit"],
            states.reduce(0) { $0 + $1.tally.overTraceLimit })
        append(
            "portolan_traces_held", .gauge, "Traces that are open or can still be amended."
        ) { $0.traces }
        append("portolan_trace_spans_held", .gauge, "Their spans.") { $0.spans }
        append("portolan_trace_bytes", .gauge, "The memory that they take.") { $0.bytes }
        page.family(
            "portolan_settle_quiet_seconds", .gauge,
            "How long the spans of a complete trace are waited for now, in whole seconds.")
        page.sample(
            "portolan_settle_quiet_seconds", [:],
            (states.map(\.quietMilliseconds).max() ?? 0) / 1_000)
    }

    private func appendProcess(_ page: inout MetricsPage) {
        page.family(
            "portolan_memory_used_bytes", .gauge, "Bytes held by requests that are under way.")
        page.sample("portolan_memory_used_bytes", [:], budget.usedBytes)
        page.family("portolan_memory_limit_bytes", .gauge, "The memory that the collector may use.")
        page.sample("portolan_memory_limit_bytes", [:], memoryLimitBytes)
        page.family("portolan_resident_bytes", .gauge, "Resident memory of the process.")
        page.sample("portolan_resident_bytes", [:], Machine.residentBytes())
        page.family("portolan_build_info", .gauge, "Always 1; the labels say what is running.")
        page.sample(
            "portolan_build_info", ["version": portolanVersion, "commit": buildCommit], 1)
    }
}

/// Connections that the acceptor turned away; it counts, the metrics read.
final class TurnedAway: Sendable {
    enum Reason: String, CaseIterable, Sendable {
        case tooMany = "too_many"
        case tooManyOfAddress = "too_many_of_address"
        case noDescriptors = "no_descriptors"
        case busy
    }

    private let counts = Mutex<[Door: [Reason: Int]]>([:])

    func add(_ reason: Reason, at door: Door) {
        counts.withLock { $0[door, default: [:]][reason, default: 0] += 1 }
    }

    func count(_ reason: Reason, at door: Door) -> Int {
        counts.withLock { $0[door]?[reason] ?? 0 }
    }
}
