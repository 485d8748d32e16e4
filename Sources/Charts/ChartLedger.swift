/// All that was counted, by minute, from all lanes; the answers for any range of time.
///
/// Owned by one thread.
package struct ChartLedger: ~Copyable, Sendable {
    package private(set) var names: ChartNames

    package init(limits: ChartLimits, lanes: Int) {
        names = ChartNames(limits: limits)
    }

    /// Empties the parcel.
    package mutating func take(_ parcel: inout ChartParcel, fromLane lane: Int) {
        parcel.removeAll()
    }

    /// Folds windows that are over, by the time of day in seconds.
    package mutating func tick(nowSeconds: Int64) {}

    /// What the windows take.
    package var bytes: Int { 0 }

    /// From the first window to the last; nil when there is none.
    package var extent: ChartWindow? { nil }

    package func edges(_ query: ChartQuery) -> ChartAnswer<EdgeSummary> {
        ChartAnswer(window: query.window)
    }

    package func services(_ query: ChartQuery) -> ChartAnswer<ServiceSummary> {
        ChartAnswer(window: query.window)
    }

    /// Of one service, or of all.
    package func operations(
        _ query: ChartQuery, of service: ServiceKey?
    ) -> ChartAnswer<OperationSummary> {
        ChartAnswer(window: query.window)
    }

    package func critical(_ query: ChartQuery) -> ChartAnswer<CriticalSummary> {
        ChartAnswer(window: query.window)
    }
}
