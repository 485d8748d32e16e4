import Charts
import Lanes
import Spans
import MadeCalls
import Testing

@testable import Storing

/// What may be asked of summaries.
struct SummaryQuestion: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var query = SummaryQuery()

    init(_ description: String, _ ask: (inout SummaryQuery) -> Void) {
        testDescription = description
        ask(&query)
    }

    static let all = [
        SummaryQuestion("everything") { _ in },
        SummaryQuestion("failed") { $0.failed = true },
        SummaryQuestion("without errors") { $0.hasErrors = false },
        SummaryQuestion("slow") { $0.durationNanoseconds = 900 ... .max },
        SummaryQuestion("a service") { $0.service = { $0.name == "service-3" } },
        SummaryQuestion("an operation") { $0.operation = "GET /12" },
        SummaryQuestion("a service that nobody has") { $0.service = { $0.name == "nobody" } },
        SummaryQuestion("a slow operation of a service") {
            $0.service = { $0.name == "service-5" }
            $0.operation = "GET /5"
            $0.durationNanoseconds = 500...800
        },
        SummaryQuestion("a time") {
            let start: UInt64 = 1_700_000_000_000_000_000
            $0.startNanoseconds = start + 300_000...start + 900_000
        },
    ]
}

@Suite struct `A store of summaries` {
    /// Written over some hours, so that there are several partitions.
    private static func write(
        _ maker: inout SummaryMaker, batches: Int, in folder: DataDirectory
    ) throws -> [StoredFile] {
        var writer = SummaryWriter(in: folder)
        var files: [StoredFile] = []
        for number in 0..<batches {
            for lane in 0..<2 {
                writer.take(
                    maker.batch(rows: Int(maker.random.next() % 40 as UInt64)), lane: lane,
                    name: SummaryMaker.name)
            }
            try writer.commit(UInt64(number), second: 1_700_000_000 + Int64(number * 600), &files)
        }
        return files
    }

    @Test(arguments: SummaryQuestion.all)
    func `finds what a look at all rows finds`(_ question: SummaryQuestion) throws {
        let folder = try ScratchFolder()
        var maker = SummaryMaker(seed: 11)
        let files = try Self.write(&maker, batches: 40, in: folder.folder)
        #expect(files.count > 3)
        var store = SummaryStore(in: folder.folder)
        store.follow(files)
        let page = store.search(question.query, limit: .max)
        #expect(page.damages == [])
        #expect(page.next == nil)
        let expected = maker.matches(question.query)
        #expect(page.traces.count == expected.count)
        #expect(Set(page.traces.map(\.row.trace)) == expected)
    }

    @Test(arguments: SummaryQuestion.all)
    func `finds the same page by page`(_ question: SummaryQuestion) throws {
        let folder = try ScratchFolder()
        var maker = SummaryMaker(seed: 12)
        let files = try Self.write(&maker, batches: 25, in: folder.folder)
        var store = SummaryStore(in: folder.folder)
        store.follow(files)
        let whole = store.search(question.query, limit: .max).traces.map(\.row)
        var found: [SummaryRow] = []
        var cursor: SummaryCursor?
        repeat {
            let page = store.search(question.query, limit: 7, from: cursor)
            #expect(page.traces.count <= 7)
            found += page.traces.map(\.row)
            cursor = page.next
        } while cursor != nil
        #expect(found == whole)
    }

    @Test func `gives rows back as they were, with the names of their roots`() throws {
        let folder = try ScratchFolder()
        var maker = SummaryMaker(seed: 13)
        let files = try Self.write(&maker, batches: 3, in: folder.folder)
        var store = SummaryStore(in: folder.folder)
        store.follow(files)
        let rows = Dictionary(
            maker.all.map { ($0.row.trace, $0.row) }, uniquingKeysWith: { $1 })
        for found in store.search(SummaryQuery(), limit: .max).traces {
            var expected = try #require(rows[found.row.trace])
            #expect(
                found.root
                    == (expected.root == SummaryRow.noRoot
                        ? nil : SummaryMaker.name(expected.root)))
            // Numbers are those of the partition.
            expected.root = found.row.root
            #expect(found.row == expected)
        }
    }

    @Test func `writes anew what was written and not committed`() throws {
        let folder = try ScratchFolder()
        var maker = SummaryMaker(seed: 14)
        var writer = SummaryWriter(in: folder.folder)
        var files: [StoredFile] = []
        for number in 0..<6 {
            writer.take(maker.batch(rows: 20), lane: 0, name: SummaryMaker.name)
            // The catalogue does not take every second one.
            _ = try writer.write(commit: UInt64(number), second: 1_700_000_000)
            if number % 2 == 1 { try writer.commit(UInt64(number), second: 1_700_000_001, &files) }
        }
        var store = SummaryStore(in: folder.folder)
        store.follow(files)
        let page = store.search(SummaryQuery(), limit: .max)
        #expect(page.damages == [])
        #expect(Set(page.traces.map(\.row.trace)) == maker.matches(SummaryQuery()))
        #expect(files.map(\.rows) == [120])
    }

    @Test func `stops when it took long enough, and goes on from there`() throws {
        let folder = try ScratchFolder()
        var maker = SummaryMaker(seed: 15)
        let files = try Self.write(&maker, batches: 4, in: folder.folder)
        var store = SummaryStore(in: folder.folder)
        store.follow(files)
        var found: Set<TraceID> = []
        var cursor: SummaryCursor?
        repeat {
            var looks = 0
            let page = store.search(
                SummaryQuery(), limit: .max, from: cursor,
                isOver: {
                    looks += 1
                    return looks > 10
                })
            found.formUnion(page.traces.map(\.row.trace))
            cursor = page.next
        } while cursor != nil
        #expect(found == maker.matches(SummaryQuery()))
    }
}
