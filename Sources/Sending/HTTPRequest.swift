/// What is asked of another system, and how long and how much it may answer.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    /// `http` or `https`; nothing else is spoken.
    package var url: String
    package var headers: [(name: String, value: String)] = []
    /// Sent with POST only.
    package var body: [UInt8] = []
    /// HTTP/2 from the first byte, or by ALPN where there is TLS; what gRPC needs.
    package var speaksHTTP2 = false
    /// A PEM file with the certificates to trust instead of the system's.
    package var authorityFile: String?
    /// A numeric address to connect to, whatever the name in the URL resolves to; the certificate
    /// is still held against that name.
    package var address: String?
    package var connectMilliseconds = 2_000
    package var totalMilliseconds = 10_000
    package var answerBytesMax = 4 << 20

    package init(_ method: Method = .get, _ url: String) {
        self.method = method
        self.url = url
    }

    /// The URL without a password and without a query, which may hold a key: for errors.
    var place: String {
        let withoutQuery = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = withoutQuery.firstRange(of: "://") else { return String(withoutQuery) }
        let rest = withoutQuery[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
        return "\(withoutQuery[..<scheme.upperBound])\(host ?? authority)"
            + rest[authority.endIndex...]
    }
}

/// What another system answered, whatever the status.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Names in lower case; trailers are among them.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package func header(_ name: String) -> String? {
        headers.last { $0.name == name }?.value
    }
}

/// A request that got no whole answer: what was asked, where, and why there is none.
package struct SendingError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The request itself cannot be sent.
        case request
        /// Nobody takes connections there.
        case refused
        case timedOut
        /// The other side's certificate is not one to trust.
        case untrusted
        case tooLarge
        /// Somebody is there, but does not speak what we speak.
        case broken
    }

    package let kind: Kind
    package let place: String
    package let reason: String

    package var description: String { "\(place): \(reason)" }
}
