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
        ledger.tick(nowSeconds: Int64(Clock.wallNanoseconds() / 1_000_000_000))
    }

    var wakeMilliseconds: Int? { ledger.extent == nil ? nil : nextTickMilliseconds }

    func takeMail() {
        for (lane, mailbox) in mailboxes.enumerated() {
            mailbox.swapParcel(&spare)
            if !spare.isEmpty { ledger.take(&spare, fromLane: lane) }
        }
    }

    /// Until a trace is so old, spans that belong to it may be on their way to the ledger.
    var answers: ChartAnswers {
        let now = Int64(Clock.wallNanoseconds() / 1_000_000_000)
        let age = Int64(settings.assembly.ageMaxMilliseconds / 1_000 + 1)
        return ChartAnswers(
            AnswerTimes(now: now, completeUntil: now - age),
            dimensions: settings.naming.dimensions)
    }

    var states: [AssemblyState] { mailboxes.map(\.state) }
}
