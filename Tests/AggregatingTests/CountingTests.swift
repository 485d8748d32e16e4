import Charts
import Spans
import Testing

@testable import Aggregating

@Suite struct `A call with both halves` {
    static let call = [
        Told(id: 1, kind: .client, service: "a", end: 100),
        Told(id: 2, parent: 1, kind: .server, service: "b", start: 10, end: 70),
    ]

    @Test func `is one edge with both views and the gap between them`() throws {
        var counting = Counting()
        counting.take(Self.call)
        let edges = counting.edges()
        #expect(lines(edges) == ["a -> b 1"])
        let figures = try #require(edges.first?.figures)
        #expect(figures.evidence.map(\.trait) == [.paired])
        #expect(abs((figures.calls.latency.meanMilliseconds ?? 0) - 60) < 0.001)
        #expect(abs((figures.clientView.meanMilliseconds ?? 0) - 100) < 0.001)
        #expect(abs((figures.gap.meanMilliseconds ?? 0) - 40) < 0.001)
    }

    @Test func `counts once when the server shares the id of the client`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .client, service: "a"),
            Told(id: 1, kind: .server, service: "b"),
            Told(id: 2, parent: 1, kind: .client, service: "b", facts: [(.dbSystem, "mysql")]),
        ])
        #expect(lines(counting.edges()) == ["a -> b 1", "b -> mysql 1"])
    }

    @Test(
        arguments: [
            ("x", "x", 0), ("x", "y", 1), (nil, nil, 1), ("x", nil, 1),
        ] as [(String?, String?, Int)])
    func `within a service is an edge when instances are crossed`(
        mine: String?, other: String?, edges: Int
    ) {
        func resource(_ id: String?) -> [(FactKey, String)] {
            id.map { [(.serviceInstance, $0)] } ?? []
        }
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .client, service: "a", resource: resource(mine)),
            Told(id: 2, parent: 1, kind: .server, service: "a", resource: resource(other)),
        ])
        #expect(counting.edges().count == edges)
    }

    @Test func `has the class of the worse half, and an HTTP class before a bare status`() {
        for (client, server, failed): ([(FactKey, any Sendable)], SpanStatus, Bool) in [
            ([(.httpStatus, 404)], .unset, false), ([(.httpStatus, 503)], .unset, true),
            ([], .error, true), ([(.httpStatus, 429)], .unset, false),
            ([(.rpcStatus, "UNAVAILABLE")], .unset, true),
            ([(.rpcStatus, 5)], .unset, false), ([(.rpcStatus, "1")], .unset, false),
        ] {
            var counting = Counting()
            counting.take([
                Told(
                    id: 1, kind: .client, service: "a", status: .error,
                    facts: client + [
                        (.httpStatus, 200)
                    ]),
                Told(id: 2, parent: 1, kind: .server, service: "b", status: server),
            ])
            let isFailed = lines(counting.edges()) == ["a -> b 1 failed 1"]
            #expect(isFailed == (failed || client.isEmpty), "\(client) \(server)")
        }
    }

    @Test func `fails by its status where the settings say so`() {
        var rules = CountingRules()
        rules.failedByService["b"] = .status
        for (status, failed) in [(404, 1), (503, 1), (200, 0)] {
            var counting = Counting(rules)
            counting.take([
                Told(
                    id: 1, kind: .client, service: "a", status: status == 200 ? .unset : .error,
                    facts: [(.httpStatus, status)]),
                Told(id: 2, parent: 1, kind: .server, service: "b", facts: [(.httpStatus, status)]),
            ])
            #expect(lines(counting.edges()) == ["a -> b 1" + (failed > 0 ? " failed 1" : "")])
        }
    }

    @Test func `stands for as many calls as its client was sampled from`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .client, service: "a", facts: [(.traceState, "ot=th:c")]),
            Told(id: 2, parent: 1, kind: .server, service: "b", facts: [(.traceState, "ot=th:8")]),
        ])
        #expect(lines(counting.edges()) == ["a -> b 4"])
        let services = counting.services()
        #expect(services.map { $0.calls.count.raw >> 20 }.max() == 4)
    }
}

