import Lanes
import Receiving

/// Tells of refused requests in the log, the first of each kind in ten seconds with its reason and
/// how many like it came since the one before: a flood of bad requests must not become one of lines.
final class RefusalLog {
    private let log: Log
    private var lastMilliseconds: [Refusal.Kind: Int] = [:]
    private var untold: [Refusal.Kind: Int] = [:]
    private static let everyMilliseconds = 10_000

    init(log: Log) { self.log = log }

    func note(_ refusal: Refusal, at door: Door, nowMilliseconds: Int) {
        let kind = refusal.kind
        if let last = lastMilliseconds[kind], nowMilliseconds - last < Self.everyMilliseconds {
            untold[kind, default: 0] += 1
            return
        }
        lastMilliseconds[kind] = nowMilliseconds
        let more = untold.removeValue(forKey: kind) ?? 0
        log.warning(
            "request refused",
            [
                "listener": door.name, "reason": kind.name, "message": refusal.message,
                "more_since_last": String(more),
            ])
    }
}
