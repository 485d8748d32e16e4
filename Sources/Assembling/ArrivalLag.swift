/// How long the spans of a trace let wait for each other, and so how long to wait for the next.
///
/// Counts the pauses inside traces by length, beside the traces that settled, and forgets both by
/// half again and again. The wait is the shortest that would have been broken by few traces.
struct ArrivalLag {
    private var pauses = [Int](repeating: 0, count: binsCount + 1)
    private var traces = 0
    private var halvedMilliseconds = 0

    /// One trace or pause, so that halves of few are not lost.
    private static let one = 256
    private static let binMilliseconds = 250
    private static let binsCount = 40
    private static let halvingMilliseconds = 10_000
    /// A wait may be too short for one trace in this many.
    private static let tracesPerBreak = 50
    /// Fewer traces tell nothing.
    private static let tracesMin = 20

    mutating func note(pauseMilliseconds: Int) {
        pauses[min(max(0, pauseMilliseconds) / Self.binMilliseconds, Self.binsCount)] += Self.one
    }

    mutating func noteTrace() { traces += Self.one }

    /// The wait within its limits.
    func quietMilliseconds(in limits: ClosedRange<Int>) -> Int {
        guard traces >= Self.tracesMin * Self.one else { return limits.lowerBound }
        var broken = 0
        for bin in pauses.indices.reversed() {
            broken += pauses[bin]
            if broken * Self.tracesPerBreak > traces {
                let wait = (bin + 1) * Self.binMilliseconds
                return min(max(wait, limits.lowerBound), limits.upperBound)
            }
        }
        return limits.lowerBound
    }

    mutating func tick(nowMilliseconds: Int) {
        guard nowMilliseconds - halvedMilliseconds >= Self.halvingMilliseconds else { return }
        halvedMilliseconds = nowMilliseconds
        for bin in pauses.indices { pauses[bin] /= 2 }
        traces /= 2
    }
}
