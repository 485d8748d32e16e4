import Lanes

/// Reads the journal from a record on, in order: to replay it, and to store what is in it for good.
/// One thread's; writing and discarding go on meanwhile.
package struct JournalReader: ~Copyable {
    private let shelf: JournalShelf
    private var segment: JournalSegment?
    private var reader: SegmentReader?
    /// The record that is looked for next.
    package private(set) var nextSequence: UInt64

    init(_ shelf: JournalShelf, from sequence: UInt64) {
        self.shelf = shelf
        nextSequence = sequence
    }

    /// The next record there is; false when there is none, or not yet. The record's body is used
    /// again where it is large enough.
    package mutating func next(into record: inout JournalRecord) throws(JournalError) -> Bool {
        while let limit = try openSegment() {
            if read(through: limit, into: &record) {
                nextSequence = record.sequence + 1
                return true
            }
            nextSequence = limit + 1
        }
        return false
    }

    /// The last record that can be read now in the segment of the next one; nil when there is none.
    private mutating func openSegment() throws(JournalError) -> UInt64? {
        if let segment, nextSequence <= segment.lastSequence { return segment.lastSequence }
        guard let found = shelf.segment(at: nextSequence) else { return nil }
        if segment?.firstSequence != found.firstSequence {
            reader = try SegmentReader(found)
            if reader == nil { note(found, from: 0, bytes: found.bytes, "the head is lost") }
        }
        segment = found
        return found.lastSequence
    }

    /// What the disk does not give back is damage: what comes behind it is still read.
    private mutating func read(through limit: UInt64, into record: inout JournalRecord) -> Bool {
        guard let segment else { return false }
        do throws(FileFault) {
            try reader?.skip(to: nextSequence)
            let found = try reader?.next(through: limit, into: &record) != nil
            noteHoles(of: segment)
            return found
        } catch {
            let offset = reader?.offset ?? 0
            note(segment, from: offset, bytes: max(0, segment.bytes - offset), "\(error.code)")
            reader = nil
            return false
        }
    }

    private mutating func noteHoles(of segment: JournalSegment) {
        let holes = reader?.takeHoles() ?? []
        for hole in holes where hole.firstSequence <= segment.acknowledged {
            note(segment, from: hole.from, bytes: hole.bytes, hole.what)
        }
    }

    private func note(_ segment: JournalSegment, from: Int, bytes: Int, _ what: String) {
        shelf.note(StoreDamage(file: segment.path, from: from, bytes: bytes, what: what))
    }
}

extension SegmentReader {
    /// Nil when the file is gone, or has no head.
    init?(_ segment: JournalSegment, chunkBytes: Int = Self.chunkBytes) throws(JournalError) {
        let file: DataFile
        do throws(FileFault) {
            file = try DataFile(segment.path, .read)
        } catch  where error.code == .noSuchFile {
            return nil
        } catch {
            throw JournalError(.file(error))
        }
        guard let head = try SegmentHead(file) else { return nil }
        self.init(file, head, chunkBytes: chunkBytes)
    }
}
