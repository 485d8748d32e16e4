/// Runs of one window, together what was counted in it.
///
/// A run that comes is merged with those before it as long as it is at least half as long as they
/// are: so there are few, and no byte is merged again more often than the logarithm of their number.
struct RunStack: Sendable {
    private(set) var runs: [ChartRun] = []
    /// With what each run costs besides.
    private(set) var bytes = 0

    var isEmpty: Bool { runs.isEmpty }

    mutating func append(_ run: ChartRun, merger: inout RunMerger) {
        guard !run.isEmpty else { return }
        var merged = run
        var count = runs.count
        var length = run.bytes.count
        while count > 0, length >= runs[count - 1].bytes.count / 2 {
            count -= 1
            length += runs[count].bytes.count
        }
        if count < runs.count {
            merged = merger.merge(runs[count...] + [run])
            runs.removeLast(runs.count - count)
        }
        if !merged.isEmpty { runs.append(merged) }
        bytes = runs.reduce(0) { $0 + $1.bytes.count + ChartRun.overhead }
    }
}
