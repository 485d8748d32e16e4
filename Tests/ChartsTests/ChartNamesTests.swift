import Charts
import MadeCalls
import Testing

@Suite struct `The names of the charts` {
    @Test func `give the same number to the same name`() {
        var names = ChartNames(limits: ChartLimits())
        let shop = names.service(ServiceKey(name: "shop"))
        #expect(names.service(ServiceKey(name: "shop")) == shop)
        #expect(names.service(ServiceKey(namespace: "eu", name: "shop")) != shop)
    }

    @Test func `stand for all others when there are too many, and totals stay right`() throws {
        var limits = ChartLimits()
        (limits.services, limits.operationsPerService) = (12, 5)
        (limits.operations, limits.edges) = (40, 8)
        var calls: [MadeCall] = []
        for number in 0..<1_000 {
            var call = MadeCall()
            call.server = ServiceKey(name: "service-\(number % 20)")
            call.operation = "GET /\(number % (number % 20 == 3 ? 1_000 : 100))"
            calls.append(call)
        }
        let ledger = ledger(of: calls, limits: limits)
        let answers = Answers(ledger, query(0, 3_600))
        #expect(answers.edges.reduce(0) { $0 + $1.figures.calls.samples } == 1_000)
        #expect(answers.services.reduce(0) { $0 + $1.calls.samples } == 1_000)
        #expect(answers.operations.reduce(0) { $0 + $1.calls.samples } == 1_000)
        let others = answers.edges.filter { $0.server.key == .other }
        #expect(others.map(\.client.name) == ["shop"])
        #expect(answers.operations.contains { $0.operation == ServiceKey.otherName })
        let report = ledger.names.report
        #expect(report.services.kept == 12 && (7...11).contains(report.services.beyond))
        #expect(report.edges.kept == 8 && (2...4).contains(report.edges.beyond))
        #expect(report.offenders.first?.service == ServiceKey(name: "service-3"))
        let worst = try #require(report.offenders.first?.operations)
        #expect(worst.kept > 0 && worst.kept <= 5)
        // Of fifty; how many were beyond is an estimate.
        #expect(abs(worst.kept + worst.beyond - 50) <= 10)
    }
}
