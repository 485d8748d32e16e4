/// Which services meet the conditions of a query.
struct ServiceSelection: Sendable {
    /// By the ledger's number; nil when there are no conditions.
    private let isSelected: [Bool]?

    init(_ isSelected: [Bool]?) { self.isSelected = isSelected }

    func contains(_ service: Int) -> Bool { isSelected?[service] ?? true }
}

extension ChartLedger {
    func selection(_ query: ChartQuery) -> ServiceSelection {
        guard !query.conditions.isEmpty else { return ServiceSelection(nil) }
        var whole = query
        whole.step = nil
        let plan = plan(whole)
        let all = query.conditions.map { condition in
            if case .dimension(let dimension, let value) = condition {
                return services(with: value, ofDimension: dimension, plan)
            }
            return nodes.nodes.map { Self.meets($0.key, condition) }
        }
        return ServiceSelection(nodes.nodes.indices.map { node in all.allSatisfy { $0[node] } })
    }

    private static func meets(_ key: ServiceKey, _ condition: ChartCondition) -> Bool {
        switch condition {
        case .service(let text): key.matches(text)
        case .environment(let environment): key.environment == environment
        case .namespace(let namespace): key.namespace == namespace
        case .type(let type): key.type == type
        case .dimension: false
        }
    }

    /// Those of whose own calls some have the value.
    private func services(
        with value: String, ofDimension dimension: Int, _ plan: QueryPlan
    ) -> [Bool] {
        var found = Array(repeating: false, count: nodes.count)
        let rows = rows(plan, .service, sharesSubjects: false) { _ in .alone }
        for (subject, figures, _) in rows ?? [] {
            found[Int(subject)] = figures.values(ofDimension: dimension)
                .contains { names.values[$0.value] == value }
        }
        // What is shown as a service is one.
        return nodes.realNumbers.map { found[Int($0)] }
    }
}
