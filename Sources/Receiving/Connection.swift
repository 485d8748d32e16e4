import Lanes

/// One connection of a client: its bytes in and out, and which protocol it speaks.
///
/// Starts undecided; the first bytes, or TLS, tell HTTP/1.1 from HTTP/2. Owned by one `Reception`.
final class Connection {
    let door: Door
    let transport: Transport
    private let permit: ConnectionPermit
    let openedMilliseconds: Int

    /// Its place in the reception.
    var token = 0
    /// Its number among all connections of the reception.
    let serial: Int
    var http1: HTTP1Machine?
    var http2: HTTP2Session?
    /// Bytes that came and could not be read yet: part of a head, or requests behind one that is
    /// being answered.
    var unread: [UInt8] = []
    /// Answers that the socket has not taken yet.
    var out: [UInt8] = []
    var outSent = 0
    /// Whether the time for a head runs; else the client is idle and has the time for that.
    var isReadingHead = true
    /// The first time that the bytes at the head of `out` were refused.
    var stuckSinceMilliseconds: Int?
    /// When what we wait for must be there.
    var deadlineMilliseconds: Int
    /// What the answers in `out` cost the memory budget.
    var outCharge: Charge?
    var closesWhenSent = false
    var hasPeerEnded = false
    /// Whether the answer to the last request of HTTP/1.1 comes later: until then no other is read.
    var isWaiting = false
    /// Whether answers were added that `Reception.sendAnswers` has to send.
    var hasAnswers = false
    /// Everything is said, the writing side is shut: reads until the client closes, so that the
    /// last answer is not lost in a reset.
    var isLingering = false
    var leaving: Leaving?
    var watches = (readable: true, writable: false)

    /// How far an HTTP/2 connection is in being asked to go.
    enum Leaving {
        /// The client is told that we go. Can move to: told.
        case announced
        /// The client knows which requests count. Stays until they are answered.
        case told
    }

    init(
        _ socket: AcceptedSocket, serial: Int, at door: Door, tls: TLSSession?,
        permit: ConnectionPermit,
        nowMilliseconds: Int,
        limits: ReceivingLimits
    ) {
        self.door = door
        self.serial = serial
        socket.descriptor.setNoDelay()
        transport = Transport(socket: socket, tls: tls)
        self.permit = permit
        openedMilliseconds = nowMilliseconds
        deadlineMilliseconds = nowMilliseconds + limits.headerMilliseconds
    }

    var outLeft: Int { out.count - outSent }

    /// Whether more may be read: not while answers wait, unless nothing that came before is unread.
    var wantsBytes: Bool {
        !hasPeerEnded && !isWaiting
            && (outLeft == 0 || unread.isEmpty && outLeft < Self.outBytesMax)
    }

    /// Sends what waits; false when the connection is broken.
    func send(nowMilliseconds: Int) -> Bool {
        while outLeft > 0 {
            switch transport.write(out, outSent..<out.count) {
            case .bytes(let count):
                outSent += count
                stuckSinceMilliseconds = nil
                if outSent > Self.outBytesMax {
                    out.removeFirst(outSent)
                    outSent = 0
                }
            case .again:
                if stuckSinceMilliseconds == nil { stuckSinceMilliseconds = nowMilliseconds }
                return true
            case .ended: return false
            }
        }
        out.removeAll(keepingCapacity: out.capacity <= Self.outKeptBytesMax)
        outSent = 0
        return true
    }

    /// Reads a part of an HTTP/1.1 body to where it stays.
    func readBody(most: Int) -> TransportOutcome {
        guard var machine = http1.take() else { return .ended }
        defer { http1 = machine }
        var outcome = TransportOutcome.again
        _ = machine.body.fill(most: most) { bytes, offset, room in
            outcome = transport.read(into: &bytes, at: offset, most: room)
            if case .bytes(let count) = outcome { return count }
            return 0
        }
        return outcome
    }

    /// An idle connection holds no more than this for its next answer.
    private static let outKeptBytesMax = 4 << 10
    /// Answers that may wait unsent before no further request is read.
    static let outBytesMax = 1 << 20

    /// The first bytes of HTTP/2.
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Looks at the first bytes: nil when there are too few to tell.
    static func speaksHTTP2(_ bytes: [UInt8], _ range: Range<Int>) -> Bool? {
        let count = min(range.count, preface.count)
        let head = bytes[range.lowerBound..<range.lowerBound + count]
        guard head.elementsEqual(preface[..<count]) else { return false }
        return count == preface.count ? true : nil
    }
}
