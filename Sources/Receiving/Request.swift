package import Lanes

/// Which listener a request came through.
package enum Door: Int, CaseIterable, Sendable {
    case otlpGRPC
    case otlpHTTP
    case web

    /// The name in settings, logs and metrics.
    package var name: String {
        switch self {
        case .otlpGRPC: "otlp_grpc"
        case .otlpHTTP: "otlp_http"
        case .web: "web"
        }
    }
}

/// A whole request. Its body is a pooled array of which the first `bodyCount` bytes mean
/// something; a handler may keep it (and `charge` with it, as long as it does), and what it leaves
/// goes back to the pool.
package struct Request {
    package let door: Door
    package let head: RequestHead
    package var body: [UInt8]
    package private(set) var bodyCount: Int
    package var charge: Charge?
    /// Name of the compression of the body, empty for none.
    package let encoding: String
    /// For an answer that comes later.
    package let ticket: Ticket

    /// Told by whoever puts another body in the place of the one that came.
    package mutating func setBodyCount(_ count: Int) {
        precondition(count <= body.count)
        bodyCount = count
    }
}

/// Tells which request an answer belongs to that comes later.
package struct Ticket: Sendable {
    /// The connection's place in the reception, and its number among all that were there.
    let token: Int
    let serial: Int
    let stream: Int32
}

/// What is sent back.
package struct Answer {
    package var status = 200
    package var contentType: String
    package var body: [UInt8]
    package var headers: [(name: String, value: String)] = []
    /// What a large body costs the memory budget, until it is sent.
    package var charge: Charge?
    /// Of a call whose answer goes on: the message that is sent when the collector leaves, and that
    /// ends the call.
    package var farewell: [UInt8]?
    /// Set when the request was not taken: gRPC tells it by its own codes, and metrics count it.
    package var refusal: Refusal?

    package init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// Decides about requests; lives on the thread that receives them.
package protocol RequestHandler: AnyObject {
    /// Looks at a request before its body: an answer here spares the body.
    func admit(_ head: RequestHead, at door: Door) -> Refusal?
    /// What the body of an admitted request may have at the most, if less than the limit.
    func bodyBytesMax(_ head: RequestHead, at door: Door) -> Int
    /// Answers a whole request; nil when the answer comes later, under the request's ticket.
    func answer(_ request: inout Request) -> Answer?
    /// Puts a refusal, ours or the protocol's own, into words that the client understands.
    func answer(refusing refusal: Refusal, _ head: RequestHead, at door: Door) -> Answer
}
