extension ChartLedger {
    /// One row for each pair of services that are shown, by their names.
    package func edges(_ query: ChartQuery) -> ChartAnswer<EdgeSummary> {
        let plan = plan(query)
        let groups = EdgeGroups(names, nodes, query, selected: selection(query))
        let found = rows(plan, .edge, sharesSubjects: groups.isAnyShared) {
            groups.belonging(of: $0)
        }
        guard let rows = found else { return plan.tooLarge() }
        let pairs = rows.map { ends($0.subject) }
        let order = rows.indices.sorted { ranks(pairs[$0]) < ranks(pairs[$1]) }
        return plan.answer(
            order.map { row in
                EdgeSummary(
                    client: nodes.nodes[pairs[row].client], server: nodes.nodes[pairs[row].server],
                    figures: EdgeFigures(rows[row].whole, seconds: plan.window.seconds),
                    series: plan.series(rows[row].steps) { EdgeFigures($0, seconds: $1) })
            })
    }

    package func services(_ query: ChartQuery) -> ChartAnswer<ServiceSummary> {
        let plan = plan(query)
        let selected = selection(query)
        let found = rows(plan, .service, sharesSubjects: false) {
            selected.contains(Int($0)) ? .alone : .none
        }
        guard let rows = found else { return plan.tooLarge() }
        let order = rows.indices.sorted {
            nodes.ranks[Int(rows[$0].subject)] < nodes.ranks[Int(rows[$1].subject)]
        }
        return plan.answer(
            order.map { row in
                let (subject, whole, steps) = rows[row]
                return ServiceSummary(
                    service: nodes.nodes[Int(subject)],
                    calls: CallSummary(whole, seconds: plan.window.seconds, latency: .server),
                    sides: shares(whole.facets, of: \.side), dimensions: dimensions(of: whole),
                    series: plan.series(steps) { CallSummary($0, seconds: $1, latency: .server) })
            })
    }

    /// Of one service, or of all that meet the conditions.
    package func operations(
        _ query: ChartQuery, of service: ServiceKey?
    ) -> ChartAnswer<OperationSummary> {
        let plan = plan(query)
        let selected = selection(query)
        let found = rows(plan, .operation, sharesSubjects: false) { subject in
            let number = Int(subject >> 32)
            guard selected.contains(number) else { return .none }
            return service == nil || nodes.nodes[number].key == service ? .alone : .none
        }
        guard let rows = found else { return plan.tooLarge() }
        let places = rows.map { row in
            (
                rank: nodes.ranks[Int(row.subject >> 32)],
                name: names.operations[Int(row.subject & 0xFFFF_FFFF)].name
            )
        }
        return plan.answer(
            rows.indices.sorted { places[$0] < places[$1] }.map { row in
                let (subject, whole, steps) = rows[row]
                return OperationSummary(
                    service: nodes.nodes[Int(subject >> 32)], operation: places[row].name,
                    calls: CallSummary(whole, seconds: plan.window.seconds, latency: .server),
                    sides: shares(whole.facets, of: \.side),
                    series: plan.series(steps) { CallSummary($0, seconds: $1, latency: .server) })
            })
    }

    /// One row for each entry operation and edge; conditions are those of edges. Most time first.
    package func critical(_ query: ChartQuery) -> ChartAnswer<CriticalSummary> {
        let plan = plan(query)
        let groups = EdgeGroups(names, nodes, query, selected: selection(query))
        var pairs = PairTable()
        var pairCount: UInt32 = 0
        // Shares of time have no seconds.
        let found = rows(plan, .critical, sharesSubjects: false) { subject in
            guard let edge = groups.group(of: subject & 0xFFFF_FFFF) else { return .none }
            let pair = pairs.number(high: subject >> 32, low: UInt64(edge), orNew: pairCount)
            pairCount = max(pairCount, pair + 1)
            return .group(Int(pair))
        }
        guard let rows = found else { return plan.tooLarge() }
        let summaries = rows.map { subject, whole, _ in
            let entry = names.operations[Int(subject >> 32)]
            let (client, server) = ends(subject & 0xFFFF_FFFF)
            let time = whole.latency(.server)
            let weight = whole.facets.reduce(0) { $0 &+ $1.weight }
            let summary = CriticalSummary(
                entry: nodes.nodes[Int(entry.service)], operation: entry.name,
                client: nodes.nodes[client], server: nodes.nodes[server],
                count: Amount(raw: weight),
                seconds: Double(time.sum) / Double(CallWeight.one) / 1e9)
            let rank = (-time.sum, nodes.ranks[Int(entry.service)], entry.name)
            return (rank: (rank, (nodes.ranks[client], nodes.ranks[server])), summary)
        }
        return plan.answer(
            summaries.sorted {
                $0.rank.0 == $1.rank.0 ? $0.rank.1 < $1.rank.1 : $0.rank.0 < $1.rank.0
            }
            .map(\.1))
    }

    /// Services that a text means.
    package func services(matching text: String) -> [ServiceKey] {
        Set(nodes.nodes.lazy.map(\.key).filter { $0.matches(text) }).sorted()
    }

    func plan(_ query: ChartQuery) -> QueryPlan {
        QueryPlan(query, liveFrom: liveFrom) { coarsest(in: $0) }
    }

    private func ends(_ edge: UInt64) -> (client: Int, server: Int) {
        let ends = names.edges[Int(edge)]
        return (
            Int(nodes.realNumbers[Int(ends.client)]), Int(nodes.realNumbers[Int(ends.server)])
        )
    }

    private func ranks(_ ends: (client: Int, server: Int)) -> (Int, Int) {
        (nodes.ranks[ends.client], nodes.ranks[ends.server])
    }

    private func dimensions(of figures: Figures) -> [[Share<String>]] {
        let all = (0..<OwnCall.dimensionsMax).map { dimension in
            figures.values(ofDimension: dimension)
                .map { Share(trait: names.values[$0.value], amount: Amount(raw: $0.weight)) }
                .sorted { ($1.amount.raw, $0.trait) < ($0.amount.raw, $1.trait) }
        }
        return Array(all.prefix(1 + (all.lastIndex { !$0.isEmpty } ?? -1)))
    }
}

extension QueryPlan {
    fileprivate func answer<Summary>(_ rows: [Summary]) -> ChartAnswer<Summary> {
        ChartAnswer(window: window, steps: hasSteps ? steps : [], rows: rows)
    }

    fileprivate func tooLarge<Summary>() -> ChartAnswer<Summary> {
        var answer = answer([Summary]())
        answer.isTooLarge = true
        return answer
    }

    fileprivate func series<Step>(
        _ figures: [Figures], _ summary: (Figures, Int64) -> Step
    ) -> [Step] {
        zip(figures, steps).map { summary($0, $1.seconds) }
    }
}
