package import Lanes
import Wire

/// Reads requests from the bytes of one HTTP/1.1 connection, one after the other. Pure state: it
/// is handed bytes and tells what they mean; it knows nothing of sockets and time.
package struct HTTP1Machine {
    package enum State: Equatable {
        /// Waiting for a head. Can move to: body, chunkSize, done.
        case head
        /// So many bytes of the body are to come. Can move to: done.
        case body(left: Int)
        /// Waiting for the line with the size of a chunk. Can move to: chunk, trailers.
        case chunkSize
        /// Inside a chunk. Can move to: chunkEnd.
        case chunk(left: Int)
        /// Waiting for the line end behind a chunk. Can move to: chunkSize.
        case chunkEnd
        /// Waiting for the empty line behind the last chunk. Can move to: done.
        case trailers(bytes: Int)
        /// A whole request is there. Can move to: head, by `nextRequest`.
        case done
        /// A request was refused: what follows cannot be told from its rest. Stays.
        case refused
    }

    package private(set) var state = State.head
    package private(set) var head = RequestHead()
    var body = BodyBuffer()
    private let limits: ReceivingLimits

    private var bodyBytesMax: Int

    package init(limits: ReceivingLimits) {
        self.limits = limits
        bodyBytesMax = limits.requestBodyBytes
    }

    /// For a request that may have less than others.
    mutating func lowerBodyLimit(to bytes: Int) throws(Refusal) {
        bodyBytesMax = min(limits.requestBodyBytes, bytes)
        if case .body(let left) = state, left > bodyBytesMax { throw .tooLarge(bodyBytesMax) }
    }

    /// Whether nothing of a request has been read.
    var isIdle: Bool { state == .head }

    /// The body of the request that is done.
    package mutating func takeBody() -> BodyBuffer {
        defer { body = BodyBuffer() }
        return body
    }

    /// Reads nothing more.
    mutating func refuse(_ memory: BodyMemory) {
        state = .refused
        body.clear(memory)
    }

    /// Ends the request that is done.
    package mutating func nextRequest() { state = .head }

    /// Takes bytes until the state changes, or an empty line; returns how many, zero when more are
    /// needed. What was
    /// not taken must come again with what follows it.
    package mutating func take(
        _ bytes: [UInt8], _ range: Range<Int>, _ memory: BodyMemory
    ) throws(Refusal) -> Int {
        switch state {
        case .head: try takeHead(bytes, range)
        case .body(let left):
            try takeContent(bytes, range, left, memory) { $0 == 0 ? .done : .body(left: $0) }
        case .chunkSize: try takeChunkSize(bytes, range)
        case .chunk(let left):
            try takeContent(bytes, range, left, memory) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
        case .chunkEnd: try takeChunkEnd(bytes, range)
        case .trailers(let taken): try takeTrailer(bytes, range, taken)
        case .done, .refused: 0
        }
    }

    /// Bytes that may be read straight into the body: the sender has said how many there are.
    mutating func directRoom(_ memory: BodyMemory) throws(Refusal) -> Int {
        guard case .body(let left) = state else { return 0 }
        if body.room == 0 { try reserve(1, expected: body.count + left, memory) }
        return min(left, body.room)
    }

    /// Tells that bytes were read straight into the body.
    mutating func tookDirectly(_ count: Int) {
        guard case .body(let left) = state else { return }
        state = left == count ? .done : .body(left: left - count)
    }

    private mutating func reserve(
        _ more: Int, expected: Int, _ memory: BodyMemory
    ) throws(Refusal) {
        guard body.reserve(more, expected: expected, memory) else { throw .outOfMemory }
    }

    private mutating func takeHead(_ bytes: [UInt8], _ range: Range<Int>) throws(Refusal) -> Int {
        let start = range.lowerBound
        // Some clients send an empty line behind a body.
        if range.count >= 2, bytes[start] == 0x0d, bytes[start + 1] == 0x0a { return 2 }
        let limit = min(range.upperBound, start + limits.headerBytes)
        guard let end = HTTP1Head.end(in: bytes, start..<limit) else {
            guard range.upperBound - start < limits.headerBytes else {
                throw Refusal(
                    .headersTooLarge,
                    "the head is longer than limits.header_bytes (\(limits.headerBytes))")
            }
            return 0
        }
        head = try HTTP1Head.parse(bytes, start..<end)
        bodyBytesMax = limits.requestBodyBytes
        state = try firstBodyState()
        return end - range.lowerBound
    }

    private func firstBodyState() throws(Refusal) -> State {
        if let coding = head.transferEncoding {
            guard coding.lowercased() == "chunked", !head.isHTTP10 else {
                throw Refusal(.malformed, "a transfer-encoding other than chunked")
            }
            guard head.contentLength == nil else {
                throw Refusal(.malformed, "both content-length and transfer-encoding")
            }
            return .chunkSize
        }
        let length = head.contentLength ?? 0
        guard length <= limits.requestBodyBytes else { throw .tooLarge(limits.requestBodyBytes) }
        return length == 0 ? .done : .body(left: length)
    }

    /// Takes what has come of a stretch of known length, and tells the state by what is left of it.
    private mutating func takeContent(
        _ bytes: [UInt8], _ range: Range<Int>, _ left: Int, _ memory: BodyMemory,
        _ next: (Int) -> State
    ) throws(Refusal) -> Int {
        let count = min(left, range.count)
        try reserve(count, expected: body.count + left, memory)
        body.append(bytes, range.lowerBound..<range.lowerBound + count)
        state = next(left - count)
        return count
    }

    /// A line up to CR LF; nil when it has not come whole.
    private func line(_ bytes: [UInt8], _ range: Range<Int>) throws(Refusal) -> Range<Int>? {
        let limit = min(range.upperBound, range.lowerBound + limits.headerBytes)
        guard let end = bytes[range.lowerBound..<limit].firstIndex(of: 0x0a) else {
            guard range.count < limits.headerBytes else {
                throw Refusal(.malformed, "a line of a chunk is too long")
            }
            return nil
        }
        guard end > range.lowerBound, bytes[end - 1] == 0x0d else {
            throw Refusal(.malformed, "a line of a chunk does not end with CR LF")
        }
        return range.lowerBound..<end - 1
    }

    private mutating func takeChunkSize(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(Refusal) -> Int {
        guard let line = try line(bytes, range) else { return 0 }
        // What follows a semicolon are extensions that nobody uses.
        let digits = bytes[line].prefix { $0 != UInt8(ascii: ";") }
        // Digits alone: the standard library's reader would take a sign.
        guard let size = Hex.number(digits) else {
            throw Refusal(.malformed, "the size of a chunk is not a hexadecimal number")
        }
        guard size <= UInt64(max(0, bodyBytesMax - body.count)) else {
            throw .tooLarge(bodyBytesMax)
        }
        state = size == 0 ? .trailers(bytes: 0) : .chunk(left: Int(size))
        return line.count + 2
    }

    private mutating func takeChunkEnd(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(Refusal) -> Int {
        guard range.count >= 2 else { return 0 }
        guard bytes[range.lowerBound] == 0x0d, bytes[range.lowerBound + 1] == 0x0a else {
            throw Refusal(.malformed, "a chunk is longer than its size")
        }
        state = .chunkSize
        return 2
    }

    /// Trailers are read and dropped: nothing that they could say is wanted.
    private mutating func takeTrailer(
        _ bytes: [UInt8], _ range: Range<Int>, _ taken: Int
    ) throws(Refusal) -> Int {
        guard let line = try line(bytes, range) else { return 0 }
        let total = taken + line.count + 2
        guard total <= limits.headerBytes else {
            throw Refusal(.headersTooLarge, "the trailers are longer than limits.header_bytes")
        }
        state = line.isEmpty ? .done : .trailers(bytes: total)
        return line.count + 2
    }
}

extension Refusal {
    static func tooLarge(_ bytes: Int) -> Refusal {
        Refusal(.tooLarge, "the request body is longer than \(bytes) bytes (limits.request_body)")
    }

    /// The memory budget is used up by other requests, which come and go within milliseconds.
    package static let outOfMemory = Refusal(
        .overloaded, "no memory for the request now; come again", retryAfterMilliseconds: 1_000)
}
