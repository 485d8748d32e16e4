/// What a request says before its body, of HTTP/1.1 and HTTP/2 alike: the headers that somebody
/// here reads, by name. Others are not kept. An object, since it is handed on many times and holds
/// many texts; nothing changes it once the head is read.
package final class RequestHead {
    package var method = ""
    package var path = ""
    package var query = ""
    package var host = ""
    package private(set) var contentType = ""
    /// The content type without its parameters, in lower case.
    package private(set) var mediaType = ""
    package var contentEncoding = ""
    package var contentLength: Int?
    package var authorization = ""
    package var origin: String?
    package var accept = ""
    package var grpcEncoding = ""
    package var grpcTimeout = ""
    /// Preflight of a browser: the method and the headers that it will send.
    package var corsMethod: String?
    package var corsHeaders = ""
    var transferEncoding: String?
    var connection = ""
    var expect: String?
    var isHTTP10 = false

    package init() {}

    /// Names in lower case. A header that must not repeat and does is an attempt to have two
    /// readers see two requests.
    func take(name: String, value: String) throws(Refusal) {
        switch name {
        case ":method": method = value
        case ":path": setTarget(value)
        case ":authority": host = value
        case "host": host = value
        case "content-type":
            contentType = value
            mediaType = Self.mediaType(value)
            isCall = mediaType == "application/grpc" || mediaType == "application/grpc+proto"
        case "content-encoding": contentEncoding = value
        case "content-length":
            guard contentLength == nil else {
                throw Refusal(.malformed, "content-length stands twice")
            }
            contentLength = try Self.length(value)
        case "authorization": authorization = value
        case "origin": origin = value
        case "accept": accept = value
        case "grpc-encoding": grpcEncoding = value
        case "grpc-timeout": grpcTimeout = value
        case "access-control-request-method": corsMethod = value
        case "access-control-request-headers": corsHeaders = value
        case "transfer-encoding":
            guard transferEncoding == nil else {
                throw Refusal(.malformed, "transfer-encoding stands twice")
            }
            transferEncoding = value
        case "connection": connection += connection.isEmpty ? value : "," + value
        case "expect": expect = value
        default: break
        }
    }

    func setTarget(_ target: String) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = target
            return
        }
        path = String(target[..<mark])
        query = String(target[target.utf8.index(after: mark)...])
    }

    /// Digits only: no sign, no blanks, no list.
    private static func length(_ value: String) throws(Refusal) -> Int {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Refusal(.malformed, "content-length is not a number")
        }
        // More digits than a number holds are more bytes than any limit.
        return Int(value) ?? Int.max
    }

    private static func mediaType(_ contentType: String) -> String {
        let end = contentType.utf8.firstIndex(of: UInt8(ascii: ";")) ?? contentType.endIndex
        return contentType[..<end].trimmed.lowercased()
    }

    /// Whether the request is a call of gRPC.
    package private(set) var isCall = false

    var wantsClose: Bool {
        let options = connection.split(separator: ",").map { $0.trimmed.lowercased() }
        return options.contains("close") || isHTTP10 && !options.contains("keep-alive")
    }
}

extension StringProtocol where UTF8View: BidirectionalCollection {
    /// Without the blanks and tabs around it.
    package var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
