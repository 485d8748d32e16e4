import Charts
import Foundation
import Lanes
import MadeCalls
import Testing

@testable import Storing

/// Copies of the files, taken in the midst of commits, are what a crash at that moment leaves.
@Suite struct `Windows after a crash` {
    private static let start: Int64 = 1_699_999_800
    private static let queries = [
        query(start, start + 1_500), query(start, start + 1_500, step: 60),
    ]

    private static func answers(in folder: DataDirectory) throws -> [Answers] {
        let keeper = try Keeper(in: folder)
        #expect(keeper.store.damages == [])
        return Answers.all(keeper.ledger, queries)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `are those of the last commit, before and behind it`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let scratch = try ScratchFolder()
        var keeper = try Keeper(in: scratch.folder)
        var plain = ChartLedger(limits: ChartLimits(), lanes: 1)
        var lane = TestLane()
        var now = Self.start
        for _ in 0..<25 {
            let before = Answers.all(plain, Self.queries)
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let call = random.call()
                keeper.count(call)
                lane.count(call)
            }
            lane.handOver(to: &plain)
            now += Int64.random(in: 0...400, using: &random)
            let change = try keeper.prepare(now: now)
            let prepared = try scratch.copy()
            try prepared.tearTails(keeper.catalogue, &random)
            #expect(try Self.answers(in: prepared.folder) == before)
            try keeper.catalogue.commit(change)
            let committed = try scratch.copy()
            #expect(try Self.answers(in: committed.folder) == Answers.all(plain, Self.queries))
            keeper.committed()
        }
    }

    @Test func `go on when a commit fails, and lose nothing`() throws {
        var random = SeededNumbers(seed: 5)
        let scratch = try ScratchFolder()
        var keeper = try Keeper(in: scratch.folder)
        var calls: [MadeCall] = []
        var failures = 0
        for round in 0..<30 {
            calls.append(random.call())
            keeper.count(calls[round])
            let now = Self.start + Int64(round) * 250
            if round % 3 == 1 {
                _ = try keeper.prepare(now: now)
                keeper.store.failed()
            } else if round % 3 == 2 {
                // Nothing new can be made where no folder is.
                try scratch.folder.rename("windows", to: "away")
                if (try? keeper.commit(now: now)) == nil { failures += 1 }
                try scratch.folder.rename("away", to: "windows")
            } else {
                try keeper.commit(now: now)
            }
        }
        try keeper.commit(now: Self.start + 9_000)
        let expected = Answers.all(ledger(of: calls), Self.queries)
        #expect(Answers.all(keeper.ledger, Self.queries) == expected)
        let committed = try scratch.copy()
        #expect(try Self.answers(in: committed.folder) == expected)
        #expect(failures > 0)
        // What failed commits made is gone.
        let names = try scratch.folder.names(of: "windows")
        let known = keeper.catalogue.files.keys.map(\.name).sorted()
        #expect(names == known)
    }

    /// The catalogue could not be synced, and after a crash it turns out that it has the commit.
    @Test func `are those of a commit that was taken for failed`() throws {
        var random = SeededNumbers(seed: 8)
        let scratch = try ScratchFolder()
        var calls: [MadeCall] = []
        for round in 0..<20 {
            var keeper = try Keeper(in: scratch.folder)
            for _ in 0..<2 {
                calls.append(random.call())
                keeper.count(calls[calls.count - 1])
                try keeper.commit(now: Self.start + Int64(round) * 300)
            }
            calls.append(random.call())
            keeper.count(calls[calls.count - 1])
            let change = try keeper.prepare(now: Self.start + Int64(round) * 300 + 150)
            try keeper.catalogue.commit(change)
            keeper.store.failed()
            let copy = try scratch.copy()
            let expected = Answers.all(ledger(of: calls), Self.queries)
            #expect(try Self.answers(in: copy.folder) == expected)
        }
    }

    @Test func `are found without the catalogue, with the watermarks of the last commit`() throws {
        var random = SeededNumbers(seed: 6)
        let scratch = try ScratchFolder()
        var keeper = try Keeper(in: scratch.folder)
        var calls: [MadeCall] = []
        for round in 0..<30 {
            calls.append(random.call())
            keeper.count(calls[round])
            try keeper.commit(now: Self.start + Int64(round) * 150, low: UInt64(round))
        }
        let commits = keeper.catalogue.watermarks.commit
        let copy = try scratch.copy()
        for name in try copy.folder.names() where name.hasPrefix(Catalogue.fileName) {
            try copy.folder.remove(name)
        }
        let rebuilt = try Keeper(in: copy.folder)
        #expect(rebuilt.catalogue.isRebuilt == true)
        #expect(rebuilt.catalogue.watermarks.low == 29)
        #expect(rebuilt.catalogue.watermarks.commit == commits)
        #expect(rebuilt.store.damages == [])
        let expected = Answers.all(ledger(of: calls), Self.queries)
        #expect(Answers.all(rebuilt.ledger, Self.queries) == expected)
    }
}

extension DataDirectory {
    fileprivate func names(of folder: String) throws -> [String] {
        try DataDirectory(making: file(folder)).names()
    }
}

extension ScratchFolder {
    /// Cuts what was not committed somewhere, or leaves other bytes there.
    fileprivate func tearTails(
        _ catalogue: borrowing Catalogue, _ random: inout SeededNumbers
    ) throws {
        for file in catalogue.files.values {
            let bytes = try bytes(file.path)
            let tail = bytes.count - file.committedBytes
            guard tail > 0 else { continue }
            let kept = Int.random(in: 0...tail, using: &random)
            var torn = Array(bytes[..<(file.committedBytes + kept)])
            if kept > 0, Bool.random(using: &random) { torn[torn.count - 1] ^= 0x55 }
            try write(torn, to: file.path)
        }
    }
}
