import Sketches
import Testing

@Suite struct `A sketch of different names` {
    @Test(arguments: [0, 1, 5, 50, 500, 5_000, 50_000, 500_000])
    func `estimates how many there were`(count: Int) {
        var sketch = DistinctSketch()
        var random = SeededNumbers(seed: UInt64(count))
        for _ in 0..<count {
            let hash = random.next()
            sketch.add(hash: hash)
            sketch.add(hash: hash)
        }
        // Four standard errors, and one for small numbers.
        #expect(abs(sketch.estimate - count) <= 1 + count * 13 / 100)
    }

    @Test func `merges to that of all names`() {
        var random = SeededNumbers(seed: 9)
        var (left, right, both) = (DistinctSketch(), DistinctSketch(), DistinctSketch())
        for index in 0..<3_000 {
            let hash = random.next()
            if index < 2_000 { left.add(hash: hash) }
            if index >= 1_000 { right.add(hash: hash) }
            both.add(hash: hash)
        }
        left.merge(right)
        #expect(left == both)
    }
}
