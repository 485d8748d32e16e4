import Lanes
import Wire

/// Which blocks of a segment have spans of a trace: entries of a fingerprint and the number of a block,
/// sorted, in pages of 4 KiB that each end with their sum.
enum ContentIndex {
    struct Entry: Comparable {
        var fingerprint: UInt64
        var block: UInt32

        static func < (left: Entry, right: Entry) -> Bool {
            (left.fingerprint, left.block) < (right.fingerprint, right.block)
        }
    }

    static let pageBytes = 4_096
    private static let entryBytes = 12
    static let entriesOfPage = (pageBytes - 4) / entryBytes

    static func pages(of entries: Int) -> Int { (entries + entriesOfPage - 1) / entriesOfPage }

    static func bytes(of entries: [Entry]) -> [UInt8] {
        var writer = ProtobufWriter(reserving: pages(of: entries.count) * pageBytes)
        var rest = entries[...]
        while !rest.isEmpty {
            let start = writer.bytes.count
            for entry in rest.prefix(entriesOfPage) {
                writer.fixed64(entry.fingerprint)
                writer.fixed32(entry.block)
            }
            rest = rest.dropFirst(entriesOfPage)
            // Behind the last entry of all, to the end of its page.
            writer.raw(repeatElement(0xFF, count: start + pageBytes - 4 - writer.bytes.count))
            writer.fixed32(CRC32C.sum(writer.bytes, start..<start + pageBytes - 4))
        }
        return writer.bytes
    }

    /// Reads one page with so many entries; nil when its sum is not right.
    static func entries(of page: [UInt8], count: Int) -> [Entry]? {
        guard page.count == pageBytes, count <= entriesOfPage else { return nil }
        return withProtobufCursor(over: page, count: page.count) { cursor in
            var end = cursor.cursor(over: ByteRange(start: pageBytes - 4, end: pageBytes))
            guard (try? end.fixed32()) == CRC32C.sum(page, 0..<pageBytes - 4) else { return nil }
            var entries: [Entry] = []
            for _ in 0..<count {
                guard let fingerprint = try? cursor.fixed64(), let block = try? cursor.fixed32()
                else { return nil }
                entries.append(Entry(fingerprint: fingerprint, block: block))
            }
            return entries
        }
    }

    /// The blocks of a fingerprint. Fingerprints are spread evenly, so that the first guess is nearly
    /// always the page or the one beside it; after three guesses the middle is taken, whatever they
    /// are like.
    static func blocks<Failure: Error>(
        of fingerprint: UInt64, entries count: Int,
        page: (_ number: Int) throws(Failure) -> [Entry]
    ) throws(Failure) -> [UInt32] {
        var (low, high) = (0, pages(of: count) - 1)
        var guesses = 0
        // The first page whose last entry is not before the fingerprint.
        while low < high {
            let middle = low + (high - low) / 2
            let share = fingerprint.multipliedFullWidth(by: UInt64(pages(of: count))).high
            let guess = guesses < 3 ? min(max(Int(share), low), high - 1) : middle
            guesses += 1
            let entries = try page(guess)
            if let last = entries.last, last.fingerprint < fingerprint {
                low = guess + 1
            } else {
                high = guess
                if let first = entries.first, first.fingerprint < fingerprint { low = guess }
            }
        }
        var blocks: [UInt32] = []
        while low < pages(of: count) {
            let entries = try page(low)
            blocks += entries.filter { $0.fingerprint == fingerprint }.map(\.block)
            guard let last = entries.last, last.fingerprint <= fingerprint else { break }
            low += 1
        }
        return blocks
    }
}
