import Answering
import Lanes
import Receiving
import Settings
import Spans
import Synchronization

/// Answers the web listener: health, metrics and the API, on a thread of its own, so that whoever
/// looks does not hold up whoever sends.
final class Desk: RequestHandler {
    var settings: ServingSettings
    private let lanes: [LaneHandle]
    private let metrics: CollectorMetrics
    private let state: CollectorState
    private let hosts: HostCheck
    private let budget: MemoryBudget
    private let keeper: ChartKeeper

    init(
        settings: ServingSettings, lanes: [LaneHandle], metrics: CollectorMetrics,
        state: CollectorState, hosts: HostCheck, budget: MemoryBudget, keeper: ChartKeeper
    ) {
        self.settings = settings
        self.lanes = lanes
        self.metrics = metrics
        self.state = state
        self.hosts = hosts
        self.budget = budget
        self.keeper = keeper
    }

    func admit(_ head: RequestHead, at door: Door) -> Refusal? {
        // Probes call by whatever address they know, and learn nothing.
        let isProbe = head.path == "/healthz" || head.path == "/readyz"
        guard isProbe || hosts.allows(host: head.host) else {
            return Refusal(
                .forbidden,
                "host '\(head.host)' is not a name of this collector; call it by the "
                    + "address that listen.web.address has")
        }
        if let origin = head.origin, !hosts.allows(origin: origin) {
            return Refusal(.forbidden, "pages of origin '\(origin)' may not read here")
        }
        guard settings.isAuthorized(head.authorization, at: door) else {
            return Refusal(
                .unauthenticated,
                "no valid token; send 'Authorization: Bearer TOKEN' with that of listen.web.token")
        }
        guard Self.paths.contains(head.path) else {
            return Refusal(
                .notFound, "nothing is at \(head.path); \(Self.paths.joined(separator: ", ")) are")
        }
        guard head.method == "GET" || head.method == "HEAD" else {
            return Refusal(.methodNotAllowed, "\(head.path) takes GET, not \(head.method)")
        }
        return nil
    }

    func bodyBytesMax(_ head: RequestHead, at door: Door) -> Int { Self.bodyBytesMax }

    /// Nothing that is asked for here has a body.
    private static let bodyBytesMax = 4 << 10

    private static let paths =
        ["/", "/healthz", "/readyz", "/metrics", RecentAnswer.path, QualityAnswer.path]
        + ChartAnswers.List.allCases.map(\.path)

    func answer(_ request: inout Request) -> Answer? {
        let answer =
            switch request.head.path {
            case "/healthz": WebAnswer.text("ok\n")
            case "/readyz": ready
            case "/metrics":
                WebAnswer(
                    contentType: "text/plain; version=0.0.4; charset=utf-8",
                    body: Array(metrics.page().utf8))
            case RecentAnswer.path: recent(request.head.query)
            default: charts(request.head) ?? WebAnswer.text(Self.welcome)
            }
        return charged(Self.answer(answer), request)
    }

    /// Large answers wait for slow readers, many of which must not use up the memory.
    private func charged(_ answer: Answer, _ request: Request) -> Answer {
        guard answer.body.count > Self.freeAnswerBytes else { return answer }
        let charge = Charge(on: budget)
        guard charge.grow(by: answer.body.count) else {
            return self.answer(
                refusing: Refusal(
                    .unavailable, "no memory for the answer now; come again",
                    retryAfterMilliseconds: 1_000), request.head, at: request.door)
        }
        var answer = answer
        answer.charge = charge
        return answer
    }

    private static let freeAnswerBytes = 64 << 10

    func answer(refusing refusal: Refusal, _ head: RequestHead, at door: Door) -> Answer {
        var answer = Self.answer(
            .problem(
                Problem(
                    status: refusal.kind.httpStatus,
                    title: refusal.kind.name.replacing("_", with: " "), detail: refusal.message)))
        answer.refusal = refusal
        switch refusal.kind {
        case .unauthenticated: answer.headers.append(("WWW-Authenticate", "Bearer"))
        case .methodNotAllowed: answer.headers.append(("Allow", "GET, HEAD"))
        default: break
        }
        return answer
    }

    private static func answer(_ web: WebAnswer) -> Answer {
        var answer = Answer(contentType: web.contentType, body: web.body)
        answer.status = web.status
        answer.headers =
            web.headers + [
                ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
            ]
        return answer
    }

    private var ready: WebAnswer {
        switch state.phase {
        case .serving: return .text("ready\n")
        case .draining:
            var answer = WebAnswer.text("draining: no new requests are taken\n")
            answer.status = 503
            return answer
        }
    }

    private func recent(_ query: String) -> WebAnswer {
        var batches: [RecentBatch] = []
        for (lane, handle) in lanes.enumerated() {
            for entry in handle.recent.entries {
                let batch = entry.batch.read { batch in
                    RecentBatch(
                        batch: batch, records: batch.table.records(ofLane: lane),
                        receivedNanoseconds: entry.receivedNanoseconds, lane: lane)
                }
                if let batch { batches.append(batch) }
            }
        }
        return RecentAnswer.answer(batches, query)
    }

    private func charts(_ head: RequestHead) -> WebAnswer? {
        if head.path == QualityAnswer.path {
            return keeper.quality([.spans(lanes), .traces(keeper.states)])
                .answer(head.query, from: keeper.ledger)
        }
        guard let list = ChartAnswers.List.allCases.first(where: { $0.path == head.path }) else {
            return nil
        }
        return keeper.answers.answer(list, head.query, from: keeper.ledger)
    }

    private static let welcome = """
        Portolan is collecting.

        GET /api/v1/edges       who calls whom: traffic, failures, latency percentiles
        GET /api/v1/services    the same for each service
        GET /api/v1/operations  the same for each operation
        GET /api/v1/quality     what keeps these from being true: refused, odd and late spans
        GET /api/v1/recent      the last spans received, as OTLP JSON
        GET /metrics            Portolan's own health
        GET /readyz             whether it takes spans
        GET /healthz            whether it runs

        """
}

/// What the whole collector is doing; the control thread says, everybody reads.
final class CollectorState: Sendable {
    enum Phase: Int, Sendable {
        case serving
        case draining
    }

    private let raw = Atomic<Int>(Phase.serving.rawValue)

    var phase: Phase { Phase(rawValue: raw.load(ordering: .relaxed)) ?? .serving }

    func set(_ phase: Phase) { raw.store(phase.rawValue, ordering: .relaxed) }
}
