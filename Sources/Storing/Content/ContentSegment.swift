package import Lanes
import Wire

/// A finished content segment: what is in it, and where to look. It holds no descriptor; in memory are
/// its filter, at most 8 KiB, eight bytes a block, and some 300 bytes.
package struct ContentSegment: Sendable {
    package let name: String
    private let folder: DataDirectory
    private let footer: ContentFooter
    private let directory: ContentDirectory
    private let rebuilt: RebuiltIndex?

    init(
        _ folder: DataDirectory, _ name: String, _ footer: ContentFooter,
        _ directory: ContentDirectory
    ) {
        self.folder = folder
        self.name = name
        self.footer = footer
        self.directory = directory
        rebuilt = nil
    }

    /// Reads what is needed to look into a segment. When its end is damaged, which is told, the
    /// blocks are looked through; what is thrown leaves nothing to look into.
    package init(
        opening name: String, in folder: DataDirectory, damages: inout [StoreDamage]
    ) throws(ContentFault) {
        let file = try SegmentFile(folder, name)
        let magic = try file.bytes(0..<ContentFooter.magic.count)
        guard magic.dropLast() == ContentFooter.magic.dropLast(),
            let first = Self.firstSequence(ofName: name)
        else { throw file.damage(0, magic.count, "no content segment") }
        guard magic.last == ContentFooter.magic.last else {
            throw file.damage(
                0, magic.count, "version \(magic.last ?? 0) of content segments; known is 1")
        }
        self.name = name
        self.folder = folder
        if let (footer, directory) = try Self.readEnd(of: file, &damages) {
            self.footer = footer
            self.directory = directory
            rebuilt = nil
        } else {
            let rebuilt = RebuiltIndex(file)
            footer = ContentFooter(rebuilt, firstSequence: first, fileBytes: file.count)
            directory = ContentDirectory(
                places: rebuilt.places, filter: TraceFilter(rebuilt.entries))
            self.rebuilt = rebuilt
        }
    }

    /// Nil when it is damaged.
    private static func readEnd(
        of file: borrowing SegmentFile, _ damages: inout [StoreDamage]
    ) throws(ContentFault) -> (ContentFooter, ContentDirectory)? {
        do throws(ContentFault) {
            let footer = try ContentFooter(of: file)
            return (footer, try ContentDirectory(of: file, footer))
        } catch .damage(let damage) {
            damages.append(damage)
            return nil
        }
    }

    /// The name of a segment; names sort as sequences do.
    package static func name(firstSequence: UInt64) -> String {
        let digits = String(firstSequence, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits + ".pc"
    }

    package static func firstSequence(ofName name: String) -> UInt64? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 16, parts[1] == "pc" else { return nil }
        return Hex.number(parts[0].utf8)
    }

    package var firstSequence: UInt64 { footer.firstSequence }
    /// Where the end of the file is damaged, the first.
    package var lastSequence: UInt64 { footer.lastSequence }
    package var spans: Int { footer.spans }
    package var bytes: Int { footer.fileBytes }
    /// When its records were received; zeros where the end of the file is damaged.
    package var receiptNanoseconds: ClosedRange<UInt64> {
        footer.firstReceipt...max(footer.firstReceipt, footer.lastReceipt)
    }

    func mayHave(_ fingerprint: UInt64) -> Bool { directory.filter.mayHave(fingerprint) }

    func open() throws(ContentFault) -> SegmentFile { try SegmentFile(folder, name) }

    func place(
        ofBlock number: Int, _ file: borrowing SegmentFile
    ) throws(ContentFault) -> Int {
        guard number < directory.places.count else {
            throw file.damage(footer.index, 0, "the index tells of a block that is not there")
        }
        return directory.places[number]
    }

    /// Which blocks may have spans of a trace: all of them where the index cannot tell.
    func blocks(
        of fingerprint: UInt64, _ file: borrowing SegmentFile, damages: inout [StoreDamage]
    ) throws(ContentFault) -> [UInt32] {
        if let rebuilt { return rebuilt.blocks(of: fingerprint) }
        do throws(ContentFault) {
            return try ContentIndex.blocks(of: fingerprint, entries: footer.entries) {
                number throws(ContentFault) in
                try page(number, file)
            }
        } catch .damage(let damage) {
            damages.append(damage)
            return Array(0..<UInt32(clamping: footer.blocks))
        }
    }

    private func page(
        _ number: Int, _ file: borrowing SegmentFile
    ) throws(ContentFault) -> [ContentIndex.Entry] {
        let start = footer.index + number * ContentIndex.pageBytes
        let page = try file.bytes(start..<start + ContentIndex.pageBytes)
        let count = footer.entries - number * ContentIndex.entriesOfPage
        let entries = ContentIndex.entries(
            of: page, count: min(ContentIndex.entriesOfPage, count))
        guard let entries else {
            throw file.damage(start, page.count, "a page of the index has another sum")
        }
        return entries
    }
}
