/// Reads the head of an HTTP/1.1 request, by the letter of RFC 9112: whatever two readers could
/// understand in two ways is refused.
enum HTTP1Head {
    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")

    /// The offset behind the empty line that ends a head; nil when it has not come yet.
    static func end(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            // A line that ends where the one before ended is the empty one; a bare line feed also
            // ends the head here, and is refused when the head is read.
            if bytes[index] == lf {
                let next = index + 1
                if next < range.upperBound, bytes[next] == lf { return next + 1 }
                if next + 1 < range.upperBound, bytes[next] == cr, bytes[next + 1] == lf {
                    return next + 2
                }
            }
            index += 1
        }
        return nil
    }

    /// Reads a whole head, its empty line included.
    static func parse(_ bytes: [UInt8], _ range: Range<Int>) throws(Refusal) -> RequestHead {
        let head = RequestHead()
        var lines = Lines(bytes: bytes, range: range)
        guard let first = try lines.next() else {
            throw Refusal(.malformed, "a request without a request line")
        }
        try parseRequestLine(bytes[first], into: head)
        var hosts = 0
        while let line = try lines.next(), !line.isEmpty {
            if try parseField(bytes[line], into: head) == "host" { hosts += 1 }
        }
        guard hosts <= 1 else { throw Refusal(.malformed, "host stands twice") }
        if head.host.isEmpty && !head.isHTTP10 {
            throw Refusal(.malformed, "a request without a host header")
        }
        return head
    }

    /// Cuts a head at CR LF.
    private struct Lines {
        let bytes: [UInt8]
        var range: Range<Int>

        mutating func next() throws(Refusal) -> Range<Int>? {
            guard !range.isEmpty else { return nil }
            guard let end = bytes[range].firstIndex(of: HTTP1Head.lf), end > range.lowerBound,
                bytes[end - 1] == HTTP1Head.cr
            else { throw Refusal(.malformed, "a line of the head does not end with CR LF") }
            defer { range = end + 1..<range.upperBound }
            let line = range.lowerBound..<end - 1
            if bytes[line].contains(HTTP1Head.cr) {
                throw Refusal(.malformed, "a carriage return inside a line of the head")
            }
            return line
        }
    }

    private static func parseRequestLine(
        _ line: ArraySlice<UInt8>, into head: RequestHead
    ) throws(Refusal) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isToken),
            parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw Refusal(.malformed, "the request line is not METHOD TARGET HTTP/1.1") }
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": break
        case "HTTP/1.0": head.isHTTP10 = true
        default: throw Refusal(.malformed, "the protocol is not HTTP/1.1")
        }
        head.method = String(decoding: parts[0], as: UTF8.self)
        head.setTarget(try path(String(decoding: parts[1], as: UTF8.self)))
    }

    /// The path of a target; the host of an absolute one stands in the host header too.
    private static func path(_ target: String) throws(Refusal) -> String {
        if target.hasPrefix("/") || target == "*" { return target }
        let scheme = target.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", target.dropFirst(scheme.count).hasPrefix("://")
        else { throw Refusal(.malformed, "the target is not a path") }
        let authority = target.dropFirst(scheme.count + 3)
        return authority.firstIndex(of: "/").map { String(authority[$0...]) } ?? "/"
    }

    /// Takes a header and returns its name.
    private static func parseField(
        _ line: ArraySlice<UInt8>, into head: RequestHead
    ) throws(Refusal) -> String {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(isToken)
        else { throw Refusal(.malformed, "a header line without a proper name") }
        let value = line[(colon + 1)...]
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw Refusal(.malformed, "a control character in a header value")
        }
        let lowered = line[..<colon].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        let name = String(decoding: lowered, as: UTF8.self)
        try head.take(name: name, value: String(decoding: value, as: UTF8.self).trimmed)
        return name
    }

    /// tchar of RFC 9110.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
        default: false
        }
    }
}
