import Lanes
import Spans
import Synchronization

/// The last batches that a lane took, whole, within a number of bytes: what `/api/v1/recent` shows.
/// The lane puts in, anybody reads.
final class RecentSpans: Sendable {
    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        var bytesMax: Int
        var last: UInt64 = 0
    }

    struct Entry: Sendable {
        let batch: Shared<SpanBatch>
        /// The time of receipt, made different for every batch of the lane.
        let receivedNanoseconds: UInt64
    }

    private let state: Mutex<State>

    init(bytesMax: Int) { state = Mutex(State(bytesMax: bytesMax)) }

    func set(bytesMax: Int) { state.withLock { $0.bytesMax = bytesMax } }

    /// Takes a batch, and returns those that it pushes out. A batch that is larger than all the room
    /// is handed back itself.
    func take(
        _ batch: Shared<SpanBatch>, receivedNanoseconds: UInt64
    ) -> [Shared<SpanBatch>] {
        let bytes = Self.bytes(of: batch)
        return state.withLock { state in
            guard bytes <= state.bytesMax else { return [batch] }
            state.last = max(receivedNanoseconds, state.last &+ 1)
            state.entries.append(Entry(batch: batch, receivedNanoseconds: state.last))
            state.bytes += bytes
            var pushedOut: [Shared<SpanBatch>] = []
            while state.bytes > state.bytesMax, let oldest = state.entries.first?.batch {
                state.bytes -= Self.bytes(of: oldest)
                state.entries.removeFirst()
                pushedOut.append(oldest)
            }
            return pushedOut
        }
    }

    private static func bytes(of batch: Shared<SpanBatch>) -> Int {
        batch.read { $0.body.count + $0.table.bytes } ?? 0
    }

    /// The oldest first.
    var entries: [Entry] { state.withLock { $0.entries } }
}
