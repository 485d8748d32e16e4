import Lanes
import Testing

@testable import Sending

@Suite struct `An HTTP client` {
    private func answer(
        to text: String, _ change: (inout HTTPRequest) -> Void = { _ in }
    ) throws -> HTTPResponse {
        let server = try CannedServer(answering: text)
        var request = HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")
        change(&request)
        var client = try HTTPClient()
        return try client.send(request)
    }

    @Test func `gives status, headers and body`() throws {
        let got = try answer(to: "HTTP/1.1 201 Created\r\nX-Port:  Venice \r\n\r\nahoy")
        #expect(got.status == 201)
        #expect(got.header("x-port") == "Venice")
        #expect(String(decoding: got.body, as: UTF8.self) == "ahoy")
    }

    @Test func `does not follow a redirect`() throws {
        let got = try answer(to: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")
        #expect(got.status == 302)
    }

    @Test func `keeps the headers of the last answer alone`() throws {
        let got = try answer(
            to: "HTTP/1.1 100 Continue\r\nX-Port: Venice\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        #expect(got.status == 200 && got.header("x-port") == nil)
    }

    @Test func `takes an answer of just its limit and refuses one byte more`() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678"
        #expect(try answer(to: text) { $0.answerBytesMax = 8 }.body.count == 8)
        #expect {
            try answer(to: text) { $0.answerBytesMax = 7 }
        } throws: {
            ($0 as? SendingError)?.kind == .tooLarge
                && "\($0)".hasSuffix("/: the answer is longer than 7 bytes")
        }
    }

    @Test func `refuses a head without an end`() throws {
        let head = String(repeating: "X-Port: Venice\r\n", count: 5_000)
        #expect {
            try answer(to: "HTTP/1.1 200 OK\r\n\(head)\r\n")
        } throws: {
            ($0 as? SendingError)?.kind == .tooLarge
        }
    }

    @Test func `tells a port where nobody is from one that speaks something else`() throws {
        #expect {
            try answer(to: "SSH-2.0-OpenSSH_9.2p1\r\n")
        } throws: {
            ($0 as? SendingError)?.kind == .broken
        }
        let port = try CannedServer.freeListener().port
        #expect {
            var client = try HTTPClient()
            _ = try client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
        } throws: {
            ($0 as? SendingError)?.kind == .refused
        }
    }

    @Test func `gives up when the time is over`() throws {
        let listener = try CannedServer.freeListener()
        var request = HTTPRequest(.get, "http://127.0.0.1:\(listener.port)/")
        request.totalMilliseconds = 50
        var client = try HTTPClient()
        #expect {
            _ = try client.send(request)
        } throws: {
            ($0 as? SendingError)?.kind == .timedOut
        }
    }

    @Test func `connects to the address that it is told, whatever the name`() throws {
        let server = try CannedServer(answering: "HTTP/1.1 204 No Content\r\n\r\n")
        var request = HTTPRequest(.post, "http://venice.invalid:\(server.port)/")
        request.address = "127.0.0.1"
        request.body = [1, 2, 3]
        var client = try HTTPClient()
        #expect(try client.send(request).status == 204)
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "http://", "no url"])
    func `sends nothing to`(url: String) throws {
        var client = try HTTPClient()
        #expect(throws: SendingError.self) { _ = try client.send(HTTPRequest(.get, url)) }
    }

    @Test func `sends no header that a value makes`() throws {
        var request = HTTPRequest(.get, "http://127.0.0.1:1/")
        request.headers = [("X-Port", "Venice\r\nX-Other: 1")]
        var client = try HTTPClient()
        #expect {
            _ = try client.send(request)
        } throws: {
            ($0 as? SendingError)?.kind == .request
        }
    }
}

@Suite struct `The place in an error` {
    @Test(arguments: [
        ("http://a:1/b?key=c", "http://a:1/b"), ("https://user:word@a/b@c", "https://a/b@c"),
        ("http://a", "http://a"), ("a?b", "a"),
    ])
    func `has no secrets`(url: String, place: String) {
        #expect(HTTPRequest(.get, url).place == place)
    }
}
