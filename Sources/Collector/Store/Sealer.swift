import Journaling
import Lanes
import Spans
import Storing
import Synchronization
import Wire

/// Makes content segments of journal segments that need not be replayed any more, on a thread of its
/// own. The keeper tells up to where that is, and commits what is sealed.
final class Sealer: Sendable {
    private struct State {
        /// Records before it are counted and committed.
        var low: UInt64 = 0
        var sealed: [ContentSegment] = []
        var isEnding = false
    }

    private let state = Mutex(State())
    private let bell: Bell
    private let journal: Journal
    private let names: FactNames
    private let log: Log

    init(journal: Journal, names: FactNames, log: Log) throws(Errno) {
        bell = try Bell()
        self.journal = journal
        self.names = names
        self.log = log
    }

    // MARK: - For the keeper

    func seal(before low: UInt64) {
        state.withLock { $0.low = low }
        bell.ring()
    }

    /// In the order of their records.
    func takeSealed() -> [ContentSegment] {
        state.withLock { state in
            defer { state.sealed = [] }
            return state.sealed
        }
    }

    /// What could not be committed comes again with what follows it.
    func giveBack(_ sealed: [ContentSegment]) { state.withLock { $0.sealed = sealed + $0.sealed } }

    func end() {
        state.withLock { $0.isEnding = true }
        bell.ring()
    }

    // MARK: - The thread

    /// `sealedThrough` is the last record that is in a content segment at the start.
    func run(_ folder: DataDirectory, sealedThrough: UInt64) {
        var writer = ContentSegmentWriter()
        var decoder = RecordDecoder(names: names)
        var sealedThrough = sealedThrough
        while true {
            bell.park()
            let (low, isEnding) = state.withLock { ($0.low, $0.isEnding) }
            if isEnding { return }
            let next = journal.segments.first {
                !$0.isOpen && $0.firstSequence > sealedThrough && $0.lastSequence < low
            }
            guard let next else {
                bell.wait(milliseconds: -1)
                continue
            }
            bell.unpark()
            do {
                let segment = try seal(next, &writer, &decoder, folder)
                sealedThrough = next.lastSequence
                state.withLock { $0.sealed.append(segment) }
            } catch {
                log.error("a part of the journal cannot be stored", ["reason": "\(error)"])
                Clock.sleep(milliseconds: Self.retryMilliseconds)
            }
        }
    }

    private static let retryMilliseconds = 1_000

    private func seal(
        _ part: JournalSegment, _ writer: inout ContentSegmentWriter,
        _ decoder: inout RecordDecoder, _ folder: DataDirectory
    ) throws -> ContentSegment {
        try writer.begin(in: folder, firstSequence: part.firstSequence)
        var reader = journal.reader(from: part.firstSequence)
        var record = JournalRecord()
        while reader.nextSequence <= part.lastSequence, try reader.next(into: &record),
            record.sequence <= part.lastSequence
        {
            guard let batch = batch(of: record, &decoder) else { continue }
            try writer.take(
                batch, sequence: record.sequence, receiptNanoseconds: record.receivedNanoseconds)
        }
        return try writer.finish()
    }

    private func batch(of record: JournalRecord, _ decoder: inout RecordDecoder) -> SpanBatch? {
        do throws(WireError) {
            return try decoder.batch(of: record)
        } catch {
            // Told at the replay already; nothing of it was ever counted.
            return nil
        }
    }
}
