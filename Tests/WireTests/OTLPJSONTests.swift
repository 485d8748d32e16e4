import Oracle
import Testing
import Wire

private let request = MessageSchema.exportTraceServiceRequest

private func toProtobuf(_ text: String, depthMax: Int = 100) throws(WireError) -> [UInt8] {
    let body = Array(text.utf8)
    return try protobufFromJSON(body, count: body.count, message: request, depthMax: depthMax)
}

private func toJSON(
    _ body: [UInt8], _ schema: MessageSchema = request, depthMax: Int = 100
) throws(WireError) -> String {
    var json = JSONWriter()
    try jsonFromProtobuf(
        body, ByteRange(start: 0, end: body.count), message: schema, depthMax: depthMax, into: &json
    )
    return String(decoding: json.bytes, as: UTF8.self)
}

/// A request around one span.
private func spanJSON(_ fields: String) -> String {
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"# + fields + "}]}]}]}"
}

/// A request around one attribute value of one span.
private func valueJSON(_ value: String) -> String {
    spanJSON(#""attributes":[{"key":"k","value":"# + value + "}]")
}

private func spanProtobuf(_ content: [UInt8]) -> [UInt8] {
    var writer = ProtobufWriter()
    let levels = [1, 2, 2].map { writer.open(field: $0) }
    writer.raw(content)
    for level in levels.reversed() { writer.close(level) }
    return writer.bytes
}

private func valueProtobuf(_ content: [UInt8]) -> [UInt8] {
    var writer = ProtobufWriter()
    let attribute = writer.open(field: 9)
    writer.raw([0x0a, 1, 0x6b])
    let value = writer.open(field: 2)
    writer.raw(content)
    writer.close(value)
    writer.close(attribute)
    return spanProtobuf(writer.bytes)
}

/// The fields of a span as JSON that stays as it is through protobuf and back.
private let stableSpans = [
    "",
    #""traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174""#,
    #""traceState":"a=b","parentSpanId":"00","name":"GET /é\n","kind":2"#,
    #""kind":-1,"startTimeUnixNano":"18446744073709551615","endTimeUnixNano":"1","flags":4294967295"#,
    #""droppedAttributesCount":4294967295,"droppedEventsCount":1,"droppedLinksCount":2"#,
    #""events":[{},{"timeUnixNano":"1","name":"e","attributes":[{}],"droppedAttributesCount":3}]"#,
    #""links":[{"traceId":"01","spanId":"02","traceState":"x","attributes":[{"key":"k"}],"flags":1}]"#,
    #""status":{}"#,
    #""status":{"message":"bad","code":2}"#,
]

private let stableValues = [
    "{}", #"{"stringValue":""}"#, #"{"stringValue":"\u0000\"\\"}"#, #"{"boolValue":false}"#,
    #"{"boolValue":true}"#, #"{"intValue":"0"}"#, #"{"intValue":"-9223372036854775808"}"#,
    #"{"intValue":"9223372036854775807"}"#, #"{"doubleValue":0}"#, #"{"doubleValue":-0.0}"#,
    #"{"doubleValue":1.5}"#, #"{"doubleValue":"NaN"}"#, #"{"doubleValue":"-Infinity"}"#,
    #"{"doubleValue":5e-324}"#, #"{"bytesValue":""}"#, #"{"bytesValue":"//4="}"#,
    #"{"arrayValue":{}}"#, #"{"arrayValue":{"values":[{},{"intValue":"1"},{"arrayValue":{}}]}}"#,
    #"{"kvlistValue":{"values":[{"key":"a","value":{"kvlistValue":{}}}]}}"#,
]

@Suite struct `OTLP JSON and protobuf` {
    @Test(arguments: stableSpans)
    func `carry every field of a span both ways`(fields: String) throws {
        #expect(try toJSON(toProtobuf(spanJSON(fields))) == spanJSON(fields))
    }

    @Test(arguments: stableValues)
    func `carry every attribute value both ways`(value: String) throws {
        #expect(try toJSON(toProtobuf(valueJSON(value))) == valueJSON(value))
    }

    @Test func `carry resources, scopes and entities both ways`() throws {
        let text =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{}}],"#
            + #""droppedAttributesCount":1,"entityRefs":[{"schemaUrl":"u","type":"t","#
            + #""idKeys":["a","","b"],"descriptionKeys":["c"]}]},"scopeSpans":[{"scope":{"#
            + #""name":"n","version":"1","attributes":[{"key":"k"}],"droppedAttributesCount":2},"#
            + #""spans":[],"schemaUrl":"s"}],"schemaUrl":"r"},{}]}"#
        #expect(try toJSON(toProtobuf(text)) == text.replacing(#""spans":[],"#, with: ""))
    }
}

