import Spans

/// Which calls of a trace are repetitions. An instrumentation that counts them says so; else a call
/// repeats the one before it when that had the same parent and the same name, failed, and was over.
struct RetryFinder {
    /// Calling halves, those that can repeat each other next to each other in their order.
    private var calls: [Int32] = []
    /// Positions, ascending, of those that repeat the one before.
    private var repeated: [Int32] = []

    mutating func fill(_ spans: [SpanSkeleton], haveErrors: Bool) {
        calls.removeAll(keepingCapacity: true)
        repeated.removeAll(keepingCapacity: true)
        guard haveErrors, spans.contains(where: { $0.isOutgoing && Self.failed($0) }) else {
            return
        }
        for position in spans.indices where spans[position].isOutgoing {
            calls.append(Int32(truncatingIfNeeded: position))
        }
        calls.sort { Self.standsBefore(spans[Int($0)], spans[Int($1)]) }
        for place in calls.indices.dropFirst()
        where Self.repeats(spans[Int(calls[place])], spans[Int(calls[place - 1])]) {
            repeated.append(calls[place])
        }
        repeated.sort()
    }

    func retries(of position: Int, _ spans: [SpanSkeleton]) -> UInt32 {
        if spans[position].retries > 0 { return UInt32(spans[position].retries) }
        return isRepeated(position) ? 1 : 0
    }

    private func isRepeated(_ position: Int) -> Bool {
        var (low, high) = (0, repeated.count)
        while low < high {
            let middle = (low + high) / 2
            if repeated[middle] < Int32(truncatingIfNeeded: position) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < repeated.count && Int(repeated[low]) == position
    }

    private static func failed(_ span: SpanSkeleton) -> Bool { span.flags.contains(.statusError) }

    private static func repeats(_ later: SpanSkeleton, _ earlier: SpanSkeleton) -> Bool {
        failed(earlier) && target(of: earlier) == target(of: later)
            && earlier.endNanoseconds <= later.startNanoseconds
    }

    private static func standsBefore(_ left: SpanSkeleton, _ right: SpanSkeleton) -> Bool {
        let (mine, other) = (target(of: left), target(of: right))
        if mine != other { return mine < other }
        return (left.startNanoseconds, left.id) < (right.startNanoseconds, right.id)
    }

    private static func target(of span: SpanSkeleton) -> (UInt64, UInt32, UInt32) {
        (span.parent, span.service, span.operation)
    }
}
