import Lanes

/// What one receiving thread counts, by listener.
package struct ReceivingCounters: Sendable {
    package enum Count: Int, CaseIterable, Sendable {
        case connections
        case connectionsOpen
        case requests
        case requestsAccepted
        case bytes
        case handshakesFailed
    }

    private let counters: Counters
    private static let width = Count.allCases.count + Refusal.Kind.allCases.count

    package init() { counters = Counters(count: Door.allCases.count * Self.width) }

    func add(_ amount: Int = 1, to count: Count, at door: Door) {
        counters.add(amount, at: door.rawValue * Self.width + count.rawValue)
    }

    func refused(_ kind: Refusal.Kind, at door: Door) {
        counters.add(1, at: Self.index(of: kind, at: door))
    }

    package func read(_ count: Count, at door: Door) -> Int {
        counters.read(door.rawValue * Self.width + count.rawValue)
    }

    package func read(_ kind: Refusal.Kind, at door: Door) -> Int {
        counters.read(Self.index(of: kind, at: door))
    }

    private static func index(of kind: Refusal.Kind, at door: Door) -> Int {
        door.rawValue * width + Count.allCases.count + kind.rawValue
    }
}
