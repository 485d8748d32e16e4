import Fuzzing
import Journaling
import Lanes

/// Whatever happens to its files, a journal starts, and gives back only what was written, in order.
/// The input is a list of changes to two segments, four bytes each: what, where, how.
@main enum FuzzJournal {
    static func main() {
        guard let sample = Sample() else { return print("no journal can be made in memory") }
        fuzz { sample.check($0) }
    }
}

private struct Sample {
    private let directory: DataDirectory
    private let names: [String]
    private let files: [[UInt8]]

    private static let records = 12
    private static let settings = JournalSettings(durability: .none, segmentBytes: 9_000)

    init?() {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        guard let directory = try? DataDirectory(making: "/dev/shm/portolan-fuzz-\(name)"),
            let bell = try? Bell(),
            let journal = try? Journal(directory.path, Self.settings, bells: [bell])
        else { return nil }
        self.directory = directory
        let door = journal.door(ofLane: 0)
        for number in 1...Self.records {
            precondition(door.take(Self.record(number)) == nil)
            while door.next() == nil {
                bell.park()
                bell.wait(milliseconds: door.hasReceipts ? 0 : -1)
            }
        }
        journal.close()
        guard let names = try? directory.names() else { return nil }
        self.names = names
        files = names.compactMap { try? readFileBytes(directory.file($0)) }
        precondition(names.count == 2 && files.count == 2)
    }

    private static func record(_ number: Int) -> JournalRecord {
        JournalRecord(
            body: [UInt8](repeating: UInt8(number), count: 10 * number), count: 10 * number,
            form: .otlpProtobuf, encoding: .zstd, receivedNanoseconds: UInt64(number),
            decoderVersion: 3, refused: RefusedOrdinals(number % 4 == 0 ? [number, 999] : []))
    }

    func check(_ changes: [UInt8]) {
        write(changed(by: changes))
        // No damage keeps it from starting; a head of a later version would need a right checksum.
        guard let journal = try? Journal(directory.path, Self.settings, bells: []) else {
            fatalError("the journal does not start")
        }
        var reader = journal.reader(from: 1)
        var record = JournalRecord()
        var last: UInt64 = 0
        while let isFound = try? reader.next(into: &record), isFound {
            precondition(record.sequence > last, "out of order")
            last = record.sequence
            check(record)
        }
        for sequence in 1...UInt64(Self.records + 1) {
            if let isFound = try? journal.read(sequence, into: &record), isFound {
                precondition(record.sequence == sequence, "another record")
                check(record)
            }
        }
        journal.close()
    }

    private func check(_ found: JournalRecord) {
        precondition((1...Self.records).contains(Int(found.sequence)), "a record never written")
        let written = Self.record(Int(found.sequence))
        precondition(
            found.bodyCount == written.bodyCount
                && found.body.starts(with: written.body) && found.refused == written.refused
                && found.receivedNanoseconds == written.receivedNanoseconds
                && found.form == written.form && found.encoding == written.encoding,
            "record \(found.sequence) is not as it was written")
    }

    private func changed(by changes: [UInt8]) -> [[UInt8]] {
        var files = files
        for start in stride(from: 0, to: changes.count - 3, by: 4) {
            let file = Int(changes[start] >> 4 & 1)
            let place = Int(changes[start + 1]) << 8 | Int(changes[start + 2])
            let count = files[file].count
            guard count > 0 else { continue }
            // Records stand behind two pages.
            let inRecords = min(count - 1, 8_192 + place % 2_048)
            switch changes[start] & 3 {
            case 0: files[file][inRecords] = changes[start + 3]
            case 1: files[file][place % count] = changes[start + 3]
            case 2: files[file].removeLast(place % count)
            default:
                let piece = files[file][inRecords..<min(count, inRecords + 200)]
                files[1 - file].append(contentsOf: piece)
            }
        }
        return files
    }

    private func write(_ files: [[UInt8]]) {
        for name in (try? directory.names()) ?? [] { try? directory.remove(name) }
        for (name, bytes) in zip(names, files) {
            guard var file = try? DataFile(directory.file(name), .create),
                (try? file.append(bytes)) != nil
            else { fatalError("\(directory.path) cannot be written") }
        }
    }
}
