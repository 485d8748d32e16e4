import CLinux

/// A listening TCP socket.
package struct Listener: ~Copyable, Sendable {
    package let descriptor: Descriptor
    package let address: String
    package let port: Int

    package struct Failure: Error {
        package let address: String
        package let port: Int
        package let code: Errno
        package let why: String
    }

    package init(address: String, port: Int, backlog: Int = 4_096) throws(Failure) {
        var why = [CChar](repeating: 0, count: 128)
        let raw = unsafe clinux_bind_listen(
            address, String(port), Int32(clamping: backlog), &why, why.count)
        guard raw >= 0 else {
            throw Failure(
                address: address, port: port, code: Errno(rawValue: -raw),
                why: text(why))
        }
        descriptor = Descriptor(owning: raw)
        self.address = address
        self.port = port
    }

    /// The next connection that waits, or the reason why there is none (`.again`: none waits).
    package func accept() throws(Errno) -> AcceptedSocket {
        var peer = sockaddr_storage()
        let raw = try retrying { unsafe clinux_accept(descriptor.raw, &peer) }
        return AcceptedSocket(Descriptor(owning: raw), unsafe PeerNetwork(peer))
    }
}

/// A connection on its way to the lane that will own it.
package final class AcceptedSocket: Sendable {
    package let descriptor: Descriptor
    package let peer: PeerNetwork

    init(_ descriptor: consuming Descriptor, _ peer: PeerNetwork) {
        self.descriptor = descriptor
        self.peer = peer
    }
}

/// Where a connection comes from, as far as one owner reaches: an IPv4 address, or the /64 that every
/// host with IPv6 has to itself. Else whoever has one could come from as many addresses as he likes.
package struct PeerNetwork: Hashable, Sendable {
    private let bits: UInt64

    @unsafe
    init(_ storage: sockaddr_storage) {
        var storage = storage
        bits = unsafe clinux_peer_network(&storage)
    }
}
