/// The same random numbers in each run (SplitMix64).
package struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Of all sizes alike: from nothing to ten days.
    package mutating func duration() -> UInt64 {
        let bits = UInt64.random(in: 0...49, using: &self)
        return min(864_000_000_000_000, next() >> (63 - bits))
    }
}
