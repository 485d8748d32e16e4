package import Sketches

/// Durations of one view.
package struct LatencySummary: Equatable, Sendable {
    package var sketch = LatencySketch()
    /// Nanoseconds times weight.
    package var sum: Int128 = 0
    package var samples: Int64 = 0

    package var isEmpty: Bool { sketch.isEmpty }

    /// Of the calls of which the duration is known.
    package var amount: Amount { Amount(raw: sketch.weight) }

    /// Nearest rank by weight; nil when there is nothing.
    package func quantileMilliseconds(_ quantile: Double) -> Double? {
        sketch.quantileNanoseconds(quantile).map { $0 / 1e6 }
    }

    package var meanMilliseconds: Double? {
        let weight = sketch.weight
        return weight > 0 ? Double(sum) / Double(weight) / 1e6 : nil
    }

    /// The upper edge of the highest filled bucket.
    package var maxMilliseconds: Double? { sketch.maximumNanoseconds.map { $0 / 1e6 } }

    /// How far off quantiles and the maximum are at most, relative to the true ones. The maximum
    /// errs upwards only, by up to twice as much.
    package static var errorBound: Double { LatencyScale.relativeErrorMax }
}
