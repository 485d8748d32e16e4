import Sketches

/// All figures of a subject in a window, added up.
struct Figures: Sendable {
    var scalars = FigureScalars()
    var busyTotal: Int64 = 0
    var busyPeak: Int64 = 0
    /// Ascending by code.
    var counts: [CodeCount] = []

    init() {}

    /// The counts are room to work in.
    init(_ sum: borrowing FigureSum, scratch: inout [CodeCount]) {
        scalars = sum.scalars
        (busyTotal, busyPeak) = (sum.busyTotal, sum.busyPeak)
        scratch.removeAll(keepingCapacity: true)
        sum.read(into: &scratch)
        counts = Array(scratch[...])
    }

    /// Whether any call is left.
    var hasCalls: Bool { scalars.samples != 0 }

    func latency(_ view: LatencyView) -> LatencySummary {
        let counts = between(UInt32(view.rawValue) << 24, UInt32(view.rawValue + 1) << 24)
        let entries = counts.map { count in
            LatencySketch.Entry(
                bucket: UInt16(truncatingIfNeeded: count.code), weight: count.value)
        }
        return LatencySummary(
            sketch: LatencySketch(ascending: entries),
            sum: scalars.viewSums[Int(view.rawValue)],
            samples: scalars.viewSamples[Int(view.rawValue)])
    }

    /// Traits that calls had together, and how many calls had them.
    var facets: [(facet: Facet, weight: Int64)] {
        between(CountCode.firstFacet, CountCode.firstValue)
            .map { (Facet(rawValue: UInt32(CountCode.number($0.code))), $0.value) }
    }

    /// Values of a dimension, by number.
    func values(ofDimension dimension: Int) -> [(value: Int, weight: Int64)] {
        let first = CountCode.value(0, ofDimension: dimension)
        return between(first, first + 1 << 24).map { (CountCode.number($0.code), $0.value) }
    }

    private func between(_ first: UInt32, _ end: UInt32) -> ArraySlice<CodeCount> {
        let start = place(of: first)
        return counts[start..<max(start, place(of: end))]
    }

    private func place(of code: UInt32) -> Int {
        var (low, high) = (0, counts.count)
        while low < high {
            let middle = (low + high) / 2
            if counts[middle].code < code { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
