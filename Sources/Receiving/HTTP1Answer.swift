/// Writes answers of HTTP/1.1.
enum HTTP1Answer {
    static func append(
        _ answer: Answer, to out: inout [UInt8], closing: Bool, headOnly: Bool, date: String
    ) {
        var head = "HTTP/1.1 \(answer.status) \(reason(answer.status))\r\nDate: \(date)\r\n"
        if !answer.contentType.isEmpty { head += "Content-Type: \(answer.contentType)\r\n" }
        if answer.status != 204 { head += "Content-Length: \(answer.body.count)\r\n" }
        for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
        if closing { head += "Connection: close\r\n" }
        out.append(contentsOf: head.utf8)
        out.append(contentsOf: "\r\n".utf8)
        if !headOnly { out.append(contentsOf: answer.body) }
    }

    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
