import Charts
import Foundation
import Lanes
import MadeCalls
import Testing

@testable import Storing

/// Two thousand stores with one damage each: every start succeeds, what is left is served, what is
/// missing is told, and nothing is told that was not.
@Suite struct `Damaged windows` {
    private static let start: Int64 = 1_699_999_800
    private static let queries = [
        query(start, start + 1_500), query(start - 3_600, start + 14 * 3_600),
    ]
    private let good: [String: [UInt8]]
    private let truth: [Answers]
    private let names: [String]

    init() throws {
        var random = SeededNumbers(seed: 3)
        let scratch = try ScratchFolder()
        var calls: [MadeCall] = []
        do {
            var keeper = try Keeper(in: scratch.folder)
            for round in 0..<24 {
                calls.append(random.call())
                keeper.count(calls[round])
                try keeper.commit(now: Self.start + Int64(round) * 100)
            }
            try keeper.settle(now: Self.start + 5 * 3_600)
            for round in 24..<36 {
                calls.append(random.call())
                keeper.count(calls[round])
                try keeper.commit(now: Self.start + 5 * 3_600)
            }
        }
        good = try scratch.content()
        truth = Answers.all(ledger(of: calls), Self.queries)
        names = good.keys.filter { $0.hasSuffix(".pw") }.sorted()
        try #require(names.count >= 4)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `never stop the start and never lie`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed + 100)
        var damaged = 0
        let scratch = try ScratchFolder()
        for _ in 0..<250 {
            try scratch.fill(damage(&random))
            let keeper = try Keeper(in: scratch.folder)
            for (index, query) in Self.queries.enumerated() {
                let answers = Answers(keeper.ledger, query)
                let isTrue = answers.hasAllCalls(of: truth[index])
                #expect(isTrue || !keeper.store.damages.isEmpty)
                #expect(answers.isPart(of: truth[index]))
                if !isTrue { damaged += 1 }
            }
        }
        #expect(damaged > 50, "\(damaged)")
    }

    /// All files, one of them not as it was.
    private func damage(_ random: inout SeededNumbers) -> [String: [UInt8]] {
        var files = good
        let name = names.randomElement(using: &random) ?? ""
        let other = names.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<8, using: &random) {
        case 0: files[name] = nil
        case 1: files[name] = good[other]
        case 2: (files[name], files[other]) = (good[other], good[name])
        default: files[name] = random.mutated(good[name] ?? [])
        }
        return files
    }
}

extension ScratchFolder {
    /// Takes the place of all that is there.
    fileprivate func fill(_ files: [String: [UInt8]]) throws {
        for name in try content().keys {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        for (name, bytes) in files {
            let target = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: target)
        }
    }
}

extension Answers {
    /// The same, but for what stored hours do not know, see `withPeaks`.
    fileprivate func hasAllCalls(of truth: Answers) -> Bool { withPeaks(of: truth) == truth }

    /// Whether all calls are some of those, under their names or under that of lost names.
    fileprivate func isPart(of truth: Answers) -> Bool {
        let calls = Dictionary(
            truth.edges.map { ([$0.client.key, $0.server.key], $0.figures.calls) },
            uniquingKeysWith: { first, _ in first })
        return edges.allSatisfy { edge in
            if edge.client.name == "(lost)" || edge.server.name == "(lost)" { return true }
            guard let all = calls[[edge.client.key, edge.server.key]] else { return false }
            let mine = edge.figures.calls
            return mine.samples <= all.samples && mine.count.raw <= all.count.raw
                && mine.failed.raw <= all.failed.raw
        }
    }
}
