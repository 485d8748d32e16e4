import Spans
import Testing
import Wire

@testable import Decoding

/// The table of a request, or the error.
func decode(_ body: [UInt8], _ limits: OTLPLimits = OTLPLimits()) throws(WireError) -> SpanTable {
    var table = SpanTable()
    try OTLPTraceDecoder(limits: limits).decode(body, count: body.count, into: &table)
    return table
}

/// The only span of a request that has nothing else.
private func record(_ fields: [UInt8]...) throws -> SpanRecord {
    let table = try decode(OTLP.request(OTLP.span(fields.reduce([], +))))
    return try #require(table.records.first)
}

private func bytes(_ range: BodyRange, of body: [UInt8]) -> [UInt8] {
    Array(body[Int(range.start)..<Int(range.end)])
}

@Suite struct `An OTLP decoder` {
    @Test func `finds nothing in nothing`() throws {
        #expect(try decode([]).records.isEmpty)
        #expect(try decode(Field.message(1)).groups.isEmpty)
        #expect(try decode(Field.message(1, Field.message(2))).records.isEmpty)
    }

    @Test func `finds every field that a record has`() throws {
        let body = OTLP.everything
        let table = try decode(body)
        #expect(table.refusals.count == 0)
        #expect(table.records.count == 2)
        let record = try #require(table.records.first)
        #expect(record.trace == TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10))
        #expect(record.id == 0x2122_2324_2526_2728)
        #expect(record.parent == 0x3132_3334_3536_3738)
        #expect(record.kind == .client)
        #expect(record.status == .error)
        #expect(record.startNanoseconds == 1_000)
        #expect(record.endNanoseconds == 3_000)
        #expect(record.marks == [])
        #expect(bytes(record.name, of: body) == Array("name".utf8))
        #expect(bytes(record.content, of: body).starts(with: OTLP.ids))
    }

