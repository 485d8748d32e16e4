import Aggregating
import Assembling
import Charts
import Spans
import Storing

/// Counts settled traces, and notes a row of each for the store.
struct SettlingCounter: ~Copyable, TraceCounter {
    var calls: CallCounter
    var summaries = SummaryBatch()
    private let notesRows: Bool

    /// What of a trace is looked at for its list of operations.
    private static let spansMax = 1_024

    init(calls: consuming CallCounter, notesRows: Bool) {
        self.calls = calls
        self.notesRows = notesRows
    }

    mutating func count(
        _ trace: TraceID, _ spans: [SpanSkeleton], _ index: SpanIndex, sign: Int64
    ) {
        calls.count(trace, spans, index, sign: sign)
    }

    mutating func settled(
        _ trace: TraceID, _ spans: [SpanSkeleton], through: UInt64, isAmended: Bool
    ) {
        guard notesRows else { return }
        var row = SummaryRow(trace)
        row.through = through
        if isAmended { row.flags.insert(.amends) }
        fill(&row, spans)
        summaries.append(row)
        for span in spans.prefix(Self.spansMax) where !span.isLinked {
            summaries.add(
                SummaryOperation(
                    operation: span.operation,
                    slowestNanoseconds: UInt64(max(0, span.durationNanoseconds))))
        }
    }

    private func fill(_ row: inout SummaryRow, _ spans: [SpanSkeleton]) {
        var (start, end) = (UInt64.max, UInt64(0))
        var root: Int?
        for position in spans.indices where !spans[position].isLinked {
            row.spans += 1
            if spans[position].flags.contains(.statusError) { row.errors += 1 }
            start = min(start, spans[position].startNanoseconds)
            end = max(end, spans[position].startNanoseconds, spans[position].endNanoseconds)
            if spans[position].parent == 0,
                root.map({ stands(spans[position], before: spans[$0]) }) ?? true
            {
                root = position
            }
        }
        // Of a trace of which only a message is known there is nothing to be seen, but that it counted.
        row.startNanoseconds = row.spans > 0 ? start : 0
        row.durationNanoseconds = end > start ? end - start : 0
        if let root {
            row.root = spans[root].operation
            if calls.isFailed(spans[root]) { row.flags.insert(.failed) }
        } else {
            row.flags.insert(.incomplete)
        }
    }

    private func stands(_ left: SpanSkeleton, before right: SpanSkeleton) -> Bool {
        (left.startNanoseconds, left.id) < (right.startNanoseconds, right.id)
    }
}
