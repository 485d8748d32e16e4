import Lanes
import Synchronization
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
            #expect(journal.counters[.records] == 40)
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
    }

    @Test(arguments: [Durability.commit, .write, .none])
    func `goes on where the last run ended, in a segment of its own`(
        durability: Durability
    ) throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let settings = JournalSettings(durability: durability)
        for run in 1...4 {
            let journal = try Journal(folder.path, settings, bells: [lane.bell])
            #expect(journal.recoveredSequence == UInt64(2 * run - 2))
            #expect(
                lane.keep([record(2 * run - 1), record(2 * run)], in: journal) == [.kept, .kept])
        }
        // A run that keeps nothing leaves its empty segment to the next one.
        for _ in 1...3 { try Journal(folder.path, settings, bells: []).close() }
        #expect(try folder.segments().count == 5)
        let journal = try Journal(folder.path, settings, bells: [])
        #expect(
            try contents(journal).map(\.content) == (1...8).map { RecordContent(record($0)) })
    }

    @Test func `gives no sequence that others have noted`() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        do {
            let journal = try Journal(
                folder.path, JournalSettings(), bells: [lane.bell], sequencesUsed: 1_000)
            lane.hand([record(1)], to: journal.door(ofLane: 0))
            let receipts = lane.receive(1, at: journal.door(ofLane: 0))
            #expect(receipts.map(\.record.sequence) == [1_001])
        }
        let journal = try Journal(folder.path, JournalSettings(), bells: [])
        #expect(try contents(journal).map(\.sequence) == [1_001])
        #expect(journal.damage == [])
    }

    @Test func `reads any record, from this run or an earlier one`() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let settings = JournalSettings(segmentBytes: 1 << 20)
        let records = (1...300).map { record($0, bytes: $0 * 997 % 40_000) }
        for half in [records[..<150], records[150...]] {
            let journal = try Journal(folder.path, settings, bells: [lane.bell])
            #expect(lane.keep(Array(half), in: journal).allSatisfy { $0 == .kept })
            var read = JournalRecord()
            for sequence in (1...half.endIndex).shuffled() {
                #expect(try journal.read(UInt64(sequence), into: &read))
                #expect(RecordContent(read) == RecordContent(records[sequence - 1]))
            }
            #expect(try !journal.read(UInt64(half.endIndex + 1), into: &read))
            #expect(try !journal.read(0, into: &read))
            #expect(journal.segments.count > 2)
        }
    }

    @Test func `gives the body back to its lane, and takes no more than it may hold`() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let settings = JournalSettings(recordsOfLaneMax: 3)
        let journal = try Journal(folder.path, settings, bells: [lane.bell])
        let door = journal.door(ofLane: 0)
        lane.hand([record(1), record(2), record(3)], to: door)
        let fourth = door.take(record(4))
        #expect(fourth.map(RecordContent.init) == RecordContent(record(4)))
        let receipts = lane.receive(3, at: door)
        #expect(receipts.map { RecordContent($0.record) } == (1...3).map { .init(record($0)) })
        #expect(receipts.map(\.record.sequence) == [1, 2, 3])
        #expect(door.countUnderWay == 0)
        #expect(lane.keep([record(4)], in: journal) == [.kept])
    }

    @Test func `refuses what its budget has no room for, until segments are discarded`() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let settings = JournalSettings(
            segmentBytes: 64 << 10, budgetBytes: 512 << 10, groupBytesMax: 16 << 10)
        let journal = try Journal(folder.path, settings, bells: [lane.bell])
        var kept = 0
        while lane.keep([record(kept + 1, bytes: 10_000)], in: journal) == [.kept] { kept += 1 }
        #expect(journal.state == .full)
        #expect(journal.counters[.recordsRefusedFull] == 1)
        #expect(kept > 40)
        #expect(journal.usedBytes <= journal.budgetBytes)

        let third = journal.segments[2].firstSequence
        #expect(try journal.discard(before: third + 1) == 2)
        #expect(try contents(journal).first?.sequence == third)
        var read = JournalRecord()
        #expect(try !journal.read(third - 1, into: &read))
        #expect(lane.keep([record(1)], in: journal) == [.kept])
        #expect(journal.state == .open)
        // The open segment stays, whatever is asked for.
        try journal.discard(before: .max)
        #expect(journal.segments.map(\.isOpen) == [true])
        #expect(try folder.segments().count == 1)
    }

    @Test func `keeps a record that is larger than a segment`() throws {
        let folder = try ScratchFolder()
        let lane = try TestLane()
        let settings = JournalSettings(segmentBytes: 64 << 10)
        let journal = try Journal(folder.path, settings, bells: [lane.bell])
        let records = [1, 200_000, 3].map { record($0, bytes: $0) }
        for record in records { #expect(lane.keep([record], in: journal) == [.kept]) }
        #expect(try contents(journal).map(\.content) == records.map(RecordContent.init))
        #expect(journal.segments.map(\.firstSequence) == [1, 2, 3])
    }

    @Test func `serves several lanes, and readers while it is written`() throws {
        let folder = try ScratchFolder()
        let lanes = 3
        let count = 300
        let bells = try (0..<lanes).map { _ in try Bell() }
        let settings = JournalSettings(segmentBytes: 1 << 20)
        let journal = try Journal(folder.path, settings, bells: bells)
        let ended = Atomic<Int>(0)
        let kept = Mutex<[UInt64: RecordContent]>([:])
        for (lane, bell) in bells.enumerated() {
            _ = try LaneThread(name: "lane \(lane)") {
                let own = TestLane(bell)
                for step in 0..<count / 10 {
                    let numbers = (0..<10).map { lane * count + step * 10 + $0 }
                    let door = journal.door(ofLane: lane)
                    own.hand(numbers.map { record($0, bytes: 3_000) }, to: door)
                    for receipt in own.receive(10, at: door) {
                        let content = RecordContent(receipt.record)
                        kept.withLock { $0[receipt.record.sequence] = content }
                    }
                }
                ended.wrappingAdd(1, ordering: .releasing)
            }
        }
        var reader = journal.reader(from: 1)
        var read = JournalRecord()
        var found: [UInt64: RecordContent] = [:]
        while found.count < lanes * count {
            guard try reader.next(into: &read) else { continue }
            #expect(found.updateValue(RecordContent(read), forKey: read.sequence) == nil)
        }
        while ended.load(ordering: .acquiring) < lanes {}
        #expect(journal.damage == [])
        #expect(kept.withLock { $0 } == found)
    }
}
