/// What was counted since the last commit, by family and ten seconds.
struct Uncommitted {
    struct Key: Hashable, Comparable {
        let family: ChartFamily
        /// Tens of seconds since 1970.
        let ten: Int64

        static func < (left: Key, right: Key) -> Bool {
            (left.ten, left.family.rawValue) < (right.ten, right.family.rawValue)
        }
    }

    private(set) var runs: [Key: RunStack] = [:]

    mutating func append(
        _ run: ChartRun, _ family: ChartFamily, ten: Int64, merger: inout RunMerger
    ) {
        runs[Key(family: family, ten: ten), default: RunStack()].append(run, merger: &merger)
    }

    mutating func removeAll() { runs.removeAll(keepingCapacity: true) }
}
