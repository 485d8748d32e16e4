import Lanes
import Synchronization

/// The segments there are, for all threads: the writer adds, the keeper takes away, readers look.
final class JournalShelf: Sendable {
    let directory: DataDirectory
    /// In the order of their records; the open one last.
    private let segments: Mutex<[JournalSegment]>
    /// All records up to this one are safe, by the durability in force.
    private let safe: Atomic<UInt64>
    private let damages: Mutex<[StoreDamage]>

    private static let damagesMax = 1_000

    init(_ directory: DataDirectory, _ recovery: JournalRecovery, lastSequence: UInt64) {
        self.directory = directory
        segments = Mutex(recovery.segments)
        damages = Mutex(recovery.damage)
        safe = Atomic(lastSequence)
    }

    var lastSequence: UInt64 { safe.load(ordering: .acquiring) }

    var all: [JournalSegment] { segments.withLock { $0 } }

    /// How far the open segment is written.
    var openBytes: Int { segments.withLock { $0.last?.bytes ?? 0 } }

    var bytes: Int { segments.withLock { $0.reduce(0) { $0 + $1.bytes } } }

    /// The segment that holds a record, or the next one that there is; nil when all end before it.
    func segment(at sequence: UInt64) -> JournalSegment? {
        segments.withLock { segments in
            segments.first { $0.lastSequence >= sequence && $0.lastSequence >= $0.firstSequence }
        }
    }

    // MARK: - For the writer

    func begin(_ segment: JournalSegment) {
        segments.withLock { $0.append(segment) }
    }

    /// Makes records of the open segment known.
    func grow(to lastSequence: UInt64, bytes: Int, _ note: (inout SegmentMarks) -> Void) {
        segments.withLock { segments in
            guard let last = segments.indices.last else { return }
            segments[last].lastSequence = lastSequence
            segments[last].acknowledged = lastSequence
            segments[last].bytes = bytes
            if segments[last].marks == nil { segments[last].marks = SegmentMarks() }
            if var marks = segments[last].marks.take() {
                note(&marks)
                segments[last].marks = marks
            }
        }
        safe.store(lastSequence, ordering: .releasing)
    }

    /// Nothing more comes into the open segment; when nothing came at all, it is none.
    func end() {
        segments.withLock { segments in
            guard let last = segments.indices.last, segments[last].isOpen else { return }
            segments[last].isOpen = false
            if segments[last].lastSequence < segments[last].firstSequence { segments.removeLast() }
        }
    }

    // MARK: - For others

    var damage: [StoreDamage] { damages.withLock { $0 } }

    /// The same place is met by each who reads there.
    func note(_ damage: StoreDamage) {
        damages.withLock { damages in
            let isKnown = damages.contains { $0.file == damage.file && $0.from == damage.from }
            if !isKnown && damages.count < Self.damagesMax { damages.append(damage) }
        }
    }

    func note(_ marks: SegmentMarks, ofSegment firstSequence: UInt64) {
        segments.withLock { segments in
            for index in segments.indices where segments[index].firstSequence == firstSequence {
                segments[index].marks = marks
            }
        }
    }

    /// Deletes the segments that hold only records before a sequence.
    func discard(before sequence: UInt64) throws(FileFault) -> Int {
        let done = all.prefix { !$0.isOpen && $0.lastSequence < sequence }
        for segment in done {
            try directory.remove(SegmentName.text(segment.firstSequence))
            segments.withLock { $0.removeAll { $0.firstSequence == segment.firstSequence } }
        }
        if !done.isEmpty { try directory.sync() }
        return done.count
    }
}
