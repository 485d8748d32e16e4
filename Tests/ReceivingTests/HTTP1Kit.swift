import Lanes

@testable import Receiving

/// A request as a test wants to see it.
struct ReadRequest: Equatable {
    var line: String
    var body: String
}

/// What a machine made of some bytes: the requests before the first refusal, and that one.
struct Reading: Equatable {
    var requests: [ReadRequest] = []
    var refusal: Refusal.Kind?
    var message = ""
    /// Whether all bytes were taken and no request is half read.
    var isAtRest = false
}

func roomyMemory(_ bytes: Int = 64 << 20) -> BodyMemory {
    BodyMemory(pool: BufferPool(), budget: MemoryBudget(limitBytes: bytes))
}

/// Hands a machine the bytes in pieces, as a connection would: what it does not take comes again
/// with what follows.
func read(
    _ pieces: [[UInt8]], limits: ReceivingLimits = ReceivingLimits(),
    memory: BodyMemory = roomyMemory()
) -> Reading {
    var machine = HTTP1Machine(limits: limits)
    var reading = Reading()
    var unread: [UInt8] = []
    do throws(Refusal) {
        for piece in pieces {
            unread += piece
            unread.removeFirst(try take(unread, into: &machine, &reading, memory))
        }
    } catch {
        reading.refusal = error.kind
        reading.message = error.message
    }
    reading.isAtRest = machine.isIdle && unread.isEmpty
    return reading
}

/// Feeds until the machine takes no more; returns how many bytes it took.
private func take(
    _ bytes: [UInt8], into machine: inout HTTP1Machine, _ reading: inout Reading,
    _ memory: BodyMemory
) throws(Refusal) -> Int {
    var offset = 0
    while true {
        let state = machine.state
        let taken = try machine.take(bytes, offset..<bytes.count, memory)
        offset += taken
        if machine.state == .done {
            var body = machine.takeBody()
            let (content, count, _) = body.take()
            let head = machine.head
            let query = head.query.isEmpty ? "" : "?\(head.query)"
            reading.requests.append(
                ReadRequest(
                    line: "\(head.method) \(head.path)\(query)",
                    body: String(decoding: content[..<count], as: UTF8.self)))
            machine.nextRequest()
        } else if taken == 0 && machine.state == state || offset == bytes.count {
            return offset
        }
    }
}

func read(_ text: String, limits: ReceivingLimits = ReceivingLimits()) -> Reading {
    read([Array(text.utf8)], limits: limits)
}
