import Charts
import Journaling
import Lanes
import Settings
import Spans
import Storing

/// The store as it is found at the start: the folder is held, the ledger is loaded, and it is known
/// what was counted of the records that the journal still has.
struct OpenedStore: ~Copyable {
    let folder: DataDirectory
    let lock: FolderLock
    var catalogue: Catalogue
    var ledger: ChartLedger
    let parts: StoreParts
    let watermarks: Watermarks

    init(_ settings: Settings, charts: ChartLimits, lanes: Int) throws(StoreError) {
        let folder = try Self.folder(settings.dataDirectory)
        let lock = try Self.lock(folder)
        var catalogue = try Catalogue.open(in: folder)
        if catalogue.isRebuilt {
            try catalogue.commit(try WindowStore.filesWithoutCatalogue(in: folder))
        }
        var ledger = ChartLedger(limits: charts, lanes: lanes)
        let windows = try WindowStore.open(
            in: folder, catalogue, settings: WindowSettings(settings.retention), into: &ledger)
        let contentFolder = try Self.folder(folder.file(StoredKind.content.folder))
        parts = StoreParts(
            windows: windows, content: Self.openContent(in: contentFolder, catalogue),
            contentFolder: contentFolder,
            summaryFolder: try Self.folder(folder.file(StoredKind.summaries.folder)))
        watermarks = catalogue.watermarks
        self.folder = folder
        self.lock = lock
        self.catalogue = catalogue
        self.ledger = ledger
    }

    private static func folder(_ path: String) throws(StoreError) -> DataDirectory {
        do throws(FileFault) {
            return try DataDirectory(making: path)
        } catch {
            throw StoreError(error)
        }
    }

    var damages: [StoreDamage] { catalogue.damages + parts.windows.damages }

    /// What the run before counted of records from the low watermark on.
    func countedTraces() -> CountedTraces {
        var counted = CountedTraces()
        var store = SummaryStore(in: parts.summaryFolder)
        let recent = catalogue.files(.summaries).filter {
            $0.lastSecond + Self.settlingSeconds >= Int64(watermarks.nanoseconds / 1_000_000_000)
        }
        store.follow(recent)
        var cursor: SummaryCursor?
        repeat {
            let page = store.search(SummaryQuery(), limit: Self.rowsOfPage, from: cursor)
            for found in page.traces where found.row.through >= watermarks.low {
                counted.add(found.row.trace, through: found.row.through)
            }
            cursor = page.next
        } while cursor != nil
        return counted
    }

    private static let settlingSeconds: Int64 = 600
    private static let rowsOfPage = 10_000

    private static func lock(_ folder: DataDirectory) throws(StoreError) -> FolderLock {
        do throws(FolderLock.Failure) {
            return try FolderLock(folder.file("LOCK"))
        } catch {
            switch error {
            case .held(let holder):
                throw StoreError(
                    .locked,
                    "\(folder.path): \(holder) has it; end that, or start on another --data")
            case .fault(let fault): throw StoreError(fault)
            }
        }
    }

    private static func openContent(
        in folder: DataDirectory, _ catalogue: borrowing Catalogue
    ) -> ContentStore {
        var store = ContentStore()
        for file in catalogue.files(.content) {
            var damages: [StoreDamage] = []
            // What cannot be looked into is told by whoever asks for what was in it.
            if let segment = try? ContentSegment(
                opening: file.id.name, in: folder, damages: &damages)
            {
                store.add(segment)
            }
        }
        return store
    }
}

extension WindowSettings {
    init(_ settings: RetentionSettings) {
        self.init()
        minutesSeconds = Int64(settings.minutesMilliseconds / 1_000)
        hoursSeconds = Int64(settings.hoursMilliseconds / 1_000)
        daysSeconds = Int64(settings.windowsMilliseconds / 1_000)
        bytesMax = settings.windowsBytes
    }
}

/// What of the store can be handed around.
struct StoreParts {
    let windows: WindowStore
    let content: ContentStore
    let contentFolder: DataDirectory
    let summaryFolder: DataDirectory
}
