import Charts
import Journaling
import Lanes
import Settings
import Spans
import Storing

/// Everything that outlives the process, beside the journal: what was counted, a row of each trace,
/// and the content of traces. Once a second what is new is committed, and the journal may forget
/// what is stored elsewhere.
///
/// Owned by the thread that keeps the ledger.
final class Store {
    let journal: Journal
    private let contentFolder: DataDirectory
    private let summaryFolder: DataDirectory
    private let lock: FolderLock
    private let sealer: Sealer
    private let log: Log
    private var catalogue: Catalogue
    private let windows: WindowStore
    private var rows: SummaryWriter
    private let library: TraceLibrary
    private let retention: TraceRetention
    private let keepsTraces: Bool
    private var nextCommitMilliseconds = 0
    private var isFailing = false

    private static let commitMilliseconds = 1_000

    init(
        _ settings: Settings, _ catalogue: consuming Catalogue, _ lock: consuming FolderLock,
        _ parts: StoreParts, journal: Journal, sealer: Sealer, log: Log
    ) {
        self.catalogue = catalogue
        self.lock = lock
        contentFolder = parts.contentFolder
        summaryFolder = parts.summaryFolder
        windows = parts.windows
        library = parts.library
        rows = SummaryWriter(in: parts.summaryFolder)
        self.journal = journal
        self.sealer = sealer
        self.log = log
        keepsTraces = settings.storage.keepsTraces
        retention = TraceRetention(
            keepSeconds: Int64(settings.retention.tracesMilliseconds / 1_000),
            bytesMax: settings.retention.tracesBytes)
    }

    /// Takes what a lane handed over, beside what went into the ledger.
    func take(_ mail: inout TraceMail, lane: Int, _ ledger: borrowing ChartLedger) {
        rows.take(mail.summaries, lane: lane) { number in
            let operation = ledger.operation(number, ofLane: lane)
            return SummaryName(service: operation.service, operation: operation.name)
        }
        mail.summaries.removeAll()
        library.add(mail.fresh)
        mail.fresh.removeAll()
    }

    // MARK: - Committing

    /// Commits when it is time. `position` is up to where the lanes took all, and `countedThrough`
    /// up to where all that they took is in the ledger.
    func work(
        _ ledger: inout ChartLedger, position: UInt64, countedThrough: UInt64,
        nowMilliseconds now: Int
    ) {
        guard now >= nextCommitMilliseconds else { return }
        nextCommitMilliseconds = now + Self.commitMilliseconds
        commit(&ledger, position: position, countedThrough: countedThrough)
    }

    func commit(_ ledger: inout ChartLedger, position: UInt64, countedThrough: UInt64) {
        let sealed = sealer.takeSealed()
        do throws(StoreError) {
            try commit(&ledger, sealed, position: position, countedThrough: countedThrough)
            if isFailing { log.info("the store is written again") }
            isFailing = false
            forget(sealed)
        } catch {
            windows.failed()
            sealer.giveBack(sealed)
            if !isFailing { log.error("the store cannot be written", ["reason": "\(error)"]) }
            isFailing = true
        }
    }

    private func commit(
        _ ledger: inout ChartLedger, _ sealed: [ContentSegment], position: UInt64,
        countedThrough: UInt64
    ) throws(StoreError) {
        let wall = Clock.wallNanoseconds()
        let second = Int64(wall / 1_000_000_000)
        var watermarks = Watermarks()
        watermarks.position = max(position, catalogue.watermarks.position)
        watermarks.low = max(countedThrough + 1, catalogue.watermarks.low)
        watermarks.nanoseconds = wall
        var change = CatalogueChange(watermarks)
        let number = catalogue.nextCommit
        try windows.prepare(&ledger, commit: number, nowSeconds: second, into: &change)
        do throws(FileFault) {
            if let file = try rows.write(commit: number, second: second) {
                change.files.append(file)
            }
        } catch {
            throw StoreError(error)
        }
        change.files += sealed.map(StoredFile.init)
        change.removed += retention.expired(
            catalogue.files(.content) + catalogue.files(.summaries), nowSeconds: second)
        try catalogue.commit(change)
        windows.committed(&ledger)
        rows.settle()
        for segment in sealed { library.add(segment) }
        removeExpired(change.removed)
    }

    private func removeExpired(_ removed: [StoredFile.ID]) {
        // What cannot be removed now is removed at the next start.
        for id in removed {
            if id.kind == .summaries { try? summaryFolder.remove(id.name) }
            guard id.kind == .content else { continue }
            if let first = ContentSegment.firstSequence(ofName: id.name) {
                library.remove(segment: first)
            }
            try? contentFolder.remove(id.name)
        }
    }

    /// Lets the journal forget what is stored, and seals more of it.
    private func forget(_ sealed: [ContentSegment]) {
        let low = catalogue.watermarks.low
        do throws(JournalError) {
            if !keepsTraces {
                library.removeFresh(before: low)
                try journal.discard(before: low)
            } else if let last = sealed.last {
                try journal.discard(before: last.lastSequence + 1)
            }
        } catch {
            log.error("the journal cannot forget what is stored", ["reason": "\(error)"])
        }
        if keepsTraces { sealer.seal(before: low) }
    }

    // MARK: - Reading

    var damages: [StoreDamage] { catalogue.damages + windows.damages + journal.damage }

    var summaryFiles: [StoredFile] { catalogue.files(.summaries) }
}

extension StoredFile {
    init(_ segment: ContentSegment) {
        self.init(.content, segment.name)
        committedBytes = segment.bytes
        firstSequence = segment.firstSequence
        lastSequence = segment.lastSequence
        firstSecond = Int64(segment.receiptNanoseconds.lowerBound / 1_000_000_000)
        lastSecond = Int64(segment.receiptNanoseconds.upperBound / 1_000_000_000)
        spans = Int64(segment.spans)
    }
}

/// What a store is made of, beside its catalogue.
struct StoreParts {
    let windows: WindowStore
    let library: TraceLibrary
    let contentFolder: DataDirectory
    let summaryFolder: DataDirectory
}
