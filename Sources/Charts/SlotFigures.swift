/// What is kept apart by subject and ten seconds.
enum ChartFamily: UInt8, CaseIterable, Sendable {
    case edge
    case operation
    case service
    /// Time of an entry operation spent on an edge.
    case critical
}

/// What a lane counted of one subject in ten seconds, without what `CountTable` has of it.
struct SlotFigures: Sendable {
    let family: ChartFamily
    /// An edge, an operation, or an entry operation and an edge, as the lane numbers them.
    let subject: UInt64
    /// Tens of seconds since 1970.
    let ten: UInt32
    var scalars = FigureScalars()
    /// How long calls ran in each second, in `BusyTime`.
    var busy = InlineArray<10, Int64>(repeating: 0)

    init(_ family: ChartFamily, subject: UInt64, ten: UInt32) {
        self.family = family
        self.subject = subject
        self.ten = ten
    }
}

/// Sums of a subject in some time; all but the exemplars can be taken out again.
struct FigureScalars: Sendable {
    var samples: Int64 = 0
    var unknownSamples: Int64 = 0
    /// Times weight.
    var retries: Int64 = 0
    var viewSamples = InlineArray<4, Int64>(repeating: 0)
    /// Nanoseconds times weight.
    var viewSums = InlineArray<4, Int128>(repeating: 0)
    var slowest = Exemplar()
    var failed = Exemplar()

    mutating func add(_ call: borrowing EdgeCall, sign: Int64) {
        let weight = call.weight &* sign
        addSamples(sign, isWeightUnknown: call.isWeightUnknown)
        retries &+= weight &* Int64(call.retries)
        add(call.serverNanoseconds, .server, samples: sign, weight: weight)
        add(call.clientNanoseconds, .client, samples: sign, weight: weight)
        add(call.gapNanoseconds, .gap, samples: sign, weight: weight)
        add(call.queueAgeNanoseconds, .queueAge, samples: sign, weight: weight)
        if sign > 0 { keep(Exemplar(of: call), isFailed: call.isFailed) }
    }

    mutating func add(_ call: borrowing OwnCall, sign: Int64) {
        let weight = call.weight &* sign
        addSamples(sign, isWeightUnknown: call.isWeightUnknown)
        retries &+= weight &* Int64(call.retries)
        add(call.durationNanoseconds, .server, samples: sign, weight: weight)
        add(call.queueAgeNanoseconds, .queueAge, samples: sign, weight: weight)
        if sign > 0 { keep(Exemplar(of: call), isFailed: call.isFailed) }
    }

    mutating func add(_ share: borrowing CriticalShare, sign: Int64) {
        let samples = share.spans &* sign
        addSamples(samples, isWeightUnknown: false)
        let nanoseconds = Int64(truncatingIfNeeded: share.nanoseconds)
        add(nanoseconds, .server, samples: samples, weight: share.weight &* sign)
    }

    private mutating func addSamples(_ more: Int64, isWeightUnknown: Bool) {
        samples &+= more
        if isWeightUnknown { unknownSamples &+= more }
    }

    /// A negative duration is not known.
    @inline(__always)
    private mutating func add(
        _ nanoseconds: Int64, _ view: LatencyView, samples: Int64, weight: Int64
    ) {
        guard nanoseconds >= 0 else { return }
        viewSamples[Int(view.rawValue)] &+= samples
        viewSums[Int(view.rawValue)] &+= Int128(nanoseconds) &* Int128(weight)
    }

    private mutating func keep(_ exemplar: Exemplar, isFailed: Bool) {
        slowest.keepSlower(exemplar)
        if isFailed { failed.keepSlower(exemplar) }
    }

    mutating func add(_ other: borrowing FigureScalars) {
        samples &+= other.samples
        unknownSamples &+= other.unknownSamples
        retries &+= other.retries
        for view in 0..<LatencyView.count {
            viewSamples[view] &+= other.viewSamples[view]
            viewSums[view] &+= other.viewSums[view]
        }
        slowest.keepSlower(other.slowest)
        failed.keepSlower(other.failed)
    }
}

/// Time in which calls ran: units of 2^10 nanoseconds of a call, rounded once for each call and
/// second, so that sums stay exact and take two or three bytes.
enum BusyTime {
    static func rounded(nanoseconds: UInt64, weight: Int64) -> Int64 {
        let product = Int128(truncatingIfNeeded: nanoseconds) &* Int128(weight)
        return Int64(truncatingIfNeeded: (product &+ 1 << 29) &>> 30)
    }

    /// How many calls ran in a second, or calls times seconds in more of them.
    static func calls(_ units: Int64) -> Double { Double(units) * 1_024 / 1e9 }
}
