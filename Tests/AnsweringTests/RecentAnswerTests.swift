import Spans
import Testing
import Wire

@testable import Answering

@Suite struct `The last spans` {
    /// A batch of spans that are named by a letter each.
    private static func batch(_ names: String, at time: UInt64, lane: Int = 0) -> RecentBatch {
        var body = ProtobufWriter()
        var records: [SpanRecord] = []
        let resource = body.open(field: 1)
        let scope = body.open(field: 2)
        for name in names.utf8 {
            let span = body.open(field: 2)
            let start = body.bytes.count
            body.tag(ProtobufTag(field: 5, .bytes))
            body.varint(1)
            body.raw([name])
            let content = BodyRange(start: UInt32(start), end: UInt32(body.bytes.count))
            body.close(span)
            records.append(
                SpanRecord(
                    trace: TraceID(high: 1, low: 1), id: 1, parent: 1, startNanoseconds: 0,
                    endNanoseconds: 0, content: content, name: BodyRange(), group: 0,
                    kind: .server, status: .ok, marks: []))
        }
        precondition(body.bytes.count < 100, "the ranges hold for short lengths only")
        body.close(scope)
        body.close(resource)
        var batch = SpanBatch()
        batch.body = body.bytes
        batch.bodyCount = body.bytes.count
        batch.table.records = records
        batch.table.groups = [SpanGroup(resourceSpans: BodyRange(), scopeSpans: BodyRange())]
        return RecentBatch(
            batch: batch, records: records.indices, receivedNanoseconds: time, lane: lane)
    }

    private static let batches = [
        batch("abc", at: 10), batch("fg", at: 30), batch("de", at: 20, lane: 1),
        batch("h", at: 30, lane: 1), batch("", at: 40),
    ]

    /// The names of the spans in an answer, and the cursor to those before.
    private static func names(_ query: String) throws -> (names: String, cursor: String) {
        let answer = RecentAnswer.answer(batches, query)
        #expect(answer.status == 200)
        let head = try AnswerRows(reading: answer.body, list: "") { _ in true }.head
        let names = head.names.filter { $0.hasSuffix(".name") }.map { head.text($0) }.joined()
        return (names, head.text("next_cursor"))
    }

    @Test func `are all there are, the latest last`() throws {
        #expect(try Self.names("") == ("abcdefgh", ""))
    }

    @Test(arguments: 1...9)
    func `come in pages, the latest first`(limit: Int) throws {
        var pages: [String] = []
        var query = "limit=\(limit)"
        for _ in 0..<9 {
            let (names, cursor) = try Self.names(query)
            #expect(names.count <= limit)
            pages.insert(names, at: 0)
            if cursor.isEmpty { break }
            query = "limit=\(limit)&cursor=\(cursor)"
        }
        #expect(pages.joined() == "abcdefgh")
        #expect(pages.count == (8 + limit - 1) / limit)
    }

    @Test(arguments: ["limit=0", "cursor=00", "cursor=x", "last=1m"])
    func `tell what is wrong with a question`(query: String) {
        #expect(RecentAnswer.answer([], query).status == 400)
    }

    @Test func `may be none`() throws {
        #expect(RecentAnswer.answer([], "limit=5").text == #"{"resourceSpans":[]}"#)
    }
}
