import Charts
package import Spans

/// Reads a settled trace once: pairs become calls over edges, spans become the figures of their
/// services and operations.
///
/// What is counted depends on the set of spans alone, not on the order in which they came, so that
/// counting the same set with a sign of -1 takes back exactly what was counted. One lane's.
package struct CallCounter: ~Copyable {
    package var charts: LaneCharts
    private let rules: CountingRules
    private var shape = TraceShape()
    private var critical = CriticalPath()
    /// The edge that each span's call went over, or `none`; and what became of it.
    private var edges: [UInt32] = []
    private var fates: [Fate] = []
    private var retries = RetryFinder()

    // Of the trace that is being counted.
    private var trace = TraceID(high: 0, low: 0)
    private var sign: Int64 = 1
    private var hasWraps = false

    /// What is known of a span after all pairs were looked at.
    struct Fate: OptionSet {
        let rawValue: UInt8
        /// A calling half whose other half is there.
        static let answered = Fate(rawValue: 1)
        /// A calling half around another one of its service, which makes the call.
        static let wraps = Fate(rawValue: 2)
        /// The same, and the inner one was answered.
        static let wrapsAnswered = Fate(rawValue: 4)
        /// Kept out, by itself or with the other half of its call.
        static let isOut = Fate(rawValue: 8)
        /// The first span of a service in its branch of the trace, without being a called half.
        static let enters = Fate(rawValue: 16)
    }

    package init(charts: consuming LaneCharts, rules: CountingRules) {
        self.charts = charts
        self.rules = rules
    }

    package mutating func count(
        _ trace: TraceID, _ spans: [SpanSkeleton], _ index: SpanIndex, sign: Int64
    ) {
        self.trace = trace
        self.sign = sign
        shape.fill(spans, index)
        edges.removeAll(keepingCapacity: true)
        edges.append(contentsOf: repeatElement(SpanSkeleton.none, count: spans.count))
        fates.removeAll(keepingCapacity: true)
        fates.append(contentsOf: repeatElement([], count: spans.count))
        retries.fill(spans)
        hasWraps = false
        if spans.contains(where: { !$0.flags.isDisjoint(with: Self.keptOut) }) { keepOut(spans) }
        for position in spans.indices where !fates[position].contains(.isOut) {
            countIncoming(position, spans)
        }
        if hasWraps { noteWrapped(spans) }
        for position in spans.indices where !fates[position].contains(.isOut) {
            countOutgoing(position, spans)
            countOwn(position, spans)
        }
        critical.count(spans, shape, edges, sign: sign, into: &charts.delta)
        countOddities(spans)
    }

    // MARK: - What is kept out

    private static let keptOut: SkeletonFlags = [.excluded, .tooOld, .tooFarAhead]

    /// A span that a rule excludes takes the other half of its call with it.
    private mutating func keepOut(_ spans: [SpanSkeleton]) {
        for position in spans.indices
        where !spans[position].flags.isDisjoint(with: Self.keptOut) {
            fates[position].insert(.isOut)
            let parent = Int(shape.parents[position])
            if parent >= 0, spans[position].isIncoming, spans[parent].isOutgoing {
                fates[parent].insert(.isOut)
            }
            for place in shape.children(of: position) {
                let child = shape.child(at: place)
                if spans[position].isOutgoing, spans[child].isIncoming {
                    fates[child].insert(.isOut)
                }
            }
        }
    }

    // MARK: - Calls that a child tells of

    private mutating func countIncoming(_ position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        let parent = Int(shape.parents[position])
        guard parent >= 0 else {
            countUnpaired(position, spans)
            return
        }
        if fates[parent].contains(.isOut) { return }
        let caller = spans[parent]
        let crosses = service(of: parent, spans) != service(of: position, spans)
        if span.isLinked || (span.isIncoming && caller.isOutgoing) {
            fates[parent].insert(.answered)
            countPair(parent, position, spans, crosses: crosses)
        } else if crosses, !(caller.isIncoming && span.isOutgoing) {
            // A border that neither kind denies: whoever is behind it was called.
            if caller.isOutgoing { fates[parent].insert(.answered) }
            if !span.isOutgoing { fates[position].insert(.enters) }
            let evidence = span.isIncoming ? Evidence.serverOnly : .inferred
            countCall(
                caller.isOutgoing ? parent : nil, from: service(of: parent, spans), position,
                spans, evidence)
        } else if !crosses, caller.isOutgoing, span.isOutgoing {
            fates[parent].insert(.wraps)
            hasWraps = true
        }
    }

    private mutating func countPair(
        _ parent: Int, _ position: Int, _ spans: [SpanSkeleton], crosses: Bool
    ) {
        let (caller, span) = (spans[parent], spans[position])
        // One process that calls itself makes no edge.
        let isSameInstance =
            !crosses && caller.instance != SpanSkeleton.none && caller.instance == span.instance
        guard !isSameInstance else { return }
        if span.kind == .consumer || caller.kind == .producer && !span.isIncoming {
            countMessage(parent, position, spans)
        } else {
            countCall(parent, from: service(of: parent, spans), position, spans, .paired)
        }
    }

    /// One call, told by both halves or by the called one.
    private mutating func countCall(
        _ parent: Int?, from caller: UInt32, _ position: Int, _ spans: [SpanSkeleton],
        _ evidence: Evidence
    ) {
        let span = spans[position]
        var call = EdgeCall()
        call.evidence = evidence
        call.clientRung = .serviceName
        call.kind = kind(of: parent.map { spans[$0] } ?? span)
        fill(&call, parent.map { spans[$0] }, span.isOutgoing ? nil : span, span)
        let called = calledService(position, spans, &call)
        call.edge = charts.names.edge(client: caller, server: called, hop: .direct)
        edges[position] = call.edge
        if let parent {
            edges[parent] = call.edge
            noteClocks(spans[parent], span)
            call.retries = retries.retries(of: spans[parent])
        }
        charts.delta.add(call, sign: sign)
    }

    /// A called service that does not say its name may be named by its peer attributes.
    private func calledService(
        _ position: Int, _ spans: [SpanSkeleton], _ call: inout EdgeCall
    ) -> UInt32 {
        let span = spans[position]
        if span.flags.contains(.unnamedService), span.peer != SpanSkeleton.none,
            span.peerRung == NamingRung.servicePeerName.rawValue
        {
            call.serverRung = .servicePeerName
            return span.peer
        }
        call.serverRung = span.flags.contains(.unnamedService) ? .unnamedService : .serviceName
        return service(of: position, spans)
    }

    /// A message from its producer to its consumer. With a broker that has a name it is drawn only
    /// when brokers are drawn through.
    private mutating func countMessage(_ parent: Int, _ position: Int, _ spans: [SpanSkeleton]) {
        let (producer, consumer) = (spans[parent], spans[position])
        let isNamed =
            producer.broker != SpanSkeleton.none || consumer.broker != SpanSkeleton.none
        var call = EdgeCall()
        call.kind = .messaging
        call.evidence = consumer.isLinked ? .link : .paired
        fill(&call, producer, consumer, consumer)
        call.gapNanoseconds = -1
        call.queueAgeNanoseconds = queueAge(producer, consumer)
        call.edge = charts.names.edge(
            client: service(of: parent, spans), server: calledService(position, spans, &call),
            hop: isNamed ? .through : .direct)
        if !consumer.isLinked, !isNamed { edges[position] = call.edge }
        charts.delta.add(call, sign: sign)
    }

    private mutating func queueAge(_ producer: SpanSkeleton, _ consumer: SpanSkeleton) -> Int64 {
        guard !producer.flags.contains(.noEnd) else { return -1 }
        let age = consumer.startNanoseconds.nanoseconds(since: producer.endNanoseconds)
        if age < 0 { charts.quality.add(.negativeQueueAge, consumer.service, sign) }
        return max(0, age)
    }

    /// A called half without a calling one.
    private mutating func countUnpaired(_ position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        if span.isLinked {
            charts.quality.add(.lostLink, span.service, sign)
            return
        }
        let isRoot = shape.parents[position] == TraceShape.root
        let isNamed = span.peerRung == NamingRung.servicePeerName.rawValue
        guard span.kind == .server else {
            if span.kind == .consumer, !isRoot, span.broker == SpanSkeleton.none {
                charts.quality.add(.orphan, span.service, sign)
            }
            return
        }
        guard span.peer != SpanSkeleton.none, isRoot || isNamed,
            !span.flags.contains(.unnamedService)
        else {
            charts.quality.add(.orphan, span.service, sign)
            return
        }
        var call = EdgeCall()
        call.evidence = .serverOnly
        call.clientRung = NamingRung(rawValue: span.peerRung) ?? .client
        fill(&call, nil, span, span)
        call.edge = charts.names.edge(client: span.peer, server: span.service, hop: .direct)
        edges[position] = call.edge
        charts.delta.add(call, sign: sign)
    }

    // MARK: - Calls that only the caller tells of

    private mutating func noteWrapped(_ spans: [SpanSkeleton]) {
        for position in spans.indices
        where spans[position].isOutgoing && fates[position].contains(.answered) {
            let parent = Int(shape.parents[position])
            if parent >= 0, fates[parent].contains(.wraps) {
                fates[parent].insert(.wrapsAnswered)
            }
        }
    }

    private mutating func countOutgoing(_ position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        if span.broker != SpanSkeleton.none, !span.isLinked {
            countAtBroker(position, spans)
            return
        }
        guard span.isOutgoing, !fates[position].contains(.answered),
            !isToldByAnother(position, spans)
        else { return }
        guard span.peer != SpanSkeleton.none else {
            let reason: QualityReason =
                span.kind == .producer ? .unconsumedMessage : .unansweredCall
            charts.quality.add(reason, span.service, sign)
            return
        }
        var call = EdgeCall()
        call.evidence = .clientOnly
        call.kind = kind(of: span)
        call.serverRung = NamingRung(rawValue: span.peerRung) ?? .unnamedService
        fill(&call, span, nil, span)
        call.edge = charts.names.edge(
            client: service(of: position, spans), server: span.peer, hop: .direct)
        edges[position] = call.edge
        call.retries = retries.retries(of: span)
        charts.delta.add(call, sign: sign)
    }

    /// Of two calling halves of one service around each other, the inner one makes the call; but a
    /// database's client says better than the HTTP client under it whom it calls.
    private func isToldByAnother(_ position: Int, _ spans: [SpanSkeleton]) -> Bool {
        let span = spans[position]
        if fates[position].contains(.wraps) {
            return !isStore(span) || fates[position].contains(.wrapsAnswered)
        }
        let parent = Int(shape.parents[position])
        return parent >= 0 && fates[parent].contains(.wraps) && isStore(spans[parent])
            && !fates[parent].contains(.wrapsAnswered) && !isStore(span)
    }

    private func isStore(_ span: SpanSkeleton) -> Bool {
        !span.flags.isDisjoint(with: [.database, .cache])
    }

    /// What a messaging span and its broker have to do with each other.
    private mutating func countAtBroker(_ position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        let own = service(of: position, spans)
        var call = EdgeCall()
        call.kind = .messaging
        if span.isIncoming {
            call.evidence = .serverOnly
            call.clientRung = .messagingDestination
            fill(&call, nil, span, span)
            // A consumer of a batch was called by the broker once for each message.
            call.weight =
                call.weight.multipliedReportingOverflow(by: Int64(span.messages)).partialValue
            call.edge = charts.names.edge(client: span.broker, server: own, hop: .node)
        } else {
            call.evidence = .clientOnly
            call.serverRung = .messagingDestination
            fill(&call, span, nil, span)
            call.edge = charts.names.edge(client: own, server: span.broker, hop: .node)
        }
        edges[position] = call.edge
        charts.delta.add(call, sign: sign)
    }

    // MARK: - Own figures

    /// A service's figures come from its server, consumer and root spans, and from the first span
    /// in it where kinds are not told.
    private mutating func countOwn(_ position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        let isRoot = shape.parents[position] == TraceShape.root
        guard !span.isLinked, span.isIncoming || isRoot || fates[position].contains(.enters)
        else { return }
        var own = OwnCall()
        own.operation = span.operation
        own.side = span.kind == .server ? .server : span.kind == .consumer ? .consumer : .root
        own.outcome = CallClass(rawValue: span.outcome) ?? .ok
        own.isFailed = isFailed(own.outcome, span.flags.contains(.statusError), span.service)
        own.isWeightUnknown = span.flags.contains(.unknownWeight)
        own.weight = span.weight
        own.startNanoseconds = span.startNanoseconds
        own.endNanoseconds = span.windowNanoseconds
        own.durationNanoseconds = span.durationNanoseconds
        own.dimensions = charts.values(ofSet: span.dimensions)
        (own.traceHigh, own.traceLow, own.span) = (trace.high, trace.low, span.id)
        charts.delta.add(own, sign: sign)
    }

    // MARK: - What both halves say together

    /// Fills in what the halves tell; the window is the called half's, else the calling one's.
    private func fill(
        _ call: inout EdgeCall, _ client: SpanSkeleton?, _ server: SpanSkeleton?,
        _ told: SpanSkeleton
    ) {
        let weighing = client ?? told
        call.weight = weighing.weight
        call.isWeightUnknown = weighing.flags.contains(.unknownWeight)
        let timed = server ?? client ?? told
        call.startNanoseconds = timed.startNanoseconds
        call.endNanoseconds = timed.windowNanoseconds
        call.clientNanoseconds = client?.durationNanoseconds ?? -1
        call.serverNanoseconds = server?.durationNanoseconds ?? -1
        if call.clientNanoseconds >= 0, call.serverNanoseconds >= 0 {
            call.gapNanoseconds = max(0, call.clientNanoseconds - call.serverNanoseconds)
        }
        // A call that only a further one tells of did not end as that one did.
        call.outcome = worse(outcome(of: client), outcome(of: server))
        let isError =
            client?.flags.contains(.statusError) == true
            || server?.flags.contains(.statusError) == true
        call.isFailed = isFailed(call.outcome, isError, (server ?? told).service)
        (call.traceHigh, call.traceLow, call.span) = (trace.high, trace.low, told.id)
    }

    private func outcome(of half: SpanSkeleton?) -> CallClass {
        half.flatMap { CallClass(rawValue: $0.outcome) } ?? .ok
    }

    private func worse(_ left: CallClass, _ right: CallClass) -> CallClass {
        left.badness >= right.badness ? left : right
    }

    private func isFailed(_ outcome: CallClass, _ isError: Bool, _ service: UInt32) -> Bool {
        switch rule(of: service) {
        case .classes: outcome == .fault
        case .status: isError
        }
    }

    private func rule(of service: UInt32) -> CountingRules.FailedRule {
        rules.failedByService.isEmpty
            ? rules.failed
            : rules.failedByService[charts.names.services[Int(service)].name] ?? rules.failed
    }

    private func kind(of span: SpanSkeleton) -> CallKind {
        if span.flags.contains(.cache) { return .cache }
        if span.flags.contains(.database) { return .database }
        return span.kind == .producer || span.kind == .consumer ? .messaging : .request
    }

    /// A span of a resource without a name belongs to the service above it, unless it was called.
    private func service(of position: Int, _ spans: [SpanSkeleton]) -> UInt32 {
        var place = position
        for _ in 0..<Self.unnamedDepthMax {
            let span = spans[place]
            guard span.flags.contains(.unnamedService), !span.isIncoming else { break }
            let parent = Int(shape.parents[place])
            guard parent >= 0 else { break }
            place = parent
        }
        return spans[place].service
    }

    private static let unnamedDepthMax = 16

    // MARK: - Oddities

    private mutating func noteClocks(_ client: SpanSkeleton, _ server: SpanSkeleton) {
        if client.durationNanoseconds >= 0, server.durationNanoseconds > client.durationNanoseconds
        {
            charts.quality.add(.negativeGap, server.service, sign)
        }
        guard client.host != server.host, client.host != SpanSkeleton.none,
            server.host != SpanSkeleton.none, client.durationNanoseconds >= 0,
            server.durationNanoseconds >= 0
        else { return }
        let starts = server.startNanoseconds.nanoseconds(since: client.startNanoseconds)
        let ends = server.endNanoseconds.nanoseconds(since: client.endNanoseconds)
        charts.quality.addSkew(
            QualityTally.HostPair(client: client.host, server: server.host),
            nanoseconds: starts / 2 &+ ends / 2, sign: sign)
    }

    private mutating func countOddities(_ spans: [SpanSkeleton]) {
        guard let first = spans.first(where: { !$0.isLinked }) else { return }
        if shape.roots == 0 { charts.quality.add(.noRoot, lowestService(spans, first), sign) }
        if shape.roots > 1 { charts.quality.add(.severalRoots, lowestService(spans, first), sign) }
        let own = spans.count { !$0.isLinked }
        if shape.reached < own {
            charts.quality.add(
                .cycle, lowestService(spans, first), sign &* Int64(own - shape.reached))
        }
        for position in spans.indices { countOddities(of: position, spans) }
    }

    /// Whom oddities of the whole trace are told of must not depend on the order of its spans.
    private func lowestService(_ spans: [SpanSkeleton], _ first: SpanSkeleton) -> UInt32 {
        spans.min { ($0.startNanoseconds, $0.id) < ($1.startNanoseconds, $1.id) }?.service
            ?? first.service
    }

    private mutating func countOddities(of position: Int, _ spans: [SpanSkeleton]) {
        let span = spans[position]
        if span.isLinked { return }
        if shape.parents[position] == TraceShape.lostParent {
            charts.quality.add(
                span.parent == span.id ? .selfParent : .missingParent, span.service, sign)
        }
        if span.kind == .unspecified { charts.quality.add(.noKind, span.service, sign) }
        guard !span.flags.isDisjoint(with: Self.odd) else { return }
        for (flag, reason) in Self.oddFlags where span.flags.contains(flag) {
            charts.quality.add(reason, span.service, sign)
        }
    }

    private static let odd = SkeletonFlags(oddFlags.map(\.0))

    private static let oddFlags: [(SkeletonFlags, QualityReason)] = [
        (.unnamedService, .unnamedService), (.noEnd, .noEnd), (.endBeforeStart, .endBeforeStart),
        (.absurdDuration, .absurdDuration), (.excluded, .excluded),
        (.tooOld, .tooOld), (.tooFarAhead, .tooFarAhead), (.movedToReceipt, .movedToReceipt),
    ]
}

extension CallClass {
    /// The worse half decides what a call was.
    var badness: Int {
        switch self {
        case .ok: 0
        case .cancelled: 1
        case .clientError: 2
        case .throttle: 3
        case .fault: 4
        }
    }
}

extension UInt64 {
    /// This less the other, within what 64 bits can hold.
    func nanoseconds(since other: UInt64) -> Int64 {
        self >= other
            ? Int64(clamping: self - other) : -Int64(clamping: other - self)
    }
}
