/// Records that are written together, and where they came from. Its storage is used again.
struct RecordGroup {
    var records: [JournalRecord] = []
    /// The door of each record.
    private(set) var doors: [Int] = []
    /// Where each record is in the segment.
    var offsets: [Int] = []
    /// What they take in a segment.
    private(set) var bytes = 0

    var isEmpty: Bool { records.isEmpty }

    mutating func append(_ record: JournalRecord, door: Int) {
        bytes += RecordHead(record, sequence: 0, unacknowledged: 0).recordBytes
        records.append(record)
        doors.append(door)
        offsets.append(0)
    }

    /// Takes a record out: its lane must be the only one that holds the body when it has it back.
    mutating func takeOut(_ index: Int) -> JournalRecord {
        var record = JournalRecord()
        swap(&record, &records[index])
        return record
    }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        doors.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        bytes = 0
    }
}
