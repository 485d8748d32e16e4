import Answering
import Oracle
import Spans
import Testing
import Wire

/// A request whose parts are known, and the batch that a decoder would make of it.
private struct MadeRequest {
    var batch = SpanBatch()
    private var body = ProtobufWriter()
    private var contents: [(bytes: [UInt8], group: Int)] = []

    /// One resource; each scope is what stands beside its spans, and the spans.
    mutating func add(resource: [UInt8], scopes: [(beside: [UInt8], spans: [[UInt8]])]) {
        let outer = body.open(field: 1)
        var ranges: [(start: Int, end: Int)] = []
        for scope in scopes {
            let start = body.open(field: 2)
            for (number, span) in scope.spans.enumerated() {
                // What stands beside the spans stands among them.
                if number == 1 { body.raw(scope.beside) }
                let inner = body.open(field: 2)
                body.raw(span)
                body.close(inner)
                contents.append((span, batch.table.groups.count + ranges.count))
            }
            if scope.spans.count < 2 { body.raw(scope.beside) }
            ranges.append((start, body.bytes.count))
            body.close(start)
        }
        body.raw(resource)
        let range = BodyRange(start: UInt32(outer), end: UInt32(body.bytes.count))
        precondition(body.bytes.count - outer < 128, "the ranges hold for short lengths only")
        body.close(outer)
        for scope in ranges {
            let scopeRange = BodyRange(start: UInt32(scope.start), end: UInt32(scope.end))
            batch.table.groups.append(SpanGroup(resourceSpans: range, scopeSpans: scopeRange))
        }
    }

    /// The batch with a record for each span; each content must be there once.
    func finished() -> SpanBatch {
        var batch = batch
        batch.body = body.bytes
        batch.bodyCount = body.bytes.count
        for content in contents {
            let start =
                body.bytes.indices.first { body.bytes[$0...].starts(with: content.bytes) } ?? 0
            let end = start + content.bytes.count
            batch.table.records.append(
                SpanRecord(
                    trace: TraceID(high: 1, low: 1), id: 1, parent: 0, startNanoseconds: 0,
                    endNanoseconds: 0, content: BodyRange(start: UInt32(start), end: UInt32(end)),
                    name: BodyRange(), group: UInt32(content.group), kind: .server, status: .ok,
                    marks: []))
        }
        return batch
    }
}

private func output(_ records: Range<Int>, of batch: SpanBatch) -> [UInt8] {
    var writer = ProtobufWriter()
    OTLPOutput.append(records, of: batch, to: &writer)
    return writer.bytes
}

/// A span whose name is this text.
private func span(_ name: String) -> [UInt8] { [0x2a, UInt8(name.utf8.count)] + Array(name.utf8) }

/// A scope of this name, and a field that nobody knows.
private func scope(_ name: String) -> [UInt8] {
    [0x0a, UInt8(name.utf8.count + 2), 0x0a, UInt8(name.utf8.count)] + Array(name.utf8) + [
        0x78, 0x07,
    ]
}

private let resource: [UInt8] = [0x0a, 0x02, 0x10, 0x05, 0x1a, 0x01, 0x75]

@Suite struct `Spans given back as OTLP` {
    private static let batch = {
        var request = MadeRequest()
        request.add(
            resource: resource,
            scopes: [
                (scope("one"), [span("a"), span("b"), span("c")]), (scope("two"), [span("d")]),
            ])
        request.add(resource: [], scopes: [([], [span("e")])])
        return request.finished()
    }()

    @Test func `are equal for protobuf-c to what came`() throws {
        var request = MadeRequest()
        request.add(
            resource: resource, scopes: [(scope("one"), [span("a"), span("b"), span("c")])])
        request.add(resource: resource, scopes: [(scope("two"), [span("d")])])
        request.add(resource: [], scopes: [([], [span("e")])])
        let batch = request.finished()
        let before = try #require(TraceOracle(batch.body, count: batch.bodyCount))
        #expect(before.spans.map(\.name) == ["a", "b", "c", "d", "e"])
        let bytes = output(0..<5, of: batch)
        // Only the order within messages changes: what stood behind the spans stands before them.
        let after = try #require(TraceOracle(bytes, count: bytes.count))
        #expect(after.fields == before.fields)
        #expect(after.spans == before.spans)
    }

    @Test func `keep what nobody knows, byte for byte`() {
        let bytes = output(0..<1, of: Self.batch)
        let inner = scope("one") + [0x12, 3] + span("a")
        let outer = resource + [0x12, UInt8(inner.count)] + inner
        #expect(bytes == [0x0a, UInt8(outer.count)] + outer)
    }

    @Test func `come with their resource for each scope`() throws {
        let bytes = output(0..<5, of: Self.batch)
        let oracle = try #require(TraceOracle(bytes, count: bytes.count))
        let urls = oracle.fields.filter { $0.hasSuffix("/schema_url=u") }
        #expect(urls == ["/resource_spans.0/schema_url=u", "/resource_spans.1/schema_url=u"])
    }

    @Test func `come with their scope wherever the records were cut`() throws {
        for cut in 0...5 {
            let bytes = output(0..<cut, of: Self.batch) + output(cut..<5, of: Self.batch)
            let oracle = try #require(TraceOracle(bytes, count: bytes.count))
            #expect(oracle.spans.map(\.name) == ["a", "b", "c", "d", "e"])
            let scopes = oracle.fields.count { $0.hasSuffix("/name=one") }
            #expect(scopes == ((1...2).contains(cut) ? 2 : 1))
        }
    }

    @Test func `are nothing when there are none`() {
        #expect(output(0..<0, of: Self.batch) == [])
    }

    @Test func `keep long contents whole`() throws {
        // Lengths of two bytes move the content behind them.
        let name = String(repeating: "n", count: 300)
        var writer = ProtobufWriter()
        let inner = writer.open(field: 5)
        writer.raw(Array(name.utf8))
        writer.close(inner)
        var batch = Self.batch
        batch.table.records.removeAll()
        let content = BodyRange(
            start: UInt32(batch.body.count), end: UInt32(batch.body.count + writer.bytes.count))
        batch.body += writer.bytes
        batch.bodyCount = batch.body.count
        var record = Self.batch.table.records[0]
        record.content = content
        batch.table.records = [record]
        let bytes = output(0..<1, of: batch)
        let oracle = try #require(TraceOracle(bytes, count: bytes.count))
        #expect(oracle.spans.map(\.name) == [name])
    }
}
