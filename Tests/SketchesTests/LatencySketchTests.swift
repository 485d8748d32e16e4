import Sketches
import Testing

@Suite struct `A latency sketch` {
    @Test func `tells nothing of nothing`() {
        let sketch = LatencySketch()
        #expect(sketch.quantileNanoseconds(0.5) == nil)
        #expect(sketch.maximumNanoseconds == nil)
        #expect(sketch.weight == 0)
    }

    @Test func `keeps durations of zero apart`() {
        var sketch = LatencySketch()
        sketch.add(nanoseconds: 0, weight: 3)
        #expect(sketch.quantileNanoseconds(0.99) == 0)
        #expect(sketch.maximumNanoseconds == 0)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `gives quantiles of sorted data within its error`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let count = Int.random(in: 1...2_000, using: &random)
        let values = (0..<count).map { _ in
            (nanoseconds: random.duration(), weight: Int64.random(in: 1...9, using: &random))
        }
        var sketch = LatencySketch()
        for value in values { sketch.add(nanoseconds: value.nanoseconds, weight: value.weight) }
        let sorted = values.sorted { $0.nanoseconds < $1.nanoseconds }
            .flatMap { Array(repeating: $0.nanoseconds, count: Int($0.weight)) }
        for thousandths in [0, 1, 100, 500, 900, 950, 990, 999, 1_000] {
            let rank = max(1, (sorted.count * thousandths + 999) / 1_000)
            let truth = Double(sorted[rank - 1])
            let quantile = try #require(sketch.quantileNanoseconds(Double(thousandths) / 1_000))
            #expect(abs(quantile - truth) <= truth * LatencyScale.relativeErrorMax)
        }
        let maximum = try #require(sketch.maximumNanoseconds)
        let highest = Double(try #require(sorted.last))
        #expect(maximum >= highest.nextDown && maximum <= highest * 1.0109)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `merges in any order and grouping`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let parts = (0..<8).map { _ in Self.sketch(&random) }
        let whole = parts.reduce(into: LatencySketch()) { $0.merge($1) }
        let shuffled = parts.shuffled(using: &random)
        #expect(shuffled.reduce(into: LatencySketch()) { $0.merge($1) } == whole)
        var left = LatencySketch()
        var right = LatencySketch()
        for part in shuffled.prefix(3) { left.merge(part) }
        for part in shuffled.dropFirst(3) { right.merge(part) }
        right.merge(left)
        #expect(right == whole)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `gives back what was subtracted, before or after it was added`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let (first, second) = (Self.sketch(&random), Self.sketch(&random))
        var sketch = first
        sketch.subtract(second)
        sketch.merge(second)
        #expect(sketch == first)
        sketch.subtract(first)
        #expect(sketch == LatencySketch())
    }

    static func sketch(_ random: inout SeededNumbers) -> LatencySketch {
        var sketch = LatencySketch()
        let shift = Int64.random(in: 0...40, using: &random)
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let weight = Int64.random(in: -5...100, using: &random) << shift
            sketch.add(nanoseconds: random.duration(), weight: weight)
        }
        return sketch
    }
}

@Suite struct `An encoded sketch` {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `comes back as it was`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let sketch = `A latency sketch`.sketch(&random)
        #expect(try LatencySketch(decoding: sketch.encoded()) == sketch)
    }

    @Test func `takes about two bytes a bucket`() {
        var sketch = LatencySketch()
        for bucket in 1...30 {
            sketch.add(nanoseconds: 1_000_000 + UInt64(bucket) * 40_000, weight: 50 << 20)
        }
        #expect(sketch.encoded().count <= 2 * sketch.entries.count + 5)
    }

    @Test func `keeps the outermost weights and buckets`() throws {
        let top = UInt16(LatencyScale.bucketCount - 1)
        let sketch = LatencySketch(ascending: [
            .init(bucket: 0, weight: .min), .init(bucket: 1, weight: .max),
            .init(bucket: top, weight: -1),
        ])
        #expect(try LatencySketch(decoding: sketch.encoded()) == sketch)
    }

    @Test func `is refused when it is cut at any byte, naming the place`() {
        var random = SeededNumbers(seed: 4)
        let bytes = `A latency sketch`.sketch(&random).encoded()
        #expect(bytes.count > 50)
        for count in bytes.indices {
            #expect(throws: SketchError.self) {
                try LatencySketch(decoding: Array(bytes[..<count]))
            }
        }
    }

    @Test(
        arguments: [
            ([], .truncated, 0), ([2, 0, 0], .version(2), 0), ([1, 64, 0], .weight, 1),
            ([1, 0, 1, 5, 0], .weight, 3), ([1, 63, 1, 5, 4], .weight, 3),
            ([1, 0, 1, 0xFF, 0x7F, 2], .bucket, 3), ([1, 0, 0xFF, 0x7F], .bucket, 2),
            ([1, 0, 1, 5, 2, 9], .trailing, 5), ([1, 0, 1, 5, 0x80], .truncated, 4),
        ] as [([UInt8], SketchError.Kind, Int)])
    func `is refused by what is wrong with it`(
        bytes: [UInt8], kind: SketchError.Kind, offset: Int
    ) {
        #expect(throws: SketchError(kind, at: offset)) { try LatencySketch(decoding: bytes) }
    }

    @Test func `with changed bytes is refused or is a sketch`() throws {
        var random = SeededNumbers(seed: 5)
        let bytes = `A latency sketch`.sketch(&random).encoded()
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: changed.indices, using: &random)] =
                    UInt8.random(in: .min ... .max, using: &random)
            }
            guard let sketch = try? LatencySketch(decoding: changed) else { continue }
            #expect(try LatencySketch(decoding: sketch.encoded()) == sketch)
        }
    }
}
