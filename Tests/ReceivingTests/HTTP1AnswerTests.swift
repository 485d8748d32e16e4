import Testing

@testable import Receiving

@Suite struct `An answer of HTTP/1.1` {
    private func text(
        _ answer: Answer, closing: Bool = false, headOnly: Bool = false
    ) -> String {
        var out: [UInt8] = []
        HTTP1Answer.append(answer, to: &out, closing: closing, headOnly: headOnly, date: "now")
        return String(decoding: out, as: UTF8.self)
    }

    @Test func `has date, type, length and body`() {
        var answer = Answer(contentType: "text/plain", body: Array("ahoy".utf8))
        answer.headers = [("Retry-After", "3")]
        #expect(
            text(answer) == "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 4\r\nRetry-After: 3\r\n\r\nahoy")
        #expect(text(answer, headOnly: true).hasSuffix("Retry-After: 3\r\n\r\n"))
        #expect(text(answer, closing: true).contains("\r\nConnection: close\r\n"))
    }

    @Test func `has neither type nor length where there is no content`() {
        var answer = Answer(contentType: "", body: [])
        answer.status = 204
        #expect(text(answer) == "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n")
    }

    @Test(arguments: Refusal.Kind.allCases)
    func `has a reason for every status that we use`(kind: Refusal.Kind) {
        var answer = Answer(contentType: "", body: [])
        answer.status = kind.httpStatus
        #expect(!text(answer).hasPrefix("HTTP/1.1 \(kind.httpStatus) Status\r\n"))
    }
}
