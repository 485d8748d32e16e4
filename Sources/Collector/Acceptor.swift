import Lanes
import Receiving
import Settings

/// Accepts connections for all threads and deals each to the lane with the fewest, so that a few
/// long-lived ones are spread as well as many short ones.
///
/// Bounded by permits: the OTLP listeners share one number, the web listener has a few of its own,
/// so that whoever floods the one does not lock out the other.
struct Acceptor: ~Copyable {
    private var listeners: [OpenListener]
    private let lanes: [LaneHandle]
    private let desk: LaneHandle
    private let turnedAway: TurnedAway
    private let permits = ConnectionPermits()
    private let webPermits = ConnectionPermits()
    /// Given up for a moment when there are no descriptors left, to turn a client away properly.
    private var spare: Descriptor?
    var contexts: TLSContexts
    var connectionsMax: Int
    var connectionsOfAddressMax: Int

    private static let webConnectionsMax = 128
    private static let acceptsAtOnce = 64
    private static let pauseMilliseconds = 10

    init(
        listeners: [OpenListener], lanes: [LaneHandle], desk: LaneHandle, turnedAway: TurnedAway,
        contexts: TLSContexts, limits: LimitSettings
    ) {
        self.listeners = listeners
        self.lanes = lanes
        self.desk = desk
        self.turnedAway = turnedAway
        self.contexts = contexts
        connectionsMax = limits.connections
        connectionsOfAddressMax = limits.connectionsPerAddress
        spare = Descriptor.spare()
    }

    /// Has a poller tell when somebody comes, with the place of the listener as token.
    func watch(with poller: borrowing Poller) throws(Errno) {
        for (index, listener) in listeners.enumerated() {
            try poller.add(listener.listener.descriptor.raw, token: index)
        }
    }

    /// Takes the connections that wait at a listener.
    mutating func accept(at index: Int) {
        for _ in 0..<Self.acceptsAtOnce {
            do throws(Errno) {
                deal(try listeners[index].listener.accept(), at: listeners[index].door)
            } catch {
                if error == .noDescriptors || error == .noSystemDescriptors {
                    turnAwayWithoutDescriptors(at: index)
                } else if error != .again {
                    // The connection still waits; without a pause it would be tried at once again.
                    Clock.sleep(milliseconds: Self.pauseMilliseconds)
                }
                return
            }
        }
    }

    private func deal(_ socket: AcceptedSocket, at door: Door) {
        let isWeb = door == .web
        let permit: ConnectionPermit
        do throws(ConnectionPermits.Denial) {
            permit = try (isWeb ? webPermits : permits).take(
                for: socket.peer, most: isWeb ? Self.webConnectionsMax : connectionsMax,
                mostOfAddress: isWeb ? Self.webConnectionsMax : connectionsOfAddressMax)
        } catch {
            // The socket closes when it is let go.
            return turnedAway.add(error == .tooMany ? .tooMany : .tooManyOfAddress, at: door)
        }
        let target = isWeb ? desk : leastBusy()
        if !target.tell(.adopt(socket, door, contexts[door], permit)) {
            turnedAway.add(.busy, at: door)
        }
    }

    private func leastBusy() -> LaneHandle {
        let open = lanes.map { lane in
            lane.commands.count
                + Door.allCases.reduce(0) { $0 + lane.receiving.read(.connectionsOpen, at: $1) }
        }
        let least = open.indices.min { open[$0] < open[$1] } ?? 0
        return lanes[least]
    }

    /// Else the connection would stay in the queue and wake us again and again.
    private mutating func turnAwayWithoutDescriptors(at index: Int) {
        if spare == nil { Clock.sleep(milliseconds: Self.pauseMilliseconds) }
        spare = nil
        if (try? listeners[index].listener.accept()) != nil {
            turnedAway.add(.noDescriptors, at: listeners[index].door)
        }
        spare = Descriptor.spare()
    }

    /// No spans are accepted any more, and their ports are free; those who watch still are.
    mutating func closeAllButWeb() { listeners.removeAll { $0.door != .web } }

    /// Takes the connections that wait anywhere.
    mutating func acceptAll() { for index in listeners.indices { accept(at: index) } }
}

/// A listener and whose it is.
final class OpenListener: Sendable {
    let door: Door
    let listener: Listener

    init(_ door: Door, _ listener: consuming Listener) {
        self.door = door
        self.listener = listener
    }
}

/// The TLS of each listener that has it.
struct TLSContexts: Sendable {
    private var contexts: [TLSContext?] = []

    init(_ settings: ListenSettings) throws(TLSContext.Failure) {
        for door in Door.allCases {
            let tls = settings[door.listener].tls
            guard let certificate = tls.certificate, let key = tls.key else {
                contexts.append(nil)
                continue
            }
            contexts.append(
                try TLSContext(
                    certificate: certificate, key: key, clientAuthority: tls.clientCA,
                    offersHTTP2: door != .web))
        }
    }

    subscript(door: Door) -> TLSContext? { contexts[door.rawValue] }
}
