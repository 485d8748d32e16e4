package import Lanes
import Wire

/// A file that only grows, block by block. What is appended counts when `sync` was called and the
/// catalogue has committed `bytes`; the owner then tells how far that was at the next opening.
///
/// One thread's. After a fault the owner cuts it back to what is committed, or leaves it.
/// Invariant: `bytes` is the length of the file, and a multiple of eight.
package struct AppendLog: ~Copyable {
    /// The last part of its path.
    package let name: String
    private var file: DataFile
    private let seed: UInt32
    private let key: UInt64

    /// A new file; the caller syncs the folder.
    package init(
        creating name: String, in folder: DataDirectory, _ kind: LogKind
    ) throws(FileFault) {
        let seed = LogFormat.seed(of: name)
        let key = UInt64.random(in: .min ... .max)
        file = try Self.create(
            folder.file(name), LogFormat.fileHead(kind, key: key, seed: seed))
        self.seed = seed
        self.key = key
        self.name = name
    }

    /// Cuts off what was never committed. A file that is shorter than that gets zeros for what is
    /// missing, so that its last block does not take what comes next for its own; readers tell.
    package init(
        opening name: String, in folder: DataDirectory, _ kind: LogKind, committedBytes: Int
    ) throws(FileFault) {
        precondition(LogFormat.padding(committedBytes) == 0, "no log has this length")
        let key = try LogReader(name, in: folder, kind).key
        let newKey = key ?? UInt64.random(in: .min ... .max)
        let seed = LogFormat.seed(of: name)
        // Where no key is left, no block is; what comes now gets a new one.
        let head = key == nil ? LogFormat.fileHead(kind, key: newKey, seed: seed) : []
        file = try Self.open(folder.file(name), bytes: committedBytes, head)
        self.seed = seed
        self.key = newKey
        self.name = name
    }

    private static func create(_ path: String, _ head: [UInt8]) throws(FileFault) -> DataFile {
        // What stands there was never committed.
        var file = try DataFile(path, .create)
        try file.truncate(to: 0)
        try file.append(head)
        return file
    }

    private static func open(
        _ path: String, bytes: Int, _ head: [UInt8]
    ) throws(FileFault) -> DataFile {
        var file = try DataFile(path, .write)
        if file.end != bytes { try file.truncate(to: bytes) }
        if !head.isEmpty { try file.write(head, head.indices, at: 0) }
        return file
    }

    package var bytes: Int { file.end }

    /// Returns where the block is. At most `LogFormat.payloadBytesMax` bytes.
    @discardableResult
    package mutating func append(
        _ payload: [UInt8], commit: UInt64, tags: (UInt64, UInt64) = (0, 0)
    ) throws(FileFault) -> LogBlock {
        precondition(payload.count <= LogFormat.payloadBytesMax, "a block is too large")
        let head = LogFormat.blockHead(
            payload, key: key, commit: commit, tags: tags, seed: seed)
        let start = bytes
        try file.append(head, head.indices, payload, payload.indices)
        let padding = LogFormat.padding(payload.count)
        if padding > 0 { try file.append([UInt8](repeating: 0, count: padding)) }
        return LogBlock(
            offset: start + head.count, bytes: payload.count, key: key, commit: commit,
            tags: tags,
            sum: CRC32C.sum(payload, payload.indices))
    }

    package borrowing func sync() throws(FileFault) { try file.sync() }

    /// Takes back what was appended for a commit that did not come about.
    package mutating func cut(to bytes: Int) throws(FileFault) {
        if file.end > bytes { try file.truncate(to: bytes) }
    }
}
