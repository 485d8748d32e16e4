import Spans

/// Traces that the run before counted, each with the last record of the journal that is in what was
/// counted: when the journal is replayed these spans are passed over.
struct CountedTraces: Sendable {
    private var throughByTrace: [TraceID: UInt64] = [:]
    /// No record behind it has a span that was counted.
    private var throughMax: UInt64 = 0

    mutating func add(_ trace: TraceID, through: UInt64) {
        throughByTrace[trace] = max(throughByTrace[trace] ?? 0, through)
        throughMax = max(throughMax, through)
    }

    func has(_ trace: TraceID, through sequence: UInt64) -> Bool {
        guard sequence <= throughMax, let through = throughByTrace[trace] else { return false }
        return sequence <= through
    }
}
