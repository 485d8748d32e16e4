/// The unit of weights: a call that was seen and stands for itself alone.
///
/// Weights are whole numbers of 2^-20 calls, so that sums are exact in any order.
@usableFromInline
package enum CallWeight {
    @inlinable package static var one: Int64 { 1 << 20 }
}

/// One call over an edge, from both halves or one. Figures that there are not are negative.
@usableFromInline
package struct EdgeCall: Sendable {
    @usableFromInline package var edge: UInt32 = 0
    @usableFromInline package var kind: CallKind = .request
    @usableFromInline package var evidence: Evidence = .paired
    @usableFromInline package var clientRung: NamingRung = .serviceName
    @usableFromInline package var serverRung: NamingRung = .serviceName
    @usableFromInline package var outcome: CallClass = .ok
    @usableFromInline package var isFailed = false
    /// The sender did not say how its spans were sampled; the weight is a guess.
    @usableFromInline package var isWeightUnknown = false
    @usableFromInline package var weight: Int64 = CallWeight.one
    /// The server half's times, else the client's: they tell the window and when it was busy.
    @usableFromInline package var startNanoseconds: UInt64 = 0
    @usableFromInline package var endNanoseconds: UInt64 = 0
    @usableFromInline package var serverNanoseconds: Int64 = -1
    @usableFromInline package var clientNanoseconds: Int64 = -1
    /// Client's less server's duration, not below zero.
    @usableFromInline package var gapNanoseconds: Int64 = -1
    @usableFromInline package var queueAgeNanoseconds: Int64 = -1
    @usableFromInline package var retries: UInt32 = 0
    @usableFromInline package var traceHigh: UInt64 = 0
    @usableFromInline package var traceLow: UInt64 = 0
    @usableFromInline package var span: UInt64 = 0

    @inlinable
    package init() {}
}

/// One call as the service that answered it counts it: a server, consumer or root span.
@usableFromInline
package struct OwnCall: Sendable {
    /// It tells the service too.
    @usableFromInline package var operation: UInt32 = 0
    @usableFromInline package var side: OwnSide = .server
    @usableFromInline package var outcome: CallClass = .ok
    @usableFromInline package var isFailed = false
    @usableFromInline package var isWeightUnknown = false
    @usableFromInline package var weight: Int64 = CallWeight.one
    @usableFromInline package var startNanoseconds: UInt64 = 0
    @usableFromInline package var endNanoseconds: UInt64 = 0
    /// Negative when it is not known.
    @usableFromInline package var durationNanoseconds: Int64 = -1
    @usableFromInline package var queueAgeNanoseconds: Int64 = -1
    @usableFromInline package var retries: UInt32 = 0
    @usableFromInline package var traceHigh: UInt64 = 0
    @usableFromInline package var traceLow: UInt64 = 0
    @usableFromInline package var span: UInt64 = 0
    /// What `ChartNames.value(_:)` gave for each dimension of the settings, or `none`.
    @usableFromInline package var dimensions = InlineArray<4, UInt32>(repeating: OwnCall.none)

    @inlinable
    package init() {}

    @inlinable package static var none: UInt32 { .max }
    @inlinable package static var dimensionsMax: Int { 4 }
}

/// How much of the time that an entry operation took was spent on an edge, in one trace.
@usableFromInline
package struct CriticalShare: Sendable {
    @usableFromInline package var entryOperation: UInt32 = 0
    @usableFromInline package var edge: UInt32 = 0
    /// Of the entry's call; it tells the window.
    @usableFromInline package var endNanoseconds: UInt64 = 0
    @usableFromInline package var nanoseconds: UInt64 = 0
    /// Whose time it is: each is a sample.
    @usableFromInline package var spans: Int64 = 1
    @usableFromInline package var weight: Int64 = CallWeight.one

    @inlinable
    package init() {}
}
