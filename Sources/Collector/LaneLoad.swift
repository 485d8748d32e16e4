import Synchronization

/// How much waits for a lane, and how fast it takes it: from both comes when a refused client
/// should come again. Senders add, the lane subtracts.
final class LaneLoad: Sendable {
    private let queued = Atomic<Int>(0)
    private let spansASecond = Atomic<Int>(0)

    var queuedSpans: Int { queued.load(ordering: .relaxed) }

    func add(_ spans: Int) { queued.wrappingAdd(spans, ordering: .relaxed) }

    func remove(_ spans: Int) { queued.wrappingSubtract(spans, ordering: .relaxed) }

    /// For the lane, once a second: the spans taken in it, smoothed over a few.
    func note(spansLastSecond spans: Int) {
        let before = spansASecond.load(ordering: .relaxed)
        let now = before == 0 ? spans : (3 * before + spans) / 4
        spansASecond.store(now, ordering: .relaxed)
    }

    /// When what waits now will have been taken.
    var retryAfterMilliseconds: Int {
        let rate = spansASecond.load(ordering: .relaxed)
        // A lane that has not been timed yet gets a second to show what it can do.
        guard rate > 0 else { return 1_000 }
        return min(30_000, max(100, queuedSpans * 1_000 / rate))
    }
}