@Suite struct `OTLP JSON beside protobuf-c` {
    @Test func `keeps every field of bodies good and mutated`() throws {
        let body = try toProtobuf(
            spanJSON(
                stableSpans.dropFirst().joined(separator: ",") + ",\"attributes\":["
                    + stableValues.map { #"{"key":"k","value":"# + $0 + "}" }.joined(separator: ",")
                    + "]"))
        #expect(try #require(TraceOracle(body, count: body.count)).fields.count > 100)
        #expect(faultOfOTLPJSONRoundTrip(body) == nil)
        for index in body.indices {
            for change: UInt8 in [0x0a, 0x2a, 0x7f, 0xff] {
                var changed = body
                changed[index] = change
                #expect(faultOfOTLPJSONRoundTrip(changed) == nil)
            }
        }
    }

    @Test func `sees the spans that protobuf-c sees`() throws {
        let body = try toProtobuf(
            spanJSON(
                #""traceId":"0a","spanId":"0b","parentSpanId":"0c","name":"n","kind":3,"#
                    + #""startTimeUnixNano":5,"endTimeUnixNano":7,"status":{"code":2},"#
                    + #""attributes":[{},{}],"events":[{}],"links":[{},{},{}]"#))
        let span = try #require(TraceOracle(body, count: body.count)?.spans.first)
        #expect(span.traceID == [0x0a] && span.spanID == [0x0b] && span.parentSpanID == [0x0c])
        #expect(span.name == "n" && span.kind == 3 && span.statusCode == 2)
        #expect(span.startNanoseconds == 5 && span.endNanoseconds == 7)
        #expect(span.attributes.count == 2 && span.events == 1 && span.links.count == 3)
    }
}

@Suite struct `Protobuf from OTLP JSON` {
    @Test func `has the bytes that a protobuf encoder makes`() throws {
        let text = spanJSON(
            #""traceId":"0A","name":"x","kind":3,"startTimeUnixNano":"258","flags":1,"#
                + #""attributes":[{"key":"k","value":{"intValue":"-1"}}],"status":{"code":2}"#)
        let ones = [UInt8](repeating: 0xff, count: 9) + [1]
        let span: [UInt8] =
            [0x0a, 1, 0x0a, 0x2a, 1, 0x78, 0x30, 3, 0x39, 2, 1, 0, 0, 0, 0, 0, 0]
            + [0x85, 1, 1, 0, 0, 0] + [0x4a, 16, 0x0a, 1, 0x6b, 0x12, 11, 0x18] + ones
            + [0x7a, 2, 0x18, 2]
        #expect(try toProtobuf(text) == spanProtobuf(span))
    }

    @Test func `has minimal lengths of long messages`() throws {
        let name = String(repeating: "n", count: 20_000)
        var span = ProtobufWriter()
        span.tag(ProtobufTag(field: 5, .bytes))
        span.varint(20_000)
        span.raw(name.utf8)
        #expect(try toProtobuf(spanJSON("\"name\":\"\(name)\"")) == spanProtobuf(span.bytes))
    }

    @Test(arguments: [
        (#""kind":"SPAN_KIND_SERVER""#, #""kind":2"#), (#""kind":"2""#, #""kind":2"#),
        (#""kind":77"#, #""kind":77"#), (#""kind":2.0"#, #""kind":2"#), (#""kind":null"#, ""),
        (
            #""startTimeUnixNano":1544712660000000001"#,
            #""startTimeUnixNano":"1544712660000000001""#
        ),
        (#""startTimeUnixNano":1e3"#, #""startTimeUnixNano":"1000""#),
        (#""startTimeUnixNano":"1000""#, #""startTimeUnixNano":"1000""#),
        (#""traceId":"aBcD","spanId":"""#, #""traceId":"abcd""#),
        (#""trace_id":"xx","start_time_unix_nano":{"a":[1]},"name":"n""#, #""name":"n""#),
        (#""unknown":[[{"a":null}],"x"],"name":"n","Name":1"#, #""name":"n""#),
        (#""name":"first","name":"last""#, #""name":"last""#), (#""name":"first","name":"""#, ""),
        (#""na\u006de":"\u00e9\ud83d\ude00""#, #""name":"é😀""#),
        (#""events":null,"status":null,"attributes":[]"#, ""),
        (
            #""events":[{"name":"a"}],"kind":1,"events":[{"name":"b"}]"#,
            #""kind":1,"events":[{"name":"a"},{"name":"b"}]"#
        ),
        (#""status":{"message":"m"},"status":{"code":1}"#, #""status":{"message":"m","code":1}"#),
    ])
    func `takes what senders write`(fields: String, stable: String) throws {
        #expect(try toJSON(toProtobuf(spanJSON(fields))) == spanJSON(stable))
    }

    @Test(arguments: [
        (#"{"intValue":42}"#, #"{"intValue":"42"}"#),
        (#"{"intValue":4.2e1}"#, #"{"intValue":"42"}"#),
        (#"{"doubleValue":"1.5"}"#, #"{"doubleValue":1.5}"#),
        (#"{"doubleValue":"Infinity"}"#, #"{"doubleValue":"Infinity"}"#),
        (#"{"doubleValue":7}"#, #"{"doubleValue":7}"#),
        (#"{"bytesValue":"__4"}"#, #"{"bytesValue":"//4="}"#),
        (#"{"stringValue":"a","intValue":"1"}"#, #"{"intValue":"1"}"#),
        (#"{"stringValue":null}"#, "{}"),
    ])
    func `takes the values that senders write`(value: String, stable: String) throws {
        #expect(try toJSON(toProtobuf(valueJSON(value))) == valueJSON(stable))
    }

    @Test(
        arguments: [
            (#""name":1"#, "expected a string"), (#""name":{}"#, "expected a string"),
            (#""name":["a"]"#, "expected a string"),
            (#""kind":"SERVER""#, "expected the number of an enumerator"),
            (#""kind":2147483648"#, "expected the number of an enumerator"),
            (#""kind":true"#, "expected the number of an enumerator"),
            (#""flags":4294967296"#, "expected an unsigned integer of 32 bits"),
            (#""flags":-1"#, "expected an unsigned integer of 32 bits"),
            (#""startTimeUnixNano":1.5"#, "expected an unsigned integer of 64 bits"),
            (#""startTimeUnixNano":"x""#, "expected an unsigned integer of 64 bits"),
            (
                #""startTimeUnixNano":18446744073709551616"#,
                "expected an unsigned integer of 64 bits"
            ),
            (#""traceId":"0g""#, "expected a string of hex digits"),
            (#""traceId":"0""#, "expected a string of hex digits"),
            (#""traceId":7"#, "expected a string of hex digits"),
            (#""events":{}"#, "expected a list"), (#""events":"a""#, "expected a list"),
            (#""events":[[]]"#, "expected an object"), (#""events":[1]"#, "expected an object"),
            (#""events":[null]"#, "expected an object"), (#""status":[]"#, "expected an object"),
            (#""status":false"#, "expected an object"),
        ] as [(String, StaticText)])
    func `names what it expected and where`(fields: String, what: StaticText) {
        let text = spanJSON(fields)
        let error = #expect(throws: WireError.self) { try toProtobuf(text) }
        #expect(error?.kind == .invalid(what))
        let start = spanJSON("").utf8.count - "}]}]}]}".count
        let value = fields.utf8.firstIndex(of: UInt8(ascii: ":")).map {
            fields.utf8.distance(from: fields.utf8.startIndex, to: $0) + 1
        }
        let elementOffset = fields.contains("[") && fields.hasPrefix(#""events""#) ? 1 : 0
        #expect(error?.offset == start + (value ?? 0) + elementOffset)
    }

    @Test(
        arguments: [
            (#"{"boolValue":1}"#, "expected true or false"),
            (#"{"boolValue":"true"}"#, "expected true or false"),
            (#"{"intValue":9223372036854775808}"#, "expected an integer of 64 bits"),
            (#"{"doubleValue":1e400}"#, "expected a number"),
            (#"{"doubleValue":"nan"}"#, "expected a number"),
            (#"{"bytesValue":"*"}"#, "expected a string of base64"),
            (#"{"arrayValue":{"values":[null]}}"#, "expected an object"),
            ("7", "expected an object"),
        ] as [(String, StaticText)])
    func `names what it expected of a value`(value: String, what: StaticText) {
        let error = #expect(throws: WireError.self) { try toProtobuf(valueJSON(value)) }
        #expect(error?.kind == .invalid(what))
    }

    @Test(arguments: ["[]", "1", "null", "\"\"", "hello", "", "{} {}", "{\"resourceSpans\":[]"])
    func `refuses what is not one object`(text: String) {
        #expect(throws: WireError.self) { try toProtobuf(text) }
    }

    @Test func `is nothing for an empty request`() throws {
        #expect(try toProtobuf(" { } ") == [])
        #expect(try toProtobuf(#"{"resourceSpans":[]}"#) == [])
    }

    @Test func `nests as deep as it is told`() throws {
        let nested = { (depth: Int) in
            valueJSON(
                String(repeating: #"{"arrayValue":{"values":["#, count: depth) + "{}"
                    + String(repeating: "]}}", count: depth))
        }
        // Request, resource spans, scope spans, span, attribute and value; each array adds two.
        #expect(throws: Never.self) { try toProtobuf(nested(47), depthMax: 100) }
        let error = #expect(throws: WireError.self) { try toProtobuf(nested(48), depthMax: 100) }
        #expect(error?.kind == .limit("messages nested too deep"))
        #expect(throws: WireError.self) { try toProtobuf(nested(100_000), depthMax: 1_000_000) }
    }

    @Test func `refuses a request cut at any byte and survives every changed one`() throws {
        let text = Array(valueJSON(#"{"arrayValue":{"values":[{"doubleValue":-1.5e3}]}}"#).utf8)
        for count in text.indices {
            let error = #expect(throws: WireError.self) {
                try protobufFromJSON(text, count: count, message: request, depthMax: 100)
            }
            #expect(error?.kind == .truncated)
        }
        for index in text.indices {
            for change: UInt8 in [0, 0x22, 0x5c, 0x7b, 0x5d, 0x2c, 0x31, 0xff] {
                var changed = text
                changed[index] = change
                _ = try? protobufFromJSON(
                    changed, count: changed.count, message: request, depthMax: 100)
            }
        }
    }
}

@Suite struct `OTLP JSON from protobuf` {
    @Test func `takes the last of several values`() throws {
        let span = spanProtobuf([0x2a, 1, 0x61, 0x30, 1, 0x2a, 1, 0x62, 0x30, 0])
        #expect(try toJSON(span) == spanJSON(#""name":"b""#))
    }

    @Test func `gathers lists from wherever their elements stand`() throws {
        let span = spanProtobuf([0x5a, 3, 0x12, 1, 0x61, 0x30, 1, 0x5a, 3, 0x12, 1, 0x62])
        #expect(try toJSON(span) == spanJSON(#""kind":1,"events":[{"name":"a"},{"name":"b"}]"#))
    }

    @Test func `merges messages, also inside of merged ones`() throws {
        let status = spanProtobuf([0x7a, 3, 0x12, 1, 0x6d, 0x30, 1, 0x7a, 2, 0x18, 2])
        #expect(try toJSON(status) == spanJSON(#""kind":1,"status":{"message":"m","code":2}"#))
        // A resource in two pieces: its attributes are one list.
        let resource: [UInt8] = [0x0a, 5, 0x0a, 3, 0x0a, 1, 0x61, 0x0a, 5, 0x0a, 3, 0x0a, 1, 0x62]
        #expect(
            try toJSON([0x0a, UInt8(resource.count)] + resource)
                == #"{"resourceSpans":[{"resource":{"attributes":[{"key":"a"},{"key":"b"}]}}]}"#)
    }

    @Test(
        arguments: [
            ([0x18, 1, 0x0a, 1, 0x61], #"{"stringValue":"a"}"#),
            ([0x0a, 1, 0x61, 0x18, 0], #"{"intValue":"0"}"#),
            // An array of one, then of two more: merged.
            (
                [0x2a, 2, 0x0a, 0, 0x2a, 4, 0x0a, 0, 0x0a, 0],
                #"{"arrayValue":{"values":[{},{},{}]}}"#
            ),
            // An array of one, a number, an array of two: the first is gone.
            (
                [0x2a, 2, 0x0a, 0, 0x18, 1, 0x2a, 4, 0x0a, 0, 0x0a, 0],
                #"{"arrayValue":{"values":[{},{}]}}"#
            ),
            ([0x2a, 2, 0x0a, 0, 0x18, 1], #"{"intValue":"1"}"#),
            // Unknown fields and known ones of another type are not there.
            ([0x42, 1, 0x61, 0x1d, 1, 2, 3, 4, 0x08, 7], "{}"),
            ([0x18, 1, 0x1a, 1, 0x61], #"{"intValue":"1"}"#),
            ([0x4b, 0x08, 1, 0x4c, 0x10, 2], #"{"boolValue":true}"#),
        ] as [([UInt8], String)])
    func `reads a value as protobuf runtimes do`(value: [UInt8], json: String) throws {
        #expect(try toJSON(valueProtobuf(value)) == valueJSON(json))
    }

    @Test func `cuts numbers to their size as protobuf runtimes do`() throws {
        let wide: [UInt8] = [0x82, 0x80, 0x80, 0x80, 0x10]
        #expect(try toJSON(spanProtobuf([0x30] + wide)) == spanJSON(#""kind":2"#))
        #expect(try toJSON(spanProtobuf([0x50] + wide)) == spanJSON(#""droppedAttributesCount":2"#))
        let zero: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x10]
        #expect(try toJSON(spanProtobuf([0x30] + zero)) == spanJSON(""))
    }

    @Test func `replaces text that is not UTF-8`() throws {
        #expect(
            try toJSON(spanProtobuf([0x2a, 2, 0xff, 0x61])) == spanJSON("\"name\":\"\u{fffd}a\""))
    }

    @Test func `writes a stretch of a body behind what is there`() throws {
        let body: [UInt8] = [0xff] + encodeExportResponse(rejectedSpans: 3, message: "m") + [0xff]
        var json = JSONWriter()
        json.beginArray()
        try jsonFromProtobuf(
            body, ByteRange(start: 1, end: body.count - 1),
            message: .exportTraceServiceResponse, depthMax: 3, into: &json)
        json.endArray()
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"[{"partialSuccess":{"rejectedSpans":"3","errorMessage":"m"}}]"#)
        #expect(try toJSON([], .exportTraceServiceResponse) == "{}")
    }

    @Test func `nests as deep as it is told`() throws {
        var body: [UInt8] = []
        for _ in 0..<3 {
            var writer = ProtobufWriter()
            let array = writer.open(field: 5)
            let value = writer.open(field: 1)
            writer.raw(body)
            writer.close(value)
            writer.close(array)
            body = writer.bytes
        }
        #expect(throws: Never.self) { try toJSON(valueProtobuf(body), depthMax: 12) }
        let error = #expect(throws: WireError.self) {
            try toJSON(valueProtobuf(body), depthMax: 11)
        }
        #expect(error?.kind == .limit("messages nested too deep"))
    }

    @Test func `survives a message cut at any byte and every changed one`() throws {
        let body = try toProtobuf(
            spanJSON(
                stableSpans.dropFirst().joined(separator: ",") + #","attributes":[{"key":"k"}]"#))
        for count in body.indices {
            _ = try? toJSON(Array(body.prefix(count)))
            for change: UInt8 in [0, 0x0a, 0x0b, 0x7f, 0x80, 0xff] {
                var changed = body
                changed[count] = change
                _ = try? toJSON(changed)
            }
        }
    }
}
