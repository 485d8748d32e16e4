import Lanes

/// Answers the requests of HTTP/1.1 connections.
extension Reception {
    func takeHTTP1(
        _ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>
    ) -> Int {
        var rest = range
        do throws(Refusal) {
            while isOpen(connection), !connection.closesWhenSent, !connection.isWaiting,
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
    func takeHead(_ connection: Connection, left: Int) throws(Refusal) {
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
        try connection.http1?.lowerBodyLimit(
            to: handler.bodyBytesMax(machine.head, at: connection.door))
        guard let expected = machine.head.expect else { return }
        guard expected.lowercased() == "100-continue" else {
            throw Refusal(.expectationFailed, "an expectation other than 100-continue")
        }
        if left == 0 && machine.state != .done { connection.out += HTTP1Answer.goOn }
    }

    func answerIfWhole(_ connection: Connection) {
        guard connection.http1?.state == .done, let head = connection.http1?.head else { return }
        counters.add(to: .requests, at: connection.door)
        var body = connection.http1?.takeBody() ?? BodyBuffer()
        let answer = answer(
            head, body: &body, encoding: head.contentEncoding, stream: 0, connection)
        guard let answer else {
            connection.isWaiting = true
            return
        }
        finish(with: answer, connection)
        send(connection)
    }

    func finish(with answer: Answer, _ connection: Connection) {
        guard let head = connection.http1?.head else { return }
        count(answer, at: connection.door)
        append(answer, to: head, connection)
        connection.http1?.nextRequest()
        connection.isWaiting = false
        connection.isReadingHead = false
        connection.deadlineMilliseconds = nowMilliseconds + limits.idleMilliseconds
    }

    func append(_ answer: Answer, to head: RequestHead, _ connection: Connection) {
        if head.wantsClose || isDraining || connection.leaving != nil {
            connection.closesWhenSent = true
        }
        connection.outCharge = answer.charge ?? connection.outCharge
        HTTP1Answer.append(
            answer, to: &connection.out, closing: connection.closesWhenSent,
            headOnly: head.method == "HEAD", date: date.text(now: nowMilliseconds))
    }

    /// Refuses a request that has not come whole: what follows cannot be told from its rest, so
    /// the connection ends behind the answer.
    func refuse(_ connection: Connection, _ refusal: Refusal) {
        let head = connection.http1?.head ?? RequestHead()
        counters.add(to: .requests, at: connection.door)
        counters.refused(refusal.kind, at: connection.door)
        connection.http1?.refuse(memory)
        connection.closesWhenSent = true
        append(handler.answer(refusing: refusal, head, at: connection.door), to: head, connection)
        send(connection)
    }
}
