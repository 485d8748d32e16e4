import Charts
import Testing
import Wire

@testable import Answering

@Suite struct `A table of an answer` {
    private static func kit() -> ChartKit {
        var kit = ChartKit()
        kit.call(.shop, .cart, milliseconds: Array(repeating: 10, count: 19))
        kit.call(.shop, .cart, milliseconds: [500], isFailed: true)
        kit.call(ServiceKey(name: "=cmd()"), ServiceKey(name: "a,\"b\"\u{1b}[2J"))
        kit.close()
        return kit
    }

    @Test func `is as wide as what is in it`() throws {
        let table = try ChartTable(.edges, reading: Self.kit().answer(.edges).body)
        let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[0]
                == "client    server     kind     calls  calls/s  failed %  p50 ms  p95 ms  "
                + "p99 ms  max ms  at once  gap p50 ms")
        #expect(lines[1].hasPrefix("frontend  cart       request     20    0.022      5.00"))
        #expect(lines[2].hasPrefix("=cmd()    a,\"b\"?[2J  request      1    0.001      0.00"))
        #expect(lines[3].isEmpty)
        #expect(
            lines[4]
                == "2 edges from 2026-11-21T10:00:00Z to 2026-11-21T10:15:00Z, "
                + "complete until 2026-11-21T10:14:00Z")
        #expect(Set(lines[0...2].map(\.count)).count == 1)
    }

    @Test func `is CSV in which no name is a formula`() throws {
        let csv = try ChartTable(.edges, reading: Self.kit().answer(.edges).body).csv
        let lines = csv.split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("client,server,client_key.environment,"))
        #expect(lines[1].hasPrefix("frontend,cart,prod,shop,frontend,service,prod,"))
        #expect(lines[2].hasPrefix("'=cmd(),\"a,\"\"b\"\"\u{1b}[2J\",,,'=cmd(),service,"))
        #expect(
            Set(
                lines.prefix(2).map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).count
                }
            ).count == 1)
    }

    @Test(arguments: ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "＝1"])
    func `puts a quotation mark before what a spreadsheet takes for a formula`(name: String) {
        var csv = CSVText()
        csv.add([.text(name), .number(-1), nil])
        #expect(csv.text.contains("'\(name)") && csv.text.hasSuffix(",-1,\r\n"))
    }

    @Test(arguments: ChartAnswers.List.allCases)
    func `has titles where there are no rows`(list: ChartAnswers.List) throws {
        let table = try ChartTable(list, reading: ChartKit().answer(list).body)
        #expect(table.text.contains("\n\n0 \(list.rawValue) from 2026-11-21T10:00:00Z to "))
        #expect(table.csv.split(separator: "\r\n").count == 1)
    }

    @Test func `does not trap on answers that are cut or changed`() {
        let body = Self.kit().answer(.edges).body
        // Without the end of the line it is whole, too.
        for count in body.indices.dropLast() {
            #expect(throws: WireError.self) {
                try ChartTable(.edges, reading: Array(body.prefix(count)))
            }
        }
        for index in body.indices {
            var changed = body
            changed[index] ^= 0x11
            _ = try? ChartTable(.edges, reading: changed).text
        }
        for other in ["[]", "7", "{\"edges\":7}", "{\"edges\":[7,[8],{}]}", "\"x\""] {
            _ = try? ChartTable(.edges, reading: Array(other.utf8)).text
        }
    }
}

@Suite struct `A figure in a table` {
    @Test(arguments: [
        (0, "0"), (0.000_02, "0.000020"), (0.012_34, "0.012"), (0.999_6, "1.000"), (1.234, "1.23"),
        (9.999, "10.00"), (12.34, "12.3"), (123.4, "123"), (1_234.5, "1235"), (-1.5, "-1.50"),
        (-0.000_000_1, "0.000000"), (.infinity, "inf"), (1e300, "1e+300"),
    ])
    func `has three digits that tell something`(number: Double, text: String) {
        #expect(FigureText.measure(number) == text)
    }

    @Test func `is a whole number where it counts`() {
        #expect(FigureText.count(12) == "12" && FigureText.count(2.25) == "2.3")
        #expect(FigureText.plain(12) == "12" && FigureText.plain(0.125) == "0.125")
    }
}

@Suite struct `The reasons of an edge` {
    @Test func `tell what it is drawn from and where its names are from`() throws {
        var kit = ChartKit()
        kit.call(.cart, .store, milliseconds: [10, 10]) { call in
            (call.kind, call.evidence, call.serverRung) = (.database, .clientOnly, .dbNamespace)
            call.serverNanoseconds = -1
        }
        kit.call(.cart, .store) { $0.kind = .database }
        kit.close()
        let body = kit.answer(.edges, "client=cart&server=carts&last=15m").body
        #expect(
            try EdgeReasons(reading: body).text == """
                cart -> carts
                  3 calls from 2026-11-21T10:00:00Z to 2026-11-21T10:15:00Z, of which 3 were seen
                  3 are of kind database
                  2 have the client half only: a client span that nobody answered (client_only)
                  1 have both halves: a server span whose parent is a client span (paired)
                  The client is environment prod, namespace shop, name cart, type service.
                    3 calls: named by service.name
                  The server is environment prod, namespace shop, name carts, type database.
                    2 calls: named by db.namespace
                    1 calls: named by service.name
                  One of them is in trace 00000000000000010000000000000002.

                """)
    }

    @Test func `are none where there is no edge`() throws {
        #expect(try EdgeReasons(reading: ChartKit().answer(.edges).body).text == nil)
    }
}
