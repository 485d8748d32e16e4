package import Wire

/// Tells of an edge, in sentences, how it came about and where its names are from. Made from the JSON
/// of an answer that was asked for one client and one server.
package struct EdgeReasons {
    private let answer: AnswerRows

    private static let names = ["count", "samples", "client", "server", "kind", "latency_view"]
    private static let parts = [
        "kinds.", "evidence.", "client_named_by.", "server_named_by.", "client_key.",
        "server_key.", "exemplars.",
    ]

    package init(reading body: [UInt8]) throws(WireError) {
        answer = try AnswerRows(reading: body, list: ChartAnswers.List.edges.rawValue) { name in
            Self.names.contains(name) || Self.parts.contains(where: name.hasPrefix)
        }
    }

    /// Nil when there is no such edge.
    package var text: String? {
        guard !answer.rows.isEmpty else { return nil }
        return answer.rows.map(text).joined(separator: "\n")
    }

    private func text(_ row: AnswerRow) -> String {
        var lines = ["\(row.text("client")) -> \(row.text("server"))"]
        lines.append(
            "  \(amount(row["count"])) calls from \(answer.head.text("window.from")) to "
                + "\(answer.head.text("window.to")), of which \(amount(row["samples"])) were seen")
        lines += row.part("kinds").map { "  \(amount($0.cell)) are of kind \($0.name)" }
        lines += row.part("evidence").map { "  \(amount($0.cell)) \(Self.sentence($0.name))" }
        for end in ["client", "server"] {
            lines += names(of: end, row)
        }
        if row.text("latency_view") == "client" {
            lines.append("  No server half came: percentiles are those of the client's spans.")
        }
        if case .text(let trace) = row["exemplars.0.trace_id"] {
            lines.append("  One of them is in trace \(trace).")
        }
        return lines.map { $0.printable + "\n" }.joined()
    }

    private func names(of end: String, _ row: AnswerRow) -> [String] {
        let key = ["environment", "namespace", "name", "type"].map { part in
            "\(part) \(row.text("\(end)_key.\(part)").isEmpty ? "-" : row.text("\(end)_key.\(part)"))"
        }
        return ["  The \(end) is \(key.joined(separator: ", "))."]
            + row.part("\(end)_named_by").map { rung in
                "    \(amount(rung.cell)) calls: \(Self.origin(rung.name))"
            }
    }

    private func amount(_ cell: AnswerCell?) -> String {
        cell?.number.map(FigureText.count) ?? "?"
    }

    private static func sentence(_ evidence: String) -> String {
        switch evidence {
        case "paired": "have both halves: a server span whose parent is a client span (paired)"
        case "server_only":
            "have the server half only: a server span whose caller sent none (server_only)"
        case "client_only":
            "have the client half only: a client span that nobody answered (client_only)"
        case "link": "are joined by a span link from the consumer to the producer (link)"
        case "inferred":
            "are inferred: the service changes between a span and its parent, without client and "
                + "server spans (inferred)"
        default: "are \(evidence)"
        }
    }

    private static func origin(_ rung: String) -> String {
        switch rung {
        case "unnamed service": "its spans have no service.name"
        case "unknown client": "nothing tells who called"
        default: "named by \(rung)"
        }
    }
}
