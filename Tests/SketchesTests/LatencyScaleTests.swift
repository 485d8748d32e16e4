import Sketches
import Testing

@Suite struct `The scale of latencies` {
    @Test func `has one nanosecond in its first bucket and ten days in its last`() {
        #expect(LatencyScale.bucket(ofNanoseconds: 0) == 0)
        #expect(LatencyScale.bucket(ofNanoseconds: 1) == 1)
        let last = LatencyScale.bucketCount - 1
        #expect(LatencyScale.bucket(ofNanoseconds: 864_000_000_000_000) == last)
        #expect(LatencyScale.bucket(ofNanoseconds: .max) == last)
    }

    @Test(
        arguments: [
            // Powers of two in seconds are the upper edges of their buckets.
            (1_000_000_000, -1), (1_000_000_001, 0), (2_000_000_000, 63), (2_000_000_001, 64),
            (500_000_000, -65), (500_000_001, -64), (250_000_000, -129), (1, -1_914),
        ] as [(UInt64, Int)])
    func `numbers buckets as OpenTelemetry does`(nanoseconds: UInt64, index: Int) {
        let bucket = LatencyScale.bucket(ofNanoseconds: nanoseconds)
        #expect(bucket + LatencyScale.exponentialOffset == index)
    }

    /// Each edge is 2^(j/64) seconds: its 64th power is compared in whole numbers of any size.
    @Test func `has exact edges`() {
        for index in stride(from: -1_913, through: 1_262, by: 1) {
            let bucket = index - 1 - LatencyScale.exponentialOffset
            let highest = highestNanoseconds(in: bucket)
            guard highest > 0 else { continue }
            #expect(isAtOrBelowEdge(highest, index), "bucket \(bucket)")
            #expect(!isAtOrBelowEdge(highest + 1, index), "bucket \(bucket)")
        }
    }

    @Test func `puts longer durations into higher buckets`() {
        var last = 0
        for nanoseconds in UInt64(0)...100_000 {
            let bucket = LatencyScale.bucket(ofNanoseconds: nanoseconds)
            #expect(bucket >= last)
            last = bucket
        }
    }

    @Test func `stays within its error and below the upper edge`() {
        var random = SeededNumbers(seed: 1)
        for _ in 0..<100_000 {
            let nanoseconds = max(1, random.duration())
            let bucket = LatencyScale.bucket(ofNanoseconds: nanoseconds)
            let middle = LatencyScale.middleNanoseconds(of: bucket)
            let error = abs(middle - Double(nanoseconds)) / Double(nanoseconds)
            #expect(error <= LatencyScale.relativeErrorMax)
            #expect(LatencyScale.upperNanoseconds(of: bucket) >= Double(nanoseconds).nextDown)
        }
    }

    /// By bisection, so that nothing of the scale's own tables is believed. Zero when no whole
    /// number of nanoseconds is in the bucket or below.
    private func highestNanoseconds(in bucket: Int) -> UInt64 {
        var (low, high): (UInt64, UInt64) = (0, 900_000_000_000_000)
        while low < high {
            let middle = low + (high - low + 1) / 2
            if LatencyScale.bucket(ofNanoseconds: middle) <= bucket {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low < 864_000_000_000_000 ? low : 0
    }

    /// n · 10^-9 ≤ 2^(i/64), that is n^64 ≤ 2^i · 10^576.
    private func isAtOrBelowEdge(_ nanoseconds: UInt64, _ index: Int) -> Bool {
        var left = Natural(1)
        var right = Natural(1)
        for _ in 0..<64 {
            left.multiply(by: nanoseconds)
            right.multiply(by: 1_000_000_000)
        }
        for _ in 0..<abs(index) / 32 {
            if index > 0 { right.multiply(by: 1 << 32) } else { left.multiply(by: 1 << 32) }
        }
        let rest = UInt64(1) << UInt64(abs(index) % 32)
        if index > 0 { right.multiply(by: rest) } else { left.multiply(by: rest) }
        return left <= right
    }
}

/// A whole number of any size, lowest digits first.
private struct Natural: Comparable {
    private var digits: [UInt64]

    init(_ number: UInt64) { digits = [number] }

    mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in digits.indices {
            let product = digits[index].multipliedFullWidth(by: factor)
            let (sum, isOver) = product.low.addingReportingOverflow(carry)
            digits[index] = sum
            carry = product.high + (isOver ? 1 : 0)
        }
        if carry > 0 { digits.append(carry) }
    }

    static func < (left: Natural, right: Natural) -> Bool {
        guard left.digits.count == right.digits.count else {
            return left.digits.count < right.digits.count
        }
        return left.digits.reversed().lexicographicallyPrecedes(right.digits.reversed())
    }
}
