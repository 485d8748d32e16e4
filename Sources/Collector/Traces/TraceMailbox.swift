import Charts
import Synchronization

/// Where a lane leaves what it has counted, for the thread that keeps the charts.
final class TraceMailbox: Sendable {
    private let mail = Mutex(TraceMail())

    /// For the lane: leaves what there is, unless somebody is at the box or has not emptied it.
    /// Whether there is something new in it.
    func leave(_ traces: LaneTraces, _ fresh: inout FreshSpans) -> Bool {
        mail.withLockIfAvailable { mail in
            let isNew = traces.fill(&mail)
            mail.fresh.append(fresh)
            fresh.removeAll()
            return isNew
        } ?? false
    }

    /// For the keeper, whose mail must be empty.
    func swap(_ mine: inout TraceMail) {
        mail.withLock { mail in
            let state = mail.state
            Swift.swap(&mail, &mine)
            // The box goes on to tell how things stand.
            mail.state = state
            (mail.position, mail.countedThrough) = (mine.position, mine.countedThrough)
        }
    }

    var state: AssemblyState { mail.withLock { $0.state } }
}
