import Charts

/// Calls counted by a lane: few edges, and as many as a large installation has.
func benchCount(_ bodies: Bodies) {
    benchCounting(edges: 100)
    benchCounting(edges: 10_000)
}

/// The hour of a large installation put together: 1,000 services, 10,000 edges, 30 filled buckets in
/// each view of each minute.
func benchHour(_ bodies: Bodies) {
    var hour = ChartsHour()
    hour.fill()
    hour.measure()
}

/// What one call costs a lane, over an edge and as its server's own, with the hand-over four times a
/// second at a hundred thousand calls a second.
private func benchCounting(edges count: Int) {
    var lane = ChartsLane(edges: count)
    var ledger = ChartLedger(limits: ChartLimits(), lanes: 1)
    var parcel = ChartParcel()
    let calls = 25_000
    var second: UInt64 = 1_700_000_000
    measure("count a call, \(count) edges", passes: 4) {
        for number in 0..<calls { lane.count(number, endNanoseconds: second * 1_000_000_000) }
        lane.delta.removeAll()
        return Work(spans: calls, bytes: 0)
    }
    measure("the same, with the ledger", passes: 4) {
        for number in 0..<calls { lane.count(number, endNanoseconds: second * 1_000_000_000) }
        parcel.fill(from: &lane.delta, names: &lane.names)
        ledger.take(&parcel, fromLane: 0)
        second += 1
        ledger.tick(nowSeconds: Int64(second))
        return Work(spans: calls, bytes: 0)
    }
}

struct ChartsLane: ~Copyable {
    var names = ChartNames(limits: ChartLimits())
    var delta = ChartDelta()
    private var edges: [(edge: UInt32, operation: UInt32)] = []
    private var durations: [Int64] = []
    private var state: UInt64 = 1

    /// Ten edges a service.
    init(edges count: Int) {
        let services = (0..<max(1, count / 10)).map {
            names.service(ServiceKey(name: "service-\($0)"))
        }
        for number in 0..<count {
            let server = services[(number / 10 + number % 10 * 7 + 1) % services.count]
            let edge = names.edge(client: services[number / 10], server: server, hop: .direct)
            edges.append((edge, names.operation("GET /\(number % 3)", of: server)))
        }
        // Every second bucket of sixty.
        var duration = 1_000_000.0
        for _ in 0..<30 {
            durations.append(Int64(duration))
            duration *= 1.022
        }
    }

    mutating func count(_ number: Int, endNanoseconds: UInt64) {
        let place = Int(random() % UInt64(edges.count))
        count(edge: place, durations[number % durations.count], endNanoseconds: endNanoseconds)
    }

    /// One call in each of thirty buckets of each edge.
    mutating func countMinute(endingAt second: UInt64) {
        for place in edges.indices {
            for (index, duration) in durations.enumerated() {
                let end = (second - UInt64(index * 2)) * 1_000_000_000 - 1
                count(edge: place, duration, endNanoseconds: end)
            }
        }
    }

    private mutating func random() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }

    private mutating func count(edge place: Int, _ duration: Int64, endNanoseconds: UInt64) {
        var call = EdgeCall()
        call.edge = edges[place].edge
        call.endNanoseconds = endNanoseconds
        call.startNanoseconds = endNanoseconds - UInt64(duration)
        call.serverNanoseconds = duration
        call.clientNanoseconds = duration * 5 / 4
        call.gapNanoseconds = duration / 4
        call.traceLow = random()
        call.traceHigh = random()
        delta.add(call, sign: 1)
        var own = OwnCall()
        own.operation = edges[place].operation
        own.endNanoseconds = endNanoseconds
        own.startNanoseconds = call.startNanoseconds
        own.durationNanoseconds = duration
        own.traceLow = call.traceLow
        own.traceHigh = call.traceHigh
        delta.add(own, sign: 1)
    }
}

private struct ChartsHour: ~Copyable {
    private var lane = ChartsLane(edges: 10_000)
    private var ledger: ChartLedger
    private let end: Int64 = 1_700_000_640

    init() {
        var limits = ChartLimits()
        limits.ledgerBytes = 4 << 30
        ledger = ChartLedger(limits: limits, lanes: 1)
    }

    mutating func fill() {
        var parcel = ChartParcel()
        for minute in 0..<70 {
            let second = end - Int64((69 - minute) * 60)
            lane.countMinute(endingAt: UInt64(second))
            parcel.fill(from: &lane.delta, names: &lane.names)
            ledger.take(&parcel, fromLane: 0)
            ledger.tick(nowSeconds: second)
        }
    }

    /// The last hour, of which neither end is that of a folded block.
    func measure() {
        var query = ChartQuery(window: ChartWindow(from: end - 3_660, to: end - 60))
        time("the hour of 10,000 edges") { Self.quantiles(ledger.edges(query).rows.map(\.figures)) }
        time("the hour of 1,000 services") { ledger.services(query).rows.count }
        query.window.from = query.window.to - 60
        time("a minute of 10,000 edges") { ledger.edges(query).rows.count }
        print("bytes of 70 minutes: \(ledger.bytes)")
    }

    /// What an answer asks of each view.
    private static func quantiles(_ edges: [EdgeFigures]) -> Int {
        var count = 0
        for edge in edges {
            for view in [edge.calls.latency, edge.clientView, edge.gap] {
                for quantile in [0.5, 0.9, 0.95, 0.99, 0.999] {
                    count += view.quantileMilliseconds(quantile) == nil ? 0 : 1
                }
            }
        }
        return count
    }
}
