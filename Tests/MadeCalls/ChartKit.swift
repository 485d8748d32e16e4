package import Charts

/// A made-up call with its names, as a lane would count it.
package struct MadeCall: Sendable {
    package var client = ServiceKey(name: "shop")
    package var server = ServiceKey(name: "cart")
    package var hop = Hop.direct
    package var operation = "GET /cart"
    package var values: [String] = []
    package var edge = EdgeCall()
    package var own = OwnCall()

    /// Of one second from the epoch's, that took some milliseconds.
    package init(endSeconds: Double = 1_000, milliseconds: Double = 10) {
        edge.endNanoseconds = UInt64(endSeconds * 1e9)
        edge.startNanoseconds = edge.endNanoseconds - UInt64(milliseconds * 1e6)
        edge.serverNanoseconds = Int64(milliseconds * 1e6)
        edge.traceLow = 1
        follow()
    }

    /// Makes the server's own figures those of the edge.
    package mutating func follow() {
        own.startNanoseconds = edge.startNanoseconds
        own.endNanoseconds = edge.endNanoseconds
        own.durationNanoseconds = max(edge.serverNanoseconds, edge.clientNanoseconds)
        own.outcome = edge.outcome
        own.isFailed = edge.isFailed
        own.weight = edge.weight
        own.isWeightUnknown = edge.isWeightUnknown
        own.retries = edge.retries
        own.queueAgeNanoseconds = edge.queueAgeNanoseconds
        (own.traceHigh, own.traceLow, own.span) = (edge.traceHigh, edge.traceLow, edge.span)
    }
}

/// What a lane has for counting.
package struct TestLane: ~Copyable {
    package var names: ChartNames
    package var delta = ChartDelta()

    package init(limits: ChartLimits = ChartLimits()) { names = ChartNames(limits: limits) }

    package mutating func count(_ call: MadeCall, sign: Int64 = 1) {
        let client = names.service(call.client)
        let server = names.service(call.server)
        var edge = call.edge
        edge.edge = names.edge(client: client, server: server, hop: call.hop)
        delta.add(edge, sign: sign)
        var own = call.own
        // Only services have calls of their own.
        let owner = ServiceKey(namespace: call.server.namespace, name: call.server.name)
        own.operation = names.operation(call.operation, of: names.service(owner))
        for (index, value) in call.values.enumerated() {
            own.dimensions[index] = names.value(value)
        }
        delta.add(own, sign: sign)
        var share = CriticalShare()
        share.entryOperation = own.operation
        share.edge = edge.edge
        share.endNanoseconds = edge.endNanoseconds
        share.nanoseconds = UInt64(max(0, edge.serverNanoseconds))
        share.weight = edge.weight
        delta.add(share, sign: sign)
    }

    package mutating func handOver(to ledger: inout ChartLedger, lane: Int = 0) {
        var parcel = ChartParcel()
        parcel.fill(from: &delta, names: &names)
        ledger.take(&parcel, fromLane: lane)
    }
}

/// A ledger that took some calls from one lane.
package func ledger(of calls: [MadeCall], limits: ChartLimits = ChartLimits()) -> ChartLedger {
    var ledger = ChartLedger(limits: limits, lanes: 1)
    var lane = TestLane(limits: limits)
    for call in calls { lane.count(call) }
    lane.handOver(to: &ledger)
    return ledger
}

package func query(_ from: Int64, _ to: Int64, step: Int64? = nil) -> ChartQuery {
    var query = ChartQuery(window: ChartWindow(from: from, to: to))
    query.step = step
    return query
}

/// All answers of a ledger, to be compared.
package struct Answers: Equatable {
    package var edges: [EdgeSummary]
    package var services: [ServiceSummary]
    package var operations: [OperationSummary]
    package var critical: [CriticalSummary]

    package init(_ ledger: borrowing ChartLedger, _ query: ChartQuery) {
        edges = ledger.edges(query).rows
        services = ledger.services(query).rows
        operations = ledger.operations(query, of: nil).rows
        critical = ledger.critical(query).rows
    }

    /// The first two rows that differ.
    package func difference(from other: Answers) -> String? {
        Self.difference(edges, other.edges) ?? Self.difference(services, other.services)
            ?? Self.difference(operations, other.operations)
            ?? Self.difference(critical, other.critical)
    }

    private static func difference<Row: Equatable>(_ left: [Row], _ right: [Row]) -> String? {
        guard left.count == right.count else { return "\(left.count) rows, not \(right.count)" }
        return zip(left, right).first { $0 != $1 }.map { "\($0) is not \($1)" }
    }

    /// Without the calls to look at, which stay when a call is taken back.
    package var withoutExemplars: Answers {
        var answers = self
        for index in edges.indices {
            answers.edges[index].figures.calls.forgetExemplars()
            for step in edges[index].series.indices {
                answers.edges[index].series[step].calls.forgetExemplars()
            }
        }
        for index in services.indices {
            answers.services[index].calls.forgetExemplars()
            for step in services[index].series.indices {
                answers.services[index].series[step].forgetExemplars()
            }
        }
        for index in operations.indices {
            answers.operations[index].calls.forgetExemplars()
            for step in operations[index].series.indices {
                answers.operations[index].series[step].forgetExemplars()
            }
        }
        return answers
    }
}

extension CallSummary {
    fileprivate mutating func forgetExemplars() {
        slowest = nil
        failedExemplar = nil
    }
}
