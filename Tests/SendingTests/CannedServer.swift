import Lanes

/// Answers connections with the same bytes whatever they ask, on a thread of its own, on a
/// loopback port that was free.
final class CannedServer: Sendable {
    let port: Int

    init(answering answer: String, connections: Int = 1) throws {
        let listener = try Self.freeListener()
        port = listener.port
        let shared = OpenPort(listener)
        _ = try LaneThread(name: "canned") { shared.serve(Array(answer.utf8), connections) }
    }

    static func freeListener() throws -> Listener {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<30_000)
            if let listener = try? Listener(address: "127.0.0.1", port: port) { return listener }
        }
        return try Listener(address: "127.0.0.1", port: 20_000)
    }
}

private final class OpenPort: Sendable {
    let listener: Listener

    init(_ listener: consuming Listener) { self.listener = listener }

    func serve(_ answer: [UInt8], _ connections: Int) {
        guard var poller = try? Poller(),
            (try? poller.add(listener.descriptor.raw, token: 0)) != nil
        else { return }
        for _ in 0..<connections {
            _ = poller.wait(milliseconds: 5_000)
            guard let socket = try? listener.accept() else { return }
            readSomething(socket)
            _ = try? socket.descriptor.write(answer, 0..<answer.count)
        }
    }

    /// Closing with bytes unread would reset the connection and lose the answer.
    private func readSomething(_ socket: AcceptedSocket) {
        guard var poller = try? Poller(),
            (try? poller.add(socket.descriptor.raw, token: 0)) != nil
        else { return }
        _ = poller.wait(milliseconds: 5_000)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        _ = try? socket.descriptor.read(into: &bytes, at: 0, most: bytes.count)
    }
}