@Suite struct `A half without the other` {
    @Test(
        arguments: [
            ([(.peerName, "pay"), (.serverAddress, "1.2.3.4")], "pay", .external),
            (
                [(.serverAddress, "api.example"), (.networkPeerAddress, "1.2.3.4")], "api.example",
                .external
            ),
            ([(.netPeerName, "old.example")], "old.example", .external),
            ([(.networkPeerAddress, "1.2.3.4")], "1.2.3.4", .external),
            ([(.urlFull, "https://me@Shop.example:8443/x?y")], "shop.example", .external),
            (
                [(.dbSystem, "postgresql"), (.dbNamespace, "orders"), (.serverAddress, "db1")],
                "orders", .database
            ),
            ([(.dbSystem, "postgresql"), (.serverAddress, "db1")], "db1", .database),
            ([(.dbSystem, "postgresql")], "postgresql", .database),
            ([(.dbSystem, "redis"), (.dbNamespace, "0"), (.serverAddress, "r1")], "r1", .cache),
            ([(.dbNamespace, "orders"), (.peerName, "orders-db")], "orders-db", .database),
        ] as [([(FactKey, String)], String, ServiceType)])
    func `of a client is named by the ladder`(
        facts: [(FactKey, String)], name: String, type: ServiceType
    ) {
        var counting = Counting()
        counting.take([
            Told(
                id: 1, kind: .client, service: "a", facts: facts,
                resource: [
                    (.environment, "prod"), (.serviceNamespace, "shop"),
                ])
        ])
        let server = counting.edges().first?.server.key
        #expect(
            server
                == ServiceKey(environment: "prod", namespace: "shop", name: name, type: type))
    }

    @Test func `that nothing names is on no edge, and is told of`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .client, service: "a"),
            Told(id: 2, parent: 7, kind: .server, service: "b", trace: 2),
            Told(id: 3, kind: .producer, service: "c", trace: 3),
        ])
        #expect(counting.edges().isEmpty)
        #expect(counting.oddities(.unansweredCall) == 1)
        #expect(counting.oddities(.orphan) == 1)
        #expect(counting.oddities(.unconsumedMessage) == 1)
        #expect(counting.oddities(.missingParent) == 1)
    }

    @Test func `that is a root was called by a client`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .server, service: "a"),
            Told(id: 2, kind: .server, service: "a", facts: [(.peerName, "web")], trace: 2),
        ])
        #expect(lines(counting.edges()) == ["client -> a 1", "web -> a 1"])
    }

    @Test func `around another client span of its service is not a call of its own`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .client, service: "a", facts: [(.serverAddress, "b.svc")]),
            Told(id: 2, parent: 1, kind: .client, service: "a", facts: [(.serverAddress, "b.svc")]),
            Told(id: 3, parent: 2, kind: .server, service: "b"),
            Told(
                id: 4, kind: .client, service: "a", facts: [(.dbSystem, "elasticsearch")], trace: 2),
            Told(
                id: 5, parent: 4, kind: .client, service: "a", facts: [(.serverAddress, "es1")],
                trace: 2),
        ])
        #expect(lines(counting.edges()) == ["a -> b 1", "a -> elasticsearch 1"])
    }
}

@Suite struct `A change of service` {
    @Test(arguments: [SpanKind.internal, .unspecified, .server])
    func `is an edge without client spans, and says so`(kind: SpanKind) {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .internal, service: "a"),
            Told(id: 2, parent: 1, kind: kind, service: "b"),
            Told(id: 3, parent: 2, kind: .internal, service: "b"),
        ])
        let edges = counting.edges()
        #expect(lines(edges) == ["a -> b 1"])
        let evidence: Evidence = kind == .server ? .serverOnly : .inferred
        #expect(edges.first?.figures.evidence.map(\.trait) == [evidence])
        #expect(counting.services().map(\.service.name).sorted() == ["a", "b"])
    }

    @Test func `from a called half to a calling one is none`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .server, service: "a"),
            Told(id: 2, parent: 1, kind: .client, service: "b", facts: [(.peerName, "x")]),
        ])
        #expect(lines(counting.edges()) == ["b -> x 1", "client -> a 1"])
    }
}

