import Charts
import Testing

@testable import Answering

@Suite struct `A page of a list` {
    private func page(_ text: String) throws(Problem) -> Page {
        try Page(Parameters(QueryString(parsing: text), of: "/x", known: Page.parameters))
    }

    private static let window = ChartWindow(from: 60, to: 120)
    private static let rows = [
        RowPlace(weight: 1, name: "d"), RowPlace(weight: 3, name: "b"),
        RowPlace(weight: 3, name: "a;b"), RowPlace(weight: 2, name: "c"),
    ]

    @Test func `is all of it in order, unless something else is asked for`() throws {
        let all = try page("").rows(of: Self.rows) { $0 }
        #expect(all.rows.map(\.name) == ["a;b", "b", "c", "d"])
        #expect(all.next == nil)
    }

    @Test(arguments: 1...5)
    func `goes on where the one before ended`(limit: Int) throws {
        var names: [String] = []
        var query = "limit=\(limit)"
        for _ in 0..<5 {
            let (rows, next) = try page(query).rows(of: Self.rows) { $0 }
            #expect(rows.count <= limit)
            names += rows.map(\.name)
            guard let next else { break }
            let cursor = PageCursor(window: Self.window, place: next)
            #expect(PageCursor(text: cursor.text) == cursor)
            query = "limit=\(limit)&cursor=\(cursor.text)"
        }
        #expect(names == ["a;b", "b", "c", "d"])
    }

    @Test(arguments: ["limit=0", "limit=-1", "limit=x", "limit=1000001"])
    func `has a number of rows`(text: String) {
        let problem = #expect(throws: Problem.self) { try page(text) }
        #expect(problem?.status == 400 && problem?.detail.hasPrefix("limit: ") == true)
    }

    @Test(arguments: [
        "", "x", "00", "2;60;120;1;a", "1;60;120;1", "1;120;60;1;a", "1;-60;120;1;a",
        "1;60;1099511627776;1;a", "1;60;x;1;a",
    ])
    func `takes no cursor that was not given`(text: String) {
        let written = text.contains(";") ? text.utf8.map { String($0, radix: 16) }.joined() : text
        let problem = #expect(throws: Problem.self) { try page("cursor=\(written)") }
        #expect(problem?.detail.hasPrefix("cursor: is none that was given here") == true)
    }
}
