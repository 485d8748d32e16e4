import Charts
import MadeCalls
import Testing

/// Figures against those of all calls, sorted and added up one by one.
@Suite struct `What the ledger tells of random calls` {
    private static let start: Int64 = 1_699_999_800
    private let calls: [MadeCall]
    private let edges: [EdgeSummary]
    private let services: [ServiceSummary]

    init() {
        var random = SeededNumbers(seed: 11)
        let calls = (0..<1_000).map { _ in
            var call = random.call(minutes: 10)
            call.hop = .direct
            call.server.type = .service
            return call
        }
        let ledger = ledger(of: calls)
        let query = query(Self.start, Self.start + 600)
        self.calls = calls
        edges = ledger.edges(query).rows
        services = ledger.services(query).rows
    }

    private func calls(of edge: EdgeSummary) -> [MadeCall] {
        calls.filter { $0.client == edge.client.key && $0.server == edge.server.key }
    }

    @Test func `counts all calls of each edge, by class and trait`() {
        #expect(edges.count == 16)
        for edge in edges {
            let calls = calls(of: edge)
            let figures = edge.figures
            #expect(figures.calls.samples == Int64(calls.count))
            #expect(figures.calls.count.raw == Self.weight(calls) { _ in true })
            #expect(figures.calls.failed.raw == Self.weight(calls) { $0.isFailed })
            #expect(figures.calls.throttles.raw == Self.weight(calls) { $0.outcome == .throttle })
            #expect(
                figures.calls.samplesOfUnknownWeight
                    == Int64(calls.count { $0.edge.isWeightUnknown }))
            #expect(figures.kinds.map(\.amount.raw).reduce(0, +) == figures.calls.count.raw)
            for kind in CallKind.allCases {
                let share = figures.kinds.first { $0.trait == kind }
                #expect((share?.amount.raw ?? 0) == Self.weight(calls) { $0.kind == kind })
            }
            for rung in NamingRung.allCases {
                let share = figures.serverRungs.first { $0.trait == rung }
                #expect((share?.amount.raw ?? 0) == Self.weight(calls) { $0.serverRung == rung })
            }
        }
    }

    @Test func `gives quantiles, means and maxima of each view`() throws {
        for edge in edges {
            let calls = calls(of: edge).map(\.edge)
            let figures = edge.figures
            try Self.compare(figures.calls.latency, calls, \.serverNanoseconds)
            try Self.compare(figures.clientView, calls, \.clientNanoseconds)
            try Self.compare(figures.gap, calls, \.gapNanoseconds)
            try Self.compare(figures.calls.saturation.queueAge, calls, \.queueAgeNanoseconds)
        }
    }

    private static func compare(
        _ summary: LatencySummary, _ calls: [EdgeCall], _ view: (EdgeCall) -> Int64
    ) throws {
        let values = calls.filter { view($0) >= 0 }.sorted { view($0) < view($1) }
        #expect(summary.samples == Int64(values.count))
        let total = values.reduce(0) { $0 + $1.weight }
        let sum = values.reduce(Int128(0)) { $0 + Int128(view($1)) * Int128($1.weight) }
        #expect(summary.sum == sum)
        for quantile in [0.5, 0.9, 0.95, 0.99, 0.999] {
            var below: Int64 = 0
            let truth = try #require(
                values.first {
                    below += $0.weight
                    return Double(below) >= Double(total) * quantile
                })
            let milliseconds = try #require(summary.quantileMilliseconds(quantile))
            let error = abs(milliseconds - Double(view(truth)) / 1e6)
            #expect(error <= Double(view(truth)) / 1e6 * 0.01)
        }
        let highest = Double(view(try #require(values.last))) / 1e6
        #expect(try #require(summary.maxMilliseconds) >= highest.nextDown)
    }

    @Test func `tells how many calls ran at once, on average and in the fullest second`() {
        for edge in edges {
            let mine = calls(of: edge).map(\.edge)
            let busy = Self.busy(mine)
            let saturation = edge.figures.calls.saturation
            let mean = busy.reduce(0, +) / 600
            #expect(abs(saturation.meanConcurrency - mean) <= mean * 0.001)
            let peak = busy.max() ?? 0
            #expect(abs(saturation.peakConcurrency - peak) <= peak * 0.001)
        }
    }

    /// By second of the window.
    private static func busy(_ calls: [EdgeCall]) -> [Double] {
        var busy = Array(repeating: 0.0, count: 600)
        for call in calls {
            let end = Double(call.endNanoseconds) / 1e9 - Double(start)
            let begin = max(Double(call.startNanoseconds) / 1e9 - Double(start), end - 600)
            let weight = Double(call.weight) / Double(CallWeight.one)
            for second in max(0, Int(begin.rounded(.down)))...Int(end) {
                let inside = min(end, Double(second + 1)) - max(begin, Double(second))
                busy[second] += inside * weight
            }
        }
        return busy
    }

    @Test func `adds a service up from its operations`() {
        for service in services {
            let mine = calls.filter { $0.server == service.service.key }
            #expect(service.calls.samples == Int64(mine.count))
            #expect(service.calls.count.raw == Self.weight(mine) { _ in true })
            let busy = Self.busy(mine.map(\.edge))
            let peak = busy.max() ?? 0
            #expect(abs(service.calls.saturation.peakConcurrency - peak) <= peak * 0.001)
            for value in service.dimensions[0] {
                let weight = mine.filter { $0.values == [value.trait] }.reduce(0) {
                    $0 + $1.edge.weight
                }
                #expect(value.amount.raw == weight)
            }
        }
        #expect(services.map(\.service.name) == ["cart", "mail", "pay", "shop"])
    }

    private static func weight(_ calls: [MadeCall], _ condition: (EdgeCall) -> Bool) -> Int64 {
        calls.map(\.edge).filter(condition).reduce(0) { $0 + $1.weight }
    }
}