    @Test func `tells where the resource and the scope of a span are`() throws {
        let scopes = [Field.message(1, Field.text(1, "a")), Field.message(1, Field.text(1, "b"))]
        let resource = Field.message(1, OTLP.attribute(1, "service.name", Field.text(1, "shop")))
        let contents = scopes.map { $0 + OTLP.span() }
        let first = resource + contents.reduce([]) { $0 + Field.message(2, $1) }
        let second = Field.message(2, OTLP.span())
        let body = Field.message(1, first) + Field.message(1, second)
        let table = try decode(body)
        #expect(table.records.map(\.group) == [0, 1, 2])
        #expect(table.groups.map { bytes($0.resourceSpans, of: body) } == [first, first, second])
        #expect(
            table.groups.map { bytes($0.scopeSpans, of: body) } == contents + [OTLP.span()])
    }

    @Test func `reads the fields of a span in any order`() throws {
        let fields = [
            Field.message(15, Field.varint(3, 1)), Field.fixed64(8, 9), Field.fixed64(7, 8),
            Field.varint(6, 2), Field.text(5, "n"), Field.message(4, OTLP.id),
            Field.message(2, Array(repeating: 7, count: 8)),
            Field.message(1, Array(repeating: 9, count: 16)),
        ]
        let record = try record(fields.reduce([], +))
        #expect(record.trace.high == 0x0909_0909_0909_0909)
        #expect(record.id == 0x0707_0707_0707_0707)
        #expect(record.parent == 0x2122_2324_2526_2728)
        #expect(record.kind == .server)
        #expect(record.status == .ok)
        #expect(record.startNanoseconds == 8)
        #expect(record.endNanoseconds == 9)
    }

    @Test func `takes the last of a field that comes twice, as protobuf has it`() throws {
        let twice = try record(
            Field.varint(6, 2), Field.varint(6, 3), Field.fixed64(7, 1), Field.fixed64(7, 2),
            Field.fixed64(8, 3), Field.fixed64(8, 4), Field.message(4, OTLP.id), Field.message(4))
        #expect(twice.kind == .client)
        #expect(twice.startNanoseconds == 2)
        #expect(twice.endNanoseconds == 4)
        #expect(twice.parent == 0)
        // Messages are merged: the second status has no code, so that the first one's stays.
        let status = Field.message(15, Field.varint(3, 2)) + Field.message(15, Field.text(2, "why"))
        #expect(try record(status).status == .error)
        #expect(try record(status, Field.message(15, Field.varint(3, 0))).status == .unset)
    }

    @Test func `lets a good id mend a bad one before it, and a bad one spoil a good one`() throws {
        let bad = [Field.message(1, [1]), Field.message(2, [1]), Field.message(4, [1])]
        let good = [OTLP.ids, OTLP.ids, Field.message(4, OTLP.id)]
        for (bad, good) in zip(bad, good) {
            #expect(try decode(OTLP.request(OTLP.span(bad, good))).records.count == 1)
            #expect(try decode(OTLP.request(OTLP.span(good, bad))).refusals.count == 1)
        }
    }

    @Test func `takes an empty parent and one of zeros for none`() throws {
        #expect(try record().parent == 0)
        #expect(try record(Field.message(4)).parent == 0)
        #expect(try record(Field.message(4, Array(repeating: 0, count: 8))).parent == 0)
    }

    @Test(arguments: [
        (UInt64(0), SpanKind.unspecified), (1, .internal), (5, .consumer), (6, .unspecified),
        (256 + 2, .unspecified), (UInt64.max, .unspecified), (1 << 32 + 2, .server),
    ])
    func `takes a kind that it does not know for none`(value: UInt64, kind: SpanKind) throws {
        #expect(try record(Field.varint(6, value)).kind == kind)
    }

    @Test(arguments: [
        (UInt64(0), SpanStatus.unset), (1, .ok), (2, .error), (3, .unset), (UInt64.max, .unset),
        (1 << 32 + 2, .error),
    ])
    func `takes a status that it does not know for none`(
        value: UInt64, status: SpanStatus
    ) throws {
        #expect(try record(Field.message(15, Field.varint(3, value))).status == status)
    }

    @Test func `marks spans without an end, and those that end before they start`() throws {
        #expect(try record(Field.fixed64(7, 5)).marks == .noEnd)
        #expect(try record(Field.fixed64(7, 5), Field.fixed64(8, 4)).marks == .endBeforeStart)
        #expect(try record(Field.fixed64(7, 5), Field.fixed64(8, 5)).marks == [])
        #expect(try record(Field.fixed64(7, .max), Field.fixed64(8, .max)).marks == [])
    }

    @Test func `skips what it does not know, at every level`() throws {
        let unknown =
            Field.varint(100, .max) + Field.fixed64(101, 1) + Field.fixed32(102, 1)
            + Field.message(103, [0xff, 0xff]) + Field.groups(104, deep: 64)
            + Field.varint(536_870_911, 1)
        let attribute = Field.message(9, unknown, Field.message(2, unknown))
        let event = Field.message(11, unknown)
        let span = OTLP.span(
            unknown, attribute, event, Field.message(13, unknown), Field.message(15, unknown))
        let scope = Field.message(2, Field.message(1, unknown), span, unknown)
        let resource = Field.message(1, unknown, Field.message(3, unknown))
        let body = unknown + Field.message(1, resource, scope, unknown) + unknown
        let table = try decode(body)
        #expect(table.records.count == 1)
        #expect(table.refusals.count == 0)
    }

    @Test func `takes a known field of another wire type for one that it does not know`() throws {
        let record = try record(
            Field.varint(1, 1), Field.varint(2, 1), Field.fixed64(6, 2), Field.varint(7, 1),
            Field.fixed32(8, 1), Field.varint(15, 1), Field.varint(9, 1), Field.varint(11, 1))
        #expect(record.trace.high == 0x0102_0304_0506_0708)
        #expect(record.kind == .unspecified)
        #expect(record.startNanoseconds == 0)
    }

    @Test func `reads only as many bytes as it is told`() throws {
        var table = SpanTable()
        let body = OTLP.everything
        try OTLPTraceDecoder(limits: OTLPLimits())
            .decode(body + [0xff, 0xff], count: body.count, into: &table)
        #expect(table.records.count == 2)
    }
}
