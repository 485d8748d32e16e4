import Assembling
import Charts
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
    let windows: WindowStore
    let content: ContentStore
    let contentFolder: DataDirectory
    let summaryFolder: DataDirectory
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
        let summaryFolder = try Self.folder(folder.file(StoredKind.summaries.folder))
        content = Self.openContent(in: contentFolder, catalogue)
        self.summaryFolder = summaryFolder
        self.windows = windows
        self.contentFolder = contentFolder
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

    var damages: [StoreDamage] { catalogue.damages + windows.damages }

    /// What earlier runs counted of records from the low watermark on, and of traces that can still
    /// be amended.
    func countedTraces(_ limits: AssemblyLimits) -> CountedTraces {
        var counted = CountedTraces(lateMilliseconds: limits.lateMilliseconds)
        var store = SummaryStore(in: summaryFolder)
        let last = Int64(watermarks.nanoseconds / 1_000_000_000)
        let first = last - Int64(limits.lateMilliseconds / 1_000)
        store.follow(catalogue.files(.summaries).filter { $0.lastSecond >= first })
        var cursor: SummaryCursor?
        repeat {
            let page = store.search(SummaryQuery(), limit: Self.rowsOfPage, from: cursor)
            for found in page.traces { counted.add(found.row.trace, through: found.row.through) }
            cursor = page.next
        } while cursor != nil && counted.count < Self.countedMax
        return counted
    }

    private static let rowsOfPage = 10_000
    /// Some fifty bytes each.
    private static let countedMax = 2_000_000

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
