import Decoding
import MadeCalls
import Spans
import MadeCalls
import Testing
import Wire

@testable import Storing

/// Requests of all kinds: spans as SDKs send them, and spans with their fields in any order, some
/// twice, some that nobody knows.
struct RequestMaker {
    var random: SeededNumbers
    var traces: [TraceID]

    init(seed: UInt64, traces count: Int) {
        random = SeededNumbers(seed: seed)
        traces = []
        for _ in 0..<count {
            traces.append(TraceID(high: random.next() | 1, low: random.next()))
        }
    }

    mutating func request(spans: Int) -> [UInt8] {
        var writer = ProtobufWriter()
        var left = spans
        while left > 0 {
            let resource = writer.open(field: 1)
            let service = writer.open(field: 1)
            attribute("service.name", "service-\(random.next() % 5)", field: 1, to: &writer)
            writer.close(service)
            for _ in 0..<(1 + random.next() % 2) where left > 0 {
                let count = min(left, Int(1 + random.next() % 12))
                appendScope(spans: count, to: &writer)
                left -= count
            }
            if random.next() % 3 == 0 { text(3, "https://schemas/1", to: &writer) }
            writer.close(resource)
        }
        return writer.bytes
    }

    private mutating func appendScope(spans: Int, to writer: inout ProtobufWriter) {
        let scope = writer.open(field: 2)
        if random.next() % 8 != 0 {
            let name = writer.open(field: 1)
            text(1, "library-\(random.next() % 3)", to: &writer)
            writer.close(name)
        }
        for _ in 0..<spans {
            let span = writer.open(field: 2)
            for field in fields() { writer.raw(field) }
            writer.close(span)
        }
        writer.close(scope)
    }

    private mutating func fields() -> [[UInt8]] {
        let trace = traces[Int(random.next() % UInt64(traces.count))]
        let start = 1_700_000_000_000_000_000 + random.next() % 10_000_000_000
        var fields = [
            bytes(1, [trace.high, trace.low]), bytes(2, [random.next() % 4_096 + 1]),
        ]
        if random.next() % 6 == 0 { fields.append(text(3, "ot=th:8")) }
        switch random.next() % 8 {
        case 0: break
        case 1: fields.append(bytes(4, [0]))
        case 2: fields.append(bytes(4, []))
        default: fields.append(bytes(4, [random.next() % 4_096 + 1]))
        }
        if random.next() % 9 != 0 { fields.append(text(5, "operation-\(random.next() % 7)")) }
        if random.next() % 9 != 0 { fields.append(number(6, random.next() % 7)) }
        if random.next() % 20 != 0 { fields.append(fixed(7, start)) }
        if random.next() % 20 != 0 { fields.append(fixed(8, start + random.next() % 1_000_000)) }
        for name in ["http.method", "session", "thread"] where random.next() % 3 != 0 {
            var writer = ProtobufWriter()
            attribute(name, "value-\(random.next() % 1_000)", field: 9, to: &writer)
            fields.append(writer.bytes)
        }
        if random.next() % 10 == 0 { fields.append(number(99, random.next())) }
        return disturbed(fields)
    }

    /// Now and then in another order, or with a field twice.
    private mutating func disturbed(_ fields: [[UInt8]]) -> [[UInt8]] {
        switch random.next() % 12 {
        case 0: return fields.shuffled(using: &random)
        case 1: return fields + [fields[Int(random.next() % UInt64(fields.count))]]
        case 2: return [fields[Int(random.next() % UInt64(fields.count))]] + fields
        default: return fields
        }
    }

    private func bytes(_ field: UInt32, _ words: [UInt64]) -> [UInt8] {
        var writer = ProtobufWriter()
        let content = writer.open(field: field)
        for word in words { writer.fixed64(word.byteSwapped) }
        writer.close(content)
        return writer.bytes
    }

    private func text(_ field: UInt32, _ text: String) -> [UInt8] {
        var writer = ProtobufWriter()
        self.text(field, text, to: &writer)
        return writer.bytes
    }

    private func number(_ field: UInt32, _ number: UInt64) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(ProtobufTag(field: field, .varint))
        writer.varint(number)
        return writer.bytes
    }

    private func fixed(_ field: UInt32, _ number: UInt64) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(ProtobufTag(field: field, .fixed64))
        writer.fixed64(number)
        return writer.bytes
    }

    private func text(_ field: UInt32, _ text: String, to writer: inout ProtobufWriter) {
        let content = writer.open(field: field)
        writer.raw(text.utf8)
        writer.close(content)
    }

    private func attribute(
        _ key: String, _ value: String, field: UInt32, to writer: inout ProtobufWriter
    ) {
        let pair = writer.open(field: field)
        text(1, key, to: &writer)
        let any = writer.open(field: 2)
        text(1, value, to: &writer)
        writer.close(any)
        writer.close(pair)
    }
}

/// The request decoded, as the collector hands it on.
func batch(of request: [UInt8]) throws -> SpanBatch {
    var batch = SpanBatch()
    batch.body = request
    batch.bodyCount = request.count
    try OTLPTraceDecoder(limits: OTLPLimits()).decode(
        request, count: request.count, into: &batch.table)
    return batch
}

/// Everything that a store should give back of a batch: the bytes of each span with its
/// surroundings, in no order.
struct GivenSpan: Hashable, Comparable, CustomStringConvertible {
    let content: [UInt8]
    let resource: [UInt8]
    let scope: [UInt8]

    static func all(of trace: StoredTrace) -> [GivenSpan] {
        trace.spans.map {
            GivenSpan(
                content: Array(trace.bytes(of: $0)), resource: trace.resources[$0.resource],
                scope: trace.scopes[$0.scope])
        }.sorted()
    }

    static func < (left: GivenSpan, right: GivenSpan) -> Bool {
        (left.content + left.resource + left.scope).lexicographicallyPrecedes(
            right.content + right.resource + right.scope)
    }

    var description: String { Hex.text(content) }
}
