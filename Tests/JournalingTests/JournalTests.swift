import Lanes
import Testing

@testable import Journaling

@Suite struct `A journal` {
    @Test func `gives back what it kept, in order, now and after the next start`() throws {
        let folder = try ScratchFolder()
        let records = (1...40).map {
            record(
                $0, bytes: $0 * $0 * 37 % 50_000, refused: $0 % 5 == 0 ? [0, 3, 200, 90_000] : [])
        }
        let expected = records.map(RecordContent.init)
        do {
            let lane = try TestLane()
            let journal = try Journal(folder.path, JournalSettings(), bells: [lane.bell])
            #expect(lane.keep(records, in: journal).allSatisfy { $0 == .kept })
            #expect(journal.lastSequence == 40)
            let found = try contents(journal)
            #expect(found.map(\.sequence) == Array(1...40))
            #expect(found.map(\.content) == expected)
            #expect(journal.state == .open)
            journal.close()
            #expect(journal.state == .closed)
        }
        let journal = try Journal(folder.path, JournalSettings(), bells: [])
        #expect(journal.damage == [])
        #expect(journal.tornBytes == 0)
        #expect(journal.recoveredSequence == 40)
        #expect(try contents(journal).map(\.content) == expected)
        #expect(try contents(journal, from: 17).map(\.content) == Array(expected[16...]))
        var read = JournalRecord()
        for sequence in [1, 40, 17, 2, 39] {
            #expect(try journal.read(UInt64(sequence), into: &read))
            #expect(RecordContent(read) == expected[sequence - 1])
        }
        #expect(try !journal.read(41, into: &read))
        #expect(try !journal.read(0, into: &read))
    }
}
