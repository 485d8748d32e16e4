import Testing
import Wire

@Suite struct `An RPC status` {
    @Test func `carries code and message`() {
        #expect(
            encodeRPCStatus(code: 3, message: "é", retryDelaySeconds: nil)
                == [0x08, 3, 0x12, 2, 0xc3, 0xa9])
        #expect(encodeRPCStatus(code: 0, message: "", retryDelaySeconds: nil) == [])
    }

    @Test func `carries RetryInfo in its details`() {
        var expected = ProtobufWriter()
        expected.tag(ProtobufTag(field: 1, .varint))
        expected.varint(8)
        let details = expected.open(field: 3)
        let name = expected.open(field: 1)
        expected.raw("type.googleapis.com/google.rpc.RetryInfo".utf8)
        expected.close(name)
        let value = expected.open(field: 2)
        let delay = expected.open(field: 1)
        expected.raw([0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01])
        expected.close(delay)
        expected.close(value)
        expected.close(details)
        #expect(encodeRPCStatus(code: 8, message: "", retryDelaySeconds: 1.5) == expected.bytes)
    }

    @Test func `has JSON of its own`() {
        let text = encodeRPCStatusJSON(code: 8, message: "say \"when\"", retryDelaySeconds: 0.05)
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"code":8,"message":"say \"when\"","details":["#
                + #"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.050000000s"}]}"#
        )
        let plain = encodeRPCStatusJSON(code: 3, message: "", retryDelaySeconds: nil)
        #expect(String(decoding: plain, as: UTF8.self) == #"{"code":3,"message":""}"#)
    }

    @Test(arguments: [(-1.0, "0s"), (.nan, "0s"), (.infinity, "86400s"), (2, "2s")])
    func `bounds the delay`(seconds: Double, text: String) {
        let json = encodeRPCStatusJSON(code: 8, message: "", retryDelaySeconds: seconds)
        #expect(String(decoding: json, as: UTF8.self).contains("\"retryDelay\":\"\(text)\""))
    }

    @Test func `keeps what stands behind a zero byte of the message`() {
        #expect(
            encodeRPCStatus(code: 0, message: "a\0b", retryDelaySeconds: nil)
                == [0x12, 3, 0x61, 0x20, 0x62])
    }
}

@Suite struct `An export response` {
    @Test func `is empty when every span was taken`() {
        #expect(encodeExportResponse(rejectedSpans: 0, message: "") == [])
    }

    @Test func `tells rejected spans and warnings`() {
        #expect(
            encodeExportResponse(rejectedSpans: 2, message: "no")
                == [0x0a, 6, 0x08, 2, 0x12, 2, 0x6e, 0x6f])
        #expect(
            encodeExportResponse(rejectedSpans: 0, message: "no") == [0x0a, 4, 0x12, 2, 0x6e, 0x6f])
    }
}

@Suite struct `A health check` {
    @Test func `names the service that it asks for`() {
        #expect(healthRequestService([], count: 0) == "")
        #expect(healthRequestService([0x0a, 1, 0x78, 0xff], count: 3) == "x")
    }

    @Test(arguments: [[0x0a], [0x0a, 5, 0x78], [0x0b], [0xff, 0xff, 0xff]] as [[UInt8]])
    func `refuses bytes that are no request`(body: [UInt8]) {
        #expect(healthRequestService(body, count: body.count) == nil)
    }

    @Test func `answers with a status`() {
        #expect(encodeHealthResponse(status: 1) == [0x08, 1])
        #expect(encodeHealthResponse(status: 0) == [])
    }
}
