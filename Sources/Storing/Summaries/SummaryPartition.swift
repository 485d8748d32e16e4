import Lanes
import Wire

/// A partition as it is searched: where its blocks are, and its names. It follows the file as it
/// grows; in memory are 56 bytes a block, and the names.
struct SummaryPartition {
    let name: String
    private(set) var blocks: [LogBlock] = []
    private(set) var names = SummaryNames()
    private(set) var damages: [StoreDamage] = []
    private var committedBytes = 0

    init(name: String) { self.name = name }

    /// Reads the heads, and the names, of the blocks that were committed since the last time.
    mutating func follow(_ file: StoredFile, in folder: DataDirectory) throws(FileFault) {
        guard file.committedBytes > committedBytes else { return }
        var reader = try LogReader(
            name, in: folder, .summaries, committedBytes: file.committedBytes, from: committedBytes)
        while let block = reader.next() {
            guard SummaryTags.isNames(block.tags) else {
                blocks.append(block)
                continue
            }
            guard let payload = reader.payload(of: block) else { continue }
            do throws(WireError) { try names.read(payload, payload.indices) } catch {
                reader.tell(block.offset, block.bytes, "\(error) of the block")
            }
        }
        damages += reader.damages
        committedBytes = file.committedBytes
    }

    /// Which of the partition's operations a query asks for.
    func wanted(by query: SummaryQuery) -> [Bool] { names.names.map { query.matches($0) } }
}
