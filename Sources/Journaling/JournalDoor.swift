import Lanes
import Synchronization

/// What became of a record that was handed over.
package enum JournalFate: Equatable, Sendable {
    /// It is safe, by the durability in force, and has its sequence.
    case kept
    /// The budget is used up.
    case full
    /// It could not be written, or not be made safe. Nothing of it will be read back, unless the
    /// machine fails before the next segment is there.
    case failed
}

/// A record on its way back to its lane, with the body that the lane gave.
package struct JournalReceipt: Sendable {
    package let record: JournalRecord
    package let fate: JournalFate
}

/// One lane's way into the journal. Records come back in the order in which they were handed over.
/// Invariant: at most `capacity` records are under way, so that the way back is never full.
package final class JournalDoor: Sendable {
    private let records: Ring<JournalRecord>
    private let receipts: Ring<JournalReceipt>
    private let laneBell: Bell
    private let writerBell: Bell
    /// Changed by the lane only.
    private let underWay = Atomic<Int>(0)

    init(capacity: Int, laneBell: Bell, writerBell: Bell) {
        records = Ring(capacity: capacity)
        receipts = Ring(capacity: capacity)
        self.laneBell = laneBell
        self.writerBell = writerBell
    }

    // MARK: - For the lane

    /// Nil when the record is on its way; the record when too many are.
    package func take(_ record: JournalRecord) -> JournalRecord? {
        let count = underWay.load(ordering: .relaxed)
        guard count < records.capacity else { return record }
        guard let full = records.push(record) else {
            underWay.store(count + 1, ordering: .relaxed)
            writerBell.ring()
            return nil
        }
        return full
    }

    /// The next record that came back; the lane's bell rings when there are some.
    package func next() -> JournalReceipt? {
        guard let receipt = receipts.pop() else { return nil }
        underWay.store(underWay.load(ordering: .relaxed) - 1, ordering: .relaxed)
        return receipt
    }

    package var hasReceipts: Bool { receipts.count > 0 }

    /// Records handed over that have not come back.
    package var countUnderWay: Int { underWay.load(ordering: .relaxed) }

    // MARK: - For the writer

    var hasRecords: Bool { records.count > 0 }

    func nextRecord() -> JournalRecord? { records.pop() }

    func give(_ record: JournalRecord, _ fate: JournalFate) {
        let refused = receipts.push(JournalReceipt(record: record, fate: fate))
        precondition(refused == nil, "more records came back than were handed over")
    }

    func wakeLane() { laneBell.ring() }
}
