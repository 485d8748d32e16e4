import Decoding
import Fuzzing
import Lanes
import Spans
import Storing
import Wire

/// Whatever happens to a content segment, it is read without a trap, and what is found was sent. The
/// input is a list of changes, four bytes each: what, where, how. Some come with the sums that fit
/// them, which no accident makes: these may change what is found, and nothing else.
@main enum FuzzContent {
    static func main() {
        guard let sample = Sample() else { return print("no segment can be made in memory") }
        fuzz { sample.check($0) }
    }
}

private struct Sample {
    private let folder: DataDirectory
    private let name: String
    private let bytes: [UInt8]
    private let sent: SpanBatch
    private let traces: Set<TraceID>

    init?() {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        var batch = SpanBatch()
        batch.body = Self.request()
        batch.bodyCount = batch.body.count
        var writer = ContentSegmentWriter()
        guard let folder = try? DataDirectory(making: "/dev/shm/portolan-fuzz-\(name)"),
            (try? OTLPTraceDecoder(limits: OTLPLimits()).decode(
                batch.body, count: batch.bodyCount, into: &batch.table)) != nil,
            (try? writer.begin(in: folder, firstSequence: 1)) != nil,
            (try? writer.take(batch, sequence: 1, receiptNanoseconds: 1)) != nil,
            let segment = try? writer.finish(),
            let bytes = try? readFileBytes(folder.file(segment.name))
        else { return nil }
        self.folder = folder
        self.name = segment.name
        self.bytes = bytes
        sent = batch
        traces = Set(batch.table.records.map(\.trace))
    }

    /// Spans of four traces and two services, every seventh with its fields in another order.
    private static func request() -> [UInt8] {
        var writer = ProtobufWriter()
        for service in UInt64(0)..<2 {
            let group = writer.open(field: 1)
            let scope = writer.open(field: 2)
            for number in UInt64(0)..<12 {
                let span = writer.open(field: 2)
                if number % 7 == 0 { text("operation", to: &writer) }
                id(1, [number % 4 + 1, 7], to: &writer)
                id(2, [service * 100 + number + 1], to: &writer)
                if number > 3 { id(4, [service * 100 + number - 3], to: &writer) }
                if number % 7 != 0 { text("operation-\(number % 3)", to: &writer) }
                for (field, time) in [(UInt32(7), 1_000 * number), (8, 1_000 * number + 500)] {
                    writer.tag(ProtobufTag(field: field, .fixed64))
                    writer.fixed64(time)
                }
                writer.close(span)
            }
            writer.close(scope)
            writer.close(group)
        }
        return writer.bytes
    }

    private static func id(_ field: UInt32, _ words: [UInt64], to writer: inout ProtobufWriter) {
        let start = writer.open(field: field)
        for word in words { writer.fixed64(word) }
        writer.close(start)
    }

    private static func text(_ text: String, to writer: inout ProtobufWriter) {
        let start = writer.open(field: 5)
        writer.raw(text.utf8)
        writer.close(start)
    }

    func check(_ changes: [UInt8]) {
        let isSummed = changes.first.map { $0 & 128 != 0 } ?? false
        write(changed(by: changes, isSummed: isSummed))
        var store = ContentStore()
        var damages: [StoreDamage] = []
        if let segment = try? ContentSegment(opening: name, in: folder, damages: &damages) {
            store.add(segment)
        }
        var reader = store.reader()
        for id in traces {
            var found = StoredTrace(id)
            _ = reader.read(&found)
            found.settle()
            var writer = ProtobufWriter()
            TraceAsOTLP.append(found, to: &writer)
            if !isSummed { check(found) }
        }
    }

    private func check(_ found: StoredTrace) {
        var expected = StoredTrace(found.id)
        expected.take(sent)
        let contents = expected.spans.map { expected.bytes(of: $0) }
        for span in found.spans {
            precondition(contents.contains(found.bytes(of: span)), "a span that was never sent")
        }
    }

    private func changed(by changes: [UInt8], isSummed: Bool) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: changes.count - 3, by: 4) where !bytes.isEmpty {
            let place = (Int(changes[start + 1]) << 8 | Int(changes[start + 2])) % bytes.count
            switch changes[start] & 3 {
            case 0: bytes.removeLast(place)
            default: bytes[place] = changes[start + 3]
            }
        }
        if isSummed { sumFirstBlock(&bytes) }
        return bytes
    }

    /// The only block stands behind the magic: its length, its sum, and what it holds.
    private func sumFirstBlock(_ bytes: inout [UInt8]) {
        guard bytes.count >= 16 else { return }
        let length = bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 16 else { return }
        let sum = CRC32C.sum(bytes, 16..<16 + length)
        for place in 0..<4 {
            bytes[12 + place] = UInt8(truncatingIfNeeded: sum >> UInt32(place * 8))
        }
    }

    private func write(_ bytes: [UInt8]) {
        guard var file = try? DataFile(folder.file(name), .create),
            (try? file.truncate(to: 0)) != nil, (try? file.append(bytes)) != nil
        else { fatalError("\(folder.path) cannot be written") }
    }
}
