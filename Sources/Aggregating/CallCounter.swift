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
    var shape = TraceShape()
    private var critical = CriticalPath()
    /// The edge that each span's call went over, or `none`; and what became of it.
    var edges: [UInt32] = []
    private var fates: [Fate] = []
    private var retries = RetryFinder()

    // Of the trace that is being counted.
    private var trace = TraceID(high: 0, low: 0)
    var sign: Int64 = 1
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
        retries.fill(spans, haveErrors: shape.flags.contains(.statusError))
        hasWraps = false
        if !shape.flags.isDisjoint(with: Self.keptOut) { keepOut(spans) }
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
        let parent = Int(shape.parents[position])
        guard parent >= 0 else {
            countUnpaired(position, spans)
            return
        }
        if fates[parent].contains(.isOut) { return }
        let (isIncoming, isOutgoing) = (spans[position].isIncoming, spans[position].isOutgoing)
        let isCalling = spans[parent].isOutgoing
        let crosses = service(of: parent, spans) != service(of: position, spans)
        if spans[position].isLinked || (isIncoming && isCalling) {
            fates[parent].insert(.answered)
            countPair(parent, position, spans, crosses: crosses)
        } else if crosses, !(spans[parent].isIncoming && isOutgoing) {
            // A border that neither kind denies: whoever is behind it was called.
            if isCalling { fates[parent].insert(.answered) }
            if !isOutgoing { fates[position].insert(.enters) }
            countCall(
                isCalling ? parent : nil, from: service(of: parent, spans), position, spans,
                isIncoming ? .serverOnly : .inferred)
        } else if !crosses, isCalling, isOutgoing {
            fates[parent].insert(.wraps)
            hasWraps = true
        }
    }

    private mutating func countPair(
        _ parent: Int, _ position: Int, _ spans: [SpanSkeleton], crosses: Bool
    ) {
        // One process that calls itself makes no edge.
        let instance = spans[parent].instance
        let isSameInstance =
            !crosses && instance != SpanSkeleton.none && instance == spans[position].instance
        guard !isSameInstance else { return }
        if spans[position].kind == .consumer
            || spans[parent].kind == .producer && !spans[position].isIncoming
        {
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
        var call = EdgeCall()
        call.evidence = evidence
        call.clientRung = .serviceName
        call.kind = kind(of: parent ?? position, spans)
        fill(&call, parent, spans[position].isOutgoing ? nil : position, told: position, spans)
        let called = calledService(position, spans, &call)
        call.edge = charts.names.edge(client: caller, server: called, hop: .direct)
        edges[position] = call.edge
        if let parent {
            edges[parent] = firstByName(edges[parent], call.edge)
            noteClocks(parent, position, spans)
            call.retries = retries.retries(of: parent, spans)
        }
        charts.delta.add(call, sign: sign)
    }

    /// Of several that answered one calling half, whatever came first.
    private func firstByName(_ edge: UInt32, _ other: UInt32) -> UInt32 {
        guard edge != SpanSkeleton.none, edge != other else { return other }
        let services = charts.names.services
        let (mine, others) = (charts.names.edges[Int(edge)], charts.names.edges[Int(other)])
        return services[Int(mine.server)] < services[Int(others.server)] ? edge : other
    }

    /// A called service that does not say its name may be named by its peer attributes.
    func calledService(
        _ position: Int, _ spans: [SpanSkeleton], _ call: inout EdgeCall
    ) -> UInt32 {
        if spans[position].flags.contains(.unnamedService),
            spans[position].peer != SpanSkeleton.none,
            spans[position].peerRung == NamingRung.servicePeerName.rawValue
        {
            call.serverRung = .servicePeerName
            return spans[position].peer
        }
        call.serverRung =
            spans[position].flags.contains(.unnamedService) ? .unnamedService : .serviceName
        return service(of: position, spans)
    }

    /// A called half without a calling one.
    private mutating func countUnpaired(_ position: Int, _ spans: [SpanSkeleton]) {
        let kind = spans[position].kind
        if spans[position].isLinked {
            charts.quality.add(.lostLink, spans[position].service, sign)
            return
        }
        let isRoot = shape.parents[position] == TraceShape.root
        guard kind == .server else {
            if kind == .consumer, !isRoot, spans[position].broker == SpanSkeleton.none {
                charts.quality.add(.orphan, spans[position].service, sign)
            }
            return
        }
        let (peer, rung) = (spans[position].peer, spans[position].peerRung)
        guard peer != SpanSkeleton.none,
            isRoot || rung == NamingRung.servicePeerName.rawValue,
            !spans[position].flags.contains(.unnamedService)
        else {
            charts.quality.add(.orphan, spans[position].service, sign)
            return
        }
        var call = EdgeCall()
        call.evidence = .serverOnly
        call.clientRung = NamingRung(rawValue: rung) ?? .client
        fill(&call, nil, position, told: position, spans)
        call.edge = charts.names.edge(client: peer, server: spans[position].service, hop: .direct)
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
        if spans[position].broker != SpanSkeleton.none, !spans[position].isLinked {
            countAtBroker(position, spans)
            return
        }
        guard spans[position].isOutgoing, !fates[position].contains(.answered),
            !isToldByAnother(position, spans)
        else { return }
        let peer = spans[position].peer
        guard peer != SpanSkeleton.none else {
            let reason: QualityReason =
                spans[position].kind == .producer ? .unconsumedMessage : .unansweredCall
            charts.quality.add(reason, spans[position].service, sign)
            return
        }
        var call = EdgeCall()
        call.evidence = .clientOnly
        call.kind = kind(of: position, spans)
        call.serverRung = NamingRung(rawValue: spans[position].peerRung) ?? .unnamedService
        fill(&call, position, nil, told: position, spans)
        call.edge = charts.names.edge(
            client: service(of: position, spans), server: peer, hop: .direct)
        edges[position] = call.edge
        call.retries = retries.retries(of: position, spans)
        charts.delta.add(call, sign: sign)
    }

    /// Of two calling halves of one service around each other, the inner one makes the call; but a
    /// database's client says better than the HTTP client under it whom it calls.
    private func isToldByAnother(_ position: Int, _ spans: [SpanSkeleton]) -> Bool {
        guard hasWraps else { return false }
        let isStore = isStore(position, spans)
        if fates[position].contains(.wraps) {
            return !isStore || fates[position].contains(.wrapsAnswered)
        }
        let parent = Int(shape.parents[position])
        return parent >= 0 && fates[parent].contains(.wraps) && self.isStore(parent, spans)
            && !fates[parent].contains(.wrapsAnswered) && !isStore
    }

    private func isStore(_ position: Int, _ spans: [SpanSkeleton]) -> Bool {
        !spans[position].flags.isDisjoint(with: [.database, .cache])
    }

    // MARK: - Own figures

    /// A service's figures come from its server, consumer and root spans, and from the first span
    /// in it where kinds are not told.
    private mutating func countOwn(_ position: Int, _ spans: [SpanSkeleton]) {
        let isRoot = shape.parents[position] == TraceShape.root
        guard spans[position].isIncoming || isRoot || fates[position].contains(.enters),
            !spans[position].isLinked
        else { return }
        let (kind, flags) = (spans[position].kind, spans[position].flags)
        var own = OwnCall()
        own.operation = spans[position].operation
        own.side = kind == .server ? .server : kind == .consumer ? .consumer : .root
        own.outcome = CallClass(rawValue: spans[position].outcome) ?? .ok
        own.isFailed = isFailed(
            own.outcome, flags.contains(.statusError), spans[position].service)
        own.isWeightUnknown = flags.contains(.unknownWeight)
        own.weight = spans[position].weight
        own.startNanoseconds = spans[position].startNanoseconds
        own.endNanoseconds = spans[position].windowNanoseconds
        own.durationNanoseconds = spans[position].durationNanoseconds
        own.dimensions = charts.values(ofSet: spans[position].dimensions)
        (own.traceHigh, own.traceLow, own.span) = (trace.high, trace.low, spans[position].id)
        charts.delta.add(own, sign: sign)
    }

    // MARK: - What both halves say together

    /// Fills in what the halves tell; the window is the called half's, else the calling one's.
    func fill(
        _ call: inout EdgeCall, _ client: Int?, _ server: Int?, told: Int, _ spans: [SpanSkeleton]
    ) {
        let (weighing, timed) = (client ?? told, server ?? client ?? told)
        call.weight = spans[weighing].weight
        call.isWeightUnknown = spans[weighing].flags.contains(.unknownWeight)
        call.startNanoseconds = spans[timed].startNanoseconds
        call.endNanoseconds = spans[timed].windowNanoseconds
        // A call that only a further one tells of did not end as that one did.
        var isError = false
        if let server {
            call.serverNanoseconds = spans[server].durationNanoseconds
            call.outcome = outcome(of: server, spans)
            isError = spans[server].flags.contains(.statusError)
        }
        if let client {
            call.clientNanoseconds = spans[client].durationNanoseconds
            call.outcome = worse(outcome(of: client, spans), call.outcome)
            isError = isError || spans[client].flags.contains(.statusError)
        }
        if call.clientNanoseconds >= 0, call.serverNanoseconds >= 0 {
            call.gapNanoseconds = max(0, call.clientNanoseconds - call.serverNanoseconds)
        }
        call.isFailed = isFailed(call.outcome, isError, spans[server ?? told].service)
        (call.traceHigh, call.traceLow, call.span) = (trace.high, trace.low, spans[told].id)
    }

    private func outcome(of position: Int, _ spans: [SpanSkeleton]) -> CallClass {
        CallClass(rawValue: spans[position].outcome) ?? .ok
    }

    private func worse(_ left: CallClass, _ right: CallClass) -> CallClass {
        left.badness >= right.badness ? left : right
    }

    /// Whether the call that a span tells of failed, by the rule of its service.
    package func isFailed(_ span: SpanSkeleton) -> Bool {
        isFailed(
            CallClass(rawValue: span.outcome) ?? .ok, span.flags.contains(.statusError),
            span.service)
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

    private func kind(of position: Int, _ spans: [SpanSkeleton]) -> CallKind {
        if spans[position].flags.contains(.cache) { return .cache }
        if spans[position].flags.contains(.database) { return .database }
        let kind = spans[position].kind
        return kind == .producer || kind == .consumer ? .messaging : .request
    }

    /// A span of a resource without a name belongs to the service above it, unless it was called.
    @inline(__always)
    func service(of position: Int, _ spans: [SpanSkeleton]) -> UInt32 {
        spans[position].flags.contains(.unnamedService)
            ? serviceAbove(position, spans) : spans[position].service
    }

    private func serviceAbove(_ position: Int, _ spans: [SpanSkeleton]) -> UInt32 {
        var place = position
        for _ in 0..<Self.unnamedDepthMax {
            guard spans[place].flags.contains(.unnamedService), !spans[place].isIncoming else {
                break
            }
            let parent = Int(shape.parents[place])
            guard parent >= 0 else { break }
            place = parent
        }
        return spans[place].service
    }

    private static let unnamedDepthMax = 16
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
