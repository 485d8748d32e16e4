import Spans
import Testing
import Wire

@testable import Decoding

/// Limits that small requests can reach.
private var lowLimits: OTLPLimits {
    var limits = OTLPLimits()
    limits.spansMax = 3
    limits.attributesMax = 5
    limits.valueBytesMax = 200
    limits.valueDepthMax = 3
    return limits
}

private func attributes(_ number: UInt32, _ count: Int) -> [UInt8] {
    Array(repeatElement(OTLP.attribute(number, "k", Field.varint(3, 1)), count: count).joined())
}

private func long(_ count: Int) -> String { String(repeating: "x", count: count) }

@Suite struct `A span is refused alone` {
    private static let zeros: [UInt8] = Array(repeating: 0, count: 16)

    @Test(arguments: [
        (SpanRefusal.traceIDLength, Field.message(2, OTLP.id)),
        (.traceIDLength, OTLP.ids + Field.message(1, Array(1...15))),
        (.traceIDLength, OTLP.ids + Field.message(1, Array(1...17))),
        (.traceIDLength, OTLP.ids + Field.message(1)),
        (.traceIDZero, OTLP.ids + Field.message(1, zeros)),
        (.spanIDLength, Field.message(1, OTLP.trace)),
        (.spanIDLength, OTLP.ids + Field.message(2, Array(1...7))),
        (.spanIDLength, OTLP.ids + Field.message(2, Array(1...9))),
        (.spanIDZero, OTLP.ids + Field.message(2, Array(zeros[..<8]))),
        (.parentIDLength, OTLP.ids + Field.message(4, [1])),
        (.parentIDLength, OTLP.ids + Field.message(4, Array(1...9))),
    ])
    func `for its ids`(reason: SpanRefusal, fields: [UInt8]) throws {
        let table = try decode(OTLP.request(OTLP.span(), Field.message(2, fields), OTLP.span()))
        #expect(table.records.count == 2)
        #expect(table.refusals.count == 1)
        #expect(table.refusals[reason].count == 1)
        #expect(table.refusals[reason].firstOrdinal == 1)
    }

    @Test(arguments: [
        Field.message(3, OTLP.notUTF8),
        Field.message(5, OTLP.notUTF8),
        Field.message(9, Field.message(1, OTLP.notUTF8)),
        Field.message(9, Field.message(2, Field.message(1, OTLP.notUTF8))),
        OTLP.attribute(9, "k", Field.message(5, Field.message(1, Field.message(1, OTLP.notUTF8)))),
        OTLP.attribute(9, "k", Field.message(6, Field.message(1, Field.message(1, OTLP.notUTF8)))),
        Field.message(11, Field.message(2, OTLP.notUTF8)),
        Field.message(11, Field.message(3, Field.message(1, OTLP.notUTF8))),
        Field.message(13, Field.message(3, OTLP.notUTF8)),
        Field.message(13, Field.message(4, Field.message(1, OTLP.notUTF8))),
        Field.message(15, Field.message(2, OTLP.notUTF8)),
    ])
    func `for a text that is not UTF-8, wherever it stands`(field: [UInt8]) throws {
        let table = try decode(OTLP.request(OTLP.span(field), OTLP.span()))
        #expect(table.records.count == 1)
        #expect(table.refusals[.notUTF8].count == 1)
    }

    @Test func `and bytes that are no text may be any`() throws {
        let value = OTLP.attribute(9, "k", Field.message(7, OTLP.notUTF8))
        #expect(try decode(OTLP.request(OTLP.span(value))).records.count == 1)
    }

    @Test func `for one attribute too many, over its events and links`() throws {
        let full =
            attributes(9, 2) + Field.message(11, attributes(3, 2))
            + Field.message(13, attributes(4, 1))
        #expect(try decode(OTLP.request(OTLP.span(full)), lowLimits).records.count == 1)
        for more in [
            attributes(9, 1), Field.message(11, attributes(3, 1)),
            Field.message(13, attributes(4, 1)),
        ] {
            let table = try decode(OTLP.request(OTLP.span(full + more)), lowLimits)
            #expect(table.refusals[.tooManyAttributes].count == 1)
        }
    }

    @Test func `for one attribute more than 16,384 unless told otherwise`() throws {
        #expect(try decode(OTLP.request(OTLP.span(attributes(9, 16_384)))).records.count == 1)
        let table = try decode(OTLP.request(OTLP.span(attributes(9, 16_385))))
        #expect(table.refusals[.tooManyAttributes].count == 1)
    }

    @Test(
        arguments: [
            { Field.text(5, long($0)) }, { Field.text(3, long($0)) },
            { OTLP.attribute(9, long($0), Field.varint(3, 1)) },
            { OTLP.attribute(9, "k", Field.text(1, long($0))) },
            { OTLP.attribute(9, "k", Field.message(7, Array(repeating: 0xff, count: $0))) },
            {
                OTLP.attribute(
                    9, "k", Field.message(5, Field.message(1, Field.text(1, long($0 - 6)))))
            },
            { Field.message(11, Field.text(2, long($0))) },
            { Field.message(15, Field.text(2, long($0))) },
        ] as [@Sendable (Int) -> [UInt8]])
    func `for a value longer than it may be, wherever it stands`(
        field: @Sendable (Int) -> [UInt8]
    ) throws {
        #expect(try decode(OTLP.request(OTLP.span(field(200))), lowLimits).records.count == 1)
        let table = try decode(OTLP.request(OTLP.span(field(201))), lowLimits)
        #expect(table.refusals[.valueTooLong].count == 1)
    }

