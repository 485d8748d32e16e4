package import Lanes
package import Spans
import Wire

/// A finished content segment: what is in it, and where to look. It holds no descriptor; in memory are
/// its filter, at most 8 KiB, and some 300 bytes.
package struct ContentSegment: Sendable {
    package let name: String
    private let directory: DataDirectory
    private let footer: ContentFooter
    private let filter: TraceFilter

    init(
        _ directory: DataDirectory, _ name: String, _ footer: ContentFooter, _ filter: TraceFilter
    ) {
        self.directory = directory
        self.name = name
        self.footer = footer
        self.filter = filter
    }

    /// Reads what is needed to look into a segment; it is damage that is thrown.
    package init(opening name: String, in directory: DataDirectory) throws(ContentFault) {
        self.name = name
        self.directory = directory
        let file = try SegmentFile(directory, name)
        let magic = try file.bytes(0..<ContentFooter.magic.count)
        guard magic == ContentFooter.magic else {
            throw file.damage(0, ContentFooter.magic.count, "no content segment of version 1")
        }
        let start = max(0, file.count - ContentFooter.bytes)
        guard
            let footer = ContentFooter(
                parsing: try file.bytes(start..<file.count), fileBytes: file.count)
        else { throw file.damage(start, ContentFooter.bytes, "the footer has another sum") }
        let end = footer.filter + footer.filterBytes
        let bytes = try file.bytes(footer.filter..<end + 4)
        guard let filter = TraceFilter(summed: bytes) else {
            throw file.damage(footer.filter, bytes.count, "the filter has another sum")
        }
        self.footer = footer
        self.filter = filter
    }

    /// The name of a segment; names sort as sequences do.
    package static func name(firstSequence: UInt64) -> String {
        let digits = String(firstSequence, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits + ".pc"
    }

    package var firstSequence: UInt64 { footer.firstSequence }
    package var lastSequence: UInt64 { footer.lastSequence }
    package var spans: Int { footer.spans }
    package var bytes: Int { footer.end + ContentFooter.bytes }
    /// When its records were received.
    package var receiptNanoseconds: ClosedRange<UInt64> {
        footer.firstReceipt...max(footer.firstReceipt, footer.lastReceipt)
    }

    package func mayHave(_ trace: TraceID) -> Bool { filter.mayHave(trace.fingerprint) }

    func read(
        _ trace: inout StoredTrace, _ limits: TraceLimits, _ zstd: inout ZstdFrameDecoder
    ) throws(ContentFault) {
        let file = try SegmentFile(directory, name)
        for number in try blocks(of: trace.id.fingerprint, file) {
            if trace.passes(limits) { return }
            try read(block: Int(number), &trace, file, &zstd)
        }
    }

    private func read(
        block number: Int, _ trace: inout StoredTrace, _ file: borrowing SegmentFile,
        _ zstd: inout ZstdFrameDecoder
    ) throws(ContentFault) {
        let place = footer.places + number * 8
        guard number < footer.blocks else {
            throw file.damage(place, 8, "a block that is not there")
        }
        let offset = try file.number(at: place)
        let bytes = try file.block(at: offset)
        do throws(WireError) {
            let block = try ContentBlock(parsing: bytes, bytes.indices, &zstd)
            try block.append(trace.id, to: &trace, from: bytes, &zstd)
        } catch {
            throw file.damage(offset, bytes.count, "\(error) of the block")
        }
    }

    private func blocks(
        of fingerprint: UInt64, _ file: borrowing SegmentFile
    ) throws(ContentFault) -> [UInt32] {
        try ContentIndex.blocks(of: fingerprint, entries: footer.entries) {
            number throws(ContentFault) in
            let start = footer.index + number * ContentIndex.pageBytes
            let page = try file.bytes(start..<start + ContentIndex.pageBytes)
            let first = number * ContentIndex.entriesOfPage
            let count = min(ContentIndex.entriesOfPage, footer.entries - first)
            guard let entries = ContentIndex.entries(of: page, count: count) else {
                throw file.damage(start, page.count, "a page of the index has another sum")
            }
            return entries
        }
    }
}
