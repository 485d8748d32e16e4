import Charts
import Testing

@testable import Answering

@Suite struct `The edges of the API` {
    private static func kit() -> ChartKit {
        var kit = ChartKit()
        kit.call(.shop, .cart, milliseconds: Array(repeating: 10, count: 8))
        kit.call(.shop, .cart, at: 65, milliseconds: [100, 100], isFailed: true)
        kit.call(.cart, .store) { call in
            (call.serverNanoseconds, call.gapNanoseconds) = (-1, -1)
            (call.kind, call.evidence, call.serverRung) = (.database, .clientOnly, .dbNamespace)
            call.weight = CallWeight.one * 5 / 2
        }
        kit.close()
        return kit
    }

    @Test func `have what is known of an edge, most calls first`() throws {
        let answer = Self.kit().answer(.edges)
        #expect(answer.status == 200 && answer.contentType == "application/json")
        let rows = try answer.rows(.edges)
        #expect(rows.map { $0.text("server") } == ["cart", "carts"])
        let numbers: [(String, Double)] = [
            ("count", 10), ("failed", 2), ("faults", 2), ("throttles", 0), ("client_errors", 0),
            ("cancelled", 0), ("samples", 10), ("kinds.request", 10), ("evidence.paired", 10),
            ("client_named_by.service.name", 10), ("rate", 10.0 / 900), ("mean_ms", 28),
            ("client_view.samples", 10), ("gap.samples", 10), ("client_view.mean_ms", 29),
            ("gap.mean_ms", 1), ("saturation.throttle_share", 0),
        ]
        for (name, expected) in numbers {
            let found = try #require(rows[0][name]?.number, "\(name)")
            #expect((found - expected).magnitude < 1e-9, "\(name) is \(found)")
        }
        for (name, expected) in [("p50_ms", 10.0), ("p90_ms", 100), ("gap.p99_ms", 1)] {
            let found = try #require(rows[0][name]?.number, "\(name)")
            #expect((found / expected - 1).magnitude <= 0.01, "\(name) is \(found)")
        }
        let texts = [
            ("client", "frontend"), ("client_key.environment", "prod"),
            ("client_key.namespace", "shop"), ("client_key.type", "service"),
            ("kind", "request"), ("latency_view", "server"), ("exemplars.0.of", "slowest"),
            ("exemplars.0.trace_id", "00000000000000010000000000000002"),
            ("exemplars.1.of", "failed"), ("exemplars.1.span_id", "0000000000000003"),
        ]
        for (name, expected) in texts { #expect(rows[0].text(name) == expected, "\(name)") }
    }

    @Test func `say when their figures are the client's, and what is not known`() throws {
        let row = try #require(try Self.kit().answer(.edges).rows(.edges).last)
        #expect(row.text("latency_view") == "client" && row.text("kind") == "database")
        #expect(row["count"]?.number == 2.5 && row["samples"]?.number == 1)
        #expect(row["evidence.client_only"]?.number == 2.5)
        #expect(row["server_named_by.db.namespace"]?.number == 2.5)
        #expect(row["p50_ms"] == row["client_view.p50_ms"])
        #expect(row["gap.samples"]?.number == 0 && row["gap.p50_ms"] == nil)
    }

    @Test func `say which time they are of`() throws {
        let answer = Self.kit().answer(.edges, "last=10m&step=1m")
        #expect(
            answer.text.hasPrefix(
                #"{"window":{"from":"2026-11-21T10:05:00Z","to":"2026-11-21T10:15:00Z"},"#
                    + #""complete_until":"2026-11-21T10:14:00Z","step_seconds":60,"edges":["#))
    }

    @Test func `are refused when there would be too many steps of too many`() {
        var kit = ChartKit()
        for number in 0..<100 {
            kit.call(ServiceKey(name: "shop"), ServiceKey(name: "server-\(number)"))
        }
        kit.close()
        #expect(kit.answer(.edges, "last=24h&step=5m").status == 200)
        let answer = kit.answer(.edges, "last=24h&step=1m")
        #expect(answer.status == 400)
        #expect(answer.problemDetail?.hasPrefix("step: so many steps of so many edges") == true)
    }

    @Test func `have a series when steps are asked for`() throws {
        let query = "from=2026-11-21T10:00:00Z/3m&step=1m"
        let row = try #require(try Self.kit().answer(.edges, query).rows(.edges).first)
        let counts = (0..<4).map { row["series.\($0).count"]?.number }
        #expect(counts == [8, 2, 0, nil])
        #expect(row.text("series.1.from") == "2026-11-21T10:01:00Z")
        #expect(row["series.1.failed"]?.number == 2)
    }

    @Test func `come in pages of one time`() throws {
        let kit = Self.kit()
        let first = kit.answer(.edges, "limit=1")
        let cursor = try AnswerRows(reading: first.body, list: "edges") { _ in true }
            .head.text("next_cursor")
        #expect(try first.rows(.edges).map { $0.text("server") } == ["cart"])
        // Whatever else is asked for, the pages of a list are of one time.
        let second = kit.answer(.edges, "limit=1&last=1m&cursor=\(cursor)")
        #expect(try second.rows(.edges).map { $0.text("server") } == ["carts"])
        #expect(!second.text.contains("next_cursor"))
        #expect(second.text.prefix(70) == first.text.prefix(70))
    }

    @Test(arguments: [
        ("client=cart", ["carts"]), ("server=prod/shop/cart", ["cart"]), ("client=carts", nil),
        ("where=service=carts", ["carts"]), ("where=type=database", ["carts"]),
        ("where=environment=test", []), ("where=namespace=shop", ["cart", "carts"]),
        ("where=namespace=shop&where=environment=prod", ["cart", "carts"]),
    ])
    func `are chosen by their ends`(query: String, servers: [String]?) throws {
        let answer = Self.kit().answer(.edges, query)
        #expect(answer.status == (servers == nil ? 404 : 200))
        if let servers {
            #expect(try answer.rows(.edges).map { $0.text("server") } == servers)
        }
    }

    @Test func `have brokers as nodes or are drawn through them`() throws {
        var kit = ChartKit()
        let queue = ServiceKey(name: "orders", type: .queue)
        kit.call(.shop, queue, hop: .node)
        kit.call(queue, .cart, hop: .node)
        kit.call(.shop, .cart, hop: .through)
        kit.close()
        let node = try kit.answer(.edges, "brokers=node").rows(.edges)
        #expect(
            node.map { $0.text("client") + $0.text("server") }.sorted() == [
                "frontendorders", "orderscart",
            ])
        let through = try kit.answer(.edges, "brokers=through").rows(.edges)
        #expect(through.map { $0.text("client") + $0.text("server") } == ["frontendcart"])
        let answer = kit.answer(.edges, "brokers=around")
        #expect(answer.problemDetail == "brokers: there is no around; write node or through")
    }

    @Test(arguments: [
        ("where=service", "where: service has no value; write where=KEY=VALUE"),
        ("where=enviroment=prod", "where: enviroment is not kept; did you mean environment?"),
        ("where=zone=a", "where: zone is not kept; service, environment, namespace, type, "),
        ("where=type=disk", "where: there is no type disk; there are service, database, "),
        ("servr=a", "servr: /api/v1/edges has no such parameter; did you mean server?"),
    ])
    func `tell what is wrong with a question`(query: String, start: String) {
        let answer = Self.kit().answer(.edges, query)
        #expect(answer.status == 400 && answer.contentType == "application/problem+json")
        #expect(answer.problemDetail?.hasPrefix(start) == true, "\(answer.text)")
    }
}

@Suite struct `The services of the API` {
    private static func kit() -> ChartKit {
        var kit = ChartKit()
        for _ in 0..<3 { kit.answerCall(.cart, "GET /cart", dimension: "1.2") }
        kit.answerCall(.cart, "PUT /cart", dimension: "1.3")
        kit.answerCall(.shop, "GET /")
        kit.close()
        return kit
    }

