import Lanes
import Wire

/// The head of a segment: which records it holds, and the key that its records are known by.
///
/// It stands twice, a page apart, so that one lost page does not cost the segment.
struct SegmentHead: Equatable {
    let firstSequence: UInt64
    /// What had been acknowledged when the segment was made: a hole before it in an older segment
    /// is damage, one behind it only a write that nobody was told of.
    let acknowledged: UInt64
    /// Random for each segment. Records carry half of it and are summed with the other half, so that
    /// a request whose body looks like records is never taken for some, nor are those of other files.
    let key: UInt64
    let madeNanoseconds: UInt64

    static let version: UInt8 = 1
    static let bytes = 48
    static let copyAt = 4_096
    /// Where the first record stands.
    static let recordsAt = 8_192

    private static let magic: [UInt8] = Array("PTLNJRN".utf8)

    var encoded: [UInt8] {
        var head = Self.magic + [Self.version]
        for number in [firstSequence, acknowledged, key, madeNanoseconds] {
            head.append(littleEndian: number)
        }
        head.append(littleEndian: CRC32C.sum(head, head.indices))
        head.append(littleEndian: UInt32(0))
        var page = [UInt8](repeating: 0, count: Self.recordsAt)
        page.replaceSubrange(0..<Self.bytes, with: head)
        page.replaceSubrange(Self.copyAt..<Self.copyAt + Self.bytes, with: head)
        return page
    }

    /// Nil when neither copy is right.
    init?(_ file: borrowing DataFile) throws(JournalError) {
        for place in [0, Self.copyAt] {
            var bytes = [UInt8](repeating: 0, count: Self.bytes)
            let count = try asJournal { () throws(FileFault) in
                try file.read(into: &bytes, bytes.indices, at: place)
            }
            guard count == Self.bytes, bytes.starts(with: Self.magic),
                bytes.number(at: 40) == CRC32C.sum(bytes, 0..<40)
            else { continue }
            let version = bytes[Self.magic.count]
            guard version == Self.version else {
                throw JournalError(.newer(file: file.path, version: version))
            }
            self.init(
                firstSequence: bytes.number(at: 8), acknowledged: bytes.number(at: 16),
                key: bytes.number(at: 24), madeNanoseconds: bytes.number(at: 32))
            return
        }
        return nil
    }

    init(firstSequence: UInt64, acknowledged: UInt64, key: UInt64, madeNanoseconds: UInt64) {
        self.firstSequence = firstSequence
        self.acknowledged = acknowledged
        self.key = key
        self.madeNanoseconds = madeNanoseconds
    }
}
