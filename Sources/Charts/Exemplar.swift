/// A call to look at, by its ids.
///
/// Of two the slower is kept, then the higher ids: so any order of calls leads to the same one. What
/// is taken back leaves its exemplar: its trace is there to be looked at all the same.
package struct Exemplar: Hashable, Sendable {
    package var traceHigh: UInt64 = 0
    package var traceLow: UInt64 = 0
    package var span: UInt64 = 0
    package var nanoseconds: UInt64 = 0

    package init() {}

    var isNone: Bool { traceHigh | traceLow == 0 }

    mutating func keepSlower(_ other: Exemplar) {
        guard !other.isNone else { return }
        if nanoseconds > other.nanoseconds { return }
        let mine = (nanoseconds, traceHigh, traceLow, span)
        if mine < (other.nanoseconds, other.traceHigh, other.traceLow, other.span) { self = other }
    }
}

extension Exemplar {
    init(of call: borrowing EdgeCall) {
        traceHigh = call.traceHigh
        traceLow = call.traceLow
        span = call.span
        let shown = call.serverNanoseconds >= 0 ? call.serverNanoseconds : call.clientNanoseconds
        nanoseconds = UInt64(max(0, shown))
    }

    init(of call: borrowing OwnCall) {
        traceHigh = call.traceHigh
        traceLow = call.traceLow
        span = call.span
        nanoseconds = UInt64(max(0, call.durationNanoseconds))
    }
}
