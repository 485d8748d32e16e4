package import Spans

/// How long spans are waited for, and how much memory they may take.
package struct AssemblyLimits: Sendable, Equatable {
    /// A complete trace settles after this quiet, or a longer one when spans are seen to come late.
    package var quietMilliseconds = 2_000
    /// Any trace settles after this quiet.
    package var quietMaxMilliseconds = 10_000
    /// Any trace settles at this age.
    package var ageMaxMilliseconds = 60_000
    /// How long after it settled a trace is amended by spans that come late.
    package var lateMilliseconds = 300_000
    package var spansPerTraceMax = 262_144
    /// Of one lane, for open traces and those that can still be amended.
    package var memoryBytesMax = 256 << 20

    package init() {}
}

/// What became of traces and of spans that belong to none, since the table was made.
package struct AssemblyTally: Sendable, Equatable {
    /// Traces that settled, and how often one was counted again because more of it came.
    package var settled = 0
    package var amended = 0
    /// Settled before their time because memory was short.
    package var settledEarly = 0
    /// Settled although the root or a parent was missing.
    package var settledIncomplete = 0
    /// Traces that could have been amended for longer, had there been memory.
    package var forgottenEarly = 0
    /// Copies of spans that were there already.
    package var copies = 0
    /// Spans that came after their trace was forgotten: not counted.
    package var late = 0
    /// Spans beyond the most that a trace may have: not counted.
    package var overTraceLimit = 0

    package init() {}
}

/// Takes the spans of a trace when it settles, and those that were counted when it is amended.
package protocol TraceCounter: ~Copyable {
    /// Counts a set of spans, or takes back with a sign of -1 what was counted for the same set.
    mutating func count(_ trace: TraceID, _ spans: [SpanSkeleton], _ index: SpanIndex, sign: Int64)

    /// Hears that a trace was counted, with all that records of the journal up to one tell of it;
    /// and whether it had been counted before.
    mutating func settled(
        _ trace: TraceID, _ spans: [SpanSkeleton], through: UInt64, isAmended: Bool)
}

extension TraceCounter where Self: ~Copyable {
    package mutating func settled(
        _ trace: TraceID, _ spans: [SpanSkeleton], through: UInt64, isAmended: Bool
    ) {}
}
