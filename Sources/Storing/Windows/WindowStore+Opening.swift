package import Charts
package import Lanes

/// Starting: names and what is not in pieces come from the log; pieces are looked up, not read.
extension WindowStore {
    /// Loads what is committed into a ledger that has counted nothing yet, and stands behind it from
    /// then on. What is on disk and was never committed is removed.
    package static func open(
        in data: DataDirectory, _ catalogue: borrowing Catalogue, settings: WindowSettings,
        into ledger: inout ChartLedger
    ) throws(StoreError) -> WindowStore {
        do throws(FileFault) {
            let folder = try DataDirectory(making: data.file(StoredKind.windows.folder))
            let store = WindowStore(folder: folder, settings: settings)
            var start = WindowStart(
                folder: folder, log: catalogue.files(.windowLog).last,
                partitions: catalogue.files(.windows))
            try start.removeStrangers()
            start.lookAtPartitions()
            start.loadNames(into: &ledger)
            store.adopt(start)
            ledger.attach(store)
            start.loadLog(into: &ledger)
            store.tell(start.damages)
            return store
        } catch {
            throw StoreError(error)
        }
    }

    /// What the files themselves say when the catalogue is lost: to be committed before `open`. All
    /// that was written after the last commit in the log is cut off.
    package static func filesWithoutCatalogue(
        in data: DataDirectory
    ) throws(StoreError) -> CatalogueChange {
        do throws(FileFault) {
            let folder = try DataDirectory(making: data.file(StoredKind.windows.folder))
            return try WindowRescue(folder).change()
        } catch {
            throw StoreError(error)
        }
    }
}
