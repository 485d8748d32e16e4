package import Lanes
package import Spans
import Wire

/// The summaries of a data directory, as they are searched: newest partition first, in it the newest
/// block, in it the latest start. A trace that has several rows is found by its last.
///
/// Owned by the thread that answers, which tells it what is committed. In memory are the places of
/// blocks and the names of the partitions that were searched last, at most 200,000 blocks.
package struct SummaryStore: ~Copyable {
    private let folder: DataDirectory
    /// By name, the oldest first.
    private var files: [StoredFile] = []
    private var partitions: [String: SummaryPartition] = [:]
    private var zstd = ZstdFrameDecoder()

    private static let blocksMax = 200_000

    package init(in folder: DataDirectory) { self.folder = folder }

    /// Tells what is committed.
    package mutating func follow(_ files: [StoredFile]) {
        self.files = files.filter { $0.id.kind == .summaries }.sorted { $0.id < $1.id }
        let names = Set(self.files.map(\.id.name))
        partitions = partitions.filter { names.contains($0.key) }
    }

    /// Looks for traces from a cursor on, up to a limit of them, or until `isOver` says that it took
    /// long enough. `accepts` looks closer at each that the summaries let through.
    package mutating func search(
        _ query: SummaryQuery, limit: Int, from cursor: SummaryCursor? = nil,
        isOver: @escaping () -> Bool = { false },
        accepts: @escaping (TraceID) -> Bool = { _ in true }
    ) -> SummaryPage {
        let looks = Looks(isOver: isOver, accepts: accepts)
        var search = SummarySearch(query, limit: limit, from: cursor)
        for file in files.reversed() where search.goesOn {
            do throws(FileFault) {
                let partition = try partition(file)
                let reader = try SummaryReader(folder.file(file.id.name), partition.blocks)
                try search.search(partition, reader, &zstd, looks)
            } catch {
                search.tell(error)
            }
        }
        return search.page
    }

    private mutating func partition(_ file: StoredFile) throws(FileFault) -> SummaryPartition {
        var partition = partitions[file.id.name] ?? SummaryPartition(name: file.id.name)
        try partition.follow(file, in: folder)
        if partitions.values.reduce(0, { $0 + $1.blocks.count }) > Self.blocksMax {
            partitions.removeAll()
        }
        partitions[file.id.name] = partition
        return partition
    }
}
