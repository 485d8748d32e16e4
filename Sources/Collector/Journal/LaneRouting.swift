import Synchronization

/// How far a lane is with the requests that it handed to the journal, and with the spans that it
/// owns: it says, the others read.
final class LaneRouting: Sendable {
    private let underWay = Atomic<Int>(0)
    private let routed = Atomic<UInt64>(0)
    private let taken = Atomic<UInt64>(0)

    /// Before a request goes to the journal.
    func begin() { underWay.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    /// When it was refused after all.
    func giveUp() { underWay.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

    /// When its spans are on their way to their lanes, and those of all before it.
    func end(_ sequence: UInt64) {
        routed.store(sequence, ordering: .releasing)
        underWay.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }

    /// All spans of this lane's requests up to this record, of those that are in the journal, are on
    /// their way. The end of the journal must be looked up before.
    var routedThrough: UInt64 {
        underWay.load(ordering: .sequentiallyConsistent) == 0
            ? .max : routed.load(ordering: .acquiring)
    }

    /// All spans that this lane owns, up to this record, were taken; so the messages that they tell
    /// of are on their way.
    var takenThrough: UInt64 {
        get { taken.load(ordering: .acquiring) }
        set { taken.store(newValue, ordering: .releasing) }
    }
}