@Suite struct `Messages` {
    static let named: [(FactKey, any Sendable)] = [
        (.messagingSystem, "kafka"), (.messagingDestination, "q"),
    ]

    @Test func `pass a broker with a name, or are drawn through it`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .producer, service: "a", facts: Self.named),
            Told(
                id: 2, parent: 1, kind: .consumer, service: "b", start: 300, end: 400,
                facts: Self.named),
        ])
        #expect(lines(counting.edges()) == ["a -> q 1", "q -> b 1"])
        let through = counting.edges(.through)
        #expect(lines(through) == ["a -> b 1"])
        let age = through.first?.figures.calls.saturation.queueAge.meanMilliseconds
        #expect(abs((age ?? 0) - 200) < 0.001)
    }

    @Test func `without a name of the broker go straight`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .producer, service: "a", facts: [(.messagingSystem, "rabbitmq")]),
            Told(id: 2, parent: 1, kind: .consumer, service: "b"),
        ])
        #expect(lines(counting.edges()) == ["a -> b 1"])
        #expect(lines(counting.edges(.through)) == ["a -> b 1"])
    }

    @Test func `of a batch are counted each, over links, in any order`() {
        let producers = (1...3).map {
            Told(id: 1, kind: .producer, service: "p\($0)", facts: Self.named, trace: UInt64($0))
        }
        let links = (1...3).map { SpanLink(trace: TraceID(high: 9, low: UInt64($0)), id: 1) }
        let consumer = Told(
            id: 9, kind: .consumer, service: "c", facts: Self.named, links: links, trace: 8)
        for told in [producers + [consumer], [consumer] + producers.reversed()] {
            var counting = Counting()
            for span in told {
                counting.take([span])
                counting.wait(milliseconds: 12_000)
            }
            #expect(lines(counting.edges(.through)) == ["p1 -> c 1", "p2 -> c 1", "p3 -> c 1"])
            #expect(lines(counting.edges()) == ["p1 -> q 1", "p2 -> q 1", "p3 -> q 1", "q -> c 3"])
        }
    }
}

@Suite struct `What is counted` {
    @Test func `does not depend on order, delay, doubling and amendment`() {
        let spans = Self.mesh()
        var expected: ([EdgeSummary], [OperationSummary], [CriticalSummary])?
        for seed in 0..<15 as Range<UInt64> {
            var random = Seeded(state: seed)
            var counting = Counting(seed: seed)
            var sent = spans + spans.shuffled(using: &random).prefix(40)
            sent.shuffle(using: &random)
            for span in sent {
                counting.take([span])
                if Int.random(in: 0..<4, using: &random) == 0 {
                    counting.wait(milliseconds: Int.random(in: 0...4_000, using: &random))
                }
            }
            let seen = (
                counting.edges(), counting.operations(), counting.critical()
            )
            if let expected {
                #expect(expected.0.map(Self.withoutExemplars) == seen.0.map(Self.withoutExemplars))
                #expect(expected.1.map(\.calls.count) == seen.1.map(\.calls.count))
                #expect(expected.1.map(\.calls.latency) == seen.1.map(\.calls.latency))
                #expect(expected.2 == seen.2)
            }
            expected = expected ?? seen
        }
        #expect((expected?.0.count ?? 0) > 5 && (expected?.2.count ?? 0) > 4)
    }

    private static func withoutExemplars(_ edge: EdgeSummary) -> EdgeSummary {
        var edge = edge
        edge.figures.calls.slowest = nil
        edge.figures.calls.failedExemplar = nil
        return edge
    }

