package import Wire

/// A list of the API as a table for people, or as CSV. Made from the JSON of the answer, wherever that
/// came from, so that all ways to look at the charts show the same.
package struct ChartTable {
    private let columns: [Column]
    private let answer: AnswerRows
    private let list: ChartAnswers.List

    private struct Column {
        let title: String
        /// In the answer.
        let name: String
        let show: (AnswerRow) -> String
        var isNumber = true
        /// Those that are too many for a screen stand in CSV only.
        var isForPeople = true
    }

    package init(_ list: ChartAnswers.List, reading body: [UInt8]) throws(WireError) {
        self.list = list
        let columns = Self.columns(of: list)
        self.columns = columns
        let names = Set(columns.map(\.name))
        answer = try AnswerRows(reading: body, list: list.rawValue) { names.contains($0) }
    }

    /// The rows as the answer has them, most calls first, and below them what time they are of.
    package var text: String {
        let shown = columns.filter(\.isForPeople)
        var table = TextTable(shown.map { ($0.title, $0.isNumber) })
        for row in answer.rows { table.add(shown.map { $0.show(row) }) }
        return table.text + "\n" + footer + "\n"
    }

    /// All columns, by the names that they have in the API.
    package var csv: String {
        var csv = CSVText()
        csv.add(columns.map { .text($0.name) })
        for row in answer.rows { csv.add(columns.map { row[$0.name] }) }
        return csv.text
    }

    private var footer: String {
        let head = answer.head
        let count = answer.rows.count
        let word = count == 1 ? String(list.rawValue.dropLast()) : list.rawValue
        return ("\(count) \(word) from \(head.text("window.from")) to \(head.text("window.to")), "
            + "complete until \(head.text("complete_until"))").printable
    }

    // MARK: - Columns

    private static func columns(of list: ChartAnswers.List) -> [Column] {
        switch list {
        case .edges:
            [name("client"), name("server")] + key("client_key") + key("server_key")
                + [name("kind")] + calls("count")
                + [
                    measure("gap p50 ms", "gap.p50_ms"), hidden("client_view.p50_ms"),
                    hidden("client_view.p95_ms"), hidden("client_view.p99_ms"),
                ]
        case .services: [name("service")] + key("key") + calls("requests")
        case .operations: [name("service")] + key("key") + [name("operation")] + calls("requests")
        }
    }

    private static func key(_ name: String) -> [Column] {
        ["environment", "namespace", "name", "type"].map { hidden("\(name).\($0)") }
    }

    private static func calls(_ count: String) -> [Column] {
        [
            Column(title: count == "count" ? "calls" : count, name: count) {
                $0[count]?.number.map(FigureText.count) ?? "-"
            },
            measure("calls/s", "rate"),
            Column(title: "failed %", name: "failed") { share($0, "failed", of: count) },
            hidden("faults"), hidden("throttles"), hidden("client_errors"), hidden("cancelled"),
            hidden("samples"), measure("p50 ms", "p50_ms"), hidden("p90_ms"),
            measure("p95 ms", "p95_ms"), measure("p99 ms", "p99_ms"), hidden("p999_ms"),
            measure("max ms", "max_ms"), hidden("mean_ms"),
            measure("at once", "saturation.mean_concurrency"),
            hidden("saturation.peak_concurrency"), hidden("saturation.throttle_share"),
            hidden("saturation.retries_per_call"), hidden("error_bound"),
        ]
    }

    private static func name(_ name: String) -> Column {
        Column(title: name, name: name, show: { $0.text(name) }, isNumber: false)
    }

    private static func measure(_ title: String, _ name: String) -> Column {
        Column(title: title, name: name) { $0[name]?.number.map(FigureText.measure) ?? "-" }
    }

    private static func hidden(_ name: String) -> Column {
        Column(title: name, name: name, show: { $0.text(name) }, isForPeople: false)
    }

    private static func share(_ row: AnswerRow, _ name: String, of whole: String) -> String {
        guard let part = row[name]?.number, let all = row[whole]?.number, all > 0 else {
            return "-"
        }
        return FigureText.rounded(part / all * 100, digits: 2)
    }
}
