import Lanes
import Receiving
import Spans
import Synchronization

/// The work of one thread that serves connections: a lane, or the desk.
///
/// It waits for its clients, for the control thread and for the other lanes at once, and parks when
/// none has anything for it.
struct ServingThread {
    let handle: LaneHandle
    let reception: Reception
    /// Takes new settings.
    let reload: (ServingSettings) -> Void
    let upkeep: [any Upkeep]

    func run() {
        var isDraining = false
        var isEnding = false
        while !isEnding || hasMail {
            handle.bell.park()
            reception.poll(
                isBusy: isEnding || hasMail,
                wakeMilliseconds: upkeep.compactMap(\.wakeMilliseconds).min())
            for part in upkeep { part.work(nowMilliseconds: Clock.monotonicMilliseconds()) }
            while let command = handle.commands.pop() {
                switch command {
                case .adopt(let socket, let door, let tls, let permit):
                    reception.adopt(socket, at: door, tls: tls, permit: permit)
                case .reload(let settings):
                    reception.limits = settings.receiving
                    handle.recent.set(bytesMax: settings.recentBytes)
                    reload(settings)
                case .drain:
                    isDraining = true
                    reception.drain()
                case .hangUp: reception.closeAll()
                case .end: isEnding = true
                }
            }
            if isDraining && reception.connectionCount == 0 {
                handle.isEmpty.store(true, ordering: .releasing)
            }
        }
        reception.closeAll()
        for part in upkeep { part.end() }
    }

    private var hasMail: Bool { handle.hasMail || upkeep.contains(where: \.hasMail) }
}
