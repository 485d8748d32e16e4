import Charts
import Spans

/// How a span ended, told by its HTTP or gRPC code, else by its status.
enum Outcome {
    /// An HTTP class overrides a bare status; a status without a class is a fault.
    static func ofSpan(http: Int64?, rpc: RPCCode?, status: SpanStatus) -> CallClass {
        if let http, let outcome = ofHTTP(http) { return outcome }
        if let rpc, rpc != .ok { return ofRPC(rpc) }
        return status == .error ? .fault : .ok
    }

    private static func ofHTTP(_ code: Int64) -> CallClass? {
        switch code {
        case 429: .throttle
        case 499: .cancelled
        case 400..<500: .clientError
        case 500..<600: .fault
        default: nil
        }
    }

    private static func ofRPC(_ code: RPCCode) -> CallClass {
        switch code {
        case .ok: .ok
        case .cancelled: .cancelled
        case .resourceExhausted: .throttle
        case .unknown, .deadlineExceeded, .unimplemented, .internal, .unavailable, .dataLoss: .fault
        default: .clientError
        }
    }
}

/// The status codes of gRPC, which other RPC systems use as well.
enum RPCCode: Int64 {
    case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists
    case permissionDenied, resourceExhausted, failedPrecondition, aborted, outOfRange
    case unimplemented, `internal`, unavailable, dataLoss, unauthenticated

    /// As `rpc.response.status_code` has it: in capitals, or as the number.
    init?(text: String) {
        let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
            "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
            "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
            "UNAUTHENTICATED",
        ]
        guard let code = names.firstIndex(of: text).map(Int64.init) ?? Int64(text) else {
            return nil
        }
        self.init(rawValue: code)
    }
}
