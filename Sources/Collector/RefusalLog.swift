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
        guard let more = untoldBefore(refusal.kind, nowMilliseconds: nowMilliseconds) else {
            return
        }
        log.warning(
            "request refused",
            [
                "listener": door.name, "reason": refusal.kind.name, "message": refusal.message,
                "more_since_last": String(more),
            ])
    }

    /// How many like it came since the last that was told; nil when this one is not told either.
    func untoldBefore(_ kind: Refusal.Kind, nowMilliseconds: Int) -> Int? {
        if let last = lastMilliseconds[kind], nowMilliseconds - last < Self.everyMilliseconds {
            untold[kind, default: 0] += 1
            return nil
        }
        lastMilliseconds[kind] = nowMilliseconds
        return untold.removeValue(forKey: kind) ?? 0
    }
}
