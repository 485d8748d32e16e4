import Charts
package import Spans

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

    /// Where names of nodes mean the same.
    private struct Space: Hashable {
        let environment: String
        let namespace: String
        let type: ServiceType
        let isURL: Bool
    }

    private var spaces: [Space: UInt32] = [:]

    /// What the spans of one resource have in common.
    private struct Resource {
        var service: UInt32
        var key: ServiceKey
        var client: UInt32
        var host: UInt32
        var instance: UInt32
        var dimensions: UInt32
        var isUnnamed: Bool
    }

    /// What a number in the cache means.
    private enum Scope {
        static let value: UInt32 = .max
        /// Operations have their service's number, nodes come above.
        static let spaces: UInt32 = 1 << 30
    }

    package init(
        rules: NamingRules, names: FactNames, using random: inout some RandomNumberGenerator
    ) {
        self.rules = rules
        dimensions = rules.dimensions.prefix(OwnCall.dimensionsMax).compactMap(names.key)
        excludes = Excluder(rules.excludes, names: names)
        cache = NameCache(using: &random)
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
        weigh(&span, record, batch)
        judge(&span, record, batch)
        time(&span, record)
        if span.isOutgoing || span.isIncoming {
            nameOtherEnd(&span, record, batch, resource, &charts)
        }
        if excludes.excludes(record, span, batch, charts.names) { span.flags.insert(.excluded) }
        return span
    }

    // MARK: - Outcome, weight and time

    private func weigh(
        _ span: inout SpanSkeleton, _ record: SpanRecord, _ batch: borrowing SpanBatch
    ) {
        guard let state = batch.table.text(.traceState, of: record),
            let weight = TraceState.weight(
                in: batch.body[Int(state.start)..<Int(state.end)])
        else {
            span.weight = CallWeight.one
            span.flags.insert(.unknownWeight)
            return
        }
        span.weight = weight
    }

    private func judge(
        _ span: inout SpanSkeleton, _ record: SpanRecord, _ batch: borrowing SpanBatch
    ) {
        if record.status == .error { span.flags.insert(.statusError) }
        guard !record.facts.indices.isEmpty else {
            span.outcome = (record.status == .error ? CallClass.fault : .ok).rawValue
            return
        }
        let http = batch.table.number(.httpStatus, of: record, in: batch.body)
        let outcome = Outcome.ofSpan(
            http: http, rpc: rpcCode(record, batch), status: record.status)
        span.outcome = outcome.rawValue
        let retries =
            batch.table.number(.resendCount, of: record, in: batch.body)
            ?? batch.table.number(.awsRetries, of: record, in: batch.body) ?? 0
        span.retries = UInt16(clamping: retries)
    }

    private func rpcCode(_ record: SpanRecord, _ batch: borrowing SpanBatch) -> RPCCode? {
        switch batch.table.fact(.rpcStatus, of: record) {
        case .integer(let number): RPCCode(rawValue: number)
        case .text(let range): RPCCode(text: bodyText(range, in: batch.body))
        default: nil
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
        let table = batch.table
        func text(_ key: FactKey) -> String {
            table.text(key, of: group).map { bodyText($0, in: batch.body) } ?? ""
        }
        let name = text(.serviceName)
        let key = ServiceKey(
            environment: text(.environment), namespace: text(.serviceNamespace),
            name: name.isEmpty ? Self.unnamed : name)
        let host = table.text(.hostID, of: group) ?? table.text(.hostName, of: group)
        let instance =
            table.text(.serviceInstance, of: group) ?? table.text(.podName, of: group)
        let resource = Resource(
            service: charts.names.service(key), key: key,
            client: charts.names.service(
                ServiceKey(
                    environment: key.environment, name: Self.clientName, type: .client)),
            host: host.map { value($0, batch, &charts) } ?? SpanSkeleton.none,
            instance: instance.map { Self.mark(of: $0, in: batch.body) } ?? SpanSkeleton.none,
            dimensions: dimensionSet(of: group, batch, &charts), isUnnamed: name.isEmpty)
        resources[number] = resource
        return resource
    }

    private static let unnamed = "(unnamed)"
    private static let clientName = "client"

    private mutating func dimensionSet(
        of group: SpanGroup, _ batch: borrowing SpanBatch, _ charts: inout LaneCharts
    ) -> UInt32 {
        let values = dimensions.map { key in
            batch.table.text(key, of: group).map { value($0, batch, &charts) } ?? OwnCall.none
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
        _ span: inout SpanSkeleton, _ record: SpanRecord, _ batch: borrowing SpanBatch,
        _ resource: Resource, _ charts: inout LaneCharts
    ) {
        let isStore = span.isOutgoing && batch.table.isStore(record)
        let isCache = isStore && isCacheSystem(record, batch)
        if isStore { span.flags.insert(isCache ? .cache : .database) }
        if span.kind != .server, !isStore, let broker = batch.table.broker(of: record) {
            // Producers and consumers of all namespaces meet at a broker.
            span.broker = node(broker, .queue, resource.key.environment, "", batch, &charts)
        }
        span.messages = max(
            1,
            UInt32(
                clamping: batch.table.number(.messagingBatchCount, of: record, in: batch.body) ?? 1),
            record.links.count)
        guard let peer = batch.table.peer(of: record, isCache: isCache) else {
            if span.kind == .server {
                span.peer = resource.client
                span.peerRung = NamingRung.client.rawValue
            }
            return
        }
        span.peerRung = peer.rung.rawValue
        let namespace =
            batch.table.text(.peerNamespace, of: record).map { bodyText($0, in: batch.body) }
            ?? resource.key.namespace
        span.peer = node(
            peer.text, peer.type, resource.key.environment, namespace, batch, &charts,
            isURL: peer.rung == .urlHost)
    }

    /// A node that is known by an attribute only.
    private mutating func node(
        _ range: BodyRange, _ type: ServiceType, _ environment: String, _ namespace: String,
        _ batch: borrowing SpanBatch, _ charts: inout LaneCharts, isURL: Bool = false
    ) -> UInt32 {
        let space = Space(
            environment: environment, namespace: namespace, type: type, isURL: isURL)
        let scope = Scope.spaces + (spaces[space] ?? addSpace(space))
        if let known = cache.meaning(of: range, in: batch.body, scope: scope) { return known }
        let text = bodyText(range, in: batch.body)
        let name = isURL ? hostOfURL(text) ?? text : text
        let number = charts.names.service(
            ServiceKey(environment: environment, namespace: namespace, name: name, type: type))
        cache.put(number, of: range, in: batch.body, scope: scope)
        return number
    }

    private mutating func addSpace(_ space: Space) -> UInt32 {
        let number = UInt32(truncatingIfNeeded: spaces.count)
        spaces[space] = number
        return number
    }

    private func isCacheSystem(_ record: SpanRecord, _ batch: borrowing SpanBatch) -> Bool {
        guard let range = batch.table.text(.dbSystem, of: record) else { return false }
        return Self.cacheSystems.contains { name in
            batch.body[Int(range.start)..<Int(range.end)].elementsEqual(name.utf8)
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
