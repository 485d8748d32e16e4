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
        var firstChild: Int
    }

    private var open: [Frame] = []
    /// Children of the open spans, those that end first standing last.
    private var waiting: [Int32] = []

    mutating func count(
        _ spans: [SpanSkeleton], _ shape: TraceShape, _ edges: [UInt32], sign: Int64,
        into delta: inout ChartDelta
    ) {
        let root = shape.lastRoot
        guard shape.roots == 1, spans[root].durationNanoseconds > 0,
            spans[root].flags.isDisjoint(with: [.excluded, .tooOld, .tooFarAhead])
        else { return }
        var share = CriticalShare()
        share.entryOperation = spans[root].operation
        share.endNanoseconds = spans[root].windowNanoseconds
        share.weight = spans[root].weight
        enter(root, edges[root], 0, 0, spans[root].durationNanoseconds, spans, shape)
        while var frame = open.popLast() {
            if let child = nextChild(&frame, spans, base: spans[root].startNanoseconds) {
                open.append(frame)
                let edge = edges[child.span] == SpanSkeleton.none ? frame.edge : edges[child.span]
                enter(child.span, edge, child.shift, child.start, child.end, spans, shape)
            } else {
                share.edge = frame.edge
                share.nanoseconds = UInt64(max(0, frame.own + frame.reached - frame.start))
                if share.edge != SpanSkeleton.none, share.nanoseconds > 0 {
                    delta.add(share, sign: sign)
                }
                waiting.removeLast(waiting.count - frame.firstChild)
            }
        }
    }

    private mutating func enter(
        _ span: Int, _ edge: UInt32, _ shift: Int64, _ start: Int64, _ end: Int64,
        _ spans: [SpanSkeleton], _ shape: TraceShape
    ) {
        open.append(
            Frame(
                span: span, edge: edge, shift: shift, start: start, reached: end,
                firstChild: waiting.count))
        let first = waiting.count
        for place in shape.children(of: span) {
            let child = shape.child(at: place)
            if isWaitedFor(spans[child]) { waiting.append(Int32(truncatingIfNeeded: child)) }
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

    private func isWaitedFor(_ span: SpanSkeleton) -> Bool {
        span.kind != .consumer && span.durationNanoseconds > 0
    }

    /// The next child on the path, cut to the time that is still open; what lies between is the
    /// span's own.
    private mutating func nextChild(
        _ frame: inout Frame, _ spans: [SpanSkeleton], base: UInt64
    ) -> (span: Int, shift: Int64, start: Int64, end: Int64)? {
        while waiting.count > frame.firstChild, let position = waiting.popLast() {
            let child = spans[Int(position)]
            let shift = frame.shift &+ skew(child, in: spans[frame.span])
            let childStart = child.startNanoseconds.nanoseconds(since: base) &+ shift
            let start = max(childStart, frame.start)
            let end = min(childStart &+ child.durationNanoseconds, frame.reached)
            guard start < end else { continue }
            frame.own += frame.reached - end
            frame.reached = start
            return (Int(position), shift, start, end)
        }
        return nil
    }

    /// A span of another host that sticks out of its parent is put into the middle of it.
    private func skew(_ child: SpanSkeleton, in parent: SpanSkeleton) -> Int64 {
        guard child.service != parent.service,
            child.startNanoseconds < parent.startNanoseconds
                || child.endNanoseconds > parent.endNanoseconds,
            child.durationNanoseconds <= parent.durationNanoseconds
        else { return 0 }
        let middle = (parent.durationNanoseconds - child.durationNanoseconds) / 2
        return middle &- child.startNanoseconds.nanoseconds(since: parent.startNanoseconds)
    }
}
