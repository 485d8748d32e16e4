import Journaling
import Lanes
import Spans
import Storing
import Synchronization
import Wire

/// Finds the spans of a trace wherever they are: in content segments, and of what is not in these yet
/// in the journal. The keeper tells what comes and goes; any thread may ask.
final class TraceLibrary: Sendable {
    private struct State {
        var content: ContentStore
        var fresh = FreshSpans()
    }

    private let state: Mutex<State>
    private let journal: Journal
    private let names: FactNames

    init(content: ContentStore, journal: Journal, names: FactNames) {
        state = Mutex(State(content: content))
        self.journal = journal
        self.names = names
    }

    // MARK: - For those who fill it

    func add(_ fresh: FreshSpans) { state.withLock { $0.fresh.append(fresh) } }

    /// What is in a segment need not be looked for in the journal.
    func add(_ segment: ContentSegment) {
        state.withLock { state in
            state.content.add(segment)
            state.fresh.remove(through: segment.lastSequence)
        }
    }

    func remove(segment firstSequence: UInt64) {
        state.withLock { $0.content.remove(firstSequence: firstSequence) }
    }

    func removeFresh(before sequence: UInt64) {
        state.withLock { $0.fresh.remove(through: sequence - 1) }
    }

    /// Notes what is in the records before one that need not be counted again.
    func noteRecords(before sequence: UInt64) throws(JournalError) {
        var reader = journal.reader(from: journal.segments.first?.firstSequence ?? 1)
        var decoder = RecordDecoder(names: names)
        var record = JournalRecord()
        while reader.nextSequence < sequence, try reader.next(into: &record),
            record.sequence < sequence
        {
            // What cannot be read was told when it was replayed.
            if let batch = try? decoder.batch(of: record) { add(FreshSpans(batch)) }
        }
    }

    // MARK: - For those who ask

    /// All spans of a trace that are in records up to one, each once; and what could not be read.
    func find(
        _ id: TraceID, through: UInt64 = .max, limits: TraceLimits = TraceLimits()
    ) -> (trace: StoredTrace, damages: [StoreDamage]) {
        var trace = StoredTrace(id)
        // The journal first: what is sealed meanwhile is found twice, and not missed.
        eachInJournal(of: id, through: through) { trace.take($0) }
        var reader = state.withLock { $0.content }.reader()
        let damages = reader.read(&trace, limits: limits)
        trace.settle()
        return (trace, damages)
    }

    /// What was counted of a trace, to be taken back when more of it comes: its spans, and the requests
    /// that have links to it. Nil when there is nothing any more.
    func counted(_ id: TraceID, through: UInt64) -> (spans: SpanBatch, linking: [SpanBatch])? {
        let (trace, _) = find(id, through: through)
        var linking: [SpanBatch] = []
        eachInJournal(of: id, through: through) { batch in
            if batch.table.links.contains(where: { $0.trace == id }) { linking.append(batch) }
        }
        guard !trace.spans.isEmpty || !linking.isEmpty else { return nil }
        var writer = ProtobufWriter()
        TraceAsOTLP.append(trace, to: &writer)
        var record = JournalRecord()
        record.body = writer.bytes
        record.bodyCount = writer.bytes.count
        var decoder = RecordDecoder(names: names)
        return (try? decoder.batch(of: record)).map { ($0, linking) }
    }

    private func eachInJournal(of id: TraceID, through: UInt64, _ use: (SpanBatch) -> Void) {
        let sequences = state.withLock { $0.fresh.sequences(of: id) }
        var decoder = RecordDecoder(names: names)
        var record = JournalRecord()
        for sequence in sequences where sequence <= through {
            // What is damaged is told by the journal.
            guard (try? journal.read(sequence, into: &record)) == true,
                let batch = try? decoder.batch(of: record)
            else { continue }
            use(batch)
        }
    }
}
