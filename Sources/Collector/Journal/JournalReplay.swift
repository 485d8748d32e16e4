import Journaling
import Lanes
import Spans
import Synchronization
import Wire

/// Sends the requests that the run before left in the journal to the lanes again, on a thread of its
/// own, while new ones come in.
struct JournalReplay: Sendable {
    private let journal: Journal
    private let lanes: [LaneHandle]
    private let hash: TraceHash
    private let names: FactNames
    private let library: TraceLibrary
    /// Where it starts: what is before was counted.
    private let first: UInt64
    private let progress: ReplayProgress
    private let log: Log

    init(
        _ journal: Journal, lanes: [LaneHandle], hash: TraceHash, names: FactNames,
        library: TraceLibrary, from first: UInt64, progress: ReplayProgress, _ log: Log
    ) {
        self.journal = journal
        self.lanes = lanes
        self.hash = hash
        self.names = names
        self.library = library
        self.first = first
        self.progress = progress
        self.log = log
    }

    func run() {
        defer { progress.end() }
        let last = journal.recoveredSequence
        var reader = journal.reader(from: max(first, 1))
        var decoder = RecordDecoder(names: names)
        var record = JournalRecord()
        var counts = (requests: 0, spans: 0)
        do {
            while !progress.isStopped, reader.nextSequence <= last,
                try reader.next(into: &record), record.sequence <= last
            {
                guard let batch = batch(of: record, &decoder) else { continue }
                counts.requests += 1
                counts.spans += batch.table.records.count
                library.add(FreshSpans(batch))
                send(batch)
                progress.note(through: record.sequence)
            }
        } catch {
            log.error("the journal could not be replayed to its end", ["reason": "\(error)"])
        }
        guard counts.requests > 0 else { return }
        log.info(
            "the journal is replayed",
            ["requests": String(counts.requests), "spans": String(counts.spans)])
    }

    /// Nil, and told in the log, when the bytes are not what was accepted.
    private func batch(of record: JournalRecord, _ decoder: inout RecordDecoder) -> SpanBatch? {
        do throws(WireError) {
            var batch = try decoder.batch(of: record)
            batch.table.sort(lanes: lanes.count, by: hash)
            return batch
        } catch {
            log.error(
                "a request in the journal cannot be read",
                ["sequence": String(record.sequence), "reason": "\(error)"])
            return nil
        }
    }

    /// Waits where a lane has no room.
    private func send(_ batch: consuming SpanBatch) {
        let counts = lanes.indices.map { batch.table.records(ofLane: $0).count }
        let shared = Shared(batch)
        for (lane, count) in counts.enumerated() where count > 0 {
            let ring = lanes[lane].inbox[lanes.count]
            while !ring.hasRoom && !progress.isStopped {
                Clock.sleep(milliseconds: Self.waitMilliseconds)
            }
            guard ring.push(Parcel(batch: shared, spans: count, charges: [])) == nil else { return }
            lanes[lane].load.add(count)
            lanes[lane].bell.ring()
        }
    }

    private static let waitMilliseconds = 2
}

/// How far the replay is: it says, everybody reads.
final class ReplayProgress: Sendable {
    private let sent = Atomic<UInt64>(0)
    private let stopping = Atomic<Bool>(false)

    /// All that is replayed up to this record is on its way to the lanes; the highest number when all
    /// is.
    var sentThrough: UInt64 { sent.load(ordering: .acquiring) }

    var isOver: Bool { sentThrough == .max }

    /// Whether a record is one of those that were replayed, and so are all before it.
    func hasSent(_ sequence: UInt64) -> Bool { sequence <= sentThrough }

    var isStopped: Bool { stopping.load(ordering: .relaxed) }

    func note(through sequence: UInt64) { sent.store(sequence, ordering: .releasing) }

    func end() { sent.store(.max, ordering: .releasing) }

    func stop() { stopping.store(true, ordering: .relaxed) }
}
