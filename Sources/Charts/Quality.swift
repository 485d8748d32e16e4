/// What is odd about the data that came, counted by service: what keeps a map from being true.
package enum QualityReason: UInt8, CaseIterable, Sendable {
    case orphan
    case unansweredCall
    case unconsumedMessage
    case lostLink
    case missingParent
    case noRoot
    case severalRoots
    case cycle
    case selfParent
    case noKind
    case unnamedService
    case noEnd
    case endBeforeStart
    case absurdDuration
    case negativeGap
    case negativeQueueAge
    case tooOld
    case tooFarAhead
    case movedToReceipt
    case excluded
    case unknownWeight

    /// As it stands in the report.
    package var word: String {
        switch self {
        case .orphan: "orphan"
        case .unansweredCall: "unanswered_call"
        case .unconsumedMessage: "unconsumed_message"
        case .lostLink: "lost_link"
        case .missingParent: "missing_parent"
        case .noRoot: "no_root"
        case .severalRoots: "several_roots"
        case .cycle: "cycle"
        case .selfParent: "self_parent"
        case .noKind: "no_kind"
        case .unnamedService: "unnamed_service"
        case .noEnd: "no_end"
        case .endBeforeStart: "end_before_start"
        case .absurdDuration: "absurd_duration"
        case .negativeGap: "negative_gap"
        case .negativeQueueAge: "negative_queue_age"
        case .tooOld: "too_old"
        case .tooFarAhead: "too_far_ahead"
        case .movedToReceipt: "moved_to_receipt"
        case .excluded: "excluded"
        case .unknownWeight: "unknown_weight"
        }
    }

    /// What it means, and what to do about it.
    package var sentence: String {
        switch self {
        case .orphan:
            "server spans whose parent never came and that name no peer: they are on no edge; "
                + "look for a caller that does not export, or drops spans"
        case .unansweredCall:
            "client spans that nobody answered and that name no peer: they are on no edge; set "
                + "server.address or service.peer.name"
        case .unconsumedMessage:
            "producer spans without a consumer and without a destination name: they are on no edge"
        case .lostLink:
            "links to a span that never came: the message is on no edge to its producer"
        case .missingParent: "spans that name a parent that never came"
        case .noRoot: "traces without a root"
        case .severalRoots: "traces with several roots"
        case .cycle: "spans that are their own ancestors"
        case .selfParent: "spans that name themselves as parent"
        case .noKind: "spans without a kind: edges to them are inferred from the change of service"
        case .unnamedService: "spans whose resource has no service.name"
        case .noEnd: "spans without an end: they are counted without a duration"
        case .endBeforeStart: "spans that end before they start: their duration counts as zero"
        case .absurdDuration: "spans of more than a day: their duration is cut to a day"
        case .negativeGap: "calls whose server half is longer than the client half"
        case .negativeQueueAge:
            "messages consumed before they were sent, by their clocks: the age counts as zero"
        case .tooOld: "spans that ended too long before they came: not counted"
        case .tooFarAhead: "spans that end in the future: not counted"
        case .movedToReceipt:
            "spans that ended more than ten minutes after they came: counted in the minute of "
                + "receipt"
        case .excluded: "spans that an exclude rule keeps out of edges and signals"
        case .unknownWeight:
            "spans that do not say how they were sampled: each stands for itself alone"
        }
    }
}

/// Oddities and clocks as a lane counts them between two hand-overs. Adds up, and what is added
/// with a sign of -1 is taken back.
package struct QualityTally: Sendable {
    package struct Key: Hashable, Sendable {
        package let reason: QualityReason
        package let service: UInt32

        package init(_ reason: QualityReason, _ service: UInt32) {
            self.reason = reason
            self.service = service
        }
    }

    /// Two machines, by the numbers that their names have among the dimension values.
    package struct HostPair: Hashable, Sendable {
        package let client: UInt32
        package let server: UInt32

        package init(client: UInt32, server: UInt32) {
            self.client = client
            self.server = server
        }
    }

    /// How far the server's clock is ahead, summed over calls: of a call, the middle of the server
    /// half less the middle of the client half.
    package struct Skew: Sendable, Equatable {
        package var calls: Int64 = 0
        package var nanoseconds: Int64 = 0

        package init() {}

        fileprivate mutating func add(calls more: Int64, nanoseconds further: Int64) {
            calls &+= more
            nanoseconds &+= further
        }
    }

    package private(set) var counts: [Key: Int64] = [:]
    package private(set) var skews: [HostPair: Skew] = [:]

    /// Pairs beyond this many are not told apart, but left out.
    private static let pairsMax = 4_096

    package init() {}

    package var isEmpty: Bool { counts.isEmpty && skews.isEmpty }

    package mutating func add(_ reason: QualityReason, _ service: UInt32, _ amount: Int64) {
        counts[Key(reason, service), default: 0] &+= amount
    }

    package mutating func addSkew(_ pair: HostPair, nanoseconds: Int64, sign: Int64) {
        guard skews.count < Self.pairsMax || skews[pair] != nil else { return }
        skews[pair, default: Skew()].add(calls: sign, nanoseconds: nanoseconds &* sign)
    }

    /// Adds what a lane counted, whose numbers mean other names here.
    package mutating func take(
        _ other: QualityTally, service: (UInt32) -> UInt32, value: (UInt32) -> UInt32
    ) {
        for (key, count) in other.counts { add(key.reason, service(key.service), count) }
        for (pair, skew) in other.skews {
            let here = HostPair(client: value(pair.client), server: value(pair.server))
            guard skews.count < Self.pairsMax || skews[here] != nil else { continue }
            skews[here, default: Skew()].add(calls: skew.calls, nanoseconds: skew.nanoseconds)
        }
    }
}
