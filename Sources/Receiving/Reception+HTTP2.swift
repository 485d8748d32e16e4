import Lanes

/// Answers the requests of HTTP/2 connections.
extension Reception {
    func takeHTTP2(_ connection: Connection, _ bytes: [UInt8], _ range: Range<Int>) {
        guard let session = connection.http2 else { return }
        let isSound = session.take(bytes, range, nowMilliseconds: nowMilliseconds)
        answerReady(connection, session)
        if !isSound {
            session.drain(into: &connection.out, most: Connection.outBytesMax)
            connection.closesWhenSent = true
        }
    }

    func answerReady(_ connection: Connection, _ session: HTTP2Session) {
        while let stream = session.nextReady() {
            counters.add(to: .requests, at: connection.door)
            if let answer = answer(stream, connection) {
                finish(stream, with: answer, session, connection)
            } else {
                stream.isWaiting = true
            }
        }
    }

    func finish(
        _ stream: HTTP2Stream, with answer: Answer, _ session: HTTP2Session,
        _ connection: Connection
    ) {
        count(answer, at: connection.door)
        session.answer(
            stream, HTTP2Answer(answer, to: stream.head, date: date.text(now: nowMilliseconds)))
    }

    private func answer(_ stream: HTTP2Stream, _ connection: Connection) -> Answer? {
        if let refusal = stream.refusal
            ?? stream.lateness(nowMilliseconds: nowMilliseconds)
        {
            return handler.answer(refusing: refusal, stream.head, at: connection.door)
        }
        let isCompressed = !stream.head.isCall || stream.frame.isCompressed
        let encoding = stream.head.isCall ? stream.head.grpcEncoding : stream.head.contentEncoding
        return answer(
            stream.head, body: &stream.body, encoding: isCompressed ? encoding : "",
            stream: stream.id, connection)
    }

    func answer(
        _ head: RequestHead, body: inout BodyBuffer, encoding: String, stream: Int32,
        _ connection: Connection
    ) -> Answer? {
        let content = body.take()
        var request = Request(
            door: connection.door, head: head, body: content.bytes, bodyCount: content.count,
            charge: content.charge, encoding: encoding,
            ticket: Ticket(token: connection.token, serial: connection.serial, stream: stream))
        let answer = handler.answer(&request)
        if !request.body.isEmpty { memory.pool.give(request.body) }
        return answer
    }

    func count(_ answer: Answer, at door: Door) {
        if let refusal = answer.refusal {
            counters.refused(refusal.kind, at: door)
        } else {
            counters.add(to: .requestsAccepted, at: door)
        }
    }
}
