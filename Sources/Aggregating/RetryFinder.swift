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

    mutating func fill(_ spans: [SpanSkeleton]) {
        if !failures.isEmpty { failures.removeAll(keepingCapacity: true) }
        for span in spans where span.isOutgoing && span.flags.contains(.statusError) {
            let start = failures[target(of: span)] ?? .max
            failures[target(of: span)] = min(start, span.startNanoseconds)
        }
    }

    func retries(of span: SpanSkeleton) -> UInt32 {
        if span.retries > 0 { return UInt32(span.retries) }
        guard !failures.isEmpty, let failed = failures[target(of: span)] else { return 0 }
        return span.startNanoseconds > failed ? 1 : 0
    }

    private func target(of span: SpanSkeleton) -> Target {
        Target(parent: span.parent, service: span.service, operation: span.operation)
    }
}
