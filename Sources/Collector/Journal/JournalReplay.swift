import Decoding
import Journaling
import Lanes
import Spans
import Synchronization
import Wire

/// Sends the requests that the run before left in the journal to the lanes again, on a thread of its
/// own, while new ones come in. What was refused is refused again, and no limit is applied to the
/// rest: it was acknowledged.
struct JournalReplay: Sendable {
    private let journal: Journal
    private let lanes: [LaneHandle]
    private let hash: TraceHash
    private let decoder: OTLPTraceDecoder
    private let progress: ReplayProgress
    private let log: Log

    init(
        _ journal: Journal, lanes: [LaneHandle], hash: TraceHash, names: FactNames,
        progress: ReplayProgress, _ log: Log
    ) {
        self.journal = journal
        self.lanes = lanes
        self.hash = hash
        decoder = OTLPTraceDecoder(limits: .none, names: names)
        self.progress = progress
        self.log = log
    }

    func run() {
        defer { progress.end() }
        let last = journal.recoveredSequence
        var reader = journal.reader(from: 1)
        var record = JournalRecord()
        var inflater = Inflater()
        var counts = (requests: 0, spans: 0)
        do {
            while !progress.isStopped, reader.nextSequence <= last,
                try reader.next(into: &record), record.sequence <= last
            {
                progress.note(receivedNanoseconds: record.receivedNanoseconds)
                guard let batch = batch(of: record, &inflater) else { continue }
                counts.requests += 1
                counts.spans += batch.table.records.count
                send(batch)
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
    private func batch(of record: JournalRecord, _ inflater: inout Inflater) -> SpanBatch? {
        do throws(WireError) {
            var batch = try decoded(record, &inflater)
            batch.sequence = record.sequence
            batch.receivedNanoseconds = record.receivedNanoseconds
            batch.table.drop(ordinals: record.refused.ordinals() ?? [])
            batch.table.sort(lanes: lanes.count, by: hash)
            return batch
        } catch {
            log.error(
                "a request in the journal cannot be read",
                ["sequence": String(record.sequence), "reason": "\(error)"])
            return nil
        }
    }

    private func decoded(
        _ record: JournalRecord, _ inflater: inout Inflater
    ) throws(WireError) -> SpanBatch {
        var batch = SpanBatch()
        batch.body = record.body
        batch.bodyCount = record.bodyCount
        if let encoding = record.encoding.contentEncoding, encoding != .identity {
            let limit = InflationLimit(bytesMax: .max, ratioMax: .max, ratioFromBytes: .max)
            var expanded: [UInt8] = []
            batch.bodyCount = try inflater.inflate(
                encoding, record.body, count: record.bodyCount, into: &expanded, limit: limit,
                mayGrow: { _ in true })
            batch.body = expanded
        }
        if record.form == .otlpJSON {
            batch.body = try protobufFromJSON(
                batch.body, count: batch.bodyCount, message: .exportTraceServiceRequest,
                depthMax: Intake.jsonDepthMax)
            batch.bodyCount = batch.body.count
        }
        try decoder.decode(batch.body, count: batch.bodyCount, into: &batch.table)
        return batch
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
    private let position = Atomic<UInt64>(0)
    private let stopping = Atomic<Bool>(false)

    /// When the request came that is being replayed; nil when all are.
    var receivedNanoseconds: UInt64? {
        let position = position.load(ordering: .acquiring)
        return position == .max ? nil : position
    }

    var isStopped: Bool { stopping.load(ordering: .relaxed) }

    func note(receivedNanoseconds: UInt64) {
        position.store(receivedNanoseconds, ordering: .relaxed)
    }

    func end() { position.store(.max, ordering: .releasing) }

    func stop() { stopping.store(true, ordering: .relaxed) }
}
