import Journaling
import Lanes
import Receiving
import Spans

/// The accepted requests of a lane that wait until the journal has them: then each is answered, and
/// its spans go to the lanes that own their traces. One lane's.
///
/// Bounded by the journal's door and by the memory that the requests are charged for.
/// Invariant: `waiting` has a request for each record under way, in the same order.
final class JournalQueue: Upkeep {
    private let journal: Journal
    private let door: JournalDoor
    private let router: SpanRouter
    private let routing: LaneRouting
    private let counters: IntakeCounters
    private let pool: BufferPool
    /// Who sends answers, and who puts refusals into words; set once, before the first request.
    weak var replier: (any Replier)?
    var refusing: (Refusal, RequestHead, Door) -> Answer = { refusal, head, _ in
        OTLPAnswer.refused(refusal, head)
    }
    private var waiting: [AcceptedRequest?] = []
    private var firstWaiting = 0
    /// Safe requests whose spans found no room with the lane that owns them.
    private var unsent: [AcceptedRequest] = []
    private var nowMilliseconds = 0

    init(
        journal: Journal, lane: Int, router: SpanRouter, counters: IntakeCounters, pool: BufferPool
    ) {
        self.journal = journal
        door = journal.door(ofLane: lane)
        self.router = router
        routing = router.lanes[lane].routing
        self.counters = counters
        self.pool = pool
    }

    /// Hands a request to the journal; its answer comes when it is safe.
    func take(_ request: consuming AcceptedRequest, _ record: JournalRecord) throws(Refusal) {
        var request = request
        router.sort(&request.batch.table)
        do throws(Refusal) {
            if let load = router.loadWithoutRoom(request.batch.table) ?? unsentLoad {
                throw Refusal(
                    .overloaded, "the lane that owns these traces has no room; come again",
                    retryAfterMilliseconds: load.retryAfterMilliseconds)
            }
            if let refusal = Refusal(journal.state) { throw refusal }
            routing.begin()
            guard door.take(record) == nil else {
                routing.giveUp()
                throw Refusal(
                    .overloaded, "too many requests wait for the journal; come again",
                    retryAfterMilliseconds: 1_000)
            }
        } catch {
            count(request, as: .refusedByOverload)
            giveBack(record, of: request)
            router.stage.recycle(request.batch)
            throw error
        }
        waiting.append(request)
    }

    private var unsentLoad: LaneLoad? {
        unsent.first.flatMap { router.loadWithoutRoom($0.batch.table) }
    }

    // MARK: - Upkeep

    func work(nowMilliseconds now: Int) {
        nowMilliseconds = now
        let late = unsent
        unsent.removeAll()
        for request in late { route(request) }
        guard door.hasReceipts else { return }
        while let receipt = door.next() { takeBack(receipt) }
        replier?.sendAnswers()
    }

    var wakeMilliseconds: Int? { unsent.isEmpty ? nil : nowMilliseconds + 1 }

    var hasMail: Bool { door.hasReceipts }

    private func takeBack(_ receipt: consuming JournalReceipt) {
        guard var request = waiting[firstWaiting].take() else { return }
        firstWaiting += 1
        if firstWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        }
        giveBack(receipt.record, of: request)
        switch receipt.fate {
        case .kept:
            request.batch.sequence = receipt.record.sequence
            count(request, as: .accepted(request.format))
            reply(to: request, with: request.success)
            route(request)
        case .full: refuse(request, .journalFull)
        case .failed: refuse(request, .journalFailed)
        }
    }

    private func refuse(_ request: AcceptedRequest, _ refusal: Refusal) {
        routing.giveUp()
        count(request, as: .refusedByOverload)
        reply(to: request, with: refusing(refusal, request.head, request.door))
        router.stage.recycle(request.batch)
    }

    private func reply(to request: AcceptedRequest, with answer: Answer) {
        replier?.answer(request.ticket, with: answer)
    }

    /// In order: a request does not overtake one that waits.
    private func route(_ request: consuming AcceptedRequest) {
        guard unsent.isEmpty, router.loadWithoutRoom(request.batch.table) == nil else {
            unsent.append(request)
            return
        }
        let sequence = request.batch.sequence
        router.send(request.batch, charges: request.charges)
        routing.end(sequence)
    }

    /// A body that was compressed, or in JSON, is wanted no more when its record is written.
    private func giveBack(_ record: consuming JournalRecord, of request: borrowing AcceptedRequest)
    {
        if request.isBodyApart { pool.give(record.body) }
    }

    private func count(_ request: borrowing AcceptedRequest, as count: IntakeCounters.Count) {
        counters.add(request.batch.table.records.count, to: count)
    }
}

/// Who sends answers that come later than their requests were read.
protocol Replier: AnyObject {
    func answer(_ ticket: Ticket, with answer: Answer)
    /// Sends what was answered since the last time.
    func sendAnswers()
}

extension Reception: Replier {}

/// A request whose spans were decoded, on its way through the journal.
struct AcceptedRequest {
    var batch: SpanBatch
    /// Whether the body as it came is another one than the batch's.
    let isBodyApart: Bool
    let format: IntakeCounters.Format
    let head: RequestHead
    let door: Door
    let ticket: Ticket
    /// Hold the memory of the bodies.
    let charges: [Charge]
    /// What is answered when the request is safe.
    let success: Answer
}

extension Refusal {
    /// Why the journal takes nothing; nil when it does.
    init?(_ state: JournalState) {
        switch state {
        case .starting, .open: return nil
        case .full: self = .journalFull
        case .failed, .closed: self = .journalFailed
        }
    }

    static var journalFull: Refusal {
        Refusal(
            .overloaded, "the journal is full until older requests are stored; come again",
            retryAfterMilliseconds: 2_000)
    }

    static var journalFailed: Refusal {
        Refusal(
            .unavailable,
            "the journal cannot be written now, so that nothing can be kept; "
                + "come again", retryAfterMilliseconds: 2_000)
    }
}
