import Lanes
import Spans

/// Traces that earlier runs counted, each with the last record of the journal that is in what was
/// counted: up to there its spans are passed over when the journal is replayed; a later one amends
/// it, as long as it can be.
struct CountedTraces: Sendable {
    private var throughByTrace: [TraceID: UInt64] = [:]
    private let endMilliseconds: Int

    enum Meaning {
        /// It is not known.
        case new
        /// It is in what was counted.
        case counted
        /// What was counted, up to a record, has to be counted anew with it.
        case amends(through: UInt64)
        /// It comes too late to be counted.
        case late
    }

    init(lateMilliseconds: Int = 0) {
        endMilliseconds = Clock.monotonicMilliseconds() + lateMilliseconds
    }

    var count: Int { throughByTrace.count }

    mutating func add(_ trace: TraceID, through: UInt64) {
        throughByTrace[trace] = max(throughByTrace[trace] ?? 0, through)
    }

    /// What a span, or a message, of a record means for a trace.
    func meaning(_ trace: TraceID, _ sequence: UInt64, nowMilliseconds: Int) -> Meaning {
        guard !throughByTrace.isEmpty, let through = throughByTrace[trace] else { return .new }
        if sequence <= through { return .counted }
        return nowMilliseconds < endMilliseconds ? .amends(through: through) : .late
    }
}
