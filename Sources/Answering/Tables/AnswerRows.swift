package import Wire

/// An answer of the API taken apart: what it says of itself, and the rows of its list. Nested values
/// have the names on the way to them, joined with points: `client_key.name`, `exemplars.0.of`.
package struct AnswerRows: Sendable {
    package private(set) var head = AnswerRow()
    package private(set) var rows: [AnswerRow] = []

    /// Values of rows are kept only where `keep` wants their name.
    package init(
        reading body: [UInt8], list: String, keep: @escaping (String) -> Bool
    ) throws(WireError) {
        let whole = ByteRange(start: 0, end: body.count)
        var reading = AnswerReading(list: list, keep: keep)
        try withJSONReader(over: body, whole, depthMax: 32) { reader throws(WireError) in
            try reading.read(&reader)
        }
        head = reading.head
        rows = reading.rows
    }
}

/// Values by their names.
package struct AnswerRow: Sendable {
    fileprivate(set) var cells: [String: AnswerCell] = [:]
    /// The names in their order.
    fileprivate(set) var names: [String] = []

    subscript(name: String) -> AnswerCell? { cells[name] }

    func text(_ name: String) -> String {
        if case .text(let text) = cells[name] { return text }
        return ""
    }

    /// What stands in an object, by its own names.
    func part(_ name: String) -> [(name: String, cell: AnswerCell)] {
        names.compactMap { whole in
            guard whole.hasPrefix(name + "."), let cell = cells[whole] else { return nil }
            return (String(whole.dropFirst(name.count + 1)), cell)
        }
    }

    fileprivate mutating func set(_ name: String, _ cell: AnswerCell) {
        if cells.updateValue(cell, forKey: name) == nil { names.append(name) }
    }
}

enum AnswerCell: Equatable, Sendable {
    case text(String)
    case number(Double)

    var number: Double? {
        if case .number(let number) = self { return number }
        return nil
    }
}

/// Follows the reader token by token, so that nesting costs no stack.
private struct AnswerReading {
    private let list: String
    private let keep: (String) -> Bool
    private(set) var head = AnswerRow()
    private(set) var rows: [AnswerRow] = []
    /// What is open, outermost first.
    private var open: [Container] = []

    private struct Container {
        /// What the names of its values start with.
        let prefix: String
        /// The last key, or how many values an array has had.
        var key = ""
        var index: Int?
        var isList = false
    }

    init(list: String, keep: @escaping (String) -> Bool) {
        self.list = list
        self.keep = keep
    }

    mutating func read(_ reader: inout JSONReader) throws(WireError) {
        while true {
            switch try reader.next() {
            case .end: return
            case .key(let key): open[open.count - 1].key = reader.text(of: key)
            case .beginObject: begin(isArray: false)
            case .beginArray: begin(isArray: true)
            case .endObject, .endArray: open.removeLast()
            case .string(let text): take(.text(reader.text(of: text)))
            case .number(let number): take(reader.double(number).map { .number($0) })
            case .bool(let truth): take(.text(truth ? "true" : "false"))
            case .null: take(nil)
            }
        }
    }

    private mutating func begin(isArray: Bool) {
        let name = nameOfValue()
        if open.last?.isList ?? false, !isArray {
            rows.append(AnswerRow())
            open.append(Container(prefix: ""))
        } else {
            open.append(
                Container(
                    prefix: name.isEmpty ? "" : name + ".", index: isArray ? 0 : nil,
                    isList: isArray && open.count == 1 && name == list))
        }
    }

    private mutating func take(_ cell: AnswerCell?) {
        let name = nameOfValue()
        guard let cell else { return }
        let isInList = open.count > 1 && open[1].isList
        if !isInList {
            head.set(name, cell)
        } else if open.count > 2, keep(name) {
            rows[rows.count - 1].set(name, cell)
        }
    }

    /// The name of the value that comes next.
    private mutating func nameOfValue() -> String {
        guard let innermost = open.last else { return "" }
        guard let index = innermost.index else { return innermost.prefix + innermost.key }
        open[open.count - 1].index = index + 1
        return innermost.prefix + String(index)
    }
}
