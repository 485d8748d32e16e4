import Lanes

/// The segment that is being written. One thread's, and given up at the first fault: what a file
/// holds after a failed write or sync is not known.
struct SegmentWriter: ~Copyable {
    let firstSequence: UInt64
    private let key: RecordKey
    private var file: DataFile
    /// Heads, and bodies that are not worth a call of their own.
    private var stage: [UInt8] = []
    private let reservedBytes: Int

    /// Below this a copy costs less than a call.
    private static let stagedBodyMax = 16 << 10
    private static let stageBytesMax = 1 << 20

    /// A file gets its name only when its head is on disk: a segment under its name is whole. It
    /// takes the place of one that was given up before it held anything.
    init(
        in directory: DataDirectory, firstSequence: UInt64, acknowledged: UInt64,
        reservedBytes: Int
    ) throws(FileFault) {
        let name = SegmentName.text(firstSequence)
        let made = name + SegmentName.unfinished
        // After a fault not even the file of the last try is trusted.
        try? directory.remove(made)
        var file = try DataFile(directory.file(made), .createNew)
        // A full disk is found here, and not in the middle of a group; and syncing what grows into
        // reserved room is up to six times as fast.
        try file.reserve(reservedBytes)
        let head = SegmentHead(
            firstSequence: firstSequence, acknowledged: acknowledged,
            key: .random(in: .min ... .max),
            madeNanoseconds: Clock.wallNanoseconds())
        try file.append(head.encoded)
        try file.sync()
        try directory.rename(made, to: name)
        try directory.sync()
        self.firstSequence = firstSequence
        self.reservedBytes = reservedBytes
        key = RecordKey(head)
        self.file = file
    }

    /// Where the next record goes.
    var end: Int { file.end + stage.count }

    /// Writes a record, or keeps it for `flush`.
    mutating func append(
        _ record: JournalRecord, sequence: UInt64, unacknowledged: UInt32
    ) throws(FileFault) {
        let head = RecordHead(record, sequence: sequence, unacknowledged: unacknowledged)
        head.append(to: &stage, record.refused, key)
        if record.bodyCount <= Self.stagedBodyMax {
            stage.append(contentsOf: record.body[..<record.bodyCount])
        } else {
            try file.append(stage, stage.indices, record.body, 0..<record.bodyCount)
            stage.removeAll(keepingCapacity: true)
        }
        while end % RecordHead.alignment != 0 { stage.append(0) }
        if stage.count >= Self.stageBytesMax { try flush() }
    }

    mutating func flush() throws(FileFault) {
        try file.append(stage)
        stage.removeAll(keepingCapacity: true)
    }

    borrowing func sync() throws(FileFault) { try file.sync() }

    /// Gives back what was reserved behind the last record, or behind an offset.
    mutating func cut(to offset: Int) throws(FileFault) { try file.truncate(to: offset) }
}

/// Segments are named by their first record. The name is the truth: a segment ends where the next
/// one starts, whatever else is in its file.
enum SegmentName {
    private static let ending = ".pj"
    static let unfinished = ".new"
    /// Of a file that cannot be read as a segment at all.
    static let setAside = ".damaged"

    static func text(_ firstSequence: UInt64) -> String {
        let digits = String(firstSequence, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + ending
    }

    static func firstSequence(_ name: String) -> UInt64? {
        guard let sequence = UInt64(name.dropLast(ending.count), radix: 16),
            text(sequence) == name, (1..<RecordHead.sequenceMax).contains(sequence)
        else { return nil }
        return sequence
    }
}
