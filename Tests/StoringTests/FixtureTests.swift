import Charts
import Lanes
import Spans
import Testing
import Wire

@testable import Storing

/// Files that version 1 wrote: later versions must read them as it did.
private enum Fixtures {
    static let path =
        #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Tests/Fixtures"

    static func folder(_ name: String) throws -> DataDirectory {
        try DataDirectory(making: "\(path)/\(name)")
    }

    static func bytes(_ name: String) throws -> [UInt8] { try readFileBytes("\(path)/\(name)") }
}

@Suite struct `Files of version 1` {
    @Test func `give the spans of a content segment`() throws {
        let folder = try Fixtures.folder("content-1")
        var store = ContentStore()
        var damages: [StoreDamage] = []
        store.add(
            try ContentSegment(
                opening: ContentSegment.name(firstSequence: 7), in: folder, damages: &damages))
        let sent = try batch(of: Fixtures.bytes("content-1/sent.otlp"))
        #expect(sent.table.records.count == 60)
        var reader = store.reader()
        for id in Set(sent.table.records.map(\.trace)) {
            var expected = StoredTrace(id)
            expected.take(sent)
            var found = StoredTrace(id)
            damages += reader.read(&found)
            #expect(GivenSpan.all(of: found) == GivenSpan.all(of: expected))
        }
        #expect(damages == [])
    }

    @Test func `give the rows of summaries`() throws {
        let name = "001700000000.ps"
        var file = StoredFile(.summaries, name)
        file.committedBytes = try Fixtures.bytes("summaries-1/\(name)").count
        var store = SummaryStore(in: try Fixtures.folder("summaries-1"))
        store.follow([file])
        let page = store.search(SummaryQuery(), limit: .max)
        #expect(page.damages == [])
        let found = page.traces.map(Self.line)
        let text = String(decoding: try Fixtures.bytes("summaries-1/rows.txt"), as: UTF8.self)
        #expect(found == text.split(separator: "\n").map(String.init))
        var query = SummaryQuery()
        query.operation = "GET /12"
        query.durationNanoseconds = 500 ... .max
        #expect(store.search(query, limit: .max).traces.count == 4)
    }

    static func line(_ found: FoundSummary) -> String {
        let row = found.row
        let root = found.root.map { "\($0.service.environment)/\($0.service.name) \($0.operation)" }
        return [
            String(row.trace.high, radix: 16), String(row.trace.low, radix: 16), "\(row.through)",
            "\(row.startNanoseconds)", "\(row.durationNanoseconds)", "\(row.spans)",
            "\(row.errors)", "\(row.flags.rawValue)", root ?? "-",
        ].joined(separator: " ")
    }
}