    @Test func `have what they answered themselves`() throws {
        let rows = try Self.kit().answer(.services).rows(.services)
        #expect(rows.map { $0.text("service") } == ["cart", "frontend"])
        #expect(rows[0]["requests"]?.number == 4 && rows[0]["sides.server"]?.number == 4)
        #expect(rows[0].text("key.namespace") == "shop")
        #expect(rows[0]["dimensions.service.version.1.2"]?.number == 3)
        #expect(rows[0]["dimensions.service.version.1.3"]?.number == 1)
    }

    @Test func `are chosen by their dimensions`() throws {
        let rows = try Self.kit().answer(.services, "where=service.version=1.2").rows(.services)
        #expect(rows.map { $0.text("service") } == ["cart"])
    }

    @Test func `have operations`() throws {
        let rows = try Self.kit().answer(.operations, "service=cart").rows(.operations)
        #expect(rows.map { $0.text("operation") } == ["GET /cart", "PUT /cart"])
        #expect(rows.map { $0["requests"]?.number } == [3, 1])
        #expect(try Self.kit().answer(.operations).rows(.operations).count == 3)
    }

    @Test func `are called by a name that is clear`() throws {
        var kit = ChartKit()
        for environment in ["prod", "test"] {
            kit.answerCall(ServiceKey(environment: environment, name: "cart"), "GET /")
        }
        kit.close()
        let answer = kit.answer(.operations, "service=cart")
        #expect(answer.status == 409)
        #expect(
            answer.problemDetail
                == "service: cart may be prod//cart (service), test//cart (service); "
                + "write one of them")
        #expect(
            answer.text.hasSuffix(
                #""candidates":["prod//cart (service)","test//cart (service)"]}"#))
        for text in ["test//cart", "test%2F%2Fcart", "test//cart%20(service)"] {
            let rows = try kit.answer(.operations, "service=\(text)").rows(.operations)
            #expect(rows.map { $0.text("key.environment") } == ["test"])
        }
        let unknown = kit.answer(.operations, "service=crat")
        #expect(unknown.status == 404)
        #expect(
            unknown.problemDetail
                == "service: there is no crat in this time; did you mean cart?")
    }
}

