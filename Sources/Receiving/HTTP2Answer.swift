import Lanes
import Wire

/// An answer in the words of HTTP/2, and of gRPC where the request was a call.
package struct HTTP2Answer {
    let headers: HeaderBlock
    let body: [UInt8]
    /// Sent behind the body; gRPC tells its status here.
    let trailers: HeaderBlock?
    /// Sent behind the body when the collector leaves; until then the answer is not over.
    let farewell: [UInt8]?

    /// What the body costs the memory budget, until it is sent.
    private(set) var charge: Charge?

    package init(_ answer: Answer, to head: RequestHead, date: String) {
        if head.isCall {
            self.init(grpc: answer)
        } else {
            self.init(http: answer, headOnly: head.method == "HEAD", date: date)
        }
        charge = answer.charge
    }

    private init(http answer: Answer, headOnly: Bool, date: String) {
        var fields = [(name: ":status", value: String(answer.status)), (name: "date", value: date)]
        if !answer.contentType.isEmpty { fields.append(("content-type", answer.contentType)) }
        if answer.status != 204 { fields.append(("content-length", String(answer.body.count))) }
        for header in answer.headers {
            fields.append((header.name.lowercased(), header.value))
        }
        headers = HeaderBlock(fields)
        body = headOnly ? [] : answer.body
        trailers = nil
        farewell = nil
    }

    /// The answer to a call that succeeded is the same for all but its message.
    private static let grpcHeaders = HeaderBlock([
        (":status", "200"), ("content-type", "application/grpc"),
        ("grpc-accept-encoding", "gzip,zstd"),
    ])
    private static let grpcOK = HeaderBlock([("grpc-status", "0")])

    private init(grpc answer: Answer) {
        guard let refusal = answer.refusal else {
            headers = Self.grpcHeaders
            body = GRPCFrame.wrap(answer.body)
            trailers = Self.grpcOK
            farewell = answer.farewell.map(GRPCFrame.wrap)
            return
        }
        // No message: the status takes the place of the headers ("trailers only").
        let details = encodeRPCStatus(
            code: Int32(refusal.kind.grpcCode), message: refusal.message,
            retryDelaySeconds: refusal.retryAfterMilliseconds.map { Double($0) / 1_000 })
        headers = HeaderBlock([
            (":status", "200"), ("content-type", "application/grpc"),
            ("grpc-accept-encoding", "gzip,zstd"),
            ("grpc-status", String(refusal.kind.grpcCode)),
            ("grpc-message", GRPCFrame.percentEncoded(refusal.message)),
            ("grpc-status-details-bin", Base64.text(details)),
        ])
        body = []
        trailers = nil
        farewell = nil
    }
}
