import Charts
import Spans

/// What the caller of a trace's root waited for, edge by edge: from the end of the root backwards,
/// always the child that ended last, and where none was running the span itself.
///
/// The shares of a trace add up to the duration of its root. Work that nobody waits for, such as
/// what a message sets off, has none. A list of open spans in the place of recursion.
struct CriticalPath {
    private struct Frame {
        /// Position of the span, and the edge that its time goes to.
        var span: Int
        var edge: UInt32
        /// What is added to the times of the span's host, so that it lies within its parent.
        var shift: Int64
        var start: Int64
        /// The path is known from here to the end.
        var reached: Int64
        var own: Int64 = 0
        /// Children not yet looked at, in `waiting`.
        var firstChild = 0
    }

    private var open: [Frame] = []
    /// Children of the open spans, those that end first standing last.
    private var waiting: [Int32] = []
    /// What is not in the delta yet: spans of few edges make most of a path.
    private var shares: [CriticalShare] = []

    private static let sharesMax = 16

    mutating func count(
        _ spans: [SpanSkeleton], _ shape: TraceShape, _ edges: [UInt32], sign: Int64,
        into delta: inout ChartDelta
    ) {
        let root = shape.lastRoot
        guard shape.roots == 1, spans[root].durationNanoseconds > 0,
            spans[root].flags.isDisjoint(with: [.excluded, .tooOld, .tooFarAhead])
        else { return }
        var entry = CriticalShare()
        entry.entryOperation = spans[root].operation
        entry.endNanoseconds = spans[root].windowNanoseconds
        entry.weight = spans[root].weight
        open.append(
            Frame(
                span: root, edge: edges[root], shift: 0, start: 0,
                reached: spans[root].durationNanoseconds))
        collectChildren(of: root, spans, shape)
        let base = spans[root].startNanoseconds
        while let top = open.indices.last {
            if var child = Self.nextChild(&open[top], &waiting, spans, edges, base: base) {
                child.firstChild = waiting.count
                collectChildren(of: child.span, spans, shape)
                if waiting.count > child.firstChild {
                    open.append(child)
                } else {
                    share(child, of: entry, sign: sign, &delta)
                }
            } else {
                share(open.removeLast(), of: entry, sign: sign, &delta)
            }
        }
        handOver(sign: sign, &delta)
    }

    /// Gives the time that is a span's own to its edge.
    private mutating func share(
        _ frame: Frame, of entry: CriticalShare, sign: Int64, _ delta: inout ChartDelta
    ) {
        let own = frame.own + frame.reached - frame.start
        guard frame.edge != SpanSkeleton.none, own > 0 else { return }
        if let place = shares.firstIndex(where: { $0.edge == frame.edge }) {
            shares[place].nanoseconds += UInt64(own)
            shares[place].spans += 1
            return
        }
        if shares.count == Self.sharesMax { handOver(sign: sign, &delta) }
        var share = entry
        share.edge = frame.edge
        share.nanoseconds = UInt64(own)
        shares.append(share)
    }

    private mutating func handOver(sign: Int64, _ delta: inout ChartDelta) {
        for share in shares { delta.add(share, sign: sign) }
        shares.removeAll(keepingCapacity: true)
    }

    private mutating func collectChildren(
        of span: Int, _ spans: [SpanSkeleton], _ shape: TraceShape
    ) {
        let first = waiting.count
        for place in shape.children(of: span) {
            let child = shape.child(at: place)
            if spans[child].kind != .consumer, spans[child].durationNanoseconds > 0 {
                waiting.append(Int32(truncatingIfNeeded: child))
            }
        }
        if waiting.count - first > 1 { sortWaiting(from: first, spans) }
    }

    /// Most spans have few children, which are put in order where they stand.
    private mutating func sortWaiting(from first: Int, _ spans: [SpanSkeleton]) {
        guard waiting.count - first <= Self.fewChildren else {
            waiting[first...].sort { Self.endsBefore(spans[Int($0)], spans[Int($1)]) }
            return
        }
        for place in first + 1..<waiting.count {
            let child = waiting[place]
            var hole = place
            while hole > first, Self.endsBefore(spans[Int(child)], spans[Int(waiting[hole - 1])]) {
                waiting[hole] = waiting[hole - 1]
                hole -= 1
            }
            waiting[hole] = child
        }
    }

    private static let fewChildren = 24

    private static func endsBefore(_ left: SpanSkeleton, _ right: SpanSkeleton) -> Bool {
        if left.endNanoseconds != right.endNanoseconds {
            return left.endNanoseconds < right.endNanoseconds
        }
        return (left.startNanoseconds, left.id) < (right.startNanoseconds, right.id)
    }

    /// The next child on the path, cut to the time that is still open; what lies between is the
    /// span's own.
    private static func nextChild(
        _ frame: inout Frame, _ waiting: inout [Int32], _ spans: [SpanSkeleton],
        _ edges: [UInt32], base: UInt64
    ) -> Frame? {
        while waiting.count > frame.firstChild, let last = waiting.popLast() {
            let child = Int(last)
            let shift = frame.shift &+ skew(child, in: frame.span, spans)
            let childStart = spans[child].startNanoseconds.nanoseconds(since: base) &+ shift
            let start = max(childStart, frame.start)
            let end = min(childStart &+ spans[child].durationNanoseconds, frame.reached)
            guard start < end else { continue }
            frame.own += frame.reached - end
            frame.reached = start
            let edge = edges[child] == SpanSkeleton.none ? frame.edge : edges[child]
            return Frame(span: child, edge: edge, shift: shift, start: start, reached: end)
        }
        return nil
    }

    /// A span of another host that sticks out of its parent is put into the middle of it.
    private static func skew(_ child: Int, in parent: Int, _ spans: [SpanSkeleton]) -> Int64 {
        guard spans[child].service != spans[parent].service,
            spans[child].startNanoseconds < spans[parent].startNanoseconds
                || spans[child].endNanoseconds > spans[parent].endNanoseconds,
            spans[child].durationNanoseconds <= spans[parent].durationNanoseconds
        else { return 0 }
        let middle = (spans[parent].durationNanoseconds - spans[child].durationNanoseconds) / 2
        let start = spans[child].startNanoseconds
        return middle &- start.nanoseconds(since: spans[parent].startNanoseconds)
    }
}
