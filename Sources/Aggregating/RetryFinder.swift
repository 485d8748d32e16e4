import Spans

/// Which calls of a trace are repetitions. An instrumentation that counts them says so; else a call
/// repeats an earlier one when that had the same parent and the same name, and failed.
struct RetryFinder {
    private struct Target: Hashable {
        let parent: UInt64
        let service: UInt32
        let operation: UInt32
    }

    /// When the first call to a target failed.
    private var failures: [Target: UInt64] = [:]

    mutating func fill(_ spans: [SpanSkeleton], haveErrors: Bool) {
        if !failures.isEmpty { failures.removeAll(keepingCapacity: true) }
        guard haveErrors else { return }
        for position in spans.indices
        where spans[position].flags.contains(.statusError) && spans[position].isOutgoing {
            let target = target(of: spans[position])
            let start = failures[target] ?? .max
            failures[target] = min(start, spans[position].startNanoseconds)
        }
    }

    func retries(of position: Int, _ spans: [SpanSkeleton]) -> UInt32 {
        if spans[position].retries > 0 { return UInt32(spans[position].retries) }
        guard !failures.isEmpty, let failed = failures[target(of: spans[position])] else {
            return 0
        }
        return spans[position].startNanoseconds > failed ? 1 : 0
    }

    private func target(of span: SpanSkeleton) -> Target {
        Target(parent: span.parent, service: span.service, operation: span.operation)
    }
}
