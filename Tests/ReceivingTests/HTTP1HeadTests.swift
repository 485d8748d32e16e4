import Testing

@testable import Receiving

@Suite struct `A head of HTTP/1.1` {
    private func parse(_ lines: String...) throws(Refusal) -> RequestHead {
        let bytes = Array((lines.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
        return try HTTP1Head.parse(bytes, 0..<bytes.count)
    }

    @Test func `has the headers that somebody reads, whatever their case`() throws {
        let head = try parse(
            "POST /v1/traces?a=b?c HTTP/1.1", "HOST: a:4318", "Content-Type: Application/JSON ; q",
            "content-encoding: gzip", "AUTHORIZATION: Bearer  word ", "Origin: http://b",
            "Connection: keep-alive", "Connection: Close", "X-Other: 1", "Expect: 100-continue")
        #expect(head.method == "POST" && head.path == "/v1/traces" && head.query == "a=b?c")
        #expect(head.host == "a:4318" && head.mediaType == "application/json")
        #expect(head.contentEncoding == "gzip" && head.authorization == "Bearer  word")
        #expect(head.origin == "http://b" && head.expect == "100-continue")
        #expect(head.wantsClose && !head.isCall && !head.isHTTP10)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", false), ("GET / HTTP/1.0", true),
    ])
    func `tells whether the connection goes on`(line: String, closes: Bool) throws {
        #expect(try parse(line, "Host: a").wantsClose == closes)
        #expect(try parse(line, "Host: a", "Connection: keep-alive").wantsClose == false)
        #expect(try parse(line, "Host: a", "Connection: x, close").wantsClose)
    }

    @Test(arguments: [
        "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /", "GET / HTTP/1.2",
        "GET / HTTP/2.0", "GET / http/1.1", "G@T / HTTP/1.1", "GET a HTTP/1.1", "GET /\t HTTP/1.1",
        "GET /\u{e9} HTTP/1.1", "GET ftp://a/ HTTP/1.1", "GET http:/a HTTP/1.1", "", "\u{0}",
    ])
    func `has no request line like`(line: String) {
        #expect(throws: Refusal.self) { try parse(line, "Host: a") }
    }

    @Test(arguments: [
        "Name", ": a", "Na me: a", "Name : a", " Name: a", "N\u{e9}me: a", "Name: a\u{0}",
        "Name: \u{7f}", "Name: a\rb",
    ])
    func `has no header line like`(line: String) {
        #expect(throws: Refusal.self) { try parse("GET / HTTP/1.1", "Host: a", line) }
    }

    @Test func `names a host once`() {
        #expect(throws: Refusal.self) { try parse("GET / HTTP/1.1") }
        #expect(throws: Refusal.self) { try parse("GET / HTTP/1.1", "Host: a", "Host: a") }
        #expect(throws: Refusal.self) { try parse("GET / HTTP/1.1", "Host:", "Host: a") }
        #expect(throws: Never.self) { try parse("GET / HTTP/1.0") }
    }

    @Test(arguments: [
        ("http://a/b?c", "/b"), ("HTTPS://a", "/"), ("*", "*"), ("//a", "//a"),
    ])
    func `has the path of its target`(target: String, path: String) throws {
        #expect(try parse("OPTIONS \(target) HTTP/1.1", "Host: a").path == path)
    }

    @Test func `may be as long as its limit`() {
        var limits = ReceivingLimits()
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        limits.headerBytes = text.utf8.count
        #expect(read(text, limits: limits).requests.count == 1)
        limits.headerBytes -= 1
        #expect(read(text, limits: limits).refusal == .headersTooLarge)
        let endless = String(repeating: "a", count: 100)
        #expect(read(endless, limits: limits).refusal == .headersTooLarge)
    }

    @Test func `ends where a bare line feed ends it, and is refused then`() {
        #expect(read("GET / HTTP/1.1\nHost: a\n\n").refusal == .malformed)
        #expect(read("GET / HTTP/1.1\r\nHost: a\n\r\n").refusal == .malformed)
        #expect(read("GET / HTTP/1.1\r\nHost: a\r\n\n").refusal == .malformed)
    }
}

@Suite struct `The head of a request` {
    @Test(arguments: [
        ("application/grpc", true), ("application/grpc+proto", true), ("application/json", false),
        ("text/plain;application/grpc", false),
    ])
    func `tells a call from another request`(contentType: String, isCall: Bool) throws {
        let head = RequestHead()
        try head.take(name: "content-type", value: contentType)
        #expect(head.isCall == isCall)
    }

    @Test func `takes the pseudo headers of HTTP/2`() throws {
        let head = RequestHead()
        try head.take(name: ":method", value: "POST")
        try head.take(name: ":path", value: "/a?b")
        try head.take(name: ":authority", value: "c")
        #expect(head.method == "POST" && head.path == "/a" && head.query == "b" && head.host == "c")
    }

    @Test(arguments: [(" \ta b\t ", "a b"), ("", ""), (" \t ", ""), ("\u{a0}a", "\u{a0}a")])
    func `loses the blanks around its values`(text: String, trimmed: String) {
        #expect(text.trimmed == trimmed)
    }
}