@Suite struct `The report on quality` {
    @Test func `names what is odd, and where it comes from, the worst first`() throws {
        var kit = ChartKit()
        kit.mark(.orphan, .cart, 2)
        kit.mark(.orphan, .shop, 5)
        kit.mark(.noKind, .shop, 6)
        kit.mark(.cycle, .shop, 0)
        kit.skew("a", "b", milliseconds: -30)
        kit.skew("a", "c", milliseconds: 20)
        kit.close()
        let sections = [QualityAnswer.Section("spans", [("received", 9)])]
        let answer = QualityAnswer(ChartKit.times, since: tenOClock, sections)
            .answer("", from: kit.ledger)
        let head = try AnswerRows(reading: answer.body, list: "") { _ in true }.head
        #expect(head.text("window.from") == "2026-11-21T10:00:00Z")
        #expect(head["spans.received"]?.number == 9)
        #expect(head.text("oddities.0.reason") == "orphan")
        #expect(head["oddities.0.count"]?.number == 7)
        #expect(head.text("oddities.0.services.0.key.name") == "frontend")
        #expect(head["oddities.0.services.1.count"]?.number == 2)
        #expect(head.text("oddities.1.reason") == "no_kind")
        #expect(head["oddities.2.count"] == nil)
        #expect(head.text("clocks.0.server_host") == "b")
        #expect(head["clocks.0.server_ahead_ms"]?.number == -30)
        #expect(head["clocks.1.server_ahead_ms"]?.number == 20)
    }

    @Test func `names the services with more operations than there is room for`() throws {
        var limits = ChartLimits()
        limits.operationsPerService = 3
        var kit = ChartKit(limits: limits)
        for number in 0..<50 { kit.answerCall(.cart, "operation \(number)") }
        kit.close()
        let answer = QualityAnswer(ChartKit.times, since: tenOClock, [])
            .answer("", from: kit.ledger)
        let head = try AnswerRows(reading: answer.body, list: "") { _ in true }.head
        let name = "names.services_with_too_many_operations.0"
        #expect(head.text("\(name).key.name") == "cart")
        #expect(head["\(name).operations.limit"]?.number == 3)
        let beyond = try #require(head["\(name).operations.beyond_limit_about"]?.number)
        #expect((40...55).contains(beyond))
    }

    @Test func `has no parameters`() {
        let answer = QualityAnswer(ChartKit.times, since: 0, []).answer(
            "last=1m", from: ChartKit().ledger)
        #expect(answer.status == 400)
    }
}
