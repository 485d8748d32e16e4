import Lanes
import Synchronization

/// The thread that writes: takes what waits in the lanes' doors, writes it as one group, syncs it
/// once, and only then tells the lanes.
///
/// Invariant: a record is kept only when its whole group is. After a fault the segment is given up,
/// and everything is refused until a fresh one could be made; nothing that was refused is in it, and
/// the old one ends where the fresh one starts.
struct JournalWriter: ~Copyable {
    private let settings: JournalSettings
    private let shelf: JournalShelf
    private let doors: [JournalDoor]
    private let bell: Bell
    private let status: JournalStatus
    private var segment: SegmentWriter?
    private var group = RecordGroup()
    private var nextDoor = 0
    private var nextTryMilliseconds = 0

    init(
        _ settings: JournalSettings, _ shelf: JournalShelf, _ doors: [JournalDoor], _ bell: Bell,
        _ status: JournalStatus
    ) {
        self.settings = settings
        self.shelf = shelf
        self.doors = doors
        self.bell = bell
        self.status = status
    }

    mutating func run() {
        while true {
            if segment == nil { openSegment() }
            noteRoom()
            gather()
            if !group.isEmpty {
                keepGroup()
            } else if status.isClosing.load(ordering: .acquiring) {
                break
            } else {
                wait()
            }
        }
        // Whatever the durability, a run that ends in order leaves all on disk.
        do throws(FileFault) { try segment?.sync() } catch { noteFault(error) }
        closeSegment()
        status.state = .closed
    }

    private mutating func wait() {
        bell.park()
        let isAwaited =
            status.isClosing.load(ordering: .acquiring) || doors.contains { $0.hasRecords }
        let pause = max(0, nextTryMilliseconds - Clock.monotonicMilliseconds())
        bell.wait(milliseconds: isAwaited ? 0 : segment == nil ? pause : -1)
    }

    // MARK: - Groups

    /// One record of each door in turn, so that no lane waits for another's many.
    private mutating func gather() {
        var emptyDoors = 0
        while group.bytes < settings.groupBytesMax && emptyDoors < doors.count {
            if let record = doors[nextDoor].nextRecord() {
                group.append(record, door: nextDoor)
                emptyDoors = 0
            } else {
                emptyDoors += 1
            }
            nextDoor = (nextDoor + 1) % doors.count
        }
    }

    private mutating func keepGroup() {
        guard segment != nil else { return answer(.failed) }
        guard shelf.bytes + group.bytes <= settings.budgetBytes else {
            status.state = .full
            return answer(.full)
        }
        let began = Clock.monotonicNanoseconds()
        do throws(FileFault) {
            try makeRoom()
            try writeGroup()
        } catch {
            giveUp(error)
            return answer(.failed)
        }
        status.counters.add(group.records.count, to: .records)
        status.counters.add(group.bytes, to: .bytes)
        status.counters.add(1, to: .groups)
        status.counters.add(
            Int(clamping: (Clock.monotonicNanoseconds() - began) / 1_000), to: .groupMicroseconds)
        answer(.kept)
    }

    private mutating func writeGroup() throws(FileFault) {
        let first = shelf.lastSequence + 1
        for index in group.records.indices {
            group.offsets[index] = segment?.end ?? 0
            group.records[index].sequence = first + UInt64(index)
            try segment?.append(
                group.records[index], sequence: first + UInt64(index), unacknowledged: UInt32(index)
            )
        }
        try segment?.flush()
        if settings.durability == .commit { try segment?.sync() }
        let offsets = group.offsets
        shelf.grow(
            to: first + UInt64(group.records.count) - 1, bytes: segment?.end ?? 0
        ) { marks in
            for (index, offset) in offsets.enumerated() {
                marks.note(first + UInt64(index), at: offset)
            }
        }
    }

    private mutating func answer(_ fate: JournalFate) {
        switch fate {
        case .kept: break
        case .full: status.counters.add(group.records.count, to: .recordsRefusedFull)
        case .failed: status.counters.add(group.records.count, to: .recordsRefusedFailed)
        }
        for index in group.records.indices {
            doors[group.doors[index]].give(group.takeOut(index), fate)
        }
        for door in Set(group.doors) { doors[door].wakeLane() }
        group.removeAll()
    }

    // MARK: - Segments

    /// Starts another segment when the group does not fit.
    private mutating func makeRoom() throws(FileFault) {
        guard let end = segment?.end, end > SegmentHead.recordsAt,
            end + group.bytes > settings.segmentBytes
        else { return }
        closeSegment()
        try beginSegment()
    }

    private mutating func openSegment() {
        let now = Clock.monotonicMilliseconds()
        guard now >= nextTryMilliseconds else { return }
        nextTryMilliseconds = now + settings.retryMilliseconds
        do throws(FileFault) {
            try beginSegment()
            status.state = .open
        } catch {
            noteFault(error)
        }
    }

    private mutating func beginSegment() throws(FileFault) {
        let last = shelf.lastSequence
        let made = try SegmentWriter(
            in: shelf.directory, firstSequence: last + 1, acknowledged: last,
            reservedBytes: settings.segmentBytes)
        shelf.begin(
            JournalSegment(
                path: shelf.directory.file(SegmentName.text(last + 1)), firstSequence: last + 1,
                lastSequence: last, bytes: made.end, isOpen: true, acknowledged: last,
                marks: SegmentMarks()))
        segment = consume made
        status.counters.add(1, to: .segments)
    }

    private mutating func closeSegment() {
        guard var closing = segment.take() else { return }
        shelf.end()
        // Only gives back room.
        try? closing.cut(to: closing.end)
    }

    private mutating func giveUp(_ fault: FileFault) {
        // Best effort: what was refused should not be read back, even if no fresh segment comes.
        if var failed = segment.take() { try? failed.cut(to: shelf.openBytes) }
        shelf.end()
        nextTryMilliseconds = Clock.monotonicMilliseconds() + settings.retryMilliseconds
        noteFault(fault)
    }

    private func noteFault(_ fault: FileFault) {
        status.counters.add(1, to: .faults)
        status.state = .failed(fault)
    }

    /// Opens the door again when segments were discarded.
    private func noteRoom() {
        guard status.state == .full else { return }
        if shelf.bytes + settings.groupBytesMax <= settings.budgetBytes { status.state = .open }
    }
}
