package import Lanes
import Synchronization

/// Whether the journal takes records.
package enum JournalState: Equatable, Sendable {
    /// The first segment is being made. Can move to: open, failed.
    case starting
    /// Can move to: full, failed, closed.
    case open
    /// The budget is used up until segments are discarded. Can move to: open, failed, closed.
    case full
    /// The disk does not take records; tried again every second. Can move to: open, closed.
    case failed(FileFault)
    case closed
}

/// What the writer tells other threads.
final class JournalStatus: Sendable {
    private let current = Mutex(JournalState.starting)
    let isClosing = Atomic<Bool>(false)
    let counters = JournalCounters()

    var state: JournalState {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

/// What the journal did; the writer counts.
package final class JournalCounters: Sendable {
    package enum Count: Int, CaseIterable, Sendable {
        case records
        case bytes
        /// Writes of one or more records, each followed by a sync where durability asks for it.
        case groups
        case groupMicroseconds
        case segments
        case faults
        case recordsRefusedFull
        case recordsRefusedFailed
    }

    private let counters = Counters(count: Count.allCases.count)

    func add(_ amount: Int, to count: Count) { counters.add(amount, at: count.rawValue) }

    package subscript(count: Count) -> Int { counters.read(count.rawValue) }
}
