import Aggregating
import Assembling
import Charts
import Spans

/// Joins the rooms that make edges and figures of a lane's spans: skeletons are made, assembled,
/// and counted when their trace settles. One lane's, or the only one where files are read.
final class LaneTraces {
    private var maker: SkeletonMaker
    private var table: TraceTable
    private var counter: CallCounter

    init(_ settings: TraceSettings) {
        var random = SystemRandomNumberGenerator()
        maker = SkeletonMaker(
            rules: settings.naming, names: settings.names, using: &random)
        table = TraceTable(limits: settings.assembly, using: &random)
        counter = CallCounter(
            charts: LaneCharts(limits: settings.charts), rules: settings.counting)
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
                of: record, in: batch, receiptSeconds: receiptSeconds, charts: &counter.charts)
            table.take(span, of: record.trace, nowMilliseconds: nowMilliseconds, into: &counter)
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
            send(message(to: link, from: span))
        }
    }

    /// A consumer as it stands in the trace of the producer that it links to.
    private func message(to link: SpanLink, from span: SpanSkeleton) -> LinkedMessage {
        var message = LinkedMessage(
            trace: link.trace, span: span,
            service: counter.charts.names.services[Int(span.service)])
        message.span.flags.insert(.linked)
        message.span.parent = link.id
        return message
    }

    /// Takes a message that another lane sent, whose numbers mean other names here.
    func take(_ message: LinkedMessage, nowMilliseconds: Int) {
        var span = message.span
        span.service = counter.charts.names.service(message.service)
        span.operation = 0
        span.peer = SpanSkeleton.none
        span.host = SpanSkeleton.none
        table.take(span, of: message.trace, nowMilliseconds: nowMilliseconds, into: &counter)
    }

    /// Counts a message that could not be brought to the trace of its producer.
    func lose(_ message: LinkedMessage) {
        counter.charts.quality.add(
            .lostLink, counter.charts.names.service(message.service), 1)
    }

    func tick(nowMilliseconds: Int) { table.tick(nowMilliseconds: nowMilliseconds, into: &counter) }

    /// Settles all: nothing more will come.
    func close() { table.close(into: &counter) }

    /// Hands over what was counted. False when there is nothing.
    func fill(_ mail: inout TraceMail) -> Bool {
        mail.state = AssemblyState(
            tally: table.tally, traces: table.traceCount, spans: table.spanCount,
            bytes: table.bytes, quietMilliseconds: table.quietMilliseconds)
        guard mail.parcel.isEmpty, counter.charts.hasNews else { return false }
        handOver(into: &mail.parcel)
        return true
    }

    /// The parcel must be empty.
    func handOver(into parcel: inout ChartParcel) { counter.charts.handOver(into: &parcel) }

    /// Whether time alone will make something happen.
    var isWaiting: Bool { table.traceCount > 0 || counter.charts.hasNews }
}

/// A message on its way from its consumer to the trace of its producer. Names are texts, because
/// every lane has numbers of its own.
struct LinkedMessage: Sendable {
    var trace: TraceID
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
    var state = AssemblyState()
}

extension CallCounter: TraceCounter {}