    @Test(arguments: [false, true])
    func `for a value nested deeper than 64, and not for one as deep`(maps: Bool) throws {
        func table(_ deep: Int, _ limits: OTLPLimits = OTLPLimits()) throws -> SpanTable {
            let value = OTLP.lists(deep: deep, maps: maps)
            return try decode(OTLP.request(OTLP.span(OTLP.attribute(9, "k", value))), limits)
        }
        #expect(try table(64).records.count == 1)
        #expect(try table(65).refusals[.valueTooDeep].count == 1)
        #expect(try table(3, lowLimits).records.count == 1)
        #expect(try table(4, lowLimits).refusals[.valueTooDeep].count == 1)
        // Deep enough to end a reader that recurses.
        #expect(try table(5_000).refusals[.valueTooDeep].count == 1)
    }

    @Test func `when it is one more than a request may have`() throws {
        let spans = Array(repeatElement(OTLP.span(), count: 5).joined())
        let table = try decode(OTLP.request(spans), lowLimits)
        #expect(table.records.count == 3)
        #expect(table.refusals[.tooManySpans].count == 2)
        #expect(table.refusals[.tooManySpans].firstOrdinal == 3)
    }

    @Test func `for the first reason that there is`() throws {
        let span = OTLP.span(Field.message(1, [1]), Field.message(5, OTLP.notUTF8))
        let table = try decode(OTLP.request(span))
        #expect(table.refusals.count == 1)
        #expect(table.refusals[.traceIDLength].count == 1)
    }

    @Test func `and the answer says where it stood`() throws {
        let body = OTLP.request(OTLP.span(), OTLP.span(Field.message(1, [1])))
        let refusal = try decode(body).refusals[.traceIDLength]
        let span = OTLP.ids + Field.message(1, [1])
        #expect(Array(body[refusal.firstOffset...]).starts(with: span))
    }
}

@Suite struct `The spans of a resource are refused together` {
    private static let badResources = [
        Field.message(1, Field.message(1, Field.message(1, OTLP.notUTF8))),
        Field.message(1, OTLP.attribute(1, "k", Field.message(1, OTLP.notUTF8))),
        Field.message(1, Field.message(3, Field.message(2, OTLP.notUTF8))),
        Field.message(1, attributes(1, 16_385)),
        Field.message(1, OTLP.attribute(1, "k", OTLP.lists(deep: 65))),
        Field.message(3, OTLP.notUTF8),
    ]

    @Test(arguments: badResources)
    func `when it is bad, also when it stands behind them`(resource: [UInt8]) throws {
        let scopes = Field.message(2, OTLP.span(), OTLP.span()) + Field.message(2, OTLP.span())
        let good = OTLP.request(OTLP.span())
        for bad in [Field.message(1, resource, scopes), Field.message(1, scopes, resource)] {
            let table = try decode(good + bad + good)
            #expect(table.records.count == 2)
            #expect(table.refusals.count == 3)
            #expect(table.refusals.message.contains("first is span 1 "))
        }
    }

    @Test(arguments: [
        Field.message(1, Field.message(1, OTLP.notUTF8)),
        Field.message(1, Field.message(2, OTLP.notUTF8)),
        Field.message(1, Field.message(3, Field.message(1, OTLP.notUTF8))),
        Field.message(3, OTLP.notUTF8),
    ])
    func `or only those of a scope when that is bad`(scope: [UInt8]) throws {
        let bad = Field.message(2, OTLP.span(), OTLP.span(), scope)
        let table = try decode(Field.message(1, bad, Field.message(2, OTLP.span())))
        #expect(table.records.count == 1)
        #expect(table.refusals[.notUTF8].count == 2)
    }

    @Test func `and not once more for what was wrong with themselves`() throws {
        let resource = Field.message(3, OTLP.notUTF8)
        let spans = Field.message(2, OTLP.span(Field.message(1, [1])), OTLP.span())
        let refusals = try decode(Field.message(1, spans, resource)).refusals
        #expect(refusals.count == 2)
        #expect(refusals[.traceIDLength].count == 1)
        #expect(refusals[.notUTF8].count == 1)
    }
}

@Suite struct `A request is refused` {
    @Test(arguments: [
        ([0x0a], 1), ([0x0a, 0x05, 0x12], 1), ([0x07], 0), ([0x00], 0), ([0x0c], 1),
        (Array(repeating: 0xff, count: 11), 0),
        ([0x0a] + Array(repeating: 0xff, count: 9) + [1], 1),
    ])
    func `when it is not protobuf, with the offset`(body: [UInt8], offset: Int) {
        let error = #expect(throws: WireError.self) { try decode(body) }
        #expect(error?.offset == offset)
    }

    @Test func `when groups nest deeper than 64`() throws {
        #expect(try decode(Field.groups(9, deep: 64)).records.isEmpty)
        let error = #expect(throws: WireError.self) { try decode(Field.groups(9, deep: 65)) }
        #expect(error?.kind == .limit("groups nested too deep"))
        #expect(throws: WireError.self) {
            try decode(OTLP.request(OTLP.span(Field.groups(99, deep: 65))))
        }
    }

    @Test func `when a group ends that did not start, or ends as another`() {
        #expect(throws: WireError.self) { try decode([0x4c]) }
        #expect(throws: WireError.self) { try decode([0x4b, 0x54]) }
        #expect(throws: WireError.self) { try decode([0x4b]) }
    }
}
