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
    private let replay: ReplayProgress?
    /// Spans that amend such traces, and came before all of these was replayed.
    private var early: [EarlySpan] = []

    private struct EarlySpan {
        let span: SpanSkeleton
        let trace: TraceID
        let sequence: UInt64
    }
    /// Whether the maker has another batch than that whose spans are being taken.
    private var isInterrupted = false

    /// Rows of settled traces are noted for those who store them.
    init(
        _ settings: TraceSettings, counted: CountedTraces = CountedTraces(),
        library: TraceLibrary? = nil, replay: ReplayProgress? = nil, notesRows: Bool = true
    ) {
        self.library = library
        self.replay = replay
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
        isInterrupted = true
        for index in records {
            if isInterrupted { maker.begin(batch) }
            isInterrupted = false
            let record = batch.table.records[index]
            let span = maker.skeleton(
                of: record, in: batch, receiptSeconds: receiptSeconds,
                charts: &counter.calls.charts)
            take(span, of: record.trace, batch.sequence, nowMilliseconds)
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
            if record.names(link) { continue }
            send(message(to: link, from: span, sequence: batch.sequence))
        }
    }

    /// A consumer as it stands in the trace of the producer that it links to.
    private func message(
        to link: SpanLink, from span: SpanSkeleton, sequence: UInt64
    ) -> LinkedMessage {
        LinkedMessage(
            trace: link.trace, sequence: sequence, span: span.asMessage(to: link.id),
            service: counter.calls.charts.names.services[Int(span.service)])
    }

    /// Takes a message that another lane sent, whose numbers mean other names here.
    func take(_ message: LinkedMessage, nowMilliseconds: Int) {
        var span = message.span
        span.service = counter.calls.charts.names.service(message.service)
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
            if let replay, !replay.hasSent(sequence) {
                early.append(EarlySpan(span: span, trace: trace, sequence: sequence))
                return
            }
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
        guard let found = library?.counted(trace, through: through) else { return false }
        isInterrupted = true
        var spans = skeletons(of: found.spans)
        for batch in found.linking {
            let consumers = skeletons(of: batch)
            for (record, consumer) in zip(batch.table.records, consumers)
            where consumer.kind == .consumer {
                for index in record.links.indices {
                    let link = batch.table.links[index]
                    guard link.trace == trace, !record.names(link) else { continue }
                    spans.append(consumer.asMessage(to: link.id))
                }
            }
        }
        table.restore(trace, spans, nowMilliseconds: nowMilliseconds, into: &counter)
        return true
    }

    /// As if each had come when it ended.
    private func skeletons(of batch: SpanBatch) -> [SpanSkeleton] {
        maker.begin(batch)
        return batch.table.records.map { record in
            let end = max(record.startNanoseconds, record.endNanoseconds) / 1_000_000_000
            return maker.skeleton(
                of: record, in: batch, receiptSeconds: UInt32(truncatingIfNeeded: end),
                charts: &counter.calls.charts)
        }
    }

    /// Tells that all spans and messages up to a record of the journal were taken.
    func advance(to position: UInt64, nowMilliseconds: Int) {
        if !early.isEmpty {
            let spans = early
            early = []
            for span in spans { take(span.span, of: span.trace, span.sequence, nowMilliseconds) }
        }
        table.position = max(table.position, position)
    }

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
        mail.countedThrough = table.countedThrough
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

extension SpanRecord {
    /// Whether it has as parent what it links to: a consumer may tell its producer in both ways.
    fileprivate func names(_ link: SpanLink) -> Bool { link.trace == trace && link.id == parent }
}

extension SpanSkeleton {
    /// A consumer as it stands in the trace of a producer that it links to. Of its names only that of
    /// its service is wanted there.
    fileprivate func asMessage(to producer: UInt64) -> SpanSkeleton {
        var message = self
        message.flags.insert(.linked)
        message.parent = producer
        message.operation = 0
        message.peer = Self.none
        message.host = Self.none
        return message
    }
}
