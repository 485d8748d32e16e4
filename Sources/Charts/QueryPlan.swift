/// Which windows a query covers, and in which step each is.
struct QueryPlan: Sendable {
    /// Widened to whole windows, and to the hours or days that old ones are kept by.
    let window: ChartWindow
    /// One when no steps were asked for.
    let steps: [ChartWindow]
    let hasSteps: Bool
    /// Seconds of a window: 60, or 10 where ten seconds are kept apart.
    let windowSeconds: Int64
    private let stepSeconds: Int64

    /// An answer with more steps than this would hold up everybody.
    static var stepsMax: Int64 { 10_000 }

    /// Later than any window.
    private static var secondsMax: Int64 { 1 << 40 }

    /// The function tells how much time the coarsest window takes that is stored of some time.
    init(_ query: ChartQuery, liveFrom: Int64, coarsest: (ChartWindow) -> Int64) {
        let asked = ChartWindow(
            from: min(max(query.window.from, 0), Self.secondsMax),
            to: min(max(query.window.to, 0), Self.secondsMax))
        windowSeconds = query.isLive && asked.from >= liveFrom ? 10 : 60
        let unit = windowSeconds == 10 ? 10 : coarsest(asked)
        let from = Self.floor(asked.from, unit)
        let to = max(from + unit, Self.floor(asked.to + unit - 1, unit))
        window = ChartWindow(from: from, to: to)
        hasSteps = query.step != nil
        let step = min(
            max(query.step ?? window.seconds, window.seconds / Self.stepsMax, 1), window.seconds)
        let stepSeconds = Self.floor(step + unit - 1, unit)
        self.stepSeconds = stepSeconds
        steps = stride(from: from, to: to, by: Int(stepSeconds)).map { start in
            ChartWindow(from: start, to: min(to, start + stepSeconds))
        }
    }

    func step(of second: Int64) -> Int { Int((second - window.from) / stepSeconds) }

    /// Whether a stretch of time lies in one step, and so in the query.
    func isInOneStep(from: Int64, to: Int64) -> Bool {
        from >= window.from && to <= window.to && step(of: from) == step(of: to - 1)
    }

    private static func floor(_ second: Int64, _ unit: Int64) -> Int64 { second / unit * unit }
}
