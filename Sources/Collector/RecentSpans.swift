import Lanes
import Spans
import Synchronization

/// The last batches that a lane took, whole, within a number of bytes: what `/api/v1/recent` shows.
/// The lane puts in, anybody reads.
final class RecentSpans: Sendable {
    private struct State {
        var batches: [Shared<SpanBatch>] = []
        var bytes = 0
        var bytesMax: Int
    }

    private let state: Mutex<State>

    init(bytesMax: Int) { state = Mutex(State(bytesMax: bytesMax)) }

    func set(bytesMax: Int) { state.withLock { $0.bytesMax = bytesMax } }

    /// Takes a batch, and returns those that it pushes out. A batch that is larger than all the room
    /// is handed back itself.
    func take(_ batch: Shared<SpanBatch>) -> [Shared<SpanBatch>] {
        let bytes = Self.bytes(of: batch)
        return state.withLock { state in
            guard bytes <= state.bytesMax else { return [batch] }
            state.batches.append(batch)
            state.bytes += bytes
            var pushedOut: [Shared<SpanBatch>] = []
            while state.bytes > state.bytesMax, let oldest = state.batches.first {
                state.bytes -= Self.bytes(of: oldest)
                state.batches.removeFirst()
                pushedOut.append(oldest)
            }
            return pushedOut
        }
    }

    private static func bytes(of batch: Shared<SpanBatch>) -> Int {
        batch.read { $0.body.count + $0.table.bytes } ?? 0
    }

    /// The oldest first.
    var batches: [Shared<SpanBatch>] { state.withLock { $0.batches } }
}
