import Lanes
import Wire

/// What of a segment is kept in memory: where its blocks start, and a filter of its traces.
struct ContentDirectory: Sendable {
    let places: [Int]
    let filter: TraceFilter

    init(places: [Int], filter: TraceFilter) {
        self.places = places
        self.filter = filter
    }

    init(of file: borrowing SegmentFile, _ footer: ContentFooter) throws(ContentFault) {
        let range = footer.directory
        let bytes = try file.bytes(range)
        let filterStart = footer.blocks * 8
        let places = withProtobufCursor(over: bytes, count: filterStart) { cursor in
            (0..<footer.blocks).map { _ in Int(clamping: (try? cursor.fixed64()) ?? .max) }
        }
        guard Self.isSumRight(bytes), places.allSatisfy({ $0 < footer.index }),
            let filter = TraceFilter(bytes[filterStart...].dropLast(4))
        else {
            throw file.damage(range.lowerBound, range.count, "the directory has another sum")
        }
        self.places = places
        self.filter = filter
    }

    private static func isSumRight(_ bytes: [UInt8]) -> Bool {
        let end = bytes.count - 4
        return withProtobufCursor(over: bytes, count: bytes.count) { cursor in
            var sum = cursor.cursor(over: ByteRange(start: end, end: bytes.count))
            return (try? sum.fixed32()) == CRC32C.sum(bytes, 0..<end)
        }
    }

    func write(to writer: inout ProtobufWriter) {
        let start = writer.bytes.count
        for place in places { writer.fixed64(UInt64(place)) }
        writer.raw(filter.bytes)
        writer.fixed32(CRC32C.sum(writer.bytes, start..<writer.bytes.count))
    }
}
