import Lanes
import Wire

/// Reads the blocks of a partition backwards, many small ones at once.
struct SummaryReader: ~Copyable {
    private let file: DataFile
    private let blocks: [LogBlock]
    private var chunk: [UInt8] = []
    private var chunkStart = 0
    var path: String { file.path }

    private static let chunkBytes = 1 << 20

    init(_ path: String, _ blocks: [LogBlock]) throws(FileFault) {
        file = try DataFile(path, .read)
        self.blocks = blocks
    }

    /// Where the payload of a block is in the bytes that are handed out with it; nil when it is not
    /// what was written.
    mutating func payload(ofBlock number: Int) throws(FileFault) -> (bytes: [UInt8], Range<Int>)? {
        let block = blocks[number]
        if block.offset < chunkStart || block.offset + block.bytes > chunkStart + chunk.count {
            try read(upTo: number)
        }
        let start = block.offset - chunkStart
        guard start + block.bytes <= chunk.count else { return nil }
        let range = start..<start + block.bytes
        return CRC32C.sum(chunk, range) == block.sum ? (chunk, range) : nil
    }

    /// Reads blocks that end with one, as many as a chunk holds.
    private mutating func read(upTo number: Int) throws(FileFault) {
        let end = blocks[number].offset + blocks[number].bytes
        var first = number
        while first > 0, end - blocks[first - 1].offset <= Self.chunkBytes { first -= 1 }
        chunkStart = blocks[first].offset
        chunk = [UInt8](repeating: 0, count: end - chunkStart)
        let got = try file.read(into: &chunk, chunk.indices, at: chunkStart)
        if got < chunk.count { chunk.removeLast(chunk.count - got) }
    }
}
