import Fuzzing
import Sketches

/// What is a sketch must be the same when it is written and read again, and adding and taking away
/// another one must leave it as it was.
@main enum FuzzSketches {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ input: [UInt8]) {
        let middle = input.count / 2
        guard let whole = try? LatencySketch(decoding: input) else {
            guard let left = try? LatencySketch(decoding: Array(input[..<middle])),
                let right = try? LatencySketch(decoding: Array(input[middle...]))
            else { return }
            var sum = left
            sum.merge(right)
            sum.subtract(right)
            precondition(sum == left, "what was added cannot be taken away")
            return
        }
        precondition(
            (try? LatencySketch(decoding: whole.encoded())) == whole, "a sketch does not come back")
        for quantile in [0, 0.5, 0.99, 1] { _ = whole.quantileNanoseconds(quantile) }
    }
}
