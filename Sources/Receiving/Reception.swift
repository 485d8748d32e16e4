package import Lanes

/// Receives requests for one thread: owns its connections, reads them when the poller says so,
/// hands whole requests to the handler and sends its answers.
///
/// Bounded by the acceptor (connections), by the limits (each connection) and by the memory budget
/// (all bodies). Invariant: `slots[n]` is nil exactly when `n` is in `free`.
package final class Reception {
    private var poller: Poller
    private let bell: Bell
    private let handler: any RequestHandler
    private let memory: BodyMemory
    package let counters: ReceivingCounters
    package var limits: ReceivingLimits
    private var slots: [Connection?] = []
    private var free: [Int] = []
    /// What a socket gives at once; copied on only where it is not read whole.
    private var input = [UInt8](repeating: 0, count: 256 << 10)
    private var nowMilliseconds = Clock.monotonicMilliseconds()
    private var nextTickMilliseconds = 0
    private var date = HTTPDate()
    private var isDraining = false

    /// The bell's place among the tokens of the poller.
    private static let bellToken = Int(UInt32.max)
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
    package func poll(isBusy: Bool) {
        let wait =
            isBusy ? 0 : connectionCount == 0 ? -1 : max(0, nextTickMilliseconds - nowMilliseconds)
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
        let connection = Connection(
            socket, at: door, tls: tls, permit: permit, nowMilliseconds: nowMilliseconds,
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

    private func close(_ connection: Connection) {
        guard slots[connection.token] === connection else { return }
        connection.http1?.body.clear(memory)
        slots[connection.token] = nil
        free.append(connection.token)
        counters.add(-1, to: .connectionsOpen, at: connection.door)
    }

    // MARK: - Bytes

    private func serve(_ connection: Connection, _ event: Poller.Event) {
        if event.writable || connection.outLeft > 0 { send(connection) }
        guard isOpen(connection) else { return }
        if !connection.unread.isEmpty && connection.outLeft == 0 { readUnread(connection) }
        if event.readable || connection.transport.waitsForWriting { receive(connection) }
    }

    private func receive(_ connection: Connection) {
        for _ in 0..<Self.readsAtOnce {
            guard isOpen(connection), connection.outLeft < Connection.outBytesMax else { break }
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
    private func peerEnded(_ connection: Connection) {
        guard connection.outLeft > 0, !connection.isLingering else { return close(connection) }
        connection.hasPeerEnded = true
        connection.closesWhenSent = true
        watch(connection)
    }

    private func isOpen(_ connection: Connection) -> Bool { slots[connection.token] === connection }

    /// The body of an HTTP/1.1 request of known length is read where it stays.
    private func directRoom(_ connection: Connection) -> Int {
        do throws(Refusal) {
            return try connection.http1?.directRoom(memory) ?? 0
        } catch {
            refuse(connection, error)
            return 0
        }
    }

    /// Takes what was read into `input`.
    private func take(_ connection: Connection, _ count: Int) {
        // Behind the last answer nothing is read any more; what comes is thrown away.
        guard !connection.closesWhenSent else { return }
        guard connection.unread.isEmpty else {
            connection.unread.append(contentsOf: input[..<count])
            return readUnread(connection)
        }
        let taken = advance(connection, input, 0..<count)
        if taken < count, isOpen(connection), !connection.isLingering {
            connection.unread = Array(input[taken..<count])
        }
        send(connection)
    }

    /// Goes on with bytes that came earlier.
    private func readUnread(_ connection: Connection) {
        let bytes = connection.unread
        connection.unread = []
        let taken = advance(connection, bytes, 0..<bytes.count)
        if taken < bytes.count, isOpen(connection), !connection.isLingering {
            connection.unread = Array(bytes[taken...])
        }
        send(connection)
    }

    /// Reads requests from bytes, answers those that are whole, and returns how many it read.
    private func advance(_ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>) -> Int {
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

    private func begin(_ connection: Connection, isHTTP2: Bool) {
        guard isHTTP2 else {
            connection.http1 = HTTP1Machine(limits: limits)
            return
        }
        let session = HTTP2Session(
            limits: limits, memory: memory, nowMilliseconds: nowMilliseconds)
        let (handler, door) = (handler, connection.door)
        session?.admit = { handler.admit($0, at: door) }
        connection.http2 = session
    }

    private func send(_ connection: Connection) {
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

    private func sentAll(_ connection: Connection) {
        if let session = connection.http2, !session.wantsMore { connection.closesWhenSent = true }
        connection.outCharge = nil
        if connection.hasPeerEnded { return close(connection) }
        if connection.closesWhenSent && !connection.isLingering {
            connection.isLingering = true
            connection.http1?.refuse(memory)
            connection.unread = []
            connection.transport.shutdownWriting()
            connection.deadlineMilliseconds = nowMilliseconds + Self.lingerMilliseconds
        }
    }

    /// Tells the poller what a connection waits for.
    private func watch(_ connection: Connection) {
        guard isOpen(connection) else { return }
        let readable = connection.outLeft < Connection.outBytesMax && !connection.hasPeerEnded
        let writable = connection.outLeft > 0 || connection.transport.waitsForWriting
        guard connection.watches != (readable, writable) else { return }
        connection.watches = (readable, writable)
        try? poller.change(
            connection.transport.socket.descriptor.raw, token: connection.token, readable: readable,
            writable: writable)
    }

    // MARK: - HTTP/2

    private func takeHTTP2(_ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>) {
        guard let session = connection.http2 else { return }
        let isSound = session.take(bytes, range, nowMilliseconds: nowMilliseconds)
        answerReady(connection, session)
        if !isSound {
            session.drain(into: &connection.out, most: Connection.outBytesMax)
            connection.closesWhenSent = true
        }
    }

    private func answerReady(_ connection: Connection, _ session: HTTP2Session) {
        while let stream = session.nextReady() {
            counters.add(to: .requests, at: connection.door)
            let answer = answer(stream, at: connection.door)
            count(answer, at: connection.door)
            session.answer(
                stream, HTTP2Answer(answer, to: stream.head, date: date.text(now: nowMilliseconds)))
        }
    }

    private func answer(_ stream: HTTP2Stream, at door: Door) -> Answer {
        if let refusal = stream.refusal
            ?? stream.lateness(nowMilliseconds: nowMilliseconds)
        {
            return handler.answer(refusing: refusal, stream.head, at: door)
        }
        let isCompressed = !stream.head.isCall || stream.frame.isCompressed
        let encoding = stream.head.isCall ? stream.head.grpcEncoding : stream.head.contentEncoding
        return answer(
            stream.head, body: &stream.body, encoding: isCompressed ? encoding : "", at: door)
    }

    private func answer(
        _ head: RequestHead, body: inout BodyBuffer, encoding: String, at door: Door
    ) -> Answer {
        let content = body.take()
        var request = Request(
            door: door, head: head, body: content.bytes, bodyCount: content.count,
            charge: content.charge, encoding: encoding)
        let answer = handler.answer(&request)
        if !request.body.isEmpty { memory.pool.give(request.body) }
        return answer
    }

    private func count(_ answer: Answer, at door: Door) {
        if let refusal = answer.refusal {
            counters.refused(refusal.kind, at: door)
        } else {
            counters.add(to: .requestsAccepted, at: door)
        }
    }

    // MARK: - HTTP/1.1

    private func takeHTTP1(
        _ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>
    ) -> Int {
        var rest = range
        do throws(Refusal) {
            while isOpen(connection), !connection.closesWhenSent,
                connection.outLeft < Connection.outBytesMax
            {
                let before = connection.http1?.state
                let taken = try connection.http1?.take(bytes, rest, memory) ?? 0
                rest = rest.lowerBound + taken..<rest.upperBound
                if before == .head { try takeHead(connection, left: rest.count) }
                answerIfWhole(connection)
                if taken == 0 && connection.http1?.state == before { break }
            }
        } catch {
            refuse(connection, error)
        }
        return range.count - rest.count
    }

    /// Decides by the head whether the body is wanted, and sets the time in which it must come.
    private func takeHead(_ connection: Connection, left: Int) throws(Refusal) {
        guard let machine = connection.http1 else { return }
        guard !machine.isIdle else {
            // The time for a head runs from its first byte, that of an idle client until then.
            if left > 0 && !connection.isReadingHead {
                connection.isReadingHead = true
                connection.deadlineMilliseconds = nowMilliseconds + limits.headerMilliseconds
            }
            return
        }
        connection.deadlineMilliseconds = nowMilliseconds + limits.bodyMilliseconds
        if connection.door == .otlpGRPC {
            throw Refusal(
                .malformed, "this port speaks gRPC over HTTP/2; OTLP over HTTP/1.1 goes to 4318")
        }
        if let refusal = handler.admit(machine.head, at: connection.door) { throw refusal }
        guard let expected = machine.head.expect else { return }
        guard expected.lowercased() == "100-continue" else {
            throw Refusal(.expectationFailed, "an expectation other than 100-continue")
        }
        if left == 0 && machine.state != .done { connection.out += HTTP1Answer.goOn }
    }

    private func answerIfWhole(_ connection: Connection) {
        guard connection.http1?.state == .done, let head = connection.http1?.head else { return }
        counters.add(to: .requests, at: connection.door)
        var body = connection.http1?.takeBody() ?? BodyBuffer()
        let answer = answer(
            head, body: &body, encoding: head.contentEncoding, at: connection.door)
        count(answer, at: connection.door)
        append(answer, to: head, connection)
        connection.http1?.nextRequest()
        connection.isReadingHead = false
        connection.deadlineMilliseconds = nowMilliseconds + limits.idleMilliseconds
        send(connection)
    }

    private func append(_ answer: Answer, to head: RequestHead, _ connection: Connection) {
        if head.wantsClose || isDraining || connection.leaving != nil {
            connection.closesWhenSent = true
        }
        connection.outCharge = answer.charge
        HTTP1Answer.append(
            answer, to: &connection.out, closing: connection.closesWhenSent,
            headOnly: head.method == "HEAD", date: date.text(now: nowMilliseconds))
    }

    /// Refuses a request that has not come whole: what follows cannot be told from its rest, so
    /// the connection ends behind the answer.
    private func refuse(_ connection: Connection, _ refusal: Refusal) {
        let head = connection.http1?.head ?? RequestHead()
        counters.add(to: .requests, at: connection.door)
        counters.refused(refusal.kind, at: connection.door)
        connection.http1?.refuse(memory)
        connection.closesWhenSent = true
        append(handler.answer(refusing: refusal, head, at: connection.door), to: head, connection)
        send(connection)
    }

    // MARK: - Time

    private func tick() {
        for case let connection? in slots {
            if connection.http2 == nil || connection.isLingering {
                tickHTTP1(connection)
            } else {
                tickHTTP2(connection)
            }
            guard isOpen(connection) else { continue }
            if let stuck = connection.stuckSinceMilliseconds,
                nowMilliseconds - stuck >= limits.answerMilliseconds
            {
                close(connection)
            } else if limits.connectionAgeMilliseconds > 0,
                age(of: connection) >= limits.connectionAgeMilliseconds
            {
                leave(connection)
                let end = limits.connectionAgeMilliseconds + limits.connectionAgeGraceMilliseconds
                if age(of: connection) >= end { close(connection) }
            }
        }
    }

    private func age(of connection: Connection) -> Int {
        nowMilliseconds - connection.openedMilliseconds
    }

    private func tickHTTP1(_ connection: Connection) {
        guard nowMilliseconds >= connection.deadlineMilliseconds else { return }
        guard let machine = connection.http1, !connection.isLingering, connection.outLeft == 0,
            !machine.isIdle || !connection.unread.isEmpty
        else { return close(connection) }
        let part = machine.isIdle ? "header" : "body"
        refuse(
            connection,
            Refusal(.timedOut, "the request did not come within limits.\(part)_time"))
    }

    private func tickHTTP2(_ connection: Connection) {
        guard let session = connection.http2 else { return }
        if !session.hasSettings && age(of: connection) >= limits.headerMilliseconds {
            return close(connection)
        }
        session.refuseSlowStreams(nowMilliseconds: nowMilliseconds)
        answerReady(connection, session)
        let isStuck = session.streams.values.contains { stream in
            stream.isStuck(nowMilliseconds: nowMilliseconds, limits)
        }
        guard !isStuck, session.keepAlive(nowMilliseconds: nowMilliseconds) else {
            return close(connection)
        }
        let idle = nowMilliseconds - session.lastRequestMilliseconds
        if session.streams.isEmpty && idle >= limits.idleMilliseconds { leave(connection) }
        if connection.leaving == .announced,
            session.hasLeftTimeToHear(nowMilliseconds: nowMilliseconds)
        {
            session.finishLeaving()
            connection.leaving = .told
        }
        send(connection)
    }

    /// Asks a client to go: at once when it is idle, else when its requests are answered.
    private func leave(_ connection: Connection) {
        guard connection.leaving == nil else { return }
        connection.leaving = .announced
        if let session = connection.http2 {
            session.leave()
        } else if connection.http1?.isIdle ?? true, connection.unread.isEmpty {
            connection.closesWhenSent = true
        }
        send(connection)
        if connection.outLeft == 0 && connection.closesWhenSent { sentAll(connection) }
    }
}
