import Lanes
import Wire

/// What stands at the end of a content segment: what is in it, and where.
struct ContentFooter: Equatable, Sendable {
    var spans = 0
    var blocks = 0
    var entries = 0
    var firstSequence: UInt64 = 0
    var lastSequence: UInt64 = 0
    var firstReceipt: UInt64 = 0
    var lastReceipt: UInt64 = 0
    /// Where the pages of the index start; behind them stands the directory.
    var index = 0
    var filterBytes = 0
    /// How long the whole file is, which the footer does not say.
    var fileBytes = 0

    /// Nine numbers and their sum.
    static let bytes = 76
    /// Seven bytes and the version.
    static let magic = Array("PTLNCNT\u{1}".utf8)

    /// Where the directory is: the places of the blocks, the filter, and the sum of both.
    var directory: Range<Int> {
        let start = index + ContentIndex.pages(of: entries) * ContentIndex.pageBytes
        return start..<start + blocks * 8 + filterBytes + 4
    }

    func write(to writer: inout ProtobufWriter) {
        let start = writer.bytes.count
        for number in [spans, blocks, entries] { writer.fixed64(UInt64(number)) }
        for number in [firstSequence, lastSequence, firstReceipt, lastReceipt] {
            writer.fixed64(number)
        }
        writer.fixed64(UInt64(index))
        writer.fixed64(UInt64(filterBytes))
        writer.fixed32(CRC32C.sum(writer.bytes, start..<writer.bytes.count))
    }

    init() {}

    /// What is known of a segment without a footer.
    init(_ index: RebuiltIndex, firstSequence: UInt64, fileBytes: Int) {
        spans = index.spans
        blocks = index.places.count
        entries = index.entries.count
        self.firstSequence = firstSequence
        lastSequence = firstSequence
        self.fileBytes = fileBytes
    }

    init(of file: borrowing SegmentFile) throws(ContentFault) {
        let start = max(0, file.count - Self.bytes)
        let bytes = try file.bytes(start..<file.count)
        guard let footer = ContentFooter(parsing: bytes, fileBytes: file.count) else {
            throw file.damage(start, bytes.count, "the footer is not what was written")
        }
        self = footer
    }

    /// Nil when the sum is not right, or a number cannot be in a file so long.
    private init?(parsing bytes: [UInt8], fileBytes: Int) {
        guard bytes.count == Self.bytes else { return nil }
        var numbers: [UInt64] = []
        let isWhole = withProtobufCursor(over: bytes, count: bytes.count) { cursor in
            for _ in 0..<9 { numbers.append((try? cursor.fixed64()) ?? .max) }
            return (try? cursor.fixed32()) == CRC32C.sum(bytes, 0..<Self.bytes - 4)
        }
        let counts = [0, 1, 2, 7, 8].map { numbers[$0] }
        guard isWhole, counts.allSatisfy({ $0 <= UInt64(fileBytes) }) else { return nil }
        (spans, blocks, entries) = (Int(numbers[0]), Int(numbers[1]), Int(numbers[2]))
        (firstSequence, lastSequence) = (numbers[3], numbers[4])
        (firstReceipt, lastReceipt) = (numbers[5], numbers[6])
        (index, filterBytes) = (Int(numbers[7]), Int(numbers[8]))
        guard directory.upperBound + Self.bytes == fileBytes else { return nil }
        self.fileBytes = fileBytes
    }
}
