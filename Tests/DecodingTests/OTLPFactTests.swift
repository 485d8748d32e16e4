import Spans
import Testing
import Wire

@testable import Decoding

/// What a request of one span tells about it and its resource, with texts read out.
private struct Told {
    let table: SpanTable
    private let body: [UInt8]

    init(
        _ span: [UInt8]..., resource: [UInt8] = [], configured: [String] = []
    ) throws(WireError) {
        let spans = Field.message(2, OTLP.span(span.reduce([], +)))
        body = Field.message(1, Field.message(1, resource), spans)
        var table = SpanTable()
        try OTLPTraceDecoder(limits: OTLPLimits(), names: FactNames(configured: configured))
            .decode(body, count: body.count, into: &table)
        self.table = table
    }

    subscript(key: FactKey) -> String? { table.records.first.flatMap { text(of: key, $0) } }

    func resource(_ key: FactKey) -> String? {
        table.groups.first.flatMap { table.fact(key, of: $0) }.map(text)
    }

    private func text(of key: FactKey, _ record: SpanRecord) -> String? {
        table.fact(key, of: record).map(text)
    }

    private func text(_ value: FactValue) -> String { value.described(in: body) }
}

extension FactValue {
    /// For people and comparisons.
    func described(in body: [UInt8]) -> String {
        switch self {
        case .text(let range):
            String(decoding: body[Int(range.start)..<Int(range.end)], as: UTF8.self)
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .double(let number): "\(number)"
        }
    }
}

private func text(_ key: String, _ value: String) -> [UInt8] {
    OTLP.attribute(9, key, Field.text(1, value))
}

/// The names of each key that has several, the newest first.
private let renamed: [(FactKey, [String])] = FactKey.allCases.compactMap { key in
    let names = FactNames().all.filter { $0.meaning.key == key }
        .sorted { $0.meaning.rank < $1.meaning.rank }.map(\.text)
    return names.count > 1 ? (key, names) : nil
}

@Suite struct `Facts of a span` {
    @Test func `are found by every name that is known`() throws {
        for (name, meaning) in FactNames().all {
            #expect(try Told(text(name, "shop"))[meaning.key] == "shop", "\(name)")
        }
    }

    @Test func `have the value of the newest name, in whatever order they come`() throws {
        #expect(renamed.count == 13)
        for (key, names) in renamed {
            for (new, old) in zip(names, names.dropFirst()) {
                let both = [text(new, "new"), text(old, "old")]
                #expect(try Told(both[0], both[1])[key] == "new", "\(new)")
                #expect(try Told(both[1], both[0])[key] == "new", "\(new)")
                #expect(try Told(both[1])[key] == "old")
                #expect(try Told(both[0], both[1]).table.facts.count == 1)
            }
        }
    }

    @Test func `keep the first of attributes with one name, which nobody should send`() throws {
        #expect(try Told(text("peer.service", "a"), text("peer.service", "b"))[.peerName] == "a")
    }

    @Test func `are not what names are a part of, or begin or end like`() throws {
        for name in FactNames().all.map(\.text) {
            let end = name.last == "x" ? "y" : "x"
            var middle = Array(name)
            middle[middle.count / 2] = "_"
            let others = [
                name + end, end + name, String(name.dropLast()), String(name.dropFirst()),
                String(name.dropLast()) + end, end + name.dropFirst(), String(middle),
                name.uppercased(),
            ]
            for other in others where FactNames().key(of: other) == nil {
                #expect(try Told(text(other, "a")).table.facts.isEmpty, "\(other)")
            }
        }
    }
}
