import Sketches

/// Adds up figures of one subject, from slots of a delta and from packed records.
///
/// Dense and large, so it is made once and emptied for the next subject; emptying costs what was
/// filled. Invariant: buckets outside `low...high` of their view are zero; `traits` ascend by code.
struct FigureSum: Sendable {
    var scalars = FigureScalars()
    /// Of the minutes that are closed.
    private(set) var busyTotal: Int64 = 0
    private(set) var busyPeak: Int64 = 0
    /// Whether there was time busy in a minute that is closed.
    private(set) var isFolded = false
    /// Of the minute that is open.
    private(set) var seconds = [Int64](repeating: 0, count: 60)
    private(set) var hasSeconds = false
    private var buckets = InlineArray<4, [Int64]>(
        repeating: Array(repeating: 0, count: LatencyScale.bucketCount))
    private var low = InlineArray<4, Int>(repeating: .max)
    private var high = InlineArray<4, Int>(repeating: -1)
    /// Counts that are of no bucket.
    private var traits: [CodeCount] = []

    mutating func removeAll() {
        // For the sake of the seconds, which it empties.
        closeWindow()
        for view in 0..<LatencyView.count where low[view] <= high[view] {
            for bucket in low[view]...high[view] { buckets[view][bucket] = 0 }
            low[view] = .max
            high[view] = -1
        }
        scalars = FigureScalars()
        (busyTotal, busyPeak, isFolded) = (0, 0, false)
        traits.removeAll(keepingCapacity: true)
    }

    /// A code that no counting makes is passed over.
    mutating func add(_ value: Int64, code: UInt32) {
        guard code < CountCode.firstFacet else { return addTrait(value, code: code) }
        let (view, bucket) = (Int(code >> 24), CountCode.number(code))
        guard bucket < LatencyScale.bucketCount else { return }
        buckets[view][bucket] &+= value
        widen(view: view, to: bucket...bucket)
    }

    /// Many buckets of a view at once. The function adds to them and returns the first and the last:
    /// that is where a query spends its time.
    mutating func addBuckets(
        of view: Int, _ add: (inout MutableSpan<Int64>) -> ClosedRange<Int>?
    ) {
        var all = buckets[view].mutableSpan
        guard let filled = add(&all) else { return }
        widen(view: view, to: filled)
    }

    private mutating func widen(view: Int, to filled: ClosedRange<Int>) {
        low[view] = min(low[view], filled.lowerBound)
        high[view] = max(high[view], filled.upperBound)
    }

    private mutating func addTrait(_ value: Int64, code: UInt32) {
        var (from, to) = (0, traits.count)
        while from < to {
            let middle = (from + to) / 2
            if traits[middle].code < code { from = middle + 1 } else { to = middle }
        }
        guard from < traits.count, traits[from].code == code else {
            return traits.insert(CodeCount(code: code, value: value), at: from)
        }
        traits[from].value &+= value
    }

    /// Gives values of dimensions other numbers.
    mutating func renumberValues(_ number: (UInt32) -> UInt32) {
        let values = traits.filter { $0.code >= CountCode.firstValue }
        guard !values.isEmpty else { return }
        traits.removeAll { $0.code >= CountCode.firstValue }
        for value in values {
            let code = CountCode.value(
                number(UInt32(CountCode.number(value.code))),
                ofDimension: CountCode.dimension(value.code))
            addTrait(value.value, code: code)
        }
    }

    mutating func addBusy(_ value: Int64, second: Int) {
        guard seconds.indices.contains(second) else { return }
        seconds[second] &+= value
        hasSeconds = true
    }

    /// Many seconds at once.
    mutating func addSeconds(_ add: (inout MutableSpan<Int64>) -> ClosedRange<Int>?) {
        var all = seconds.mutableSpan
        if add(&all) != nil { hasSeconds = true }
    }

    /// Time of windows that were closed before. A peak that is not known is zero.
    mutating func addFolded(total: Int64, peak: Int64) {
        busyTotal &+= total
        busyPeak = max(busyPeak, peak)
        isFolded = true
    }

    /// Which of its figures an open minute leaves when it is closed.
    enum Closing {
        case totalAndPeak
        /// Of a part of the calls the fullest second tells nothing.
        case total
        /// The total is counted elsewhere.
        case peak
    }

    /// The open minute is over: no more of its seconds come.
    mutating func closeWindow(_ closing: Closing = .totalAndPeak) {
        guard hasSeconds else { return }
        var (total, peak): (Int64, Int64) = (0, 0)
        for second in seconds.indices {
            total &+= seconds[second]
            peak = max(peak, seconds[second])
            seconds[second] = 0
        }
        hasSeconds = false
        addFolded(total: closing == .peak ? 0 : total, peak: closing == .total ? 0 : peak)
    }

    /// Appends all counts that are not zero, ascending by code.
    func read(into counts: inout [CodeCount]) {
        for view in 0..<LatencyView.count where low[view] <= high[view] {
            for bucket in low[view]...high[view] {
                let value = buckets[view][bucket]
                guard value != 0 else { continue }
                let code = UInt32(truncatingIfNeeded: view &<< 24 | bucket)
                counts.append(CodeCount(code: code, value: value))
            }
        }
        for trait in traits where trait.value != 0 { counts.append(trait) }
    }
}
