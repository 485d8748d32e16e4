/// Comma-separated values (RFC 4180).
struct CSVText {
    private(set) var text = ""

    mutating func add(_ cells: [AnswerCell?]) {
        text += cells.map(Self.cell).joined(separator: ",") + "\r\n"
    }

    private static func cell(_ cell: AnswerCell?) -> String {
        switch cell {
        case nil: ""
        case .number(let number): FigureText.plain(number)
        case .text(let text): quoted(text)
        }
    }

    /// The last four are the wide forms of the first four.
    private static let formulaStarts = "=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars

    /// A name that a spreadsheet would take for a formula becomes text by a quotation mark before it.
    private static func quoted(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { formulaStarts.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) })
        else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
