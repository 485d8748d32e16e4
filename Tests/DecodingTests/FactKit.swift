import Spans
import Wire

@testable import Decoding

/// What a request tells about its first span and that span's resource, with texts read out.
struct Told {
    let table: SpanTable
    private let body: [UInt8]

    /// A request of one span with these fields, and a resource with those.
    init(
        _ span: [UInt8]..., resource: [UInt8] = [], configured: [String] = []
    ) throws(WireError) {
        let spans = Field.message(2, OTLP.span(span.reduce([], +)))
        try self.init(
            body: Field.message(1, Field.message(1, resource), spans), configured: configured)
    }

    init(
        body: [UInt8], configured: [String] = [], then: (inout SpanTable) -> Void = { _ in }
    ) throws(WireError) {
        self.body = body
        var table = SpanTable()
        try OTLPTraceDecoder(limits: OTLPLimits(), names: FactNames(configured: configured))
            .decode(body, count: body.count, into: &table)
        then(&table)
        self.table = table
    }

    subscript(key: FactKey) -> String? { self[key, of: 0] }

    subscript(key: FactKey, of record: Int) -> String? {
        guard record < table.records.count else { return nil }
        return table.fact(key, of: table.records[record]).map(text)
    }

    func resource(_ key: FactKey, of record: Int = 0) -> String? {
        guard record < table.records.count else { return nil }
        return table.fact(key, of: table.groups[Int(table.records[record].group)]).map(text)
    }

    private func text(_ value: FactValue) -> String {
        switch value {
        case .text(let range):
            String(decoding: body[Int(range.start)..<Int(range.end)], as: UTF8.self)
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .double(let number): "\(number)"
        }
    }
}

extension OTLP {
    /// An attribute of a span that has a text.
    static func text(_ key: String, _ value: String) -> [UInt8] {
        attribute(9, key, Field.text(1, value))
    }

    /// An attribute of a resource that has a text.
    static func resource(_ key: String, _ value: String) -> [UInt8] {
        attribute(1, key, Field.text(1, value))
    }

    static func link(_ trace: [UInt8], _ id: [UInt8]) -> [UInt8] {
        Field.message(13, Field.message(1, trace), Field.message(2, id))
    }
}
