import Charts
import Wire

/// Which part of a list is asked for: at most so many rows, behind those of an earlier answer.
struct Page: Equatable {
    /// Nil is all.
    let limit: Int?
    let cursor: PageCursor?

    static let parameters = ["limit", "cursor"]
    private static let limitMax = 1_000_000

    init(_ parameters: Parameters) throws(Problem) {
        limit = try Self.limit(parameters)
        if let text = try parameters.value(of: "cursor") {
            guard let cursor = PageCursor(text: text) else { throw Self.strangeCursor }
            self.cursor = cursor
        } else {
            cursor = nil
        }
    }

    static func limit(_ parameters: Parameters) throws(Problem) -> Int? {
        guard let text = try parameters.value(of: "limit") else { return nil }
        guard let limit = Int(text), (1...limitMax).contains(limit) else {
            throw .parameter(
                "limit", "\(text) is no number of rows",
                advice: "write one from 1 to \(limitMax)")
        }
        return limit
    }

    static var strangeCursor: Problem {
        .parameter(
            "cursor", "is none that was given here",
            advice: "take next_cursor of an answer, or leave it out")
    }
}

/// The place behind a row of a list that is ordered by calls, most first, and then by name. It keeps
/// the range of time, so that the pages of one list are of one time.
struct PageCursor: Equatable {
    let window: ChartWindow
    let place: RowPlace

    /// Opaque to those who carry it, and not to be written by hand.
    var text: String {
        let fields = [1, window.from, window.to, place.weight].map { String($0) } + [place.name]
        return Hex.text(fields.joined(separator: ";").utf8)
    }

    init(window: ChartWindow, place: RowPlace) {
        self.window = window
        self.place = place
    }

    init?(text: String) {
        guard let bytes = Hex.bytes(text.utf8), let read = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let fields = read.split(separator: ";", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "1", let from = Int64(fields[1]),
            let to = Int64(fields[2]), let weight = Int64(fields[3]), 0 <= from, from < to,
            to < 1 << 40
        else { return nil }
        window = ChartWindow(from: from, to: to)
        place = RowPlace(weight: weight, name: String(fields[4]))
    }
}

/// Where a row stands in its list.
struct RowPlace: Equatable, Comparable {
    let weight: Int64
    let name: String

    /// More calls come first.
    static func < (left: RowPlace, right: RowPlace) -> Bool {
        left.weight == right.weight ? left.name < right.name : left.weight > right.weight
    }
}

extension Page {
    /// The rows of this page in their order, and the place behind the last one when there are more.
    func rows<Row>(of all: [Row], place: (Row) -> RowPlace) -> (rows: [Row], next: RowPlace?) {
        let placed = all.map { (row: $0, place: place($0)) }
            .filter { row in cursor.map { $0.place < row.place } ?? true }
            .sorted { $0.place < $1.place }
        guard let limit, placed.count > limit else { return (placed.map(\.row), nil) }
        return (placed.prefix(limit).map(\.row), placed[limit - 1].place)
    }
}
