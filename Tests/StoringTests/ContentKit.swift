import Lanes
import Spans

@testable import Storing

/// Segments of random requests, and what should be found in them.
struct StoredRequests {
    let traces: [TraceID]
    let batches: [SpanBatch]

    init(seed: UInt64, traces count: Int, requests: Int, spans: Int = 100) throws {
        var maker = RequestMaker(seed: seed, traces: count)
        batches = try (0..<requests).map { _ in try batch(of: maker.request(spans: spans)) }
        traces = maker.traces
    }

    func write(to folder: DataDirectory, firstSequence: UInt64 = 7) throws -> ContentSegment {
        var writer = ContentSegmentWriter()
        try writer.begin(in: folder, firstSequence: firstSequence)
        for (number, batch) in batches.enumerated() {
            try writer.take(
                batch, sequence: firstSequence + UInt64(number),
                receiptNanoseconds: 1_000 + UInt64(number))
        }
        return try writer.finish()
    }

    /// Straight from the requests, all copies of a span with it.
    func trace(_ id: TraceID) -> StoredTrace {
        var trace = StoredTrace(id)
        for batch in batches where batch.table.records.contains(where: { $0.trace == id }) {
            trace.take(batch)
        }
        return trace
    }
}

/// Opens a segment anew, as after a start.
func reopened(_ segment: ContentSegment, in folder: DataDirectory) -> (
    store: ContentStore, damages: [StoreDamage]
) {
    var damages: [StoreDamage] = []
    let store = ContentStore(opening: [segment.name], in: folder, damages: &damages)
    return (store, damages)
}
