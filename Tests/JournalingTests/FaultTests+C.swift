import Glibc
import Lanes
import Testing

@testable import Journaling

/// Files may not grow past this from here on: what a full disk does, without one.
private func limitFiles(toBytes bytes: Int) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: .max)
    precondition(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)
}

/// Whether the first so many records can be read, and no others.
private func holds(_ journal: Journal, _ count: Int) -> Bool {
    let found = try? contents(journal).map(\.content)
    return found == (1...count).map { RecordContent(record($0)) }
}

@Suite struct `A journal whose disk refuses` {
    @Test func `closes its door, loses nothing that it kept, and opens it again`() async {
        await #expect(processExitsWith: .success) {
            let folder = try ScratchFolder()
            let lane = try TestLane()
            let settings = JournalSettings(retryMilliseconds: 1)
            let journal = try Journal(folder.path, settings, bells: [lane.bell])
            precondition(lane.keep([record(1), record(2)], in: journal) == [.kept, .kept])

            limitFiles(toBytes: 100_000)
            precondition(lane.keep([record(3, bytes: 200_000)], in: journal) == [.failed])
            guard case .failed(let fault) = journal.state, fault.call == "write" else {
                fatalError("\(journal.state)")
            }
            // Small ones fit as soon as there is a fresh segment.
            while lane.keep([record(3)], in: journal) != [.kept] {}
            precondition(journal.state == .open && journal.lastSequence == 3)
            precondition(journal.segments.map(\.firstSequence) == [1, 3])
            precondition(holds(journal, 3))
            journal.close()

            let next = try Journal(folder.path, settings, bells: [])
            precondition(holds(next, 3))
            precondition(next.damage.isEmpty)
        }
    }

    @Test func `answers while it cannot be written at all`() async {
        await #expect(processExitsWith: .success) {
            let folder = try ScratchFolder()
            let lane = try TestLane()
            let settings = JournalSettings(retryMilliseconds: 1)
            do {
                let journal = try Journal(folder.path, settings, bells: [lane.bell])
                precondition(lane.keep([record(1)], in: journal) == [.kept])
            }
            limitFiles(toBytes: 10)
            let journal = try Journal(folder.path, settings, bells: [lane.bell])
            precondition(lane.keep([record(2)], in: journal) == [.failed])
            precondition(holds(journal, 1))
            limitFiles(toBytes: 1 << 30)
            while lane.keep([record(2)], in: journal) != [.kept] {}
            precondition(holds(journal, 2))
        }
    }
}
