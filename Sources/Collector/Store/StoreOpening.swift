import Charts
import Journaling
import Lanes
import Settings
import Spans
import Storing
import Synchronization

/// Opens the store and the journal on the thread that will own the store, and tells the control
/// thread what the lanes and the replay must know of them.
final class StoreOpening: Sendable {
    struct Found: Sendable {
        let journal: Journal
        let sealer: Sealer
        let library: TraceLibrary
        /// Records before it need not be counted again; of the others, these traces.
        let low: UInt64
        let counted: CountedTraces
        let contentFolder: DataDirectory
        let sealedThrough: UInt64
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let result = Mutex<Result<Found, Failure>?>(nil)
    private let bell: Bell

    init() throws(Errno) { bell = try Bell() }

    /// For the control thread.
    func wait() throws(Failure) -> Found {
        while true {
            bell.park()
            if let result = result.withLock({ $0 }) { return try result.get() }
            bell.wait(milliseconds: -1)
        }
    }

    private func tell(_ found: Result<Found, Failure>) {
        result.withLock { $0 = found }
        bell.ring()
    }

    /// For the owner of the store. Nil when it cannot be opened, which the control thread says.
    func open(
        _ settings: Settings, _ traces: TraceSettings, lanes: [LaneHandle], _ log: Log
    ) -> ChartKeeper? {
        do {
            let opened = try OpenedStore(settings, charts: traces.charts, lanes: lanes.count)
            let journal = try Journal(
                opened.folder.file("journal"), JournalSettings(settings.journal),
                bells: lanes.map(\.bell), sequencesUsed: opened.watermarks.position)
            let sealer = try Sealer(journal: journal, names: traces.names, log: log)
            for damage in opened.damages + journal.damage {
                log.warning(
                    "damage in the store",
                    [
                        "file": damage.file, "from": String(damage.from),
                        "bytes": String(damage.bytes), "what": damage.what,
                    ])
            }
            let library = TraceLibrary(
                content: opened.content, journal: journal, names: traces.names)
            try library.noteRecords(before: opened.watermarks.low)
            tell(
                .success(
                    Found(
                        journal: journal, sealer: sealer, library: library,
                        low: opened.watermarks.low, counted: opened.countedTraces(traces.assembly),
                        contentFolder: opened.contentFolder,
                        sealedThrough: opened.content.segments.last?.lastSequence ?? 0)))
            let parts = StoreParts(
                windows: opened.windows, library: library, contentFolder: opened.contentFolder,
                summaryFolder: opened.summaryFolder)
            let store = Store(
                settings, opened.catalogue, opened.lock, parts, journal: journal, sealer: sealer,
                log: log)
            return ChartKeeper(
                settings: traces, lanes: lanes, ledger: opened.ledger, store: store)
        } catch {
            tell(.failure(Failure(description: "\(error)")))
            return nil
        }
    }
}
