import Fuzzing
import Lanes
import Receiving

/// A gRPC call whose body is the input, cut into DATA frames: it is refused, or its message is what
/// stands behind the five bytes of its prefix. The first byte says how the body is cut, its last
/// bit whether other frames made of the input follow.
@main enum FuzzGRPC {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ input: [UInt8]) {
        guard let control = input.first else { return }
        let body = Array(input.dropFirst())
        var limits = ReceivingLimits()
        limits.requestBodyBytes = 1_024
        let memory = BodyMemory(
            pool: BufferPool(keepBytesMax: 1 << 16), budget: MemoryBudget(limitBytes: 1 << 20))
        guard let session = HTTP2Session(limits: limits, memory: memory, nowMilliseconds: 0) else {
            preconditionFailure("no session")
        }
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(type: 4, flags: 0, 0, [])
        bytes += frame(type: 1, flags: 4, 1, head)
        let step = Int(control >> 1) + 1
        for start in stride(from: 0, to: body.count, by: step) {
            bytes += frame(type: 0, flags: 0, 1, Array(body[start..<min(body.count, start + step)]))
        }
        bytes += frame(type: 0, flags: 1, 1, [])
        if control & 1 == 1 { bytes += body }
        _ = session.take(bytes, 0..<bytes.count, nowMilliseconds: 1)
        while let stream = session.nextReady() {
            if stream.id == 1 && stream.refusal == nil { compare(stream, body) }
            let answer = Answer(contentType: "", body: Array(body.prefix(64)))
            session.answer(stream, HTTP2Answer(answer, to: stream.head, date: ""))
        }
        var out: [UInt8] = []
        session.drain(into: &out, most: 1 << 20)
    }

    private static func compare(_ stream: HTTP2Stream, _ body: [UInt8]) {
        let length = body.prefix(5).dropFirst().reduce(0) { $0 << 8 | Int($1) }
        precondition(body.count == 5 + length, "accepted with another length")
        let content = stream.body.take()
        precondition(Array(content.bytes[..<content.count]) == Array(body.dropFirst(5)))
    }

    private static func frame(
        type: UInt8, flags: UInt8, _ stream: UInt8, _ payload: [UInt8]
    ) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags, 0, 0, 0, stream]
            + payload
    }

    /// The head of a call, in literals that nothing remembers (RFC 7541, 6.2.2).
    private static let head: [UInt8] = {
        let fields: [(name: String, value: String)] = [
            (":method", "POST"), (":scheme", "http"), (":path", "/a"), (":authority", "a"),
            ("content-type", "application/grpc"),
        ]
        return fields.flatMap { field in [0] + text(field.name) + text(field.value) }
    }()

    private static func text(_ text: String) -> [UInt8] {
        [UInt8(text.utf8.count)] + Array(text.utf8)
    }
}
