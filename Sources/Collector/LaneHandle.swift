import Lanes
import Receiving
import Synchronization

/// What other threads know of a serving thread: how to wake it, what to tell it, what it counted.
final class LaneHandle: Sendable {
    let bell: Bell
    /// From the control thread.
    let commands = Ring<LaneCommand>(capacity: 1_024)
    /// From the other lanes, by their number; its own is not used. The last is from the replay.
    let inbox: [Ring<Parcel>]
    /// Consumed messages of traces that this lane owns, from the other lanes.
    let messages: [Ring<LinkedMessage>]
    let traces = TraceMailbox()
    let receiving = ReceivingCounters()
    let intake = IntakeCounters()
    let load = LaneLoad()
    let routing = LaneRouting()
    let recent: RecentSpans
    /// While draining: whether the last client has gone. The thread goes on until it is told to
    /// end, since other lanes may still send it spans.
    let isEmpty = Atomic<Bool>(false)

    /// Requests that may wait from one lane for another.
    private static let inboxCapacity = 256
    private static let messagesCapacity = 4_096

    init(lanes: Int, recentBytesMax: Int) throws(Errno) {
        bell = try Bell()
        inbox = (0...lanes).map { _ in Ring<Parcel>(capacity: Self.inboxCapacity) }
        messages = (0..<lanes).map { _ in Ring<LinkedMessage>(capacity: Self.messagesCapacity) }
        recent = RecentSpans(bytesMax: recentBytesMax)
    }

    /// False when the thread has too much to do to be told more.
    func tell(_ command: LaneCommand) -> Bool {
        guard commands.push(command) == nil else { return false }
        bell.ring()
        return true
    }

    var hasMail: Bool {
        commands.count > 0 || inbox.contains { $0.count > 0 } || messages.contains { $0.count > 0 }
    }
}

/// What the control thread tells a serving thread.
enum LaneCommand: Sendable {
    case adopt(AcceptedSocket, Door, TLSContext?, ConnectionPermit)
    case reload(ServingSettings)
    /// Take no new requests, finish those under way.
    case drain
    /// Let go of all clients.
    case hangUp
    /// End, when all that was sent here is taken.
    case end
}
