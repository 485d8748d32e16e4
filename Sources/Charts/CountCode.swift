/// What a count in a table of counts is of: a view and a number within it, as one number.
enum CountCode {
    /// A bucket of the sketch of a view.
    static func bucket(_ bucket: Int, of view: LatencyView) -> UInt32 {
        UInt32(view.rawValue) << 24 | UInt32(truncatingIfNeeded: bucket)
    }

    static func facet(_ facet: Facet) -> UInt32 { firstFacet | facet.rawValue }

    /// A value of a dimension, numbered by names.
    static func value(_ value: UInt32, ofDimension dimension: Int) -> UInt32 {
        firstValue + UInt32(truncatingIfNeeded: dimension) << 24 | value & 0xFF_FFFF
    }

    static var firstFacet: UInt32 { 4 << 24 }
    static var firstValue: UInt32 { 5 << 24 }

    /// The number within the view.
    static func number(_ code: UInt32) -> Int { Int(code & 0xFF_FFFF) }

    /// Which dimension a value's code is of.
    static func dimension(_ code: UInt32) -> Int { Int(code >> 24) - 5 }
}

/// The durations that are kept of a call.
package enum LatencyView: UInt8, CaseIterable, Sendable {
    /// As the server half says; of a service's or operation's own calls the only one.
    case server
    case client
    case gap
    case queueAge

    static var count: Int { 4 }
}

/// All traits of a call as one number, so that one count serves them all: an edge sees few
/// combinations.
struct Facet: RawRepresentable, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ call: borrowing EdgeCall) {
        rawValue =
            UInt32(call.outcome.rawValue) | (call.isFailed ? 8 : 0)
            | UInt32(call.kind.rawValue) << 4 | UInt32(call.evidence.rawValue) << 6
            | UInt32(call.clientRung.rawValue) << 9 | UInt32(call.serverRung.rawValue) << 13
    }

    /// The side stands where an edge has its kind.
    init(_ call: borrowing OwnCall) {
        rawValue =
            UInt32(call.outcome.rawValue) | (call.isFailed ? 8 : 0)
            | UInt32(call.side.rawValue) << 4
    }

    var outcome: CallClass { CallClass(rawValue: bits(0, 7)) ?? .ok }
    var isFailed: Bool { rawValue & 8 != 0 }
    var kind: CallKind { CallKind(rawValue: bits(4, 3)) ?? .request }
    var side: OwnSide { OwnSide(rawValue: bits(4, 3)) ?? .server }
    var evidence: Evidence { Evidence(rawValue: bits(6, 7)) ?? .paired }
    var clientRung: NamingRung { NamingRung(rawValue: bits(9, 15)) ?? .serviceName }
    var serverRung: NamingRung { NamingRung(rawValue: bits(13, 15)) ?? .serviceName }

    private func bits(_ place: UInt32, _ mask: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: rawValue >> place & mask)
    }
}
