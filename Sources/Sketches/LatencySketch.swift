/// How often durations of each bucket of `LatencyScale` occurred: weights by bucket, sparse.
///
/// Weights are whole numbers of whatever unit the owner counts in; they add with wrapping, so that
/// merging is exact, in any order, and what was merged can be subtracted again. What was subtracted
/// before it was added stands as a negative weight until then.
/// Invariant: `entries` ascend by bucket, and no weight is zero; so equal sums are equal sketches.
@usableFromInline
package struct LatencySketch: Equatable, Sendable {
    @usableFromInline
    package struct Entry: Equatable, Sendable {
        @usableFromInline package var bucket: UInt16
        @usableFromInline package var weight: Int64

        @inlinable
        package init(bucket: UInt16, weight: Int64) {
            self.bucket = bucket
            self.weight = weight
        }
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Of entries that keep the invariant.
    package init(ascending entries: [Entry]) {
        assert(zip(entries, entries.dropFirst()).allSatisfy { $0.bucket < $1.bucket })
        assert(entries.allSatisfy { $0.weight != 0 })
        self.entries = entries
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// Of all buckets together.
    package var weight: Int64 { entries.reduce(0) { $0 &+ $1.weight } }

    package mutating func add(nanoseconds: UInt64, weight: Int64) {
        guard weight != 0 else { return }
        let bucket = UInt16(LatencyScale.bucket(ofNanoseconds: nanoseconds))
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].bucket < bucket { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].bucket == bucket else {
            return entries.insert(Entry(bucket: bucket, weight: weight), at: low)
        }
        entries[low].weight &+= weight
        if entries[low].weight == 0 { entries.remove(at: low) }
    }

    package mutating func merge(_ other: LatencySketch) { combine(with: other, sign: 1) }

    /// Takes out what was merged.
    package mutating func subtract(_ other: LatencySketch) { combine(with: other, sign: -1) }

    private mutating func combine(with other: LatencySketch, sign: Int64) {
        var sum: [Entry] = []
        sum.reserveCapacity(entries.count + other.entries.count)
        var mine = entries[...]
        for entry in other.entries {
            while let first = mine.first, first.bucket < entry.bucket {
                sum.append(first)
                mine.removeFirst()
            }
            var weight = entry.weight &* sign
            if let first = mine.first, first.bucket == entry.bucket {
                weight &+= first.weight
                mine.removeFirst()
            }
            if weight != 0 { sum.append(Entry(bucket: entry.bucket, weight: weight)) }
        }
        sum.append(contentsOf: mine)
        entries = sum
    }
}

extension LatencySketch {
    /// Nearest rank by weight: the middle of the bucket in which the least value lies that has at
    /// least the share `quantile` of all weight at or below it. It is off by
    /// `LatencyScale.relativeErrorMax` at most. Nil when nothing was counted.
    package func quantileNanoseconds(_ quantile: Double) -> Double? {
        let total = weight
        guard total > 0 else { return nil }
        // In whole millionths, so that 99 % of 100 is 99 and not a hair more.
        let millionths = UInt64((min(max(quantile, 0), 1) * 1_000_000).rounded())
        let product = millionths.multipliedFullWidth(by: UInt64(total))
        let (share, rest) = UInt64(1_000_000).dividingFullWidth(product)
        let rank = max(1, Int64(share) + (rest > 0 ? 1 : 0))
        var below: Int64 = 0
        for entry in entries {
            below &+= entry.weight
            if below >= rank { return LatencyScale.middleNanoseconds(of: Int(entry.bucket)) }
        }
        return nil
    }

    /// The upper edge of the highest bucket that holds something.
    package var maximumNanoseconds: Double? {
        entries.last { $0.weight > 0 }.map { LatencyScale.upperNanoseconds(of: Int($0.bucket)) }
    }
}
