import Lanes
import Wire

/// Goes through the records of one segment in order, in large reads, and tells of what is not there.
///
/// Invariant: all records before `expected` were found or are in `holes`; the next one stands at
/// `at` or behind it.
struct SegmentReader: ~Copyable {
    /// Where records should be and are not.
    struct Hole: Equatable {
        let firstSequence: UInt64
        let from: Int
        let bytes: Int
        let what: String
    }

    let head: SegmentHead
    private(set) var expected: UInt64
    private(set) var holes: [Hole] = []
    private let file: DataFile
    private let key: RecordKey
    private var at: Int
    private var fileBytes: Int
    /// Bytes of the file from `chunkAt` on.
    private var chunk: [UInt8]
    private var chunkAt = 0
    private var chunkCount = 0
    /// The last record that was whole when the chunk was read.
    private var chunkSequence: UInt64 = 0

    static let chunkBytes = 512 << 10

    init(
        _ file: consuming DataFile, _ head: SegmentHead, chunkBytes: Int = Self.chunkBytes
    ) {
        self.head = head
        fileBytes = file.end
        self.file = file
        key = RecordKey(head)
        expected = head.firstSequence
        at = SegmentHead.recordsAt
        chunk = [UInt8](repeating: 0, count: chunkBytes)
    }

    /// Where the next record is looked for.
    var offset: Int { at }

    /// Goes to where a record is known to stand.
    mutating func seek(_ sequence: UInt64, at offset: Int) {
        expected = sequence
        at = offset
    }

    /// The next record up to `limit`; nil when there is none, or not yet. The bytes of records up to
    /// the limit must be in the file.
    mutating func next(
        through limit: UInt64, into record: inout JournalRecord
    ) throws(FileFault) -> RecordHead? {
        while let head = try nextHead(through: limit) {
            let isWhole = try read(head, into: &record)
            if !isWhole {
                holes.append(
                    Hole(
                        firstSequence: head.sequence, from: at + head.bytes, bytes: head.bodyBytes,
                        what: "the body of record \(head.sequence) is not what was written"))
            }
            pass(head)
            if isWhole { return head }
        }
        return nil
    }

    /// The head of the next record, which stays the next one until `pass`.
    mutating func nextHead(through limit: UInt64) throws(FileFault) -> RecordHead? {
        guard expected <= limit else { return nil }
        forgetGrowingChunk(limit)
        let start = at
        while try isThere(RecordHead.fixedBytes, at: at) {
            if let head = try headHere() {
                if head.sequence > expected {
                    noteHole(start..<at, through: min(limit, head.sequence - 1))
                }
                return head.sequence <= limit ? head : nil
            }
            at += RecordHead.alignment
        }
        at = start
        if start < fileBytes || limit < .max {
            noteHole(start..<max(start, fileBytes), through: limit)
        }
        return nil
    }

    /// Goes to a record, or to the first one behind it.
    mutating func skip(to sequence: UInt64) throws(FileFault) {
        while expected < sequence, let head = try nextHead(through: sequence - 1) { pass(head) }
        holes = []
    }

    /// Goes behind a record.
    mutating func pass(_ head: RecordHead) {
        expected = head.sequence + 1
        at += head.recordBytes
    }

    /// What is wrong so far, once.
    mutating func takeHoles() -> [Hole] {
        defer { holes = [] }
        return holes
    }

    private mutating func noteHole(_ place: Range<Int>, through last: UInt64) {
        let missing = last == .max || last == expected ? "\(expected)" : "\(expected) to \(last)"
        holes.append(
            Hole(
                firstSequence: expected, from: place.lowerBound, bytes: place.count,
                what: "no record \(missing)"))
        if last < .max { expected = last + 1 }
    }

    /// The record at `at`, if one is there that can be next.
    private mutating func headHere() throws(FileFault) -> RecordHead? {
        guard let bytes = RecordHead.bytes(in: chunk, at: at - chunkAt, key),
            try isThere(bytes, at: at),
            let head = RecordHead(in: chunk, at: at - chunkAt, key), head.sequence >= expected
        else { return nil }
        return head
    }

    private mutating func read(
        _ head: RecordHead, into record: inout JournalRecord
    ) throws(FileFault) -> Bool {
        let start = at + head.bytes
        guard try reaches(start + head.bodyBytes) else { return false }
        if record.body.count < head.bodyBytes {
            record.body = [UInt8](repeating: 0, count: BufferPool.size(for: head.bodyBytes))
        }
        let range = 0..<head.bodyBytes
        if start + head.bodyBytes <= chunkAt + chunkCount {
            let from = start - chunkAt
            record.body.replaceSubrange(range, with: chunk[from..<from + head.bodyBytes])
        } else {
            guard try file.read(into: &record.body, range, at: start) == head.bodyBytes else {
                return false
            }
        }
        guard CRC32C.sum(record.body, range) == head.bodyChecksum else { return false }
        let refusedAt = at - chunkAt + RecordHead.fixedBytes
        record.set(head, Array(chunk[refusedAt..<refusedAt + head.refusedBytes]))
        return true
    }

    // MARK: - The chunk

    /// Whether so many bytes are in the file; then they are in the chunk too.
    private mutating func isThere(_ count: Int, at offset: Int) throws(FileFault) -> Bool {
        if offset >= chunkAt && offset + count <= chunkAt + chunkCount { return true }
        guard try reaches(offset + count) else { return false }
        if chunk.count < count { chunk = [UInt8](repeating: 0, count: count) }
        chunkAt = offset
        chunkCount = 0
        chunkCount = try file.read(into: &chunk, chunk.indices, at: offset)
        return count <= chunkCount
    }

    /// Whether the file is so long.
    private mutating func reaches(_ end: Int) throws(FileFault) -> Bool {
        if end > fileBytes { fileBytes = try file.bytes() }
        return end <= fileBytes
    }

    /// What was read while the file grew may end in half a record.
    private mutating func forgetGrowingChunk(_ limit: UInt64) {
        if expected > chunkSequence {
            chunkCount = 0
            chunkSequence = limit
        }
    }
}

extension JournalRecord {
    mutating func set(_ head: RecordHead, _ refused: [UInt8]) {
        sequence = head.sequence
        receivedNanoseconds = head.receivedNanoseconds
        form = head.form
        encoding = head.encoding
        decoderVersion = head.decoderVersion
        bodyCount = head.bodyBytes
        bodyChecksum = head.bodyChecksum
        self.refused = RefusedOrdinals(packed: refused)
    }
}
