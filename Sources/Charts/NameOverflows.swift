import Sketches

/// Estimates of how many different names came beyond the limits.
struct NameOverflows: Sendable {
    private(set) var services: DistinctSketch?
    private(set) var edges: DistinctSketch?
    /// By service.
    private(set) var operations: [UInt32: DistinctSketch] = [:]

    var isEmpty: Bool { services == nil && edges == nil && operations.isEmpty }

    mutating func addService(_ key: ServiceKey) {
        services = services ?? DistinctSketch()
        services?.add(hash: Self.hash(key))
    }

    mutating func addEdge(_ client: ServiceKey, _ server: ServiceKey, _ hop: Hop) {
        edges = edges ?? DistinctSketch()
        edges?.add(hash: Self.hash(client, server, hop))
    }

    mutating func addOperation(_ name: String, of service: UInt32) {
        operations[service, default: DistinctSketch()].add(hash: Self.hash(name))
    }

    /// Services have other numbers there, which the function gives.
    mutating func merge(_ other: NameOverflows, service: (UInt32) -> UInt32) {
        if let more = other.services {
            services = services ?? DistinctSketch()
            services?.merge(more)
        }
        if let more = other.edges {
            edges = edges ?? DistinctSketch()
            edges?.merge(more)
        }
        for (number, more) in other.operations {
            operations[service(number), default: DistinctSketch()].merge(more)
        }
    }

    /// The same in all lanes of a process, and not known to those who choose names.
    static func hash<each Part: Hashable>(_ parts: repeat each Part) -> UInt64 {
        var hasher = Hasher()
        for part in repeat each parts { hasher.combine(part) }
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }
}
