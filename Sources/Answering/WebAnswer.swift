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
    package static func problem(_ problem: Problem) -> WebAnswer {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", "about:blank")
        json.field("title", problem.title)
        json.field("status", Int64(problem.status))
        json.field("detail", problem.detail)
        if !problem.candidates.isEmpty {
            json.key("candidates")
            json.beginArray()
            for candidate in problem.candidates { json.string(candidate) }
            json.endArray()
        }
        json.endObject()
        var answer = WebAnswer(contentType: "application/problem+json", body: json.bytes)
        answer.status = problem.status
        return answer
    }
}
