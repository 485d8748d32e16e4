import Lanes
import Spans

/// What one lane counts of the spans that it was sent.
struct IntakeCounters: Sendable {
    enum Format: Int, CaseIterable, Sendable {
        case protobuf
        case json

        var name: String { self == .protobuf ? "otlp_protobuf" : "otlp_json" }
    }

    enum OtherSignal: Int, CaseIterable, Sendable {
        case metrics
        case logs
        case profiles

        var name: String {
            switch self {
            case .metrics: "metrics"
            case .logs: "logs"
            case .profiles: "profiles"
            }
        }
    }

    /// Every number, in one row.
    enum Count: Hashable, Sendable {
        case received(Format)
        case accepted(Format)
        case refused(SpanRefusal)
        /// Spans of requests that came when a lane had no room.
        case refusedByOverload
        case endBeforeStart
        case noEnd
        case discarded(OtherSignal)

        static let all: [Count] =
            Format.allCases.map { .received($0) } + Format.allCases.map { .accepted($0) }
            + SpanRefusal.allCases.map { .refused($0) }
            + [.refusedByOverload, .endBeforeStart, .noEnd]
            + OtherSignal.allCases.map { .discarded($0) }

        fileprivate static let places = Dictionary(
            uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    }

    private let counters = Counters(count: Count.all.count)

    func add(_ amount: Int, to count: Count) {
        if amount != 0, let place = Count.places[count] { counters.add(amount, at: place) }
    }

    func read(_ count: Count) -> Int { Count.places[count].map { counters.read($0) } ?? 0 }
}
