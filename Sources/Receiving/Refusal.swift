/// Why a request is not taken: one list for every protocol, so that each says the same thing in
/// its own words.
package struct Refusal: Error, Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        case malformed
        case unauthenticated
        case forbidden
        case notFound
        case methodNotAllowed
        case timedOut
        case tooLarge
        case unsupportedMediaType
        case expectationFailed
        case headersTooLarge
        case overloaded
        case unavailable
        case deadlineExceeded
        case unimplemented
        case unknownService
    }

    package let kind: Kind
    package let message: String
    /// When to come again, where coming again makes sense.
    package var retryAfterMilliseconds: Int?

    package init(_ kind: Kind, _ message: String, retryAfterMilliseconds: Int? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

extension Refusal.Kind {
    /// Status of HTTP, code of gRPC, and the label in metrics. The pairs are those of the OTLP
    /// specification where it has them.
    private var row: (http: Int, grpc: Int, name: String) {
        switch self {
        case .malformed: (400, 3, "malformed")
        case .unauthenticated: (401, 16, "unauthenticated")
        case .forbidden: (403, 7, "forbidden")
        case .notFound: (404, 12, "not_found")
        case .methodNotAllowed: (405, 12, "method_not_allowed")
        case .timedOut: (408, 4, "timed_out")
        case .tooLarge: (413, 8, "too_large")
        case .unsupportedMediaType: (415, 3, "unsupported_media_type")
        case .expectationFailed: (417, 3, "expectation_failed")
        case .headersTooLarge: (431, 8, "headers_too_large")
        case .overloaded: (429, 8, "overloaded")
        case .unavailable: (503, 14, "unavailable")
        case .deadlineExceeded: (503, 4, "deadline_exceeded")
        case .unimplemented: (501, 12, "unimplemented")
        case .unknownService: (404, 5, "unknown_service")
        }
    }

    package var httpStatus: Int { row.http }
    package var grpcCode: Int { row.grpc }
    package var name: String { row.name }
}
