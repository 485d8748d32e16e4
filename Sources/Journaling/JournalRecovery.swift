import Lanes

/// What an earlier run left: the segments, where to go on, and what is not as it was written.
///
/// Only the last segment is read, since only its end is not known. Nothing is appended to it any
/// more: the next record starts a new segment, so that nothing depends on what a torn end looks like.
struct JournalRecovery {
    private(set) var segments: [JournalSegment] = []
    private(set) var damage: [StoreDamage] = []
    /// What was written last and never acknowledged.
    private(set) var tornBytes = 0
    /// The last record that was ever there.
    private(set) var lastSequence: UInt64 = 0
    /// What is known to have been acknowledged.
    private(set) var acknowledged: UInt64 = 0

    private let directory: DataDirectory

    init(_ directory: DataDirectory) throws(JournalError) {
        self.directory = directory
        let names = try asJournal { () throws(FileFault) in try directory.names() }
        for name in names {
            if name.hasSuffix(SegmentName.unfinished) {
                // Made by a run that ended before the file had its name; the next one writes over it.
                try? directory.remove(name)
            } else if let first = SegmentName.firstSequence(name) {
                try take(name, first)
            }
        }
        try readLast()
    }

    /// Adds a segment, and tells the one before it where it ends.
    private mutating func take(_ name: String, _ first: UInt64) throws(JournalError) {
        let path = directory.file(name)
        let bytes: Int
        let head: SegmentHead
        do throws(JournalError) {
            let file = try asJournal { () throws(FileFault) in try DataFile(path, .read) }
            bytes = file.end
            guard let found = try SegmentHead(file), found.firstSequence == first else {
                return setAside(name, first, bytes: bytes)
            }
            head = found
        } catch  where error.isOfFile {
            return setAside(name, first, bytes: 0)
        }
        if let before = segments.indices.last {
            segments[before].lastSequence = first - 1
            segments[before].acknowledged = head.acknowledged
        }
        acknowledged = max(acknowledged, head.acknowledged)
        segments.append(
            JournalSegment(
                path: path, firstSequence: first, lastSequence: first - 1, bytes: bytes,
                isOpen: false, acknowledged: head.acknowledged, marks: nil))
    }

    /// A file that is no segment must not have the name of one.
    private mutating func setAside(_ name: String, _ first: UInt64, bytes: Int) {
        let path = directory.file(name)
        // When this fails too, the file is found again at the next start.
        try? directory.rename(name, to: name + SegmentName.setAside)
        damage.append(
            StoreDamage(
                file: path, from: 0, bytes: bytes,
                what: "no head of a segment; renamed to \(name + SegmentName.setAside)"))
        useUp(bytes, from: first)
    }

    private mutating func noteRest(of segment: JournalSegment, from: Int, _ what: String) {
        let bytes = max(0, segment.bytes - from)
        damage.append(StoreDamage(file: segment.path, from: from, bytes: bytes, what: what))
        useUp(bytes, from: segment.lastSequence)
    }

    /// Records that are lost had sequences, which are not given out again: there cannot have been
    /// more than their heads have room.
    private mutating func useUp(_ bytes: Int, from sequence: UInt64) {
        let recordsMax = UInt64(bytes / RecordHead.fixedBytes)
        let (last, isTooMany) = sequence.addingReportingOverflow(recordsMax)
        if !isTooMany { lastSequence = max(lastSequence, last) }
    }

    private mutating func readLast() throws(JournalError) {
        guard let index = segments.indices.last, var reader = try SegmentReader(segments[index])
        else { return }
        let scan = try Scan(&reader)
        segments[index].lastSequence = scan.last
        segments[index].marks = scan.marks
        acknowledged = max(acknowledged, scan.acknowledged)
        segments[index].acknowledged = acknowledged
        for hole in scan.holes where hole.firstSequence <= acknowledged {
            damage.append(
                StoreDamage(
                    file: segments[index].path, from: hole.from, bytes: hole.bytes, what: hole.what)
            )
        }
        lastSequence = max(lastSequence, scan.last)
        if let what = scan.unreadable {
            noteRest(of: segments[index], from: scan.end, what)
        } else {
            tornBytes = max(0, segments[index].bytes - scan.end)
            cut(index, to: scan.end)
        }
        if scan.last < segments[index].firstSequence { segments.removeLast() }
    }

    /// Gives back the room of the torn end. Nothing depends on it: reading ends at the last record.
    private mutating func cut(_ index: Int, to end: Int) {
        guard var file = try? DataFile(segments[index].path, .write) else { return }
        if (try? file.truncate(to: end)) != nil { segments[index].bytes = end }
    }
}

/// All whole records of a segment of which nobody knows where it ends.
private struct Scan {
    private(set) var last: UInt64
    private(set) var end = SegmentHead.recordsAt
    private(set) var acknowledged: UInt64
    private(set) var holes: [SegmentReader.Hole] = []
    private(set) var marks = SegmentMarks()
    private(set) var unreadable: String?

    init(_ reader: inout SegmentReader) throws(JournalError) {
        last = reader.head.firstSequence - 1
        acknowledged = reader.head.acknowledged
        var record = JournalRecord()
        do throws(FileFault) {
            while let head = try reader.next(through: .max, into: &record) {
                acknowledged = max(acknowledged, head.acknowledged)
                end = reader.offset
                marks.note(head.sequence, at: end - head.recordBytes)
                last = head.sequence
            }
        } catch  where error.code == .inputOutput {
            // The rest is lost; what was in it is not known.
        } catch {
            throw JournalError(.file(error))
        }
        holes = reader.takeHoles()
    }
}
