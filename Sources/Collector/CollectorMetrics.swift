import Answering
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
        appendProcess(&page)
        return page.text
    }

    private func sum(_ count: (LaneHandle) -> Int) -> Int { serving.reduce(0) { $0 + count($1) } }

    private func appendConnections(_ page: inout MetricsPage) {
        page.family("portolan_connections_total", .counter, "Connections accepted.")
        for door in Door.allCases {
            page.sample(
                "portolan_connections_total", ["listener": door.name],
                sum { $0.receiving.read(.connections, at: door) })
        }
        page.family("portolan_connections_open", .gauge, "Connections open now.")
        for door in Door.allCases {
            page.sample(
                "portolan_connections_open", ["listener": door.name],
                sum { $0.receiving.read(.connectionsOpen, at: door) })
        }
        page.family(
            "portolan_connections_refused_total", .counter, "Connections turned away at once.")
        for door in Door.allCases {
            for reason in TurnedAway.Reason.allCases {
                page.sample(
                    "portolan_connections_refused_total",
                    ["listener": door.name, "reason": reason.rawValue],
                    turnedAway.count(reason, at: door))
            }
        }
    }

    private func appendRequests(_ page: inout MetricsPage) {
        page.family("portolan_requests_total", .counter, "Requests received.")
        for door in Door.allCases {
            page.sample(
                "portolan_requests_total", ["listener": door.name],
                sum { $0.receiving.read(.requests, at: door) })
        }
        page.family("portolan_requests_accepted_total", .counter, "Requests taken.")
        for door in Door.allCases {
            page.sample(
                "portolan_requests_accepted_total", ["listener": door.name],
                sum { $0.receiving.read(.requestsAccepted, at: door) })
        }
        page.family("portolan_requests_refused_total", .counter, "Requests refused, by reason.")
        for door in Door.allCases {
            for kind in Refusal.Kind.allCases {
                page.sample(
                    "portolan_requests_refused_total",
                    ["listener": door.name, "reason": kind.name],
                    sum { $0.receiving.read(kind, at: door) })
            }
        }
        page.family("portolan_received_bytes_total", .counter, "Bytes read from clients.")
        for door in Door.allCases {
            page.sample(
                "portolan_received_bytes_total", ["listener": door.name],
                sum { $0.receiving.read(.bytes, at: door) })
        }
    }

    private func appendSpans(_ page: inout MetricsPage) {
        page.family(
            "portolan_spans_received_total", .counter,
            "Spans in requests that could be read: those accepted and those refused.")
        for format in IntakeCounters.Format.allCases {
            page.sample(
                "portolan_spans_received_total", ["format": format.name],
                sum { $0.intake.read(.received(format)) })
        }
        page.family("portolan_spans_accepted_total", .counter, "Spans taken.")
        for format in IntakeCounters.Format.allCases {
            page.sample(
                "portolan_spans_accepted_total", ["format": format.name],
                sum { $0.intake.read(.accepted(format)) })
        }
        page.family("portolan_spans_refused_total", .counter, "Spans refused, by reason.")
        for reason in SpanRefusal.allCases {
            page.sample(
                "portolan_spans_refused_total", ["reason": reason.name],
                sum { $0.intake.read(.refused(reason)) })
        }
        page.sample(
            "portolan_spans_refused_total", ["reason": "overloaded"],
            sum { $0.intake.read(.refusedByOverload) })
        page.family("portolan_spans_marked_total", .counter, "Spans kept although they are odd.")
        page.sample(
            "portolan_spans_marked_total", ["mark": "end_before_start"],
            sum { $0.intake.read(.endBeforeStart) })
        page.sample(
            "portolan_spans_marked_total", ["mark": "no_end"], sum { $0.intake.read(.noEnd) })
        page.family(
            "portolan_other_signals_discarded_total", .counter,
            "Requests with metrics, logs or profiles that were taken and dropped.")
        for signal in IntakeCounters.OtherSignal.allCases {
            page.sample(
                "portolan_other_signals_discarded_total", ["signal": signal.name],
                sum { $0.intake.read(.discarded(signal)) })
        }
    }

    private func appendLanes(_ page: inout MetricsPage) {
        page.family(
            "portolan_lane_queue_spans", .gauge, "Spans that wait for the lane that owns them.")
        for (number, lane) in lanes.enumerated() {
            page.sample(
                "portolan_lane_queue_spans", ["lane": String(number)], lane.load.queuedSpans)
        }
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
