package import Lanes

/// One request of an HTTP/2 connection, from its first header to the last byte of its answer.
package final class HTTP2Stream {
    package let id: Int32
    let openedMilliseconds: Int
    package let head = RequestHead()
    var headerBytes = 0
    var isHeadComplete = false
    /// What the body may have, decided by the head.
    var bodyBytesMax = 0
    /// When the caller gives up, by its `grpc-timeout`.
    var callerGivesUpMilliseconds: Int?
    /// Whether the client has sent all that it will.
    var isComplete = false
    package var body = BodyBuffer()
    var frame = GRPCFrame()
    /// The first thing that is wrong; what comes after it is not looked at.
    package internal(set) var refusal: Refusal?
    /// Whether the request is taken and its answer comes later.
    var isWaiting = false
    private(set) var answeredMilliseconds: Int?
    private(set) var out: [UInt8] = []
    private(set) var outTaken = 0
    private(set) var trailers: HeaderBlock?
    /// What ends an answer that goes on until the collector leaves.
    private(set) var farewell: [UInt8]?

    private var charge: Charge?

    init(id: Int32, openedMilliseconds: Int) {
        self.id = id
        self.openedMilliseconds = openedMilliseconds
    }

    var isAnswered: Bool { answeredMilliseconds != nil }

    func setAnswer(_ answer: HTTP2Answer, nowMilliseconds: Int) {
        answeredMilliseconds = nowMilliseconds
        out = answer.body
        trailers = answer.trailers
        farewell = answer.farewell
        charge = answer.charge
    }

    /// Whether a client that took its answer in time would be rid of this stream.
    func isStuck(nowMilliseconds: Int, _ limits: ReceivingLimits) -> Bool {
        guard let answeredMilliseconds, farewell == nil || !isOutTaken else { return false }
        return nowMilliseconds - answeredMilliseconds >= limits.answerMilliseconds
    }

    /// Ends an answer that goes on; false when there is none.
    func sayFarewell(nowMilliseconds: Int) -> Bool {
        guard let last = farewell.take() else { return false }
        answeredMilliseconds = nowMilliseconds
        out += last
        return true
    }

    /// The next part of the answer.
    func takeOut(most: Int) -> Range<Int> {
        let range = outTaken..<min(out.count, outTaken + most)
        outTaken = range.upperBound
        return range
    }

    var isOutTaken: Bool { outTaken == out.count }

    /// A call whose caller has given up is not worth the work: its caller will send it again.
    func lateness(nowMilliseconds: Int) -> Refusal? {
        guard let end = callerGivesUpMilliseconds, nowMilliseconds > end else { return nil }
        return Refusal(.deadlineExceeded, "the call came in later than its grpc-timeout")
    }

    /// Makes room for bytes of the body and says what is wrong with them, if anything.
    func reserve(_ more: Int, _ limits: ReceivingLimits, _ memory: BodyMemory) -> Refusal? {
        let total = body.count + more
        if head.isCall && total > frame.length {
            return Refusal(.malformed, "more than one message in a call that takes one")
        }
        guard total <= bodyBytesMax else { return .tooLarge(bodyBytesMax) }
        let expected =
            head.isCall ? frame.length : min(head.contentLength ?? total, limits.requestBodyBytes)
        return body.reserve(more, expected: expected, memory) ? nil : .outOfMemory
    }

    /// What is wrong with a request whose bytes have all come.
    func faultAtEnd() -> Refusal? {
        if head.isCall {
            guard frame.isComplete else {
                return Refusal(.malformed, "the call ended before its message began")
            }
            guard body.count == frame.length else {
                return Refusal(
                    .malformed,
                    "the call ended after \(body.count) of the message's \(frame.length) bytes")
            }
        } else if let length = head.contentLength, length != body.count {
            return Refusal(
                .malformed, "content-length is \(length) but the body has \(body.count) bytes")
        }
        return nil
    }
}

/// Headers laid out for the HTTP/2 library: names and values in one array, by offsets.
struct HeaderBlock {
    private(set) var bytes: [UInt8] = []
    private(set) var fields: [(name: Range<Int>, value: Range<Int>)] = []

    init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(field.name, field.value) }
    }

    private mutating func append(_ name: String, _ value: String) {
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        let middle = bytes.count
        bytes.append(contentsOf: value.utf8)
        fields.append((start..<middle, middle..<bytes.count))
    }
}
