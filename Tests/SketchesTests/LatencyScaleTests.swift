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
}
