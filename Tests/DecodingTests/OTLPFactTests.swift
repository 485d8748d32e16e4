import Spans
import Testing
import Wire

@testable import Decoding

/// The names of each key that has several, the newest first.
private let renamed: [(FactKey, [String])] = FactKey.allCases.compactMap { key in
    let names = FactNames().all.filter { $0.meaning.key == key }
        .sorted { $0.meaning.rank < $1.meaning.rank }.map(\.text)
    return names.count > 1 ? (key, names) : nil
}

private func long(_ count: Int) -> String { String(repeating: "x", count: count) }

@Suite struct `Facts of a span` {
    @Test func `are found by every name that is known`() throws {
        for (name, meaning) in FactNames().all {
            #expect(try Told(OTLP.text(name, "shop"))[meaning.key] == "shop", "\(name)")
        }
    }

    @Test func `have the value of the newest name, in whatever order they come`() throws {
        #expect(renamed.count == 13)
        for (key, names) in renamed {
            for (place, new) in names.enumerated() {
                for old in names[(place + 1)...] {
                    let both = [OTLP.text(new, "new"), OTLP.text(old, "old")]
                    #expect(try Told(both[0], both[1])[key] == "new", "\(new) before \(old)")
                    #expect(try Told(both[1], both[0])[key] == "new", "\(new) behind \(old)")
                    #expect(try Told(both[1])[key] == "old")
                    #expect(try Told(both[0], both[1]).table.facts.count == 1)
                }
            }
        }
    }

    @Test func `keep the first of attributes with one name, which nobody should send`() throws {
        let twice = [OTLP.text("peer.service", "a"), OTLP.text("peer.service", "b")]
        #expect(try Told(twice[0], twice[1])[.peerName] == "a")
    }

    @Test func `are not what names are a part of, or begin or end like`() throws {
        for name in FactNames().all.map(\.text) {
            let end = name.last == "x" ? "y" : "x"
            let others = [
                name + end, end + name, String(name.dropLast()), String(name.dropFirst()),
                String(name.dropLast()) + end, end + name.dropFirst(), name.uppercased(),
            ]
            for other in others where FactNames().key(of: other) == nil {
                #expect(try Told(OTLP.text(other, "a")).table.facts.isEmpty, "\(other)")
            }
        }
    }

    @Test(arguments: [
        (Field.varint(2, 1), FactValue.boolean(true)), (Field.varint(2, 0), .boolean(false)),
        (Field.varint(3, 0), .integer(0)), (Field.varint(3, 127), .integer(127)),
        (Field.varint(3, 443), .integer(443)), (Field.varint(3, 50_051), .integer(50_051)),
        (Field.varint(3, 1 << 48), .integer(1 << 48)),
        (Field.varint(3, 1 << 56 - 1), .integer(1 << 56 - 1)),
        (Field.varint(3, 1 << 56), .integer(1 << 56)),
        (Field.varint(3, UInt64(Int64.max)), .integer(.max)), (Field.varint(3, .max), .integer(-1)),
        (Field.fixed64(4, (-0.5).bitPattern), .double(-0.5)),
    ])
    func `keep numbers as they were sent`(value: [UInt8], expected: FactValue) throws {
        let port = OTLP.attribute(9, "server.port", value)
        // Behind it are enough bytes to be read at once, or there is nothing.
        for after in [[], Field.fixed64(7, 1)] {
            let told = try Told(port, after)
            #expect(told.table.facts.map(\.value) == [expected])
            #expect(told.table.facts.map(\.key) == [.serverPort])
        }
    }

    @Test func `keep every integer, however many bytes it takes`() throws {
        for shift in 0..<64 {
            for number in [1 << UInt64(shift), UInt64.max >> UInt64(shift)] {
                let port = OTLP.attribute(9, "net.peer.port", Field.varint(3, number))
                let facts = try Told(port, Field.fixed64(7, 1)).table.facts
                #expect(facts.map(\.value) == [.integer(Int64(bitPattern: number))])
            }
        }
    }

