import Sketches

/// Numbers for the names of services, operations, edges and values of dimensions.
///
/// Owned by a lane, or by the ledger, which gives its own numbers to what lanes hand over. It only
/// grows, up to the limits: so a call is taken out under the number under which it was counted.
/// What comes beyond a limit gets the number of `(other)`: an operation that of its service, a
/// service the one of all, an edge that of its client towards `(other)`; so totals stay right, and
/// sketches in `overflows` tell how many different ones there were.
package struct ChartNames: ~Copyable, Sendable {
    package let limits: ChartLimits
    package private(set) var services: [ServiceKey] = []
    package private(set) var operations: [OperationName] = []
    package private(set) var edges: [EdgeEnds] = []
    package private(set) var values: [String] = []
    var overflows = NameOverflows()
    private var serviceNumbers: [ServiceKey: UInt32] = [:]
    private var operationNumbers: [OperationName: UInt32] = [:]
    private var edgeNumbers = PairTable()
    private var valueNumbers: [String: UInt32] = [:]
    /// How many operations each service has, without its overflow.
    private var operationCounts: [Int] = []
    /// Edges and operations that stand for others, which no limit counts.
    private(set) var othersCount = (operations: 0, edges: 0)
    private var handedOver = (services: 0, operations: 0, edges: 0, values: 0)

    package init(limits: ChartLimits) {
        self.limits = limits
        _ = append(ServiceKey.other)
        values.append(ServiceKey.otherName)
        valueNumbers[ServiceKey.otherName] = 0
    }

    /// The service of all that are beyond the limit.
    package static var otherService: UInt32 { 0 }
    private static var otherValue: UInt32 { 0 }

    package mutating func service(_ key: ServiceKey) -> UInt32 {
        if let number = serviceNumbers[key] { return number }
        guard services.count <= limits.services else {
            overflows.addService(key)
            return Self.otherService
        }
        return append(key)
    }

    package mutating func operation(_ name: String, of service: UInt32) -> UInt32 {
        let operation = OperationName(service: service, name: name)
        if let number = operationNumbers[operation] { return number }
        let isFull =
            operationCounts[Int(service)] >= limits.operationsPerService
            || operations.count - othersCount.operations >= limits.operations
        guard isFull || name == ServiceKey.otherName else {
            operationCounts[Int(service)] += 1
            return append(operation)
        }
        if name != ServiceKey.otherName { overflows.addOperation(name, of: service) }
        let other = OperationName(service: service, name: ServiceKey.otherName)
        if let number = operationNumbers[other] { return number }
        othersCount.operations += 1
        return append(other)
    }

    package mutating func edge(client: UInt32, server: UInt32, hop: Hop) -> UInt32 {
        let ends = EdgeEnds(client: client, server: server, hop: hop)
        if let number = edgeNumbers.number(high: ends.high, low: ends.low) { return number }
        let isFull = edges.count - othersCount.edges >= limits.edges
        guard isFull || server == Self.otherService else { return append(ends) }
        if server != Self.otherService {
            overflows.addEdge(services[Int(client)], services[Int(server)], hop)
        }
        let other = EdgeEnds(client: client, server: Self.otherService, hop: hop)
        if let number = edgeNumbers.number(high: other.high, low: other.low) { return number }
        othersCount.edges += 1
        return append(other)
    }

    /// Of a dimension.
    package mutating func value(_ text: String) -> UInt32 {
        if let number = valueNumbers[text] { return number }
        guard values.count <= limits.values else { return Self.otherValue }
        let number = UInt32(values.count)
        values.append(text)
        valueNumbers[text] = number
        return number
    }

    /// What is new since the last time, for the ledger.
    mutating func handOver() -> NewNames {
        var new = NewNames()
        new.services = services[handedOver.services...]
        new.operations = operations[handedOver.operations...]
        new.edges = edges[handedOver.edges...]
        new.values = values[handedOver.values...]
        handedOver = (services.count, operations.count, edges.count, values.count)
        swap(&new.overflows, &overflows)
        return new
    }

    /// Puts names back in the order of their numbers, whatever the limits are now. Nothing may have
    /// been named before.
    mutating func restore(_ stored: StoredNameTable) {
        precondition(services.count == 1 && values.count == 1, "names are restored over others")
        for key in stored.services.dropFirst() { _ = append(key ?? .other) }
        for operation in stored.operations {
            let operation = operation ?? OperationName(service: 0, name: ServiceKey.otherName)
            _ = append(operation)
            if operation.name == ServiceKey.otherName {
                othersCount.operations += 1
            } else {
                operationCounts[Int(operation.service)] += 1
            }
        }
        for ends in stored.edges {
            let ends = ends ?? EdgeEnds(client: 0, server: 0, hop: .direct)
            _ = append(ends)
            if ends.server == Self.otherService { othersCount.edges += 1 }
        }
        for value in stored.values.dropFirst() {
            valueNumbers[value ?? ""] = UInt32(values.count)
            values.append(value ?? "")
        }
    }

    /// Whether a subject has its names here.
    func hasNames(of subject: UInt64, _ family: ChartFamily) -> Bool {
        let (high, low) = (subject >> 32, subject & 0xFFFF_FFFF)
        switch family {
        case .edge: return subject < UInt64(edges.count)
        case .service: return subject < UInt64(services.count)
        case .operation:
            return low < UInt64(operations.count) && high < UInt64(services.count)
        case .critical: return high < UInt64(operations.count) && low < UInt64(edges.count)
        }
    }

    private mutating func append(_ key: ServiceKey) -> UInt32 {
        let number = UInt32(services.count)
        services.append(key)
        serviceNumbers[key] = number
        operationCounts.append(0)
        return number
    }

    private mutating func append(_ operation: OperationName) -> UInt32 {
        let number = UInt32(operations.count)
        operations.append(operation)
        operationNumbers[operation] = number
        return number
    }

    private mutating func append(_ ends: EdgeEnds) -> UInt32 {
        let number = UInt32(edges.count)
        edges.append(ends)
        return edgeNumbers.number(high: ends.high, low: ends.low, orNew: number)
    }
}

/// An operation of a service.
package struct OperationName: Hashable, Sendable {
    package var service: UInt32
    package var name: String
}

/// Who calls whom.
package struct EdgeEnds: Hashable, Sendable {
    package var client: UInt32
    package var server: UInt32
    package var hop: Hop

    var high: UInt64 { UInt64(client) << 32 | UInt64(server) }
    var low: UInt64 { UInt64(hop.rawValue) }
}

/// Names that a lane has given numbers since it last handed over, in the order of the numbers.
struct NewNames: Sendable {
    var services: ArraySlice<ServiceKey> = []
    var operations: ArraySlice<OperationName> = []
    var edges: ArraySlice<EdgeEnds> = []
    var values: ArraySlice<String> = []
    var overflows = NameOverflows()

    var isEmpty: Bool {
        services.isEmpty && operations.isEmpty && edges.isEmpty && values.isEmpty
            && overflows.isEmpty
    }
}
