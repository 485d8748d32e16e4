import Aggregating
import Assembling
import Charts
import Spans
import Storing

/// Joins the rooms that make edges and figures of a lane's spans: skeletons are made, assembled,
/// and counted when their trace settles. One lane's, or the only one where files are read.
final class LaneTraces {
    private var maker: SkeletonMaker
    private var table: TraceTable
    private var counter: SettlingCounter
    /// What the run before counted of traces, which is not counted again.
    private let counted: CountedTraces
    private let library: TraceLibrary?
    /// Whether the maker was given another batch meanwhile.
    private var hasRestored = false

    /// Rows of settled traces are noted for those who store them.
    init(
        _ settings: TraceSettings, counted: CountedTraces = CountedTraces(),
        library: TraceLibrary? = nil, notesRows: Bool = true
    ) {
        self.library = library
        self.counted = counted
        var random = SystemRandomNumberGenerator()
        maker = SkeletonMaker(
            rules: settings.naming, names: settings.names, using: &random)
        table = TraceTable(limits: settings.assembly, using: &random)
        counter = SettlingCounter(
            calls: CallCounter(
                charts: LaneCharts(limits: settings.charts), rules: settings.counting),
            notesRows: notesRows)
    }

    /// Takes the spans of some records; messages that they say were caused by other traces go to
    /// `send`, for the lanes that own those.
    func take(
        _ records: Range<Int>, of batch: borrowing SpanBatch, nowMilliseconds: Int,
        receiptSeconds: UInt32, send: (LinkedMessage) -> Void
    ) {
        maker.begin(batch)
        for index in records {
            let record = batch.table.records[index]
            let span = maker.skeleton(
                of: record, in: batch, receiptSeconds: receiptSeconds,
                charts: &counter.calls.charts)
            take(span, of: record.trace, batch.sequence, nowMilliseconds)
            if hasRestored {
                maker.begin(batch)
                hasRestored = false
            }
            if record.links.count > 0, span.kind == .consumer {
                sendMessages(of: record, span, in: batch, send)
            }
        }
    }

    private func sendMessages(
        of record: SpanRecord, _ span: SpanSkeleton, in batch: borrowing SpanBatch,
        _ send: (LinkedMessage) -> Void
    ) {
        for index in record.links.indices {
            let link = batch.table.links[index]
            // A consumer may name its producer as parent and by a link as well.
            if link.trace == record.trace, link.id == record.parent { continue }
            send(message(to: link, from: span, sequence: batch.sequence))
        }
    }

    /// A consumer as it stands in the trace of the producer that it links to.
    private func message(
        to link: SpanLink, from span: SpanSkeleton, sequence: UInt64
    ) -> LinkedMessage {
        var message = LinkedMessage(
            trace: link.trace, sequence: sequence, span: span,
            service: counter.calls.charts.names.services[Int(span.service)])
        message.span.flags.insert(.linked)
        message.span.parent = link.id
        return message
    }

    /// Takes a message that another lane sent, whose numbers mean other names here.
    func take(_ message: LinkedMessage, nowMilliseconds: Int) {
        var span = message.span
        span.service = counter.calls.charts.names.service(message.service)
        span.operation = 0
        span.peer = SpanSkeleton.none
        span.host = SpanSkeleton.none
        take(span, of: message.trace, message.sequence, nowMilliseconds)
    }

    private func take(
        _ span: SpanSkeleton, of trace: TraceID, _ sequence: UInt64, _ nowMilliseconds: Int
    ) {
        switch counted.meaning(trace, sequence, nowMilliseconds: nowMilliseconds) {
        case .new: break
        case .counted: return
        case .late:
            table.noteLate()
            return
        case .amends(let through):
            guard table.has(trace) || restore(trace, through, nowMilliseconds) else {
                table.noteLate()
                return
            }
        }
        table.take(
            span, of: trace, sequence: sequence, nowMilliseconds: nowMilliseconds, into: &counter)
    }

    /// Puts back what an earlier run counted of a trace; false when its spans are not there any more.
    private func restore(_ trace: TraceID, _ through: UInt64, _ nowMilliseconds: Int) -> Bool {
        guard let batch = library?.counted(trace, through: through) else { return false }
        maker.begin(batch)
        hasRestored = true
        let spans = batch.table.records.map { record in
            maker.skeleton(
                of: record, in: batch,
                receiptSeconds: UInt32(truncatingIfNeeded: record.endNanoseconds / 1_000_000_000),
                charts: &counter.calls.charts)
        }
        table.restore(trace, spans, nowMilliseconds: nowMilliseconds, into: &counter)
        return true
    }

    /// Tells that all spans and messages up to a record of the journal were taken.
    func advance(to position: UInt64) { table.position = max(table.position, position) }

    /// Whether a trace is due that waits for spans of other lanes' requests.
    var isHeldBack: Bool { table.isHeldBack }

    /// Counts a message that could not be brought to the trace of its producer.
    func lose(_ message: LinkedMessage) {
        counter.calls.charts.quality.add(
            .lostLink, counter.calls.charts.names.service(message.service), 1)
    }

    func tick(nowMilliseconds: Int) { table.tick(nowMilliseconds: nowMilliseconds, into: &counter) }

    /// Settles all: nothing more will come.
    func close() { table.close(into: &counter) }

    /// Hands over what was counted. False when there is nothing.
    func fill(_ mail: inout TraceMail) -> Bool {
        mail.state = AssemblyState(
            tally: table.tally, traces: table.traceCount, spans: table.spanCount,
            bytes: table.bytes, quietMilliseconds: table.quietMilliseconds)
        guard mail.isEmpty else { return false }
        let hasMoved = mail.position < table.position
        mail.position = table.position
        mail.countedThrough = table.countedThrough()
        swap(&mail.summaries, &counter.summaries)
        if counter.calls.charts.hasNews { handOver(into: &mail.parcel) }
        return hasMoved || !mail.isEmpty
    }

    /// The parcel must be empty.
    func handOver(into parcel: inout ChartParcel) { counter.calls.charts.handOver(into: &parcel) }

    /// Whether time alone will make something happen.
    var isWaiting: Bool { table.traceCount > 0 || counter.calls.charts.hasNews }
}

/// A message on its way from its consumer to the trace of its producer. Names are texts, because
/// every lane has numbers of its own.
struct LinkedMessage: Sendable {
    var trace: TraceID
    /// The consumer's record in the journal.
    var sequence: UInt64
    var span: SpanSkeleton
    var service: ServiceKey
}

/// How it stands with a lane's traces, for metrics.
struct AssemblyState: Sendable {
    var tally = AssemblyTally()
    var traces = 0
    var spans = 0
    var bytes = 0
    var quietMilliseconds = 0
}

/// What a lane hands to whoever keeps the charts.
struct TraceMail: ~Copyable, Sendable {
    var parcel = ChartParcel()
    var summaries = SummaryBatch()
    var fresh = FreshSpans()
    /// The lane's place in the journal, and up to where all is in what it handed over.
    var position: UInt64 = 0
    var countedThrough: UInt64 = 0
    var state = AssemblyState()

    /// Whether somebody has taken what was in it.
    var isEmpty: Bool { parcel.isEmpty && summaries.isEmpty }
}
