import Wire

/// An answer of the web listener, before it is put into HTTP.
package struct WebAnswer: Sendable {
    package var status = 200
    package var contentType: String
    package var body: [UInt8]
    package var headers: [(name: String, value: String)] = []

    package init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }

    package static func text(_ text: String) -> WebAnswer {
        WebAnswer(contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    package static func json(_ body: [UInt8]) -> WebAnswer {
        WebAnswer(contentType: "application/json", body: body)
    }

    /// An error that says what, and what to do (RFC 9457).
    package static func problem(status: Int, title: String, detail: String) -> WebAnswer {
        var json = JSONWriter()
        json.beginObject()
        json.key("type")
        json.string("about:blank")
        json.key("title")
        json.string(title)
        json.key("status")
        json.integer(status)
        json.key("detail")
        json.string(detail)
        json.endObject()
        var answer = WebAnswer(contentType: "application/problem+json", body: json.bytes)
        answer.status = status
        return answer
    }
}
