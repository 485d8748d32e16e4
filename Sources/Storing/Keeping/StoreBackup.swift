package import Lanes

/// A copy of the store as of one commit, made while it is written.
///
/// `init` runs between two commits, on the thread that makes them: it copies the catalogue and takes
/// hold of the files, of which nothing that is committed ever changes. `finish` copies them, on any
/// thread, whatever is committed or removed meanwhile. To restore is to start on the copy.
package final class StoreBackup: Sendable {
    private let target: DataDirectory
    private let sources: [Source]

    /// A file that is held open: so it stays, even when it is removed.
    private final class Source: Sendable {
        let file: DataFile
        let bytes: Int
        let folder: String
        let name: String

        init(_ path: String, bytes: Int, folder: String, name: String) throws(FileFault) {
            file = try DataFile(path, .read)
            self.bytes = bytes
            self.folder = folder
            self.name = name
        }
    }

    /// A file that the catalogue does not know, such as a segment of the journal, to be copied up to
    /// some length.
    package struct Further: Sendable {
        let folder: String
        let name: String
        let bytes: Int

        package init(folder: String, name: String, bytes: Int) {
            self.folder = folder
            self.name = name
            self.bytes = bytes
        }
    }

    /// The target must be empty, or not there.
    package init(
        of catalogue: borrowing Catalogue, in data: DataDirectory, to path: String,
        further: [Further] = []
    ) throws(StoreError) {
        do throws(FileFault) {
            target = try DataDirectory(making: path)
            guard try target.names().isEmpty else { throw FileFault("copy to", path, .notEmpty) }
            var sources: [Source] = []
            for file in catalogue.files.values.sorted(by: { $0.id < $1.id }) {
                // A file that is missing is told at the start; the copy lacks it too.
                guard
                    let source = try? Source(
                        data.file(file.path), bytes: file.committedBytes,
                        folder: file.id.kind.folder, name: file.id.name)
                else { continue }
                sources.append(source)
            }
            for file in further {
                sources.append(
                    try Source(
                        data.file("\(file.folder)/\(file.name)"), bytes: file.bytes,
                        folder: file.folder, name: file.name))
            }
            self.sources = sources
        } catch {
            throw StoreError(error)
        }
        try catalogue.copy(to: target.file(Catalogue.fileName))
    }

    /// Syncs what it copies. The progress gets how many bytes are copied, and how many there are.
    package func finish(_ progress: (Int, Int) -> Void = { _, _ in }) throws(StoreError) {
        let total = sources.reduce(0) { $0 + $1.bytes }
        var done = 0
        do throws(FileFault) {
            for source in sources {
                let folder = try DataDirectory(making: target.file(source.folder))
                try Self.copy(source, into: folder)
                done += source.bytes
                progress(done, total)
            }
            for folder in Set(sources.map(\.folder)) {
                try DataDirectory(making: target.file(folder)).sync()
            }
            try target.sync()
        } catch {
            throw StoreError(error)
        }
    }

    private static func copy(_ source: Source, into folder: DataDirectory) throws(FileFault) {
        var copy = try DataFile(folder.file(source.name), .createNew)
        var chunk = [UInt8](repeating: 0, count: min(1 << 20, max(1, source.bytes)))
        while copy.end < source.bytes {
            let wanted = min(chunk.count, source.bytes - copy.end)
            let count = try source.file.read(into: &chunk, 0..<wanted, at: copy.end)
            if count == 0 { break }
            try copy.append(chunk, 0..<count)
        }
        try copy.sync()
    }
}
