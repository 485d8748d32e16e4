/// Which edges of the ledger are shown as one: those between the same services as they are shown.
struct EdgeGroups: Sendable {
    /// By edge; negative when it is not asked for.
    private var groups: [Int32]
    /// How many edges each group has.
    private var sizes: [Int32] = []

    init(
        _ names: borrowing ChartNames, _ nodes: NodeTable, _ query: ChartQuery,
        selected: ServiceSelection
    ) {
        groups = Array(repeating: -1, count: names.edges.count)
        var pairs = PairTable()
        for (edge, ends) in names.edges.enumerated() where query.brokers.draw(ends.hop) {
            let client = nodes.realNumbers[Int(ends.client)]
            let server = nodes.realNumbers[Int(ends.server)]
            guard selected.contains(Int(client)) || selected.contains(Int(server)) else { continue }
            let group = Int(
                pairs.number(
                    high: UInt64(client), low: UInt64(server), orNew: UInt32(sizes.count)))
            if group == sizes.count { sizes.append(0) }
            sizes[group] += 1
            groups[edge] = Int32(group)
        }
    }

    var isAnyShared: Bool { sizes.contains { $0 > 1 } }

    func group(of edge: UInt64) -> Int? {
        let group = Int(groups[Int(edge)])
        return group >= 0 ? group : nil
    }

    func belonging(of edge: UInt64) -> Sweep.Belonging {
        guard let group = group(of: edge) else { return .none }
        return sizes[group] > 1 ? .group(group) : .alone
    }
}

extension Brokers {
    fileprivate func draw(_ hop: Hop) -> Bool {
        switch hop {
        case .direct: true
        case .node: self == .node
        case .through: self == .through
        }
    }
}