    @Test func `take numbers whose bytes are more than they need`() throws {
        let value: [UInt8] = [3 << 3, 0xbb, 0x83, 0x80, 0x00]
        #expect(try Told(OTLP.attribute(9, "server.port", value))[.serverPort] == "443")
    }

    @Test func `may be texts of any length and letters`() throws {
        for text in (1...140).map(long) + [long(5_000), "Bücher", "日本"] {
            #expect(try Told(OTLP.text("peer.service", text))[.peerName] == text)
        }
    }

    @Test func `are no lists, no bytes and nothing empty`() throws {
        let values = [
            OTLP.lists(deep: 2), OTLP.lists(deep: 2, maps: true), Field.message(7, [1, 2]), [],
            Field.text(1, ""), Field.varint(8, 1),
        ]
        for value in values {
            let name = OTLP.attribute(9, "peer.service", value)
            #expect(try Told(name).table.facts.isEmpty)
            // Nor do they stand before one that tells something.
            #expect(try Told(name, OTLP.text("peer.service", "shop"))[.peerName] == "shop")
        }
    }

    @Test func `have the last of several values, as protobuf has it`() throws {
        let list = OTLP.lists(deep: 2)
        let text = Field.text(1, "shop")
        #expect(try Told(OTLP.attribute(9, "peer.service", text + list)).table.facts.isEmpty)
        #expect(try Told(OTLP.attribute(9, "peer.service", list + text))[.peerName] == "shop")
        let twice = Field.message(2, Field.text(1, "old")) + Field.message(2, text)
        #expect(
            try Told(Field.message(9, Field.text(1, "peer.service"), twice))[.peerName] == "shop")
    }

    @Test func `are found whatever the order of key and value is, and beside unknown fields`()
        throws
    {
        let key = Field.text(1, "peer.service")
        let value = Field.message(2, Field.text(1, "shop"))
        let unknown = Field.varint(9, 1)
        for fields in [value + key, key + value + unknown, unknown + key + value] {
            #expect(try Told(Field.message(9, fields))[.peerName] == "shop")
        }
    }

    @Test func `are taken from attributes of the span alone`() throws {
        let name = { OTLP.attribute($0, "peer.service", Field.text(1, "shop")) }
        #expect(try Told(Field.message(11, name(3))).table.facts.isEmpty)
        #expect(try Told(Field.message(13, name(4))).table.facts.isEmpty)
        #expect(try Told(resource: name(1)).table.facts.isEmpty)
        #expect(
            try Told(Field.text(5, "name"), name(9), Field.fixed64(7, 1), name(9))[.peerName]
                == "shop")
    }

    @Test func `have the trace state, the last one if it comes twice`() throws {
        let twice = Field.text(3, "a=b") + Field.text(3, "ot=th:8")
        #expect(try Told(twice)[.traceState] == "ot=th:8")
        #expect(try Told(twice, Field.text(3, "")).table.facts.isEmpty)
    }

    @Test func `have what settings ask for, on spans and resources`() throws {
        let told = try Told(
            OTLP.text("app.tier", "gold"), OTLP.attribute(9, "x", Field.varint(2, 1)),
            resource: OTLP.resource("service.version", "1.2"),
            configured: ["service.version", "app.tier", "x"])
        #expect(told.resource(.configured0) == "1.2")
        #expect(told[.configured1] == "gold")
        #expect(told[.configured2] == "true")
    }

    @Test func `go with the span when it is refused`() throws {
        let fact = OTLP.text("peer.service", "shop")
        let link = OTLP.link(OTLP.trace, OTLP.id)
        let bad = OTLP.span(fact, link, Field.message(5, OTLP.notUTF8))
        let good = OTLP.span(OTLP.text("peer.service", "bank"), link)
        let told = try Told(body: OTLP.request(good, bad, good))
        #expect(told.table.refusals.count == 1)
        #expect(told.table.facts.count == 2)
        #expect(told.table.links.count == 2)
        #expect(told[.peerName, of: 1] == "bank")
    }

    @Test func `are as many as there are attributes, and stay with their span in every lane`()
        throws
    {
        let spans = (1...200).map { number in
            OTLP.span(
                Field.message(1, Array(repeating: UInt8(number), count: 16)),
                OTLP.text("peer.service", "peer\(number)"), OTLP.text("db.name", "db\(number)"),
                Field.fixed64(7, UInt64(number)))
        }
        let body = Field.message(1, Field.message(2, spans.reduce([], +)))
        var random = SeededNumbers(seed: 1)
        let told = try Told(body: body) { $0.sort(lanes: 3, by: TraceHash(using: &random)) }
        #expect(told.table.records.count == 200)
        for (place, record) in told.table.records.enumerated() {
            #expect(told[.peerName, of: place] == "peer\(record.startNanoseconds)")
            #expect(told[.dbNamespace, of: place] == "db\(record.startNanoseconds)")
        }
    }
}

