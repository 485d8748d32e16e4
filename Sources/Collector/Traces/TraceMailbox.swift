import Charts
import Synchronization

/// Where a lane leaves what it has counted, for the thread that keeps the charts.
final class TraceMailbox: Sendable {
    private let mail = Mutex(TraceMail())

    /// For the lane: leaves what there is, unless somebody is at the box or has not emptied it.
    /// Whether there is something new in it.
    func leave(_ traces: LaneTraces) -> Bool {
        mail.withLockIfAvailable { traces.fill(&$0) } ?? false
    }

    /// For the keeper, whose parcel must be empty.
    func swapParcel(_ parcel: inout ChartParcel) {
        mail.withLock { swap(&$0.parcel, &parcel) }
    }

    var state: AssemblyState { mail.withLock { $0.state } }
}
