import Glibc
import Journaling
import Lanes

/// What it costs to keep a request of 100 kB, alone and with others under way.
func benchJournal(_ bodies: Bodies) {
    for (durability, name) in [(Durability.commit, "commit"), (.write, "write"), (.none, "none")] {
        for underWay in [1, 16] {
            guard var bench = JournalBench(durability, in: bodies.folder) else {
                return print("journal: no folder can be made in \(bodies.folder)")
            }
            bench.run(records: 3_000, underWay: underWay)
            print("journal, \(name), \(underWay) under way: \(bench.figures)")
        }
    }
}

private struct JournalBench {
    private let journal: Journal
    private let bell: Bell
    private var handedOver: [UInt64] = []
    private var waits: [UInt64] = []
    private var wallSeconds = 0.0
    private var cpu = 0.0

    private static let bodyBytes = 100_000

    init?(_ durability: Durability, in folder: String) {
        guard let bell = try? Bell(),
            let journal = try? Journal(
                "\(folder)/journal", JournalSettings(durability: durability), bells: [bell])
        else { return nil }
        self.bell = bell
        self.journal = journal
    }

    /// Hands over a record for each that comes back.
    mutating func run(records: Int, underWay: Int) {
        let door = journal.door(ofLane: 0)
        var body = [UInt8](repeating: 0, count: Self.bodyBytes)
        for index in body.indices { body[index] = .random(in: 0...255) }
        let wall = Clock.monotonicNanoseconds()
        let began = cpuSeconds()
        for _ in 0..<underWay { hand(body, to: door) }
        while waits.count < records {
            bell.park()
            bell.wait(milliseconds: door.hasReceipts ? 0 : -1)
            while let receipt = door.next() {
                precondition(receipt.fate == .kept, "\(journal.state)")
                waits.append(Clock.monotonicNanoseconds() - handedOver[waits.count])
                hand(receipt.record.body, to: door)
            }
        }
        wallSeconds = Double(Clock.monotonicNanoseconds() - wall) / 1e9
        cpu = cpuSeconds() - began
        journal.close()
        _ = try? journal.discard(before: .max)
    }

    private mutating func hand(_ body: [UInt8], to door: JournalDoor) {
        handedOver.append(Clock.monotonicNanoseconds())
        let record = JournalRecord(
            body: body, count: Self.bodyBytes, form: .otlpProtobuf, encoding: .identity,
            receivedNanoseconds: Clock.wallNanoseconds(), decoderVersion: 1,
            refused: RefusedOrdinals())
        precondition(door.take(record) == nil, "more under way than may be")
    }

    var figures: String {
        let sorted = waits.sorted()
        let perSecond = Double(waits.count) / wallSeconds
        let groups = Double(journal.counters[.groups])
        return
            "\(Int(perSecond)) records/s, \(Int(perSecond * Double(Self.bodyBytes) / 1e6)) MB/s, "
            + "CPU \(Int(cpu * 1e9 / Double(waits.count))) ns a record, acknowledged after "
            + "p50 \(sorted[sorted.count / 2] / 1_000) us, p99 \(sorted[sorted.count * 99 / 100] / 1_000) us, "
            + "\(Int(Double(journal.counters[.records]) / groups * 10)) records in ten groups"
    }
}