@Suite struct `Facts of a resource` {
    private let named = OTLP.resource("service.name", "shop")

    @Test func `are those of all its scopes, and of no other resource`() throws {
        let scope = Field.message(2, OTLP.span())
        let first = Field.message(1, Field.message(1, named), scope, scope)
        let second = Field.message(1, scope)
        let third = Field.message(1, Field.message(1, OTLP.resource("service.name", "bank")), scope)
        let told = try Told(body: first + second + third)
        #expect(
            (0..<4).map { told.resource(.serviceName, of: $0) } == ["shop", "shop", nil, "bank"])
    }

    @Test func `are found too when it stands behind its spans`() throws {
        let scope = Field.message(2, OTLP.span())
        let told = try Told(body: Field.message(1, scope, Field.message(1, named), scope))
        #expect((0..<2).map { told.resource(.serviceName, of: $0) } == ["shop", "shop"])
    }

    @Test func `are merged when it comes twice`() throws {
        let old = Field.message(1, OTLP.resource("deployment.environment", "old"), named)
        let new = Field.message(1, OTLP.resource("deployment.environment.name", "new"))
        let scope = Field.message(2, OTLP.span())
        let told = try Told(body: Field.message(1, old, scope, new))
        #expect(told.resource(.environment) == "new")
        #expect(told.resource(.serviceName) == "shop")
        #expect(told.table.resourceFacts.count == 2)
    }

    @Test func `leave nothing behind of the spans that a bad one takes with it`() throws {
        let fact = OTLP.text("peer.service", "shop") + OTLP.link(OTLP.trace, OTLP.id)
        let spans = Field.message(2, OTLP.span(fact), OTLP.span(fact))
        let bad = Field.message(
            1, Field.message(1, Field.message(1, Field.message(1, OTLP.notUTF8))), spans)
        let told = try Told(body: bad + Field.message(1, spans) + bad)
        #expect(told.table.refusals.count == 4)
        #expect(told.table.records.count == 2)
        #expect(told.table.facts.count == 2)
        #expect(told.table.links.count == 2)
        #expect(told[.peerName, of: 1] == "shop")
    }
}

@Suite struct `Links of a span` {
    @Test func `tell which spans it names`() throws {
        let told = try Told(OTLP.link(OTLP.trace, OTLP.id), OTLP.link(OTLP.id + OTLP.id, OTLP.id))
        let record = try #require(told.table.records.first)
        let links = told.table.links[record.links.indices]
        #expect(links.map(\.id) == [0x2122_2324_2526_2728, 0x2122_2324_2526_2728])
        #expect(links.map(\.trace.low) == [0x090a_0b0c_0d0e_0f10, 0x2122_2324_2526_2728])
    }

    @Test func `are passed over when their ids cannot be`() throws {
        let zeros = [UInt8](repeating: 0, count: 16)
        let told = try Told(
            OTLP.link(OTLP.id, OTLP.id), OTLP.link(zeros, OTLP.id),
            OTLP.link(OTLP.trace, OTLP.trace),
            OTLP.link(OTLP.trace, Array(zeros[..<8])), Field.message(13),
            OTLP.link(OTLP.trace, OTLP.id))
        #expect(told.table.records.count == 1)
        #expect(told.table.links.count == 1)
    }
}
