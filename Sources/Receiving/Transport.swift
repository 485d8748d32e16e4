import Lanes

/// The bytes of one connection, through TLS or not.
struct Transport {
    let socket: AcceptedSocket
    let tls: TLSSession?

    /// Whether TLS has taken bytes from the socket that nobody has read.
    var hasPending: Bool { tls?.hasPending ?? false }

    /// Whether TLS waits for the socket to take bytes although we wanted to read.
    var waitsForWriting: Bool { tls?.waitsForWriting ?? false }

    func read(into bytes: inout [UInt8], at offset: Int, most: Int) -> TransportOutcome {
        if let tls { return tls.read(into: &bytes, at: offset, most: most) }
        do {
            let count = try socket.descriptor.read(into: &bytes, at: offset, most: most)
            return count == 0 ? .ended : .bytes(count)
        } catch {
            return error == .again ? .again : .ended
        }
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) -> TransportOutcome {
        if let tls { return tls.write(bytes, range) }
        do {
            return .bytes(try socket.descriptor.write(bytes, range))
        } catch {
            return error == .again ? .again : .ended
        }
    }

    func shutdownWriting() {
        tls?.close()
        socket.descriptor.shutdownWriting()
    }
}

/// What came of a read or a write.
enum TransportOutcome {
    case bytes(Int)
    /// Nothing now; the poller tells when.
    case again
    /// The peer has closed, or the connection is broken.
    case ended
}
