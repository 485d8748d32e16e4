import Testing

@testable import Receiving

@Suite struct `A nuisance meter` {
    private func meter(after nuisances: Int) -> NuisanceMeter {
        var meter = NuisanceMeter(nowMilliseconds: 0)
        for _ in 0..<nuisances { meter.count() }
        return meter
    }

    /// Asks a copy.
    private func isTooMuch(_ meter: NuisanceMeter, at milliseconds: Int) -> Bool {
        var meter = meter
        return meter.isTooMuch(nowMilliseconds: milliseconds)
    }

    @Test func `is full after more than two thousand at once`() {
        #expect(isTooMuch(meter(after: 2_001), at: 0))
        #expect(!isTooMuch(meter(after: 2_000), at: 0))
    }

    @Test func `forgives two hundred a second, however often it is asked`() {
        var asked = meter(after: 2_200)
        for now in 1...1_000 { _ = asked.isTooMuch(nowMilliseconds: now) }
        #expect(!isTooMuch(asked, at: 1_000))
        #expect(isTooMuch(meter(after: 2_200), at: 990))
    }

    @Test func `is relieved by requests that are answered, down to nothing`() {
        var meter = meter(after: 2_020)
        meter.relieve()
        #expect(!isTooMuch(meter, at: 0))
        for _ in 0..<1_000 { meter.relieve() }
        for _ in 0..<2_001 { meter.count() }
        #expect(isTooMuch(meter, at: 0))
    }

    @Test func `is not emptied by time that runs backwards`() {
        #expect(isTooMuch(meter(after: 2_001), at: -1_000))
    }
}
