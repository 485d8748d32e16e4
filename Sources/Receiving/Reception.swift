package import Lanes

/// Receives requests for one thread: owns its connections, reads them when the poller says so,
/// hands whole requests to the handler and sends its answers.
///
/// Bounded by the acceptor (connections), by the limits (each connection) and by the memory budget
/// (all bodies). Invariant: `slots[n]` is nil exactly when `n` is in `free`.
package final class Reception {
    var poller: Poller
    let bell: Bell
    let handler: any RequestHandler
    let memory: BodyMemory
    package let counters: ReceivingCounters
    package var limits: ReceivingLimits
    var slots: [Connection?] = []
    var free: [Int] = []
    /// What a socket gives at once; copied on only where it is not read whole.
    var input = [UInt8](repeating: 0, count: 256 << 10)
    var nowMilliseconds = Clock.monotonicMilliseconds()
    var nextTickMilliseconds = 0
    var date = HTTPDate()
    var isDraining = false

    /// The bell's place among the tokens of the poller.
    private static let bellToken = Int(UInt32.max)
    private var serial = 0
    /// Connections with answers that came later.
    private var answered: [Int] = []
    private static let tickMilliseconds = 250
    private static let lingerMilliseconds = 2_000
    /// Reads of one connection before the others have their turn.
    private static let readsAtOnce = 8

    package init(
        handler: any RequestHandler, limits: ReceivingLimits, memory: BodyMemory, bell: Bell,
        counters: ReceivingCounters
    ) throws(Errno) {
        self.handler = handler
        self.limits = limits
        self.memory = memory
        self.bell = bell
        self.counters = counters
        poller = try Poller()
        try poller.add(bell.descriptor, token: Self.bellToken)
    }

    package var connectionCount: Int { slots.count - free.count }

    /// Waits for clients or the bell, and serves whoever came. Returns at once when `isBusy`, and
    /// else at the latest when a connection has to be looked after.
    package func poll(isBusy: Bool, wakeMilliseconds: Int? = nil) {
        let due = connectionCount == 0 ? nil : nextTickMilliseconds
        let wake = [due, wakeMilliseconds].compactMap(\.self).min()
        let wait = isBusy ? 0 : wake.map { max(0, $0 - Clock.monotonicMilliseconds()) } ?? -1
        let count = poller.wait(milliseconds: wait)
        bell.unpark()
        nowMilliseconds = Clock.monotonicMilliseconds()
        for index in 0..<count {
            let event = poller.event(index)
            if event.token == Self.bellToken {
                bell.silence()
            } else if event.token < slots.count, let connection = slots[event.token] {
                serve(connection, event)
            }
        }
        if nowMilliseconds >= nextTickMilliseconds {
            nextTickMilliseconds = nowMilliseconds + Self.tickMilliseconds
            tick()
        }
    }

    /// Takes over a connection that was accepted.
    package func adopt(
        _ socket: AcceptedSocket, at door: Door, tls: TLSContext?, permit: ConnectionPermit
    ) {
        nowMilliseconds = Clock.monotonicMilliseconds()
        let session = tls.flatMap { TLSSession($0, socket: socket.descriptor.raw) }
        // Never in the clear when TLS was asked for.
        guard tls == nil || session != nil else { return }
        serial += 1
        let connection = Connection(
            socket, serial: serial, at: door, tls: session, permit: permit,
            nowMilliseconds: nowMilliseconds,
            limits: limits)
        let token = free.popLast() ?? slots.count
        guard (try? poller.add(socket.descriptor.raw, token: token)) != nil else {
            if token < slots.count { free.append(token) }
            return
        }
        if token == slots.count { slots.append(connection) } else { slots[token] = connection }
        connection.token = token
        counters.add(to: .connections, at: door)
        counters.add(to: .connectionsOpen, at: door)
        if isDraining { leave(connection) }
    }

    /// Takes no new requests from now on; those under way are answered. The reception is empty
    /// when the last client has gone.
    package func drain() {
        isDraining = true
        for case let connection? in slots { leave(connection) }
        nextTickMilliseconds = nowMilliseconds
    }

    /// Ends all connections, whatever they are doing.
    package func closeAll() { for case let connection? in slots { close(connection) } }

    /// Answers a request later than when it was read; one whose client is gone is no loss. What is
    /// answered goes out with `sendAnswers`.
    package func answer(_ ticket: Ticket, with answer: Answer) {
        guard let connection = slots[ticket.token], connection.serial == ticket.serial else {
            return
        }
        if let session = connection.http2 {
            guard let stream = session.streams[ticket.stream] else { return }
            finish(stream, with: answer, session, connection)
        } else {
            finish(with: answer, connection)
        }
        guard !connection.hasAnswers else { return }
        connection.hasAnswers = true
        answered.append(connection.token)
    }

    /// Sends what was answered since the last time, and goes on with what came meanwhile.
    package func sendAnswers() {
        for token in answered {
            guard let connection = slots[token], connection.hasAnswers else { continue }
            connection.hasAnswers = false
            send(connection)
            if isOpen(connection), !connection.unread.isEmpty { readUnread(connection) }
        }
        answered.removeAll(keepingCapacity: true)
    }

    func close(_ connection: Connection) {
        guard slots[connection.token] === connection else { return }
        connection.http1?.body.clear(memory)
        slots[connection.token] = nil
        free.append(connection.token)
        counters.add(-1, to: .connectionsOpen, at: connection.door)
    }

    func serve(_ connection: Connection, _ event: Poller.Event) {
        if event.writable || connection.outLeft > 0 { send(connection) }
        guard isOpen(connection) else { return }
        if !connection.unread.isEmpty && connection.outLeft == 0 { readUnread(connection) }
        guard isOpen(connection) else { return }
        let hasBytes = event.readable || connection.transport.hasPending
        if hasBytes || connection.transport.waitsForWriting { receive(connection) }
    }

    func receive(_ connection: Connection) {
        var reads = 0
        // What TLS has already taken from the socket, no poller tells of.
        while reads < Self.readsAtOnce || connection.transport.hasPending {
            guard isOpen(connection), connection.wantsBytes else { break }
            reads += 1
            let room = connection.unread.isEmpty ? directRoom(connection) : 0
            let outcome =
                room > 0
                ? connection.readBody(most: room)
                : connection.transport.read(into: &input, at: 0, most: input.count)
            switch outcome {
            case .bytes(let count):
                counters.add(count, to: .bytes, at: connection.door)
                if room > 0 {
                    connection.http1?.tookDirectly(count)
                    answerIfWhole(connection)
                } else {
                    take(connection, count)
                }
                // A socket that gave less than was asked for is empty; TLS may hold more.
                let most = room > 0 ? room : input.count
                if count < most && connection.transport.tls == nil { return watch(connection) }
            case .again:
                watch(connection)
                return
            case .ended: return peerEnded(connection)
            }
        }
        watch(connection)
    }

    /// A client may end its side as soon as it has asked; what it asked for is still sent.
    func peerEnded(_ connection: Connection) {
        guard connection.outLeft > 0, !connection.isLingering else {
            if let tls = connection.transport.tls, tls.hasFailed {
                counters.add(to: .handshakesFailed, at: connection.door)
            }
            return close(connection)
        }
        connection.hasPeerEnded = true
        watch(connection)
    }

    func isOpen(_ connection: Connection) -> Bool { slots[connection.token] === connection }

    /// The body of an HTTP/1.1 request of known length is read where it stays.
    func directRoom(_ connection: Connection) -> Int {
        do throws(Refusal) {
            return try connection.http1?.directRoom(memory) ?? 0
        } catch {
            refuse(connection, error)
            return 0
        }
    }

    /// Takes what was read into `input`.
    func take(_ connection: Connection, _ count: Int) {
        // Behind the last answer nothing is read any more; what comes is thrown away.
        guard !connection.closesWhenSent else { return }
        guard connection.unread.isEmpty else {
            connection.unread.append(contentsOf: input[..<count])
            return readUnread(connection)
        }
        let taken = advance(connection, input, 0..<count)
        if taken < count, isOpen(connection), !connection.closesWhenSent {
            connection.unread = Array(input[taken..<count])
        }
        send(connection)
        if taken > 0 { readUnread(connection) }
    }

    /// Goes on with bytes that came earlier, as long as their answers are taken.
    func readUnread(_ connection: Connection) {
        while isOpen(connection), !connection.unread.isEmpty, connection.outLeft == 0,
            !connection.isWaiting, !connection.closesWhenSent
        {
            let bytes = connection.unread
            connection.unread = []
            let taken = advance(connection, bytes, 0..<bytes.count)
            if taken < bytes.count, isOpen(connection), !connection.closesWhenSent {
                connection.unread = Array(bytes[taken...])
            }
            send(connection)
            guard taken > 0 else { break }
        }
        if connection.hasPeerEnded && connection.outLeft == 0 && !connection.isWaiting {
            close(connection)
        }
    }

    /// Reads requests from bytes, answers those that are whole, and returns how many it read.
    func advance(_ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>) -> Int {
        if connection.http2 == nil && connection.http1 == nil {
            guard let isHTTP2 = Connection.speaksHTTP2(bytes, range) else { return 0 }
            begin(connection, isHTTP2: isHTTP2)
        }
        if connection.http2 != nil {
            takeHTTP2(connection, bytes, range)
            return range.count
        }
        return takeHTTP1(connection, bytes, range)
    }

    func begin(_ connection: Connection, isHTTP2: Bool) {
        guard isHTTP2 else {
            connection.http1 = HTTP1Machine(limits: limits)
            return
        }
        let session = HTTP2Session(
            limits: limits, memory: memory, nowMilliseconds: nowMilliseconds)
        let (handler, door) = (handler, connection.door)
        session?.admit = { handler.admit($0, at: door) }
        session?.bodyBytesMax = { handler.bodyBytesMax($0, at: door) }
        connection.http2 = session
        if connection.leaving != nil { session?.leave(nowMilliseconds: nowMilliseconds) }
    }

    func send(_ connection: Connection) {
        guard isOpen(connection) else { return }
        repeat {
            connection.http2?.drain(into: &connection.out, most: Connection.outBytesMax)
            guard connection.outLeft > 0 else { break }
            guard connection.send(nowMilliseconds: nowMilliseconds) else {
                return close(connection)
            }
        } while connection.outLeft == 0 && connection.http2 != nil
        if connection.outLeft == 0 { sentAll(connection) }
        watch(connection)
    }

    func sentAll(_ connection: Connection) {
        if let session = connection.http2, !session.wantsMore { connection.closesWhenSent = true }
        connection.outCharge = nil
        if connection.isWaiting { return }
        if connection.hasPeerEnded && connection.unread.isEmpty { return close(connection) }
        if connection.closesWhenSent && !connection.isLingering {
            connection.isLingering = true
            connection.http1?.refuse(memory)
            connection.unread = []
            connection.transport.shutdownWriting()
            connection.deadlineMilliseconds = nowMilliseconds + Self.lingerMilliseconds
        }
    }

    /// Tells the poller what a connection waits for.
    func watch(_ connection: Connection) {
        guard isOpen(connection) else { return }
        let readable = connection.wantsBytes
        let writable = connection.outLeft > 0 || connection.transport.waitsForWriting
        guard connection.watches != (readable, writable) else { return }
        connection.watches = (readable, writable)
        try? poller.change(
            connection.transport.socket.descriptor.raw, token: connection.token, readable: readable,
            writable: writable)
    }
}
