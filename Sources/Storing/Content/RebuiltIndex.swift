import Lanes
import Wire

/// The index of a segment whose own is damaged, made from its blocks: each tells its length, and its
/// heads tell its traces. In memory, since a damaged file is left as it is: twelve bytes a trace.
struct RebuiltIndex: Sendable {
    private(set) var places: [Int] = []
    private(set) var entries: [ContentIndex.Entry] = []
    private(set) var spans = 0

    /// Reads all blocks up to the first that cannot be found.
    init(_ file: borrowing SegmentFile) {
        var zstd = ZstdFrameDecoder()
        var place = ContentFooter.magic.count
        while let block = try? file.blockHead(at: place) {
            read(file, block, &zstd)
            place = block.end
        }
        entries.sort()
    }

    /// What is no block of this segment, such as its index, has another sum.
    private mutating func read(
        _ file: borrowing SegmentFile, _ head: SegmentFile.BlockHead,
        _ zstd: inout ZstdFrameDecoder
    ) {
        guard let bytes = try? file.block(at: head.start),
            let block = try? ContentBlock(parsing: bytes, bytes.indices, &zstd)
        else { return }
        entries += block.traces.map {
            ContentIndex.Entry(fingerprint: $0.fingerprint, block: UInt32(places.count))
        }
        places.append(head.start)
        spans += block.spans.count
    }

    func blocks(of fingerprint: UInt64) -> [UInt32] {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].fingerprint < fingerprint { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.fingerprint == fingerprint }.map(\.block)
    }
}
