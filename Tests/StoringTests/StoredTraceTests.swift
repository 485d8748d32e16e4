import MadeCalls
import Oracle
import Spans
import MadeCalls
import Testing
import Wire

@testable import Storing

@Suite struct `A stored trace` {
    private static let id = TraceID(high: 0x0102, low: 0x0304)

    /// A request of one span.
    private static func request(
        end: UInt64, name: String = "name", kind: UInt64 = 2, service: String = "shop"
    ) throws -> SpanBatch {
        var writer = ProtobufWriter()
        let group = writer.open(field: 1)
        let resource = writer.open(field: 1)
        attribute("service.name", service, field: 1, to: &writer)
        writer.close(resource)
        let scope = writer.open(field: 2)
        let span = writer.open(field: 2)
        writer.tag(ProtobufTag(field: 1, .bytes))
        writer.varint(16)
        writer.fixed64(Self.id.high.byteSwapped)
        writer.fixed64(Self.id.low.byteSwapped)
        writer.tag(ProtobufTag(field: 2, .bytes))
        writer.varint(8)
        writer.fixed64(9)
        let text = writer.open(field: 5)
        writer.raw(name.utf8)
        writer.close(text)
        writer.tag(ProtobufTag(field: 6, .varint))
        writer.varint(kind)
        writer.tag(ProtobufTag(field: 7, .fixed64))
        writer.fixed64(100)
        writer.tag(ProtobufTag(field: 8, .fixed64))
        writer.fixed64(end)
        attribute("http.route", "/cart", field: 9, to: &writer)
        number("http.status", 503, field: 9, to: &writer)
        writer.close(span)
        writer.close(scope)
        writer.close(group)
        return try batch(of: writer.bytes)
    }

    private static func attribute(
        _ key: String, _ value: String, field: UInt32, to writer: inout ProtobufWriter
    ) {
        let pair = writer.open(field: field)
        for (number, text) in [(UInt32(1), key), (2, value)] {
            let outer = writer.open(field: number)
            let inner = number == 2 ? writer.open(field: 1) : outer
            writer.raw(text.utf8)
            if number == 2 { writer.close(inner) }
            writer.close(outer)
        }
        writer.close(pair)
    }

    private static func number(
        _ key: String, _ value: UInt64, field: UInt32, to writer: inout ProtobufWriter
    ) {
        let pair = writer.open(field: field)
        let name = writer.open(field: 1)
        writer.raw(key.utf8)
        writer.close(name)
        let any = writer.open(field: 2)
        writer.tag(ProtobufTag(field: 3, .varint))
        writer.varint(value)
        writer.close(any)
        writer.close(pair)
    }

    @Test func `keeps one copy of a span, the same in whatever order they come`() throws {
        let copies = try [
            Self.request(end: 0, name: "in progress, and long for all that"),
            Self.request(end: 150, name: "ended early"), Self.request(end: 200, name: "b"),
            Self.request(end: 200, name: "aa"), Self.request(end: 200, name: "bb"),
            Self.request(end: 200, name: "aa", service: "other"),
        ]
        var random = SeededNumbers(seed: 1)
        for _ in 0..<20 {
            var trace = StoredTrace(Self.id)
            for copy in copies.shuffled(using: &random) { trace.take(copy) }
            #expect(trace.spans.count == copies.count)
            trace.settle()
            try #require(trace.spans.count == 1)
            let given = GivenSpan.all(of: trace)[0]
            // Complete, the latest end, the most bytes, then the first in the order of bytes.
            var expected = StoredTrace(Self.id)
            expected.take(copies[3])
            #expect(given.content == GivenSpan.all(of: expected)[0].content)
            let resources = [copies[3], copies[5]].map { copy in
                var trace = StoredTrace(Self.id)
                trace.take(copy)
                return trace.resources[0]
            }
            #expect(given.resource == resources.min { $0.lexicographicallyPrecedes($1) })
        }
    }

    @Test func `keeps the two sides of a call under one id`() throws {
        var trace = StoredTrace(Self.id)
        for kind in [UInt64(2), 3, 5, 4] { trace.take(try Self.request(end: 200, kind: kind)) }
        trace.settle()
        #expect(trace.spans.count == 2)
    }

    @Test(arguments: [
        ("http.route", "/cart", true), ("http.route", "/car", false), ("http.route", "", false),
        ("http.status", "503", true), ("http.status", "50", false), ("service.name", "shop", true),
        ("service", "shop", false),
    ])
    func `has an attribute on a span or a resource`(
        key: String, value: String, isThere: Bool
    ) throws {
        var trace = StoredTrace(Self.id)
        trace.take(try Self.request(end: 200))
        #expect(AttributeQuery(key: key, value: value).matches(trace) == isThere)
    }

    @Test(arguments: 1...6)
    func `is given back as OTLP that the reference reads as what came`(seed: Int) throws {
        var maker = RequestMaker(seed: UInt64(seed), traces: 1)
        let body = maker.request(spans: 40)
        var trace = StoredTrace(maker.traces[0])
        trace.take(try batch(of: body))
        var writer = ProtobufWriter()
        TraceAsOTLP.append(trace, to: &writer)
        let sent = try #require(TraceOracle(body, count: body.count))
        let given = try #require(TraceOracle(writer.bytes, count: writer.bytes.count))
        #expect(given.spans.count == sent.spans.count)
        for span in sent.spans {
            #expect(
                given.spans.count { $0 == span } == sent.spans.count { $0 == span }, "\(span)")
        }
    }
}
