package import Lanes
import Wire

/// Reads the blocks of a log, whoever writes it, up to its committed length. What is damaged is
/// passed over and told; nothing else is lost with it.
package struct LogReader: ~Copyable {
    package let name: String
    /// In the order in which it was found.
    package private(set) var damages: [StoreDamage] = []
    private let path: String
    private let file: DataFile
    private let seed: UInt32
    /// Nil when the file's head and its first block are damaged both: then nothing can be read.
    private(set) var key: UInt64?
    private var end: Int
    private var at = LogFormat.fileHeadBytes
    private var chunk: [UInt8] = []
    private var chunkStart = 0

    private static var chunkBytes: Int { 64 << 10 }

    /// A file of a newer version cannot be: the catalogue beside it would be newer too. Who has read
    /// a log up to a committed length goes on from there.
    package init(
        _ name: String, in folder: DataDirectory, _ kind: LogKind, committedBytes: Int = .max,
        from start: Int = 0
    ) throws(FileFault) {
        self.name = name
        path = folder.file(name)
        file = try DataFile(path, .read)
        seed = LogFormat.seed(of: name)
        end = min(file.end, committedBytes)
        if committedBytes < .max, file.end < committedBytes {
            tell(file.end, committedBytes - file.end, "the file is shorter than was committed")
        }
        at = max(at, start)
        let head = Array(bytes(0, LogFormat.fileHeadBytes))
        key = LogFormat.key(inFileHead: head, kind, seed: seed)
        guard key == nil else { return }
        if start == 0 { tell(0, LogFormat.fileHeadBytes, "not the head of such a file") }
        // The first block stands where no client's bytes can.
        key = block(at: LogFormat.fileHeadBytes, key: nil)?.key
    }

    /// The next block of which the head is whole; nil at the end.
    package mutating func next() -> LogBlock? {
        guard at < end, let key else { return nil }
        if let block = block(at: at, key: key) {
            at = block.end
            return block
        }
        let start = at
        // Blocks start at multiples of eight.
        at += LogFormat.padding(at)
        var found: LogBlock?
        while found == nil, at < end {
            found = block(at: at, key: key)
            if found == nil { at += 8 }
        }
        tell(start, min(at, end) - start, "no block")
        if let found { at = found.end }
        return found
    }

    /// The payload, or nil when it is not what was written.
    package mutating func payload(of block: LogBlock) -> [UInt8]? {
        var payload = [UInt8](repeating: 0, count: block.bytes)
        let count = read(into: &payload, at: block.offset)
        let isWhole =
            count == block.bytes && CRC32C.sum(payload, payload.indices) == block.sum
        if isWhole { return payload }
        tell(block.offset, block.bytes, "the checksum of a block is not right")
        return nil
    }

    /// A part of a payload, of which the caller has a checksum of its own.
    package mutating func part(_ range: Range<Int>, of block: LogBlock) -> [UInt8]? {
        guard range.lowerBound >= 0, range.upperBound <= block.bytes else { return nil }
        var part = [UInt8](repeating: 0, count: range.count)
        let count = read(into: &part, at: block.offset + range.lowerBound)
        return count == part.count ? part : nil
    }

    package mutating func tell(_ from: Int, _ bytes: Int, _ what: String) {
        damages.append(StoreDamage(file: path, from: from, bytes: bytes, what: what))
    }

    /// A head with the key, and after it at least room for the payload within what is committed.
    private mutating func block(at offset: Int, key: UInt64?) -> LogBlock? {
        let head = bytes(offset, LogFormat.blockHeadBytes)
        let block = LogFormat.block(
            in: chunk, at: head.startIndex, fileOffset: offset, seed: seed)
        guard let block, block.offset + block.bytes <= end else { return nil }
        return key == nil || block.key == key ? block : nil
    }

    /// Less at the end of what is committed; a slice of the chunk, which is read anew if need be.
    private mutating func bytes(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
        let wanted = offset..<max(offset, min(offset + count, end))
        if wanted.lowerBound < chunkStart || wanted.upperBound > chunkStart + chunk.count {
            chunkStart = offset
            var bytes = [UInt8](repeating: 0, count: min(Self.chunkBytes, max(0, end - offset)))
            bytes.removeLast(bytes.count - read(into: &bytes, at: offset))
            chunk = bytes
            // Where nothing can be read there is no point in looking further.
            if chunk.isEmpty { end = min(end, offset) }
        }
        let first = wanted.lowerBound - chunkStart
        return chunk[min(first, chunk.count)..<min(first + wanted.count, chunk.count)]
    }

    private mutating func read(into bytes: inout [UInt8], at offset: Int) -> Int {
        do throws(FileFault) {
            return try file.read(into: &bytes, bytes.indices, at: offset)
        } catch {
            tell(offset, bytes.count, "cannot be read: \(error)")
            return 0
        }
    }
}
