/// How many calls: a sum of weights.
package struct Amount: Hashable, Sendable {
    /// In units of 2^-20 calls.
    package var raw: Int64

    package init(raw: Int64 = 0) { self.raw = raw }

    package var calls: Double { Double(raw) / Double(CallWeight.one) }

    /// Nil when it has a fraction.
    package var wholeCalls: Int64? {
        raw & (CallWeight.one - 1) == 0 ? raw >> 20 : nil
    }

    static func += (left: inout Amount, right: Int64) { left.raw &+= right }
}
