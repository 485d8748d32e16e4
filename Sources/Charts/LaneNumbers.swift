/// The ledger's numbers by those of a lane.
struct LaneNumbers: Sendable {
    private(set) var services: [UInt32] = []
    /// With the service in the upper half: so those of one service are neighbours.
    private(set) var operations: [UInt64] = []
    private var edges: [UInt32] = []
    private(set) var values: [UInt32] = []

    mutating func append(_ new: NewNames, to names: inout ChartNames) {
        for key in new.services { services.append(names.service(key)) }
        for operation in new.operations {
            let service = services[Int(operation.service)]
            let number = names.operation(operation.name, of: service)
            operations.append(UInt64(service) << 32 | UInt64(number))
        }
        for ends in new.edges {
            let (client, server) = (services[Int(ends.client)], services[Int(ends.server)])
            edges.append(names.edge(client: client, server: server, hop: ends.hop))
        }
        for value in new.values { values.append(names.value(value)) }
        names.overflows.merge(new.overflows) { services[Int($0)] }
    }

    init() {}

    /// Of stored names. Those that were lost all get one name, which says so.
    init(_ stored: StoredNameTable, in names: inout ChartNames) {
        let lost = ServiceKey(name: StoredNameTable.lostName)
        services = stored.services.map { names.service($0 ?? lost) }
        operations = stored.operations.map { operation in
            let service = service(operation?.service, orLost: lost, in: &names)
            let name = operation?.name ?? StoredNameTable.lostName
            return UInt64(service) << 32 | UInt64(names.operation(name, of: service))
        }
        edges = stored.edges.map { ends in
            let client = service(ends?.client, orLost: lost, in: &names)
            let server = service(ends?.server, orLost: lost, in: &names)
            return names.edge(client: client, server: server, hop: ends?.hop ?? .direct)
        }
        values = stored.values.map { names.value($0 ?? StoredNameTable.lostName) }
    }

    private func service(
        _ number: UInt32?, orLost lost: ServiceKey, in names: inout ChartNames
    ) -> UInt32 {
        guard let number, Int(number) < services.count else { return names.service(lost) }
        return services[Int(number)]
    }

    /// Nil for a subject that was never named.
    func storedSubject(_ subject: UInt64, of family: ChartFamily) -> UInt64? {
        let (high, low) = (subject >> 32, Int(subject & 0xFFFF_FFFF))
        switch family {
        case .edge: return high == 0 && low < edges.count ? UInt64(edges[low]) : nil
        case .service: return high == 0 && low < services.count ? UInt64(services[low]) : nil
        case .operation: return low < operations.count ? operations[low] : nil
        case .critical:
            guard high < UInt64(operations.count), low < edges.count else { return nil }
            return operations[Int(high)] << 32 | UInt64(edges[low])
        }
    }

    func subject(_ subject: UInt64, of family: ChartFamily) -> UInt64 {
        switch family {
        case .edge: return UInt64(edges[Int(subject)])
        case .operation: return operations[Int(subject)]
        case .service: return UInt64(services[Int(subject)])
        case .critical:
            let entry = operations[Int(subject >> 32)] & 0xFFFF_FFFF
            return entry << 32 | UInt64(edges[Int(subject & 0xFFFF_FFFF)])
        }
    }
}

extension ChartLedger {
    /// What a lane means by its number of an operation, of which it has handed over the name.
    package func operation(
        _ number: UInt32, ofLane lane: Int
    ) -> (service: ServiceKey, name: String) {
        let both = lanes[lane].operations[Int(number)]
        let name = names.operations[Int(both & 0xFFFF_FFFF)].name
        return (names.services[Int(both >> 32)], name)
    }
}
