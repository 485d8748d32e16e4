/// The slots of a delta in the ledger's order: by family, ten seconds and the ledger's subject.
struct SlotOrder {
    struct Item {
        let family: ChartFamily
        let ten: Int64
        let subject: UInt64
        let slot: Int
    }

    private let items: [Item]

    init(_ delta: borrowing ChartDelta, numbers: LaneNumbers) {
        var items: [Item] = []
        items.reserveCapacity(delta.figures.count)
        for slot in delta.figures.indices {
            let figures = delta.figures[slot]
            items.append(
                Item(
                    family: figures.family, ten: Int64(figures.ten),
                    subject: numbers.subject(figures.subject, of: figures.family), slot: slot))
        }
        items.sort { $0.precedes($1) }
        self.items = items
    }

    /// Stretches of one family and ten seconds.
    var windows: [ArraySlice<Item>] {
        var windows: [ArraySlice<Item>] = []
        var start = 0
        for end in 1...max(1, items.count) where end <= items.count {
            if end < items.count, items[end].isWindow(of: items[start]) { continue }
            windows.append(items[start..<end])
            start = end
        }
        return windows
    }
}

extension SlotOrder.Item {
    fileprivate func isWindow(of other: SlotOrder.Item) -> Bool {
        ten == other.ten && family == other.family
    }

    fileprivate func precedes(_ other: SlotOrder.Item) -> Bool {
        if family != other.family { return family.rawValue < other.family.rawValue }
        return ten != other.ten ? ten < other.ten : subject < other.subject
    }
}

/// The ledger's numbers by those of a lane.
struct LaneNumbers: Sendable {
    private(set) var services: [UInt32] = []
    /// With the service in the upper half: so those of one service are neighbours.
    private var operations: [UInt64] = []
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

extension FigureSum {
    /// Adds what a lane counted; values of dimensions are numbered anew.
    mutating func add(slot: Int, of delta: borrowing ChartDelta, values: [UInt32]) {
        scalars.add(delta.figures[slot].scalars)
        let first = Int(delta.figures[slot].ten % 6) * 10
        for second in 0..<10 {
            let busy = delta.figures[slot].busy[second]
            if busy != 0 { addBusy(busy, second: first + second) }
        }
        delta.counts.forEach(slot: slot) { code, value in
            guard code >= CountCode.firstValue else { return add(value, code: code) }
            let number = values[CountCode.number(code)]
            let dimension = CountCode.dimension(code)
            add(value, code: CountCode.value(number, ofDimension: dimension))
        }
    }
}
