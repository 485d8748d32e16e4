/// The buckets of all latencies: base-2 exponential of scale 6 over seconds, as OpenTelemetry and
/// Prometheus have them, so that ours become theirs by renumbering.
///
/// A bucket is a small number: 0 for a duration of zero, and from 1 up the bucket that has the
/// OpenTelemetry index `bucket + exponentialOffset`, which is (2^(index/64), 2^((index+1)/64)]
/// seconds. One nanosecond is in bucket 1; what is longer than ten days is in the last.
@usableFromInline
package enum LatencyScale {
    /// One more than the highest bucket.
    @inlinable package static var bucketCount: Int { 3_178 }

    package static var scale: Int { 6 }

    /// Added to a bucket it gives OpenTelemetry's index; Prometheus's is one higher.
    package static var exponentialOffset: Int { -1_915 }

    /// How far a value that `middleNanoseconds` gives may be from any value of its bucket:
    /// (2^(1/64) - 1) / (2^(1/64) + 1).
    package static var relativeErrorMax: Double { 0.005_415_2 }

    static var longest: UInt64 { 10 * 86_400 * 1_000_000_000 }

    /// Bucket of a duration. A lookup and one comparison with an exact edge.
    package static func bucket(ofNanoseconds duration: UInt64) -> Int {
        guard duration > 0 else { return 0 }
        let nanoseconds = min(duration, longest)
        let zeros = nanoseconds.leadingZeroBitCount
        let mantissa = nanoseconds &<< UInt64(truncatingIfNeeded: zeros)
        let below = Int(edgesBelowCell[Int(truncatingIfNeeded: mantissa &>> 56 & 0x7F)])
        let above = mantissa > edges[below] ? 1 : 0
        return 64 &* (63 &- zeros) &+ below &+ above &+ 1
    }

    /// The value that no value of the bucket is further from than `relativeErrorMax`.
    package static func middleNanoseconds(of bucket: Int) -> Double {
        guard bucket > 0 else { return 0 }
        let (lower, upper) = (edge(bucket - 2), edge(bucket - 1))
        return 2 * lower * upper / (lower + upper)
    }

    /// The bucket's highest value.
    package static func upperNanoseconds(of bucket: Int) -> Double {
        bucket > 0 ? edge(bucket - 1) : 0
    }

    /// Edges are numbered on from the first one that is at least a nanosecond.
    private static func edge(_ number: Int) -> Double {
        let (octave, place) = (number >> 6, number & 63)
        return Double(edges[place]) * Double(sign: .plus, exponent: octave - 63, significand: 1)
    }
}
