import Lanes
import Testing
import Wire

@testable import Journaling

/// A lane that hands records over and waits for them.
final class TestLane {
    let bell: Bell

    init() throws { bell = try Bell() }

    init(_ bell: Bell) { self.bell = bell }

    func hand(_ records: [JournalRecord], to door: JournalDoor) {
        for record in records { #expect(door.take(record) == nil) }
    }

    /// What came of the next so many records.
    func receive(_ count: Int, at door: JournalDoor) -> [JournalReceipt] {
        var receipts: [JournalReceipt] = []
        let end = Clock.monotonicMilliseconds() + 30_000
        while receipts.count < count, Clock.monotonicMilliseconds() < end {
            bell.park()
            bell.wait(milliseconds: door.hasReceipts ? 0 : 1_000)
            while receipts.count < count, let receipt = door.next() { receipts.append(receipt) }
        }
        return receipts
    }

    /// Hands records over and returns what became of them.
    func keep(_ records: [JournalRecord], in journal: Journal, lane: Int = 0) -> [JournalFate] {
        hand(records, to: journal.door(ofLane: lane))
        return receive(records.count, at: journal.door(ofLane: lane)).map(\.fate)
    }
}

/// A record whose content tells which it is.
func record(_ number: Int, bytes: Int = 100, refused: [Int] = []) -> JournalRecord {
    var numbers = SeededNumbers(seed: UInt64(number))
    let body = (0..<bytes).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
    return JournalRecord(
        body: body, count: bytes, form: number % 2 == 0 ? .otlpProtobuf : .otlpJSON,
        encoding: number % 3 == 0 ? .gzip : .identity, receivedNanoseconds: UInt64(number) * 1_000,
        decoderVersion: UInt16(number % 7), refused: RefusedOrdinals(refused))
}

/// What must be the same after reading back.
struct RecordContent: Equatable {
    let body: [UInt8]
    let form: BodyForm
    let encoding: BodyEncoding
    let receivedNanoseconds: UInt64
    let decoderVersion: UInt16
    let refused: RefusedOrdinals

    init(_ record: JournalRecord) {
        body = Array(record.body[..<record.bodyCount])
        form = record.form
        encoding = record.encoding
        receivedNanoseconds = record.receivedNanoseconds
        decoderVersion = record.decoderVersion
        refused = record.refused
    }
}

/// All records that can be read now, by their sequence.
func contents(
    _ journal: Journal, from sequence: UInt64 = 1
) throws -> [(sequence: UInt64, content: RecordContent)] {
    var reader = journal.reader(from: sequence)
    var record = JournalRecord()
    var found: [(UInt64, RecordContent)] = []
    while try reader.next(into: &record) { found.append((record.sequence, RecordContent(record))) }
    return found
}

func sum(_ bytes: [UInt8]) -> UInt32 { CRC32C.sum(bytes, bytes.indices) }
