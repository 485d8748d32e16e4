import Lanes

extension Journal {
    /// Reads one record, with its body in the record's own where that is large enough. False when it
    /// is not there any more, or not yet; one that is not as it was written is thrown.
    package func read(
        _ sequence: UInt64, into record: inout JournalRecord
    ) throws(JournalError) -> Bool {
        guard let segment = shelf.segment(at: sequence), segment.firstSequence <= sequence,
            var reader = try SegmentReader(segment, chunkBytes: SegmentMarks.apartBytes)
        else { return false }
        let isFound = try asJournal { () throws(FileFault) in
            let marks =
                if let known = segment.marks { known } else { try marks(of: segment, &reader) }
            if let start = marks.start(for: sequence) {
                reader.seek(start.sequence, at: start.offset)
            }
            try reader.skip(to: sequence)
            return try reader.next(through: sequence, into: &record) != nil
        }
        if let hole = reader.takeHoles().first {
            throw JournalError(
                .damaged(
                    StoreDamage(
                        file: segment.path, from: hole.from, bytes: hole.bytes, what: hole.what)))
        }
        return isFound
    }

    /// Finds out where the records are in a segment that an earlier run wrote, and keeps it.
    private func marks(
        of segment: JournalSegment, _ reader: inout SegmentReader
    ) throws(FileFault) -> SegmentMarks {
        var marks = SegmentMarks()
        while let head = try reader.nextHead(through: segment.lastSequence) {
            marks.note(head.sequence, at: reader.offset)
            reader.pass(head)
        }
        _ = reader.takeHoles()
        shelf.note(marks, ofSegment: segment.firstSequence)
        return marks
    }
}
