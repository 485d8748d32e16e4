import Aggregating
import Answering
import Assembling
import Charts
import Journaling
import Lanes

/// Keeps the charts of all lanes: empties their mail into the ledger. One thread's, the desk's or,
/// where files are read, the reader's.
final class ChartKeeper: Upkeep {
    var ledger: ChartLedger
    private let settings: TraceSettings
    private let store: Store
    /// Swapped against a full one, so that no lane waits while its mail is read.
    private var spare = TraceMail()
    private let lanes: [LaneHandle]
    /// By lane: its place in the journal, and up to where all that it took is in the ledger.
    private var positions: [UInt64]
    private var countedThrough: [UInt64]
    private var nextTickMilliseconds = 0
    private let startSeconds = nowSeconds()
    private static let tickMilliseconds = 1_000

    init(
        settings: TraceSettings, lanes: [LaneHandle], ledger: consuming ChartLedger, store: Store
    ) {
        self.settings = settings
        self.ledger = ledger
        self.lanes = lanes
        self.store = store
        positions = lanes.map { _ in 0 }
        countedThrough = positions
    }

    func work(nowMilliseconds: Int) {
        takeMail()
        store.work(
            &ledger, position: positions.min() ?? 0, countedThrough: countedThrough.min() ?? 0,
            nowMilliseconds: nowMilliseconds)
        guard nowMilliseconds >= nextTickMilliseconds else { return }
        nextTickMilliseconds = nowMilliseconds + Self.tickMilliseconds
        ledger.tick(nowSeconds: Self.nowSeconds())
        wakeThoseBehind()
    }

    /// Lanes that have nothing to do say how far they are when they are woken.
    private func wakeThoseBehind() {
        let end = store.journal.lastSequence
        for (lane, handle) in lanes.enumerated() where positions[lane] < end { handle.bell.ring() }
    }

    /// The lanes have ended before.
    func end() {
        takeMail()
        store.commit(
            &ledger, position: positions.min() ?? 0, countedThrough: countedThrough.min() ?? 0)
    }

    var wakeMilliseconds: Int? { ledger.extent == nil ? nil : nextTickMilliseconds }

    private func takeMail() {
        for (lane, handle) in lanes.enumerated() {
            handle.traces.swap(&spare)
            positions[lane] = spare.position
            countedThrough[lane] = spare.countedThrough
            if !spare.parcel.isEmpty { ledger.take(&spare.parcel, fromLane: lane) }
            store.take(&spare, lane: lane, ledger)
        }
    }

    /// Until a trace is so old, spans that belong to it may be on their way to the ledger.
    private var times: AnswerTimes {
        let now = Self.nowSeconds()
        let age = Int64(settings.assembly.ageMaxMilliseconds / 1_000 + 1)
        return AnswerTimes(now: now, completeUntil: now - age)
    }

    var answers: ChartAnswers { ChartAnswers(times, dimensions: settings.naming.dimensions) }

    func quality(_ sections: [QualityAnswer.Section]) -> QualityAnswer {
        QualityAnswer(times, since: startSeconds, sections)
    }

    private static func nowSeconds() -> Int64 { Int64(Clock.wallNanoseconds() / 1_000_000_000) }

    var states: [AssemblyState] { lanes.map(\.traces.state) }
}
