import Charts
import Lanes

/// Finds out from the files of windows what was committed, when the catalogue cannot tell.
///
/// A log is begun only after the pieces that it leaves out were synced: so the newest log that can
/// be read tells the last commit, and what partitions have from later ones was never committed.
struct WindowRescue {
    private let folder: DataDirectory

    init(_ folder: DataDirectory) { self.folder = folder }

    func change() throws(FileFault) -> CatalogueChange {
        var change = CatalogueChange()
        let names = try folder.names()
        for name in names.sorted().reversed() where WindowLogFile.number(name) != nil {
            guard let log = try rescued(log: name) else { continue }
            change.files.append(log.file)
            change.watermarks = log.watermarks
            break
        }
        let last = change.files.isEmpty ? UInt64.max : change.watermarks.commit
        for name in names {
            guard let file = WindowFile(name: name) else { continue }
            if let stored = try rescued(file, last: last) { change.files.append(stored) }
        }
        return change
    }

    /// Nil when its snapshot cannot be read: then it was perhaps never whole.
    private func rescued(
        log name: String
    ) throws(FileFault) -> (file: StoredFile, watermarks: Watermarks)? {
        var reader = try LogReader(name, in: folder, .windowLog)
        var file = StoredFile(.windowLog, name)
        var watermarks: Watermarks?
        while let block = reader.next() {
            let kind = WindowTag(block.tags)?.kind
            guard let payload = reader.payload(of: block),
                let read = WindowLogCoding.read(payload, commit: block.commit)
            else { continue }
            if watermarks == nil, kind != .snapshot { return nil }
            watermarks = read.watermarks
            file.committedBytes = block.end
            file.rows += 1
        }
        return watermarks.map { (file, $0) }
    }

    private func rescued(_ file: WindowFile, last: UInt64) throws(FileFault) -> StoredFile? {
        var reader = try LogReader(file.name, in: folder, .windows)
        var stored = StoredFile(.windows, file.name)
        while let block = reader.next(), block.commit <= last {
            stored.committedBytes = block.end
            if WindowTag(block.tags)?.kind == .piece { stored.rows += 1 }
        }
        (stored.firstSecond, stored.lastSecond) = (file.start, file.end)
        return stored.committedBytes > 0 ? stored : nil
    }
}
