package import Spans
import Wire

/// Some of the last spans received, as they came together.
package struct RecentBatch: Sendable {
    fileprivate let batch: SpanBatch
    fileprivate var records: Range<Int>
    fileprivate let place: RecentCursor

    /// `records` of the batch are those that the lane owns; two batches of a lane differ in the time.
    package init(
        batch: SpanBatch, records: Range<Int>, receivedNanoseconds: UInt64, lane: Int
    ) {
        self.batch = batch
        self.records = records
        place = RecentCursor(
            receivedNanoseconds: receivedNanoseconds, lane: lane, record: records.lowerBound)
    }

    /// Where what is left of it starts.
    fileprivate var start: RecentCursor {
        RecentCursor(
            receivedNanoseconds: place.receivedNanoseconds, lane: place.lane,
            record: records.lowerBound)
    }

    /// What lies before a cursor, or all; nil when that is nothing.
    fileprivate func part(before cursor: RecentCursor?) -> RecentBatch? {
        var part = self
        if let cursor, place.isOfSameBatch(as: cursor) {
            part.records = records.prefix(max(0, cursor.record - records.lowerBound))
        } else if let cursor, cursor < place {
            return nil
        }
        return part.records.isEmpty ? nil : part
    }
}

/// The last spans received, as OTLP JSON, the latest last; with a limit the latest of them, and a
/// cursor towards those before.
package enum RecentAnswer {
    package static let path = "/api/v1/recent"

    package static func answer(_ batches: [RecentBatch], _ query: String) -> WebAnswer {
        do throws(Problem) {
            let parameters = try Parameters(
                QueryString(parsing: query), of: path, known: Page.parameters)
            let limit = try Page.limit(parameters)
            let cursor = try cursor(parameters)
            let (shown, next) = pick(batches, before: cursor, limit: limit)
            return try answer(shown, next)
        } catch {
            return .problem(error)
        }
    }

    private static func cursor(_ parameters: Parameters) throws(Problem) -> RecentCursor? {
        guard let text = try parameters.value(of: "cursor") else { return nil }
        guard let cursor = RecentCursor(text: text) else { throw Page.strangeCursor }
        return cursor
    }

    /// The oldest first; and where the oldest of them starts, when there are older ones.
    private static func pick(
        _ batches: [RecentBatch], before cursor: RecentCursor?, limit: Int?
    ) -> (shown: [RecentBatch], next: RecentCursor?) {
        var rest = batches.compactMap { $0.part(before: cursor) }.sorted { $0.place < $1.place }
        var shown: [RecentBatch] = []
        var left = limit ?? Int.max
        while left > 0, var batch = rest.popLast() {
            let taken = batch.records.suffix(left)
            let isWhole = taken == batch.records
            batch.records = taken
            left -= taken.count
            shown.append(batch)
            if !isWhole { return (shown.reversed(), batch.start) }
        }
        return (shown.reversed(), rest.isEmpty ? nil : shown.last?.start)
    }

    private static func answer(
        _ batches: [RecentBatch], _ next: RecentCursor?
    ) throws(Problem) -> WebAnswer {
        var request = ProtobufWriter()
        for batch in batches {
            OTLPOutput.append(batch.records, of: batch.batch, to: &request)
        }
        guard !request.bytes.isEmpty else { return .json(Array(#"{"resourceSpans":[]}"#.utf8)) }
        var json = JSONWriter()
        do throws(WireError) {
            try jsonFromProtobuf(
                request.bytes, ByteRange(start: 0, end: request.bytes.count),
                message: .exportTraceServiceRequest, depthMax: 8 + 3 * 64, into: &json)
        } catch {
            // Only what the decoder has read through gets here.
            throw Problem(status: 500, title: "a stored span cannot be read", detail: "\(error)")
        }
        if let next {
            // One more field of the object that is the message; readers of OTLP pass it over.
            json.bytes.removeLast()
            json.field("next_cursor", next.text)
            json.endObject()
        }
        return .json(json.bytes)
    }
}

/// A place among the last spans: a batch of a lane, and a record in it.
struct RecentCursor: Equatable, Comparable {
    let receivedNanoseconds: UInt64
    let lane: Int
    let record: Int

    init(receivedNanoseconds: UInt64, lane: Int, record: Int) {
        self.receivedNanoseconds = receivedNanoseconds
        self.lane = lane
        self.record = record
    }

    init?(text: String) {
        let fields = (Hex.bytes(text.utf8) ?? []).split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 4, fields[0] == "1", let received = UInt64(fields[1]),
            let lane = Int(fields[2]), let record = Int(fields[3])
        else { return nil }
        self.init(receivedNanoseconds: received, lane: lane, record: record)
    }

    var text: String { Hex.text("1;\(receivedNanoseconds);\(lane);\(record)".utf8) }

    func isOfSameBatch(as other: RecentCursor) -> Bool {
        receivedNanoseconds == other.receivedNanoseconds && lane == other.lane
    }

    static func < (left: RecentCursor, right: RecentCursor) -> Bool {
        (left.receivedNanoseconds, left.lane, left.record)
            < (right.receivedNanoseconds, right.lane, right.record)
    }
}
