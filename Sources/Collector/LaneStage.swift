import Journaling
import Lanes
import Spans

/// What becomes of the spans of the traces that a lane owns. One thread's.
final class LaneStage: Upkeep {
    private let lane: Int
    private let lanes: [LaneHandle]
    private let hash: TraceHash
    private let pool: BufferPool
    private let keeperBell: Bell
    private let traces: LaneTraces
    private let journal: Journal
    private let replay: ReplayProgress
    /// Where the spans are that this lane took since the last mail.
    private var fresh = FreshSpans()
    /// Messages that found no room in the ring of the lane that they go to.
    private var unsent: [LinkedMessage] = []
    private var spansThisSecond = 0
    private var secondEndsMilliseconds = 0
    private var nowMilliseconds = 0
    private var nextTickMilliseconds = 0
    private var nextMailMilliseconds = 0
    /// Tables of requests that are done, kept for the next ones.
    private var spareTables: [SpanTable] = []
    private static let spareTablesMax = 16
    /// Tables of rare large requests are let go.
    private static let spareBytesMax = 1 << 20
    private static let unsentMax = 65_536
    private static let tickMilliseconds = 100
    private static let mailMilliseconds = 250

    init(
        lane: Int, lanes: [LaneHandle], hash: TraceHash, pool: BufferPool, keeperBell: Bell,
        traces: LaneTraces, journal: Journal, replay: ReplayProgress
    ) {
        self.lane = lane
        self.lanes = lanes
        self.hash = hash
        self.pool = pool
        self.keeperBell = keeperBell
        self.traces = traces
        self.journal = journal
        self.replay = replay
        nowMilliseconds = Clock.monotonicMilliseconds()
    }

    private var handle: LaneHandle { lanes[lane] }

    /// A table to fill, with the storage of an earlier one where there is one.
    func emptyTable() -> SpanTable { spareTables.popLast() ?? SpanTable() }

    func take(_ parcel: Parcel) {
        spansThisSecond += parcel.spans
        let received = parcel.batch.read { batch in
            let receiptSeconds = batch.receivedNanoseconds / 1_000_000_000
            traces.take(
                batch.table.records(ofLane: lane), of: batch, nowMilliseconds: nowMilliseconds,
                receiptSeconds: UInt32(truncatingIfNeeded: receiptSeconds), send: send)
            // The replay notes itself what is in its records.
            if batch.sequence > journal.recoveredSequence {
                fresh.note(batch.table.records(ofLane: lane), of: batch)
            }
            return batch.receivedNanoseconds
        }
        var done = handle.recent.take(parcel.batch, receivedNanoseconds: received ?? 0)
        // One after the other leaves the list, so that ours is the last reference.
        while var shared = done.popLast() {
            if let batch = Shared.takeBack(&shared) { recycle(batch) }
        }
    }

    private func send(_ message: LinkedMessage) {
        let owner = hash.lane(of: message.trace, lanes: lanes.count)
        if owner == lane {
            traces.take(message, nowMilliseconds: nowMilliseconds)
        } else if lanes[owner].messages[lane].push(message) == nil {
            lanes[owner].bell.ring()
        } else if unsent.count < Self.unsentMax {
            unsent.append(message)
        } else {
            traces.lose(message)
        }
    }

    // MARK: - Upkeep

    func work(nowMilliseconds now: Int) {
        nowMilliseconds = now
        let routed = routedThrough
        for ring in handle.inbox {
            while let parcel = ring.pop() {
                handle.load.remove(parcel.spans)
                take(parcel)
            }
        }
        if unsent.isEmpty { handle.routing.takenThrough = routed }
        let taken = lanes.reduce(UInt64.max) { min($0, $1.routing.takenThrough) }
        for ring in handle.messages {
            while let message = ring.pop() { traces.take(message, nowMilliseconds: now) }
        }
        traces.advance(to: taken, nowMilliseconds: now)
        if now >= nextTickMilliseconds { tick() }
        noteLoad()
    }

    /// All spans up to this record, of those that are in the journal, are in a lane's rings.
    private var routedThrough: UInt64 {
        // In this order: what comes into the journal later is not meant.
        let end = journal.lastSequence
        return lanes.reduce(min(end, replay.sentThrough)) { min($0, $1.routing.routedThrough) }
    }

    private func tick() {
        nextTickMilliseconds = nowMilliseconds + Self.tickMilliseconds
        let waiting = unsent
        unsent.removeAll()
        for message in waiting { send(message) }
        traces.tick(nowMilliseconds: nowMilliseconds)
        // Lanes that have nothing to do do not say how far they are, unless they are woken.
        if traces.isHeldBack { for other in lanes { other.bell.ring() } }
        guard nowMilliseconds >= nextMailMilliseconds else { return }
        nextMailMilliseconds = nowMilliseconds + Self.mailMilliseconds
        if handle.traces.leave(traces, &fresh) { keeperBell.ring() }
    }

    /// What is not counted by now is counted by the next run, from the journal.
    func end() { _ = handle.traces.leave(traces, &fresh) }

    var wakeMilliseconds: Int? { traces.isWaiting ? nextTickMilliseconds : nil }

    private func noteLoad() {
        guard nowMilliseconds >= secondEndsMilliseconds else { return }
        secondEndsMilliseconds = nowMilliseconds + 1_000
        // A second in which all was taken at once tells what came, not how fast it can be taken.
        if handle.load.queuedSpans > 0 { handle.load.note(spansLastSecond: spansThisSecond) }
        spansThisSecond = 0
    }

    /// Keeps the storage of a batch that nobody needs any more.
    func recycle(_ batch: consuming SpanBatch) {
        pool.give(batch.body)
        guard spareTables.count < Self.spareTablesMax,
            batch.table.bytes <= Self.spareBytesMax
        else { return }
        batch.table.removeAll()
        spareTables.append(batch.table)
    }
}
