/// What is told of the calls of an edge, a service or an operation in some time.
package struct CallSummary: Equatable, Sendable {
    package var count = Amount()
    /// By the rule of the settings.
    package var failed = Amount()
    package var faults = Amount()
    package var throttles = Amount()
    package var clientErrors = Amount()
    package var cancelled = Amount()
    /// Spans or pairs that were seen.
    package var samples: Int64 = 0
    /// Those whose sender did not say how it had sampled.
    package var samplesOfUnknownWeight: Int64 = 0
    /// Of calls, a second.
    package var rate = 0.0
    package var latency = LatencySummary()
    package var saturation = Saturation()
    package var slowest: Exemplar?
    package var failedExemplar: Exemplar?
}

/// How full something is.
package struct Saturation: Equatable, Sendable {
    /// How many calls ran on average, by Little's law: time that calls ran by time that passed.
    package var meanConcurrency = 0.0
    /// The same in the fullest second.
    package var peakConcurrency = 0.0
    /// Of all calls.
    package var throttleShare = 0.0
    package var retriesPerCall = 0.0
    /// How long messages had waited.
    package var queueAge = LatencySummary()
}

/// Seconds since 1970, from one up to another that is not in it.
package struct ChartWindow: Hashable, Sendable {
    package var from: Int64
    package var to: Int64

    package init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }

    package var seconds: Int64 { max(0, to - from) }
}
