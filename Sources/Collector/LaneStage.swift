import Lanes
import Spans

/// What becomes of the spans of the traces that a lane owns. One thread's.
final class LaneStage {
    private let load: LaneLoad
    private let recent: RecentSpans
    private let pool: BufferPool
    private var spansThisSecond = 0
    private var secondEndsMilliseconds = 0
    /// Tables of requests that are done, kept for the next ones.
    private var spareTables: [SpanTable] = []
    private static let spareTablesMax = 16
    /// Tables of rare large requests are let go.
    private static let spareRecordsMax = 4_096

    init(load: LaneLoad, recent: RecentSpans, pool: BufferPool) {
        self.load = load
        self.recent = recent
        self.pool = pool
    }

    /// A table to fill, with the storage of an earlier one where there is one.
    func emptyTable() -> SpanTable { spareTables.popLast() ?? SpanTable() }

    func take(_ parcel: Parcel) {
        spansThisSecond += parcel.spans
        var done = recent.take(parcel.batch)
        // One after the other leaves the list, so that ours is the last reference.
        while var shared = done.popLast() {
            if let batch = Shared.takeBack(&shared) { recycle(batch) }
        }
    }

    func tick(nowMilliseconds: Int) {
        guard nowMilliseconds >= secondEndsMilliseconds else { return }
        secondEndsMilliseconds = nowMilliseconds + 1_000
        // A second in which all was taken at once tells what came, not how fast it can be taken.
        if load.queuedSpans > 0 { load.note(spansLastSecond: spansThisSecond) }
        spansThisSecond = 0
    }

    /// Keeps the storage of a batch that nobody needs any more.
    func recycle(_ batch: consuming SpanBatch) {
        pool.give(batch.body)
        guard spareTables.count < Self.spareTablesMax,
            batch.table.records.capacity <= Self.spareRecordsMax
        else { return }
        batch.table.removeAll()
        spareTables.append(batch.table)
    }
}
