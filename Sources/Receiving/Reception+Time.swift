/// Looks after connections as time goes by: deadlines, age, leaving.
extension Reception {
    func tick() {
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

    func age(of connection: Connection) -> Int {
        nowMilliseconds - connection.openedMilliseconds
    }

    func tickHTTP1(_ connection: Connection) {
        guard nowMilliseconds >= connection.deadlineMilliseconds, !connection.isWaiting else {
            return
        }
        guard let machine = connection.http1, !connection.isLingering, connection.outLeft == 0,
            !machine.isIdle || !connection.unread.isEmpty
        else { return close(connection) }
        let part = machine.isIdle ? "header" : "body"
        refuse(
            connection,
            Refusal(.timedOut, "the request did not come within limits.\(part)_time"))
    }

    func tickHTTP2(_ connection: Connection) {
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
    func leave(_ connection: Connection) {
        guard connection.leaving == nil else { return }
        connection.leaving = .announced
        if let session = connection.http2 {
            session.leave(nowMilliseconds: nowMilliseconds)
        } else if connection.http1?.isIdle ?? true, connection.unread.isEmpty {
            connection.closesWhenSent = true
        }
        send(connection)
        if connection.outLeft == 0 && connection.closesWhenSent { sentAll(connection) }
    }
}
