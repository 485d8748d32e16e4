import Journaling
import Lanes

/// Records that tell which they are, so that each can be recognised and compared.
enum TestRecord {
    static func make(_ number: Int) -> JournalRecord {
        var random = SeededNumbers(seed: UInt64(number))
        let bytes = Int.random(in: 0..<10, using: &random) == 0 ? 6_000 : 300
        let body = (0..<Int.random(in: 0...bytes, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        return JournalRecord(
            body: body, count: body.count, form: .otlpProtobuf, encoding: .identity,
            receivedNanoseconds: UInt64(number), decoderVersion: 1,
            refused: RefusedOrdinals(number % 5 == 0 ? [0, number] : []))
    }

    static func isRight(_ record: JournalRecord) -> Bool {
        let written = make(Int(record.receivedNanoseconds))
        return record.bodyCount == written.bodyCount && record.body.starts(with: written.body)
            && record.refused == written.refused
    }
}

/// Hands records over, some at a time, again where they are refused, and notes what is acknowledged.
struct JournalLoad: ~Copyable {
    private let folder: String
    private var ledger: LedgerFile
    private var random: SeededNumbers
    private var nextNumber = 1

    static let settings = JournalSettings(segmentBytes: 40_000, retryMilliseconds: 1)
    private static let records = 400
    private static let runs = 4

    init(folder: String, ledger path: String, seed: UInt64) throws(FileFault) {
        self.folder = folder
        random = SeededNumbers(seed: seed)
        // Numbers are not used again when a killed load is started anew.
        nextNumber = Int(seed % 1_000_000) * 1_000 + 1
        ledger = try LedgerFile(path)
    }

    mutating func run() throws {
        for _ in 0..<Self.runs {
            let bell = try Bell()
            let journal = try Journal(folder, Self.settings, bells: [bell])
            let door = journal.door(ofLane: 0)
            for _ in 0..<Self.records / Self.runs / 4 {
                try keep(Int.random(in: 1...7, using: &random), at: door, bell)
                if Int.random(in: 0..<10, using: &random) == 0 { try discard(journal) }
            }
            journal.close()
        }
    }

    private mutating func keep(_ count: Int, at door: JournalDoor, _ bell: Bell) throws(FileFault) {
        var underWay = count
        for _ in 0..<count {
            precondition(door.take(TestRecord.make(nextNumber)) == nil)
            nextNumber += 1
        }
        while underWay > 0 {
            bell.park()
            bell.wait(milliseconds: door.hasReceipts ? 0 : -1)
            while let receipt = door.next() {
                if receipt.fate == .kept {
                    underWay -= 1
                    try ledger.note(
                        .kept(
                            Int(receipt.record.receivedNanoseconds), receipt.record.sequence))
                } else {
                    precondition(door.take(receipt.record) == nil)
                }
            }
        }
    }

    private mutating func discard(_ journal: Journal) throws(FileFault) {
        let sequence = journal.lastSequence - min(journal.lastSequence, 30)
        try ledger.note(.discarding(sequence))
        // A fault leaves files behind, which is no loss.
        _ = try? journal.discard(before: sequence)
    }
}

/// The same random numbers in each run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
