import Spans
import Storing

/// In which records of the journal there are spans of a trace, or links to it, for as long as they are
/// nowhere else. Sixteen bytes for each trace of a record.
struct FreshSpans: Sendable {
    private struct Place {
        let fingerprint: UInt64
        let sequence: UInt64
    }

    private var places: [Place] = []

    init() {}

    init(_ batch: borrowing SpanBatch) {
        note(batch.table.records.indices, of: batch)
    }

    var isEmpty: Bool { places.isEmpty }

    /// Spans of one trace mostly follow each other.
    mutating func note(_ records: Range<Int>, of batch: borrowing SpanBatch) {
        var last: UInt64?
        for index in records {
            for link in batch.table.records[index].links.indices {
                let linked = batch.table.links[link].trace.fingerprint
                places.append(Place(fingerprint: linked, sequence: batch.sequence))
            }
            let fingerprint = batch.table.records[index].trace.fingerprint
            if fingerprint == last { continue }
            last = fingerprint
            places.append(Place(fingerprint: fingerprint, sequence: batch.sequence))
        }
    }

    mutating func append(_ more: FreshSpans) { places.append(contentsOf: more.places) }

    /// Forgets what was stored.
    mutating func remove(through sequence: UInt64) { places.removeAll { $0.sequence <= sequence } }

    mutating func removeAll() { places.removeAll(keepingCapacity: true) }

    /// Ascending, each once.
    func sequences(of trace: TraceID) -> [UInt64] {
        let fingerprint = trace.fingerprint
        let found = places.lazy.filter { $0.fingerprint == fingerprint }.map(\.sequence)
        return Set(found).sorted()
    }
}
