import Synchronization

/// How many connections there are, in all and by address; the acceptor asks here first.
package final class ConnectionPermits: Sendable {
    package enum Denial: Error {
        case tooMany
        case tooManyOfAddress
    }

    private struct State {
        var total = 0
        var byAddress: [PeerNetwork: Int] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var count: Int { state.withLock { $0.total } }

    package func take(
        for peer: PeerNetwork, most: Int, mostOfAddress: Int
    ) throws(Denial) -> ConnectionPermit {
        try state.withLock { state throws(Denial) in
            guard state.total < most else { throw .tooMany }
            let ofAddress = state.byAddress[peer, default: 0]
            guard ofAddress < mostOfAddress else { throw .tooManyOfAddress }
            state.byAddress[peer] = ofAddress + 1
            state.total += 1
        }
        return ConnectionPermit(of: self, peer)
    }

    fileprivate func give(_ peer: PeerNetwork) {
        state.withLock { state in
            let left = state.byAddress[peer, default: 1] - 1
            state.byAddress[peer] = left == 0 ? nil : left
            state.total -= 1
        }
    }
}

/// One connection's place; free again when its holder lets go.
package final class ConnectionPermit: Sendable {
    private let permits: ConnectionPermits
    private let peer: PeerNetwork

    fileprivate init(of permits: ConnectionPermits, _ peer: PeerNetwork) {
        self.permits = permits
        self.peer = peer
    }

    deinit { permits.give(peer) }
}
