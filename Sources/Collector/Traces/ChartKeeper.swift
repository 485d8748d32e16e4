import Aggregating
import Answering
import Assembling
import Charts
import Lanes

/// Keeps the charts of all lanes: empties their mail into the ledger. One thread's, the desk's or,
/// where files are read, the reader's.
final class ChartKeeper: Upkeep {
    var ledger: ChartLedger
    private let settings: TraceSettings
    private let mailboxes: [TraceMailbox]
    /// Swapped against a full one, so that no lane waits while its mail is read.
    private var spare = ChartParcel()
    private var nextTickMilliseconds = 0
    private let startSeconds = nowSeconds()
    private static let tickMilliseconds = 1_000

    init(settings: TraceSettings, mailboxes: [TraceMailbox]) {
        self.settings = settings
        ledger = ChartLedger(limits: settings.charts, lanes: mailboxes.count)
        self.mailboxes = mailboxes
    }

    func work(nowMilliseconds: Int) {
        takeMail()
        guard nowMilliseconds >= nextTickMilliseconds else { return }
        nextTickMilliseconds = nowMilliseconds + Self.tickMilliseconds
        ledger.tick(nowSeconds: Self.nowSeconds())
    }

    var wakeMilliseconds: Int? { ledger.extent == nil ? nil : nextTickMilliseconds }

    func takeMail() {
        for (lane, mailbox) in mailboxes.enumerated() {
            mailbox.swapParcel(&spare)
            if !spare.isEmpty { ledger.take(&spare, fromLane: lane) }
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

    var states: [AssemblyState] { mailboxes.map(\.state) }
}