    /// Traces of every shape: pairs, orphans, shared ids, brokers, links, circles, failures.
    private static func mesh() -> [Told] {
        (1...12).flatMap { number -> [Told] in
            let trace = UInt64(number)
            let link = SpanLink(trace: TraceID(high: 9, low: trace % 12 + 1), id: 6)
            return [
                Told(
                    id: 1, kind: .server, service: "web", name: "GET /\(number)", end: 900,
                    trace: trace),
                Told(
                    id: 2, parent: 1, kind: .client, service: "web", start: 10, end: 300,
                    trace: trace),
                Told(
                    id: 3, parent: 2, kind: .server, service: "cart", start: 20, end: 280,
                    status: number % 3 == 0 ? .error : .unset, trace: trace),
                Told(
                    id: 4, parent: 3, kind: .client, service: "cart", start: 30, end: 90,
                    facts: [(.dbSystem, "redis")], trace: trace),
                Told(
                    id: 5, parent: 1, kind: .internal, service: "web", start: 310, end: 800,
                    trace: trace),
                Told(
                    id: 6, parent: 5, kind: .producer, service: "web", start: 320, end: 330,
                    facts: Messages.named, trace: trace),
                Told(
                    id: 7, parent: number % 2 == 0 ? 6 : 99, kind: .consumer, service: "mail",
                    start: 400, end: 500, facts: Messages.named, links: [link], trace: trace),
                Told(
                    id: 2, parent: 1, kind: .server, service: "shared", start: 12, end: 200,
                    trace: trace),
                Told(id: 20, parent: 21, service: "ring", trace: trace),
                Told(id: 21, parent: 20, service: "ring", trace: trace),
            ]
        }
    }

    @Test func `leaves out what a rule excludes, with both halves`() {
        var naming = Counting.anyTime
        var rule = ExcludeRule()
        rule.operation = Wildcard("GET /health*")
        naming.excludes = [rule]
        var counting = Counting(naming: naming)
        counting.take([
            Told(id: 1, kind: .client, service: "a", name: "poll"),
            Told(id: 2, parent: 1, kind: .server, service: "b", name: "GET /healthz"),
            Told(id: 3, kind: .server, service: "b", name: "GET /cart", trace: 2),
        ])
        #expect(lines(counting.edges()) == ["client -> b 1"])
        #expect(counting.operations().map(\.operation) == ["GET /cart"])
        #expect(counting.oddities(.excluded) == 1)
    }

    @Test func `leaves out what is too old or too far ahead`() {
        var counting = Counting(naming: NamingRules())
        let day = 86_400_000 as UInt64
        counting.take([
            Told(id: 1, kind: .server, service: "a"),
            Told(id: 2, kind: .server, service: "a", end: day, trace: 2),
        ])
        counting.take(
            [Told(id: 3, kind: .server, service: "a", trace: 3)], receivedSecondsLater: 86_500)
        #expect(lines(counting.edges()) == ["client -> a 1"])
        #expect(counting.oddities(.tooOld) == 1)
        #expect(counting.oddities(.tooFarAhead) == 1)
    }

    @Test func `marks circles, spans that are their own parents, and several roots`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, parent: 2, service: "a"), Told(id: 2, parent: 1, service: "a"),
            Told(id: 3, parent: 3, service: "a"), Told(id: 4, service: "a"),
            Told(id: 5, service: "a"),
        ])
        #expect(counting.oddities(.cycle) == 2)
        #expect(counting.oddities(.selfParent) == 1)
        #expect(counting.oddities(.severalRoots) == 1)
    }

    @Test func `shares the time of a root out to the edges that it waited for`() {
        var counting = Counting()
        counting.take([
            Told(id: 1, kind: .server, service: "a", end: 100),
            Told(id: 2, parent: 1, kind: .client, service: "a", start: 10, end: 60),
            Told(id: 3, parent: 2, kind: .server, service: "b", start: 20, end: 50),
            Told(
                id: 4, parent: 1, kind: .client, service: "a", start: 15, end: 30,
                facts: [(.dbSystem, "mysql")]),
        ])
        let shares = counting.critical().map {
            "\($0.client.name) -> \($0.server.name) \(Int(($0.seconds * 1_000).rounded()))"
        }
        #expect(shares.sorted() == ["a -> b 50", "client -> a 50"])
    }

    @Test func `takes ten thousand levels and a hundred thousand children`() {
        var counting = Counting()
        let deep = (1...10_000 as ClosedRange<UInt64>).map { Told(id: $0, parent: $0 - 1) }
        counting.take(deep)
        counting.take(
            (1...100_000 as ClosedRange<UInt64>).map {
                Told(id: $0, parent: $0 == 1 ? 0 : 1, kind: $0 == 1 ? .server : .internal, trace: 2)
            })
        #expect(lines(counting.edges()) == ["client -> a 1"])
    }
}
