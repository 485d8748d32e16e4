import Lanes
import Settings
import Spans
import Wire

@testable import Collector

/// What a reader of contents found: the trace and span ids of every request.
struct ContentKit {
    let bodies: BodyDecoder
    let reader: ContentReader
    private let found = Found()

    final class Found {
        var requests: [[UInt64]] = []
    }

    init(_ values: KeyValuePairs<String, String> = [:]) throws {
        let limits = try Settings.load(sources(values)).limits
        let found = found
        bodies = BodyDecoder(limits, names: FactNames()) { batch in
            found.requests.append(batch.table.records.map(\.id))
        }
        reader = ContentReader(bodies)
    }

    var requests: [[UInt64]] { found.requests }

    /// Reads a whole content that comes in pieces of so many bytes.
    func read(_ content: [UInt8], inPieces bytes: Int = 1 << 20) throws(WireError) {
        reader.restart()
        for start in stride(from: 0, to: content.count, by: bytes) {
            try reader.take(content, start..<min(start + bytes, content.count))
        }
        try reader.end()
    }
}

/// A request with a span for each id.
func request(_ ids: UInt64...) -> [UInt8] {
    var writer = ProtobufWriter()
    let resource = writer.open(field: 1)
    let scope = writer.open(field: 2)
    for id in ids {
        let span = writer.open(field: 2)
        for (field, bytes) in [(1, Array(repeating: 7, count: 16)), (2, bigEndian(id))] {
            writer.tag(ProtobufTag(field: UInt32(field), .bytes))
            writer.varint(UInt64(bytes.count))
            writer.raw(bytes)
        }
        writer.close(span)
    }
    writer.close(scope)
    writer.close(resource)
    return writer.bytes
}

/// The same as OTLP/JSON.
func json(_ request: [UInt8]) throws -> [UInt8] {
    var json = JSONWriter()
    try jsonFromProtobuf(
        request, ByteRange(start: 0, end: request.count), message: .exportTraceServiceRequest,
        depthMax: 20, into: &json)
    return json.bytes
}

/// An archive with these files, and the zeros that end it.
func tar(_ files: [(name: String, content: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = []
    for file in files {
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(0..<file.name.utf8.count, with: file.name.utf8)
        let size = String(file.content.count, radix: 8).utf8
        header.replaceSubrange(124..<124 + size.count, with: size)
        header[156] = UInt8(ascii: "0")
        header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8).utf8
        header.replaceSubrange(148..<148 + sum.count, with: sum)
        archive += header + file.content
        archive += [UInt8](repeating: 0, count: (512 - file.content.count % 512) % 512)
    }
    return archive + [UInt8](repeating: 0, count: 1_024)
}
