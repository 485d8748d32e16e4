import Charts
import Lanes

/// Keeps the charts of all lanes: empties their mail into the ledger. One thread's, the desk's or,
/// where files are read, the reader's.
final class ChartKeeper: Upkeep {
    var ledger: ChartLedger
    private let mailboxes: [TraceMailbox]
    /// Swapped against a full one, so that no lane waits while its mail is read.
    private var spare = ChartParcel()
    private var nextTickMilliseconds = 0
    private static let tickMilliseconds = 1_000

    init(limits: ChartLimits, mailboxes: [TraceMailbox]) {
        ledger = ChartLedger(limits: limits, lanes: mailboxes.count)
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

    var states: [AssemblyState] { mailboxes.map(\.state) }
}
