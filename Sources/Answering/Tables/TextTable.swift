/// Rows of text in columns that are as wide as what is in them: names to the left, numbers to the
/// right, two blanks between.
struct TextTable {
    private let titles: [String]
    private let areNumbers: [Bool]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, isNumber: Bool)]) {
        titles = columns.map(\.title)
        areNumbers = columns.map(\.isNumber)
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == titles.count)
        rows.append(row.map(\.printable))
    }

    var text: String {
        let lines = [titles] + rows
        let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line($0, widths) + "\n" }.joined()
    }

    /// Without blanks at its end.
    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += "  " }
            let gap = String(repeating: " ", count: widths[column] - cell.count)
            let isLast = column == cells.count - 1
            line += areNumbers[column] ? gap + cell : isLast ? cell : cell + gap
        }
        return line
    }
}
