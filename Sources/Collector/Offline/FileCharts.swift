import Aggregating
package import Answering
import Charts
import Lanes
package import Settings
import Spans

/// The charts of spans in files: the same rooms as the collector's, in one lane, with no clock.
/// Whatever is in the files counts, however old it is.
package final class FileCharts {
    private let settings: TraceSettings
    private let limits: LimitSettings
    private let traces: LaneTraces
    private var ledger: ChartLedger
    private var parcel = ChartParcel()

    package init(_ settings: Settings) {
        let memory = Resources(settings).memoryBytes
        var traceSettings = TraceSettings(
            settings, memoryBytes: memory / 2, ledgerBytes: memory / 4)
        traceSettings.naming.countAnyTime()
        self.settings = traceSettings
        limits = settings.limits
        traces = LaneTraces(traceSettings, notesRows: false)
        ledger = ChartLedger(limits: traceSettings.charts, lanes: 1)
    }

    package func read(
        _ paths: [String], watch: (FilePosition) -> Void
    ) throws(UnreadableSpans) -> FileTotals {
        let traces = traces
        var files = SpanFiles(limits: limits, names: settings.names) { batch in
            traces.take(
                0..<batch.table.records.count, of: batch, nowMilliseconds: 0, receiptSeconds: 0
            ) { traces.take($0, nowMilliseconds: 0) }
        }
        try files.read(paths, watch: watch)
        traces.close()
        traces.handOver(into: &parcel)
        ledger.take(&parcel, fromLane: 0)
        return files.totals
    }

    /// As the collector answers, with the newest span in the place of the time of day.
    package func answer(_ list: ChartAnswers.List, _ query: String) -> WebAnswer {
        let whole = ledger.extent ?? ChartWindow(from: 0, to: 60)
        let times = AnswerTimes(now: whole.to, whole: whole, completeUntil: whole.to)
        return ChartAnswers(times, dimensions: settings.naming.dimensions)
            .answer(list, query, from: ledger)
    }
}
