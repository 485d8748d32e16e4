package import Lanes
import Synchronization

/// The durable log of accepted requests: a folder of segments that one thread writes.
///
/// Lanes hand records over at their doors and get them back when they are safe. Any thread may read;
/// one discards what is stored elsewhere. Limits: the budget for the segments, and what each lane may
/// have under way.
package final class Journal: Sendable {
    /// What was written last and never acknowledged, in bytes; usual after a crash.
    package let tornBytes: Int
    /// The last record of the run before.
    package let recoveredSequence: UInt64
    let shelf: JournalShelf
    private let status: JournalStatus
    private let settings: JournalSettings
    private let doors: [JournalDoor]
    private let bell: Bell
    private let thread: Mutex<LaneThread?>

    /// Opens the journal in a folder, which is made where it is missing, and starts its thread. The
    /// bells are those of the lanes. Sequences go on behind the last record and behind
    /// `sequencesUsed`, which others may have noted.
    package init(
        _ path: String, _ settings: JournalSettings, bells: [Bell], sequencesUsed: UInt64 = 0
    ) throws(JournalError) {
        let directory = try asJournal { () throws(FileFault) in try DataDirectory(making: path) }
        let recovery = try JournalRecovery(directory)
        tornBytes = recovery.tornBytes
        recoveredSequence = max(recovery.lastSequence, sequencesUsed)
        self.settings = settings
        let shelf = JournalShelf(directory, recovery, lastSequence: recoveredSequence)
        let status = JournalStatus()
        self.shelf = shelf
        self.status = status
        do throws(Errno) {
            let bell = try Bell()
            let doors = bells.map {
                JournalDoor(capacity: settings.recordsOfLaneMax, laneBell: $0, writerBell: bell)
            }
            self.bell = bell
            self.doors = doors
            thread = Mutex(
                try LaneThread(name: "journal") {
                    var writer = JournalWriter(settings, shelf, doors, bell, status)
                    writer.run()
                })
        } catch {
            throw JournalError(.file(FileFault("start the writer of", path, error)))
        }
    }

    deinit { close() }

    package var state: JournalState { status.state }

    package var counters: JournalCounters { status.counters }

    /// What is not as it was written, as far as somebody has read there; the last segment is read
    /// at the start.
    package var damage: [StoreDamage] { shelf.damage }

    /// All records up to this one are safe.
    package var lastSequence: UInt64 { shelf.lastSequence }

    package var budgetBytes: Int { settings.budgetBytes }

    package var usedBytes: Int { shelf.bytes }

    /// In the order of their records; the one that is being written last.
    package var segments: [JournalSegment] { shelf.all }

    package func door(ofLane lane: Int) -> JournalDoor { doors[lane] }

    package func reader(from sequence: UInt64) -> JournalReader {
        JournalReader(shelf, from: sequence)
    }

    /// Deletes the segments that hold only records before a sequence, and returns how many.
    @discardableResult
    package func discard(before sequence: UInt64) throws(JournalError) -> Int {
        defer { bell.ring() }
        return try asJournal { () throws(FileFault) in try shelf.discard(before: sequence) }
    }

    /// Writes what was handed over, and ends the thread. Lanes may still take what comes back.
    package func close() {
        status.isClosing.store(true, ordering: .releasing)
        bell.ring()
        thread.withLock { $0.take() }?.join()
    }
}
