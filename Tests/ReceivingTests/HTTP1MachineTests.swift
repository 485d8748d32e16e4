import Lanes
import Testing

@testable import Receiving

/// Every kind of request that clients send, one behind the other.
private let conversation = """
    GET /readyz HTTP/1.1\r
    Host: a\r
    \r
    POST /v1/traces?x=1 HTTP/1.1\r
    host:a\r
    Content-Length: 5\r
    X-Odd: \t spaced \t \r
    \r
    hello\r
    POST /v1/traces HTTP/1.1\r
    Host: a\r
    Transfer-Encoding: Chunked\r
    \r
    5;name=value\r
    hello\r
    00000000000000a\r
    , Venice!!\r
    0\r
    Trailer: dropped\r
    \r
    GET http://a/last HTTP/1.0\r
    \r

    """

private let asked = Reading(
    requests: [
        ReadRequest(line: "GET /readyz", body: ""),
        ReadRequest(line: "POST /v1/traces?x=1", body: "hello"),
        ReadRequest(line: "POST /v1/traces", body: "hello, Venice!!"),
        ReadRequest(line: "GET /last", body: ""),
    ], isAtRest: true)

@Suite struct `An HTTP/1.1 machine` {
    @Test func `reads requests, one behind the other`() {
        #expect(read(conversation) == asked)
    }

    @Test func `reads the same wherever the bytes are cut in two`() {
        let bytes = Array(conversation.utf8)
        for cut in 0...bytes.count {
            let reading = read([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(reading == asked, "cut at \(cut)")
        }
    }

    @Test func `reads the same byte by byte`() {
        #expect(read(conversation.utf8.map { [$0] }) == asked)
    }

    @Test func `waits for the rest of what is cut off at any byte, and refuses nothing`() {
        let bytes = Array(conversation.utf8)
        for end in 0..<bytes.count {
            let reading = read([Array(bytes[..<end])])
            #expect(reading.refusal == nil, "cut off at \(end): \(reading.message)")
            #expect(reading.requests.elementsEqual(asked.requests.prefix(reading.requests.count)))
            #expect(reading.requests.count < asked.requests.count)
        }
    }

    @Test func `takes or refuses whatever a byte is changed to`() {
        var random = SeededNumbers(seed: 7)
        var bytes = Array(conversation.utf8)
        for _ in 0..<5_000 {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let before = bytes[place]
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            let reading = read([bytes])
            #expect(reading.refusal != nil || reading.requests.count <= asked.requests.count)
            bytes[place] = before
        }
    }
}

@Suite struct `A body of HTTP/1.1` {
    private func post(_ headers: String, _ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\n\(body)"
    }

    /// What two readers could take for two different requests.
    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 0", "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5", "Content-Length: +5", "Content-Length: -5", "Content-Length: 0x5",
        "Content-Length: 5 5", "Content-Length:", "Content-Length: \u{661}",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity", "Transfer-Encoding:",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: \u{b}chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Content-Length : 5",
        "X: a\r\n Content-Length: 5", "\tContent-Length: 5", "Transfer-Encoding\u{0}: chunked",
        "X: a\nContent-Length: 5", "X: a\rContent-Length: 5", "Host: b", "Host:",
    ])
    func `is refused when its length can be understood in two ways`(headers: String) {
        let reading = read(post(headers, "0\r\n\r\n"))
        #expect(reading.refusal == .malformed, "\(reading)")
        #expect(reading.requests.isEmpty)
    }

    @Test func `is not in chunks before HTTP/1.1`() {
        let reading = read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        #expect(reading.refusal == .malformed)
    }

    @Test(arguments: [
        "", "-0", "-1", "+1", "0x1", "1 ", " 1", "g", "00000000000000001", "1\n", "\u{661}", ";x",
    ])
    func `has no chunk of a size like`(size: String) {
        let reading = read(post("Transfer-Encoding: chunked", "\(size)\r\nx\r\n0\r\n\r\n"))
        #expect(reading.refusal == .malformed, "\(reading)")
    }

    @Test(arguments: ["ffffffffffffffff", "8000000000000000", "4000001"])
    func `is refused when a chunk is larger than the limit`(size: String) {
        #expect(read(post("Transfer-Encoding: chunked", "\(size)\r\n")).refusal == .tooLarge)
    }

    @Test(arguments: ["67108865", "9223372036854775808", "99999999999999999999999"])
    func `is refused by its length before it is read`(length: String) {
        #expect(read(post("Content-Length: \(length)", "")).refusal == .tooLarge)
    }

    @Test func `may be as large as the limit in chunks, and not one byte larger`() {
        var limits = ReceivingLimits()
        limits.requestBodyBytes = 6
        let head = "Transfer-Encoding: chunked"
        let fits = read(post(head, "4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n"), limits: limits)
        #expect(fits.requests.map(\.body) == ["abcdef"])
        let tooLarge = read(post(head, "4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n"), limits: limits)
        #expect(tooLarge.refusal == .tooLarge)
    }

    @Test func `is refused when a chunk goes on behind its size`() {
        #expect(read(post("Transfer-Encoding: chunked", "1\r\nab\r\n")).refusal == .malformed)
    }

    @Test func `is refused when the line of a chunk or the trailers do not end`() {
        let long = String(repeating: "x", count: 20_000)
        let head = "Transfer-Encoding: chunked"
        #expect(read(post(head, "1;\(long)")).refusal == .malformed)
        let trailers = String(repeating: "a: b\r\n", count: 3_000)
        #expect(read(post(head, "0\r\n\(trailers)")).refusal == .headersTooLarge)
    }

    @Test func `is refused when there is no memory for it, which comes free again`() {
        let memory = roomyMemory(8 << 10)
        let text = post("Content-Length: 9000", String(repeating: "a", count: 9_000))
        let reading = read([Array(text.utf8)], memory: memory)
        #expect(reading.refusal == .overloaded)
        #expect(memory.budget.usedBytes == 0)
    }
}

@Suite struct `The direct way into a body` {
    @Test func `has room for what the sender announces and no more`() throws {
        let memory = roomyMemory()
        var machine = HTTP1Machine(limits: ReceivingLimits())
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab".utf8)
        let headBytes = try machine.take(head, 0..<head.count, memory)
        let bodyBytes = try machine.take(head, headBytes..<head.count, memory)
        let room = try machine.directRoom(memory)
        #expect(bodyBytes == 2 && room == 8)
        machine.tookDirectly(3)
        #expect(machine.state == .body(left: 5))
        machine.tookDirectly(5)
        #expect(machine.state == .done)
        let roomAtEnd = try machine.directRoom(memory)
        #expect(roomAtEnd == 0)
    }
}
