import Charts
package import Spans
import Wire

/// Makes of a decoded span what assembling and counting need: names become numbers, attributes a
/// class, a peer and a weight. One lane's; what names mean is remembered, so that most spans cost
/// no text.
package struct SkeletonMaker {
    private let rules: NamingRules
    private let dimensions: [FactKey]
    private let excludes: Excluder
    private var cache: NameCache
    /// Of the batch under way: what is known of its resources, by group.
    private var resources: [Resource?] = []
    /// By a keyed hash of the facts that say who they are.
    private var knownResources: [UInt64: Resource] = [:]
    private let key: UInt64

    private static let knownResourcesMax = 1 << 16

    /// What the spans of one resource have in common.
    private struct Resource {
        var service: UInt32
        var client: UInt32
        /// Its environment and namespace, and its environment alone.
        var space: UInt32
        var wideSpace: UInt32
        var host: UInt32
        var instance: UInt32
        var dimensions: UInt32
        var isUnnamed: Bool
    }

    /// Number of the cache's scopes that are no services.
    private enum Scope {
        static let value: UInt32 = .max
        /// Operations have their service's number; nodes come above, by space, type and form.
        static let spaces: UInt32 = 1 << 30
    }

    /// Environments and namespaces in which names of nodes mean the same.
    private struct Space: Hashable {
        let environment: String
        let namespace: String
    }

    private var spaces: [Space] = []
    private var spaceNumbers: [Space: UInt32] = [:]

    package init(
        rules: NamingRules, names: FactNames, using random: inout some RandomNumberGenerator
    ) {
        self.rules = rules
        dimensions = rules.dimensions.prefix(OwnCall.dimensionsMax).compactMap(names.key)
        excludes = Excluder(rules.excludes, names: names)
        cache = NameCache(using: &random)
        key = random.next()
    }

    /// Makes ready for another batch.
    package mutating func begin(_ batch: borrowing SpanBatch) {
        resources.removeAll(keepingCapacity: true)
        resources.append(contentsOf: repeatElement(nil, count: batch.table.groups.count))
    }

    package mutating func skeleton(
        of record: SpanRecord, in batch: borrowing SpanBatch, receiptSeconds: UInt32,
        charts: inout LaneCharts
    ) -> SpanSkeleton {
        let resource = resource(Int(record.group), batch, &charts)
        let ladder = PeerLadder(record: record, facts: FactSet(record, in: batch.table))
        var span = SpanSkeleton()
        span.id = record.id
        span.parent = record.parent
        span.startNanoseconds = record.startNanoseconds
        span.endNanoseconds = record.endNanoseconds
        span.kind = record.kind
        span.receiptSeconds = receiptSeconds
        span.contentBytes = UInt32(truncatingIfNeeded: record.content.count)
        span.service = resource.service
        span.host = resource.host
        span.instance = resource.instance
        span.dimensions = resource.dimensions
        if resource.isUnnamed { span.flags.insert(.unnamedService) }
        span.operation = operation(record, batch, resource.service, &charts)
        weigh(&span, ladder, batch)
        judge(&span, ladder, batch)
        time(&span, record)
        if span.isOutgoing || span.isIncoming {
            nameOtherEnd(&span, ladder, batch, resource, &charts)
        }
        if excludes.excludes(record, span, batch, charts.names) { span.flags.insert(.excluded) }
        return span
    }

    // MARK: - Outcome, weight and time

    private func weigh(
        _ span: inout SpanSkeleton, _ ladder: PeerLadder, _ batch: borrowing SpanBatch
    ) {
        guard let state = ladder.text(.traceState, in: batch.table),
            let weight = TraceState.weight(
                in: batch.body[Int(state.start)..<Int(state.end)])
        else {
            span.weight = CallWeight.one
            span.flags.insert(.unknownWeight)
            return
        }
        span.weight = weight
    }

    private static let judging = FactSet(
        of: [.httpStatus, .rpcStatus, .resendCount, .awsRetries])

    private func judge(
        _ span: inout SpanSkeleton, _ ladder: PeerLadder, _ batch: borrowing SpanBatch
    ) {
        let status = ladder.record.status
        if status == .error { span.flags.insert(.statusError) }
        guard ladder.facts.hasAny(of: Self.judging) else {
            span.outcome = (status == .error ? CallClass.fault : .ok).rawValue
            return
        }
        let http = ladder.number(.httpStatus, in: batch)
        span.outcome =
            Outcome.ofSpan(http: http, rpc: rpcCode(ladder, batch), status: status).rawValue
        let retries =
            ladder.number(.resendCount, in: batch) ?? ladder.number(.awsRetries, in: batch) ?? 0
        span.retries = UInt16(clamping: retries)
    }

    private func rpcCode(_ ladder: PeerLadder, _ batch: borrowing SpanBatch) -> RPCCode? {
        guard ladder.facts.has(.rpcStatus) else { return nil }
        switch batch.table.fact(.rpcStatus, of: ladder.record) {
        case .integer(let number): return RPCCode(rawValue: number)
        case .text(let range): return RPCCode(text: bodyText(range, in: batch.body))
        default: return nil
        }
    }

    private func time(_ span: inout SpanSkeleton, _ record: SpanRecord) {
        if record.marks.contains(.noEnd) { span.flags.insert(.noEnd) }
        if record.marks.contains(.endBeforeStart) { span.flags.insert(.endBeforeStart) }
        let length = span.endNanoseconds.nanoseconds(since: span.startNanoseconds)
        if length > 0, UInt64(length) > SpanSkeleton.durationNanosecondsMax {
            span.flags.insert(.absurdDuration)
        }
        let ended = Int(span.windowNanoseconds / 1_000_000_000)
        let ahead = ended - Int(span.receiptSeconds)
        if ahead > rules.aheadSecondsMax {
            span.flags.insert(.tooFarAhead)
        } else if -ahead > rules.ageSecondsMax {
            span.flags.insert(.tooOld)
        } else if ahead > Self.aheadSecondsInPlace, rules.aheadSecondsMax != .max {
            span.flags.insert(.movedToReceipt)
        }
    }

    /// What ends later after its receipt counts in the minute of receipt.
    private static let aheadSecondsInPlace = 600

    // MARK: - Names

    private mutating func resource(
        _ number: Int, _ batch: borrowing SpanBatch, _ charts: inout LaneCharts
    ) -> Resource {
        if let known = resources[number] { return known }
        let group = batch.table.groups[number]
        let mark = hash(of: group, batch)
        let resource = knownResources[mark] ?? newResource(group, batch, &charts)
        if knownResources.count >= Self.knownResourcesMax { knownResources.removeAll() }
        knownResources[mark] = resource
        resources[number] = resource
        return resource
    }

    /// Two resources that agree in this are taken for one: with 64 bits under a key that nobody
    /// knows, others do not.
    private func hash(of group: SpanGroup, _ batch: borrowing SpanBatch) -> UInt64 {
        var hash = key
        for index in group.facts.indices {
            let fact = batch.table.resourceFacts[index]
            guard let text = fact.value.text else { continue }
            hash = ByteHash.hash(
                batch.body, Int(text.start)..<Int(text.end),
                key: hash &* 31 &+ UInt64(fact.key.rawValue))
        }
        return hash
    }

    private mutating func newResource(
        _ group: SpanGroup, _ batch: borrowing SpanBatch, _ charts: inout LaneCharts
    ) -> Resource {
        let table = batch.table
        func text(_ key: FactKey) -> String {
            table.fact(key, of: group)?.text.map { bodyText($0, in: batch.body) } ?? ""
        }
        let name = text(.serviceName)
        let key = ServiceKey(
            environment: text(.environment), namespace: text(.serviceNamespace),
            name: name.isEmpty ? Self.unnamed : name)
        let host = table.fact(.hostID, of: group)?.text ?? table.fact(.hostName, of: group)?.text
        let instance =
            table.fact(.serviceInstance, of: group)?.text ?? table.fact(.podName, of: group)?.text
        return Resource(
            service: charts.names.service(key),
            client: charts.names.service(
                ServiceKey(
                    environment: key.environment, name: Self.clientName, type: .client)),
            space: spaceNumber(of: Space(environment: key.environment, namespace: key.namespace)),
            wideSpace: spaceNumber(of: Space(environment: key.environment, namespace: "")),
            host: host.map { value($0, batch, &charts) } ?? SpanSkeleton.none,
            instance: instance.map { Self.mark(of: $0, in: batch.body) } ?? SpanSkeleton.none,
            dimensions: dimensionSet(of: group, batch, &charts), isUnnamed: name.isEmpty)
    }

    private static let unnamed = "(unnamed)"
    private static let clientName = "client"

    private mutating func dimensionSet(
        of group: SpanGroup, _ batch: borrowing SpanBatch, _ charts: inout LaneCharts
    ) -> UInt32 {
        let values = dimensions.map { key in
            batch.table.fact(key, of: group)?.text.map { value($0, batch, &charts) } ?? OwnCall.none
        }
        return values.isEmpty ? 0 : charts.number(of: DimensionSet(values))
    }

    private mutating func value(
        _ range: BodyRange, _ batch: borrowing SpanBatch, _ charts: inout LaneCharts
    ) -> UInt32 {
        if let known = cache.meaning(of: range, in: batch.body, scope: Scope.value) { return known }
        let number = charts.names.value(bodyText(range, in: batch.body))
        cache.put(number, of: range, in: batch.body, scope: Scope.value)
        return number
    }

    private mutating func operation(
        _ record: SpanRecord, _ batch: borrowing SpanBatch, _ service: UInt32,
        _ charts: inout LaneCharts
    ) -> UInt32 {
        if let known = cache.meaning(of: record.name, in: batch.body, scope: service) {
            return known
        }
        let name = OperationTemplate.name(for: bodyText(record.name, in: batch.body))
        let number = charts.names.operation(name, of: service)
        cache.put(number, of: record.name, in: batch.body, scope: service)
        return number
    }

    private mutating func nameOtherEnd(
        _ span: inout SpanSkeleton, _ ladder: PeerLadder, _ batch: borrowing SpanBatch,
        _ resource: Resource, _ charts: inout LaneCharts
    ) {
        let isStore = span.isOutgoing && ladder.isStore
        let isCache = isStore && isCacheSystem(ladder, batch)
        if isStore { span.flags.insert(isCache ? .cache : .database) }
        if span.kind != .server, !isStore, let broker = ladder.broker(in: batch.table) {
            // Producers and consumers of all namespaces meet at a broker.
            span.broker = node(broker, .queue, in: resource.wideSpace, batch, &charts)
        }
        if span.kind == .consumer {
            let told = UInt32(clamping: ladder.number(.messagingBatchCount, in: batch) ?? 1)
            span.messages = max(1, told, ladder.record.links.count)
        }
        guard let peer = ladder.peer(in: batch.table, isCache: isCache) else {
            if span.kind == .server {
                span.peer = resource.client
                span.peerRung = NamingRung.client.rawValue
            }
            return
        }
        span.peerRung = peer.rung.rawValue
        var space = resource.space
        if let namespace = ladder.text(.peerNamespace, in: batch.table) {
            space = spaceNumber(
                of: Space(
                    environment: spaces[Int(space)].environment,
                    namespace: bodyText(namespace, in: batch.body)))
        }
        span.peer = node(
            peer.text, peer.type, in: space, batch, &charts, isURL: peer.rung == .urlHost)
    }

    /// A node that is known by an attribute only.
    private mutating func node(
        _ range: BodyRange, _ type: ServiceType, in space: UInt32, _ batch: borrowing SpanBatch,
        _ charts: inout LaneCharts, isURL: Bool = false
    ) -> UInt32 {
        let scope = Scope.spaces + space * 16 + UInt32(type.rawValue) * 2 + (isURL ? 1 : 0)
        if let known = cache.meaning(of: range, in: batch.body, scope: scope) { return known }
        let text = bodyText(range, in: batch.body)
        let number = charts.names.service(
            ServiceKey(
                environment: spaces[Int(space)].environment,
                namespace: spaces[Int(space)].namespace,
                name: isURL ? hostOfURL(text) ?? text : text, type: type))
        cache.put(number, of: range, in: batch.body, scope: scope)
        return number
    }

    /// Beyond the limit, which is far above that of services, the first one stands for all.
    private mutating func spaceNumber(of space: Space) -> UInt32 {
        if let number = spaceNumbers[space] { return number }
        guard spaces.count < Self.spacesMax else { return 0 }
        let number = UInt32(spaces.count)
        spaces.append(space)
        spaceNumbers[space] = number
        return number
    }

    private static let spacesMax = 1 << 20

    private func isCacheSystem(_ ladder: PeerLadder, _ batch: borrowing SpanBatch) -> Bool {
        guard let range = ladder.text(.dbSystem, in: batch.table) else { return false }
        return Self.cacheSystems.contains { name in
            name.utf8.count == range.count
                && batch.body[Int(range.start)..<Int(range.end)].elementsEqual(name.utf8)
        }
    }

    private static let cacheSystems = ["redis", "memcached", "valkey", "aws.elasticache"]

    /// Tells instances apart without keeping their names.
    private static func mark(of range: BodyRange, in body: [UInt8]) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in body[Int(range.start)..<Int(range.end)] {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return UInt32(truncatingIfNeeded: hash >> 32) & ~1
    }
}
