import Receiving
import Wire

/// Answers in the words of the OTLP specification, in the content type of the request.
enum OTLPAnswer {
    /// `message` is an ExportTraceServiceResponse; the empty one is that of every signal.
    static func success(_ message: [UInt8], _ head: RequestHead) -> Answer {
        if head.isCall { return Answer(contentType: "application/grpc", body: message) }
        guard head.mediaType == "application/json" else {
            return Answer(contentType: "application/x-protobuf", body: message)
        }
        var json = JSONWriter()
        do throws(WireError) {
            try jsonFromProtobuf(
                message, ByteRange(start: 0, end: message.count),
                message: .exportTraceServiceResponse, depthMax: 8, into: &json)
        } catch {
            preconditionFailure("our own response cannot be read: \(error)")
        }
        return Answer(contentType: "application/json", body: json.bytes)
    }

    /// A google.rpc.Status; in JSON for those that sent neither, since people can read it. gRPC
    /// makes its own of the refusal.
    static func refused(_ refusal: Refusal, _ head: RequestHead) -> Answer {
        let code = Int32(refusal.kind.grpcCode)
        let delay = refusal.retryAfterMilliseconds.map { Double($0) / 1_000 }
        let isProtobuf = head.mediaType == "application/x-protobuf"
        var answer = Answer(
            contentType: isProtobuf ? "application/x-protobuf" : "application/json",
            body: isProtobuf
                ? encodeRPCStatus(
                    code: code, message: refusal.message, retryDelaySeconds: delay)
                : encodeRPCStatusJSON(
                    code: code, message: refusal.message, retryDelaySeconds: delay))
        answer.status = refusal.kind.httpStatus
        answer.refusal = refusal
        answer.headers = headers(refusal)
        return answer
    }

    static func headers(_ refusal: Refusal) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let milliseconds = refusal.retryAfterMilliseconds {
            headers.append(("Retry-After", String(max(1, (milliseconds + 999) / 1_000))))
        }
        switch refusal.kind {
        case .unauthenticated: headers.append(("WWW-Authenticate", "Bearer"))
        case .methodNotAllowed: headers.append(("Allow", "POST"))
        case .unsupportedMediaType: headers.append(("Accept-Encoding", "gzip, zstd, deflate"))
        default: break
        }
        return headers
    }
}
