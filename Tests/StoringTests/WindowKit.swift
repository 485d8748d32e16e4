import Charts
import Lanes
import MadeCalls

@testable import Storing

/// What keeps the windows of a collector: a ledger, where it is stored, and lanes that count.
struct Keeper: ~Copyable {
    var catalogue: Catalogue
    let store: WindowStore
    var ledger: ChartLedger
    private var lane: TestLane
    var settings: WindowSettings { store.settings }

    init(
        in folder: DataDirectory, settings: WindowSettings = WindowSettings(),
        limits: ChartLimits = ChartLimits()
    ) throws {
        var catalogue = try Catalogue.open(in: folder)
        if catalogue.isRebuilt {
            let change = try WindowStore.filesWithoutCatalogue(in: folder)
            try catalogue.commit(change)
        }
        var ledger = ChartLedger(limits: limits, lanes: 1)
        store = try WindowStore.open(in: folder, catalogue, settings: settings, into: &ledger)
        self.catalogue = catalogue
        self.ledger = ledger
        lane = TestLane(limits: limits)
    }

    mutating func count(_ call: MadeCall, sign: Int64 = 1) { lane.count(call, sign: sign) }

    mutating func handOver() { lane.handOver(to: &ledger) }

    /// Hands over, lets time pass, and writes what is to be committed.
    mutating func prepare(now: Int64, low: UInt64 = 0) throws -> CatalogueChange {
        handOver()
        ledger.tick(nowSeconds: now)
        var watermarks = Watermarks()
        watermarks.low = low
        var change = CatalogueChange(watermarks)
        do {
            try store.prepare(
                &ledger, commit: catalogue.nextCommit, nowSeconds: now, into: &change)
        } catch {
            store.failed()
            throw error
        }
        return change
    }

    mutating func committed() { store.committed(&ledger) }

    mutating func commit(now: Int64, low: UInt64 = 0) throws {
        let change = try prepare(now: now, low: low)
        try catalogue.commit(change)
        committed()
    }

    /// Commits, a minute apart, until nothing more is to be done.
    mutating func settle(now: Int64) throws {
        var files: [StoredFile] = []
        var now = now
        repeat {
            files = catalogue.files(.windows)
            try commit(now: now)
            now += 60
        } while catalogue.files(.windows) != files
    }
}

extension Answers {
    /// Of several queries.
    static func all(_ ledger: borrowing ChartLedger, _ queries: [ChartQuery]) -> [Answers] {
        var answers: [Answers] = []
        for query in queries { answers.append(Answers(ledger, query)) }
        return answers
    }

    /// These answers with the peaks of others.
    func withPeaks(of other: Answers) -> Answers {
        var answers = self
        for index in edges.indices where index < other.edges.count {
            Self.set(&answers.edges[index].figures.calls, to: other.edges[index].figures.calls)
        }
        for index in services.indices where index < other.services.count {
            Self.set(&answers.services[index].calls, to: other.services[index].calls)
        }
        for index in operations.indices where index < other.operations.count {
            Self.set(&answers.operations[index].calls, to: other.operations[index].calls)
        }
        return answers
    }

    private static func set(_ calls: inout CallSummary, to other: CallSummary) {
        calls.saturation.peakConcurrency = other.saturation.peakConcurrency
    }
}
