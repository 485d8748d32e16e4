/// Structural limits of a request; each refuses the span that passes it, and truncates nothing.
package struct OTLPLimits: Sendable, Equatable {
    package var spansMax = 262_144
    /// Counted over a span, its events and its links.
    package var attributesMax = 16_384
    package var valueBytesMax = 4 << 20
    package var valueDepthMax = 64

    package init() {}

    /// For what was accepted before: depth alone is limited, by the most that it ever was.
    package static var none: OTLPLimits {
        var limits = OTLPLimits()
        limits.spansMax = .max
        limits.attributesMax = .max
        limits.valueBytesMax = .max
        return limits
    }
}
