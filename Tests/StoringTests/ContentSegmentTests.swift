import Lanes
import MadeCalls
import Spans
import MadeCalls
import Testing

@testable import Storing

@Suite struct `A content segment` {
    @Test(arguments: [1, 2, 40, 500])
    func `gives every span back as it came`(traces: Int) throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(
            seed: UInt64(traces), traces: traces, requests: 20, spans: 60)
        let segment = try requests.write(to: folder.folder)
        #expect(segment.spans == requests.batches.reduce(0) { $0 + $1.table.records.count })
        let (store, damages) = reopened(segment, in: folder.folder)
        #expect(damages == [])
        var reader = store.reader()
        for id in requests.traces {
            var found = StoredTrace(id)
            #expect(reader.read(&found) == [])
            #expect(GivenSpan.all(of: found) == GivenSpan.all(of: requests.trace(id)))
        }
    }

    @Test func `keeps what is known of a span as its record has it`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 5, traces: 3, requests: 8)
        let segment = try requests.write(to: folder.folder)
        var store = ContentStore()
        store.add(segment)
        var reader = store.reader()
        for id in requests.traces {
            var found = StoredTrace(id)
            var expected = requests.trace(id)
            #expect(reader.read(&found) == [])
            found.settle()
            expected.settle()
            #expect(found.spans.map(Facts.init) == expected.spans.map(Facts.init))
        }
    }

    private struct Facts: Equatable {
        let id, parent, start, end: UInt64
        let kind: SpanKind
        let isError: Bool

        init(_ span: StoredSpan) {
            (id, parent) = (span.id, span.parent)
            (start, end) = (span.startNanoseconds, span.endNanoseconds)
            (kind, isError) = (span.kind, span.isError)
        }
    }

    @Test func `tells what it covers, and the same after a start`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 6, traces: 3, requests: 5)
        let segment = try requests.write(to: folder.folder, firstSequence: 0xABC)
        #expect(segment.name == "0000000000000abc.pc")
        #expect(ContentSegment.firstSequence(ofName: segment.name) == 0xABC)
        #expect(try folder.content().keys.sorted() == [segment.name])
        #expect(segment.bytes == (try folder.bytes(segment.name)).count)
        for segment in [segment] + reopened(segment, in: folder.folder).store.segments {
            #expect(segment.firstSequence == 0xABC)
            #expect(segment.lastSequence == 0xAC0)
            #expect(segment.receiptNanoseconds == 1_000...1_004)
        }
    }

    @Test func `is written anew where one was not finished`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 7, traces: 4, requests: 5)
        var writer = ContentSegmentWriter()
        try writer.begin(in: folder.folder, firstSequence: 7)
        try writer.take(requests.batches[0], sequence: 7, receiptNanoseconds: 1)
        let first = try requests.write(to: folder.folder)
        let content = try folder.bytes(first.name)
        // The same writer, which holds spans of the one given up.
        try writer.begin(in: folder.folder, firstSequence: 7)
        for (number, batch) in requests.batches.enumerated() {
            try writer.take(
                batch, sequence: 7 + UInt64(number), receiptNanoseconds: 1_000 + UInt64(number))
        }
        _ = try writer.finish()
        #expect(try folder.bytes(first.name) == content)
    }

    @Test func `may hold nothing`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 8, traces: 1, requests: 0)
        let (store, damages) = reopened(
            try requests.write(to: folder.folder), in: folder.folder)
        #expect(damages == [])
        #expect(store.segments.map(\.lastSequence) == [7])
        var trace = StoredTrace(requests.traces[0])
        var reader = store.reader()
        #expect(reader.read(&trace) == [])
        #expect(trace.spans.isEmpty)
    }

    @Test func `stops reading a trace behind the block that passes a limit`() throws {
        let folder = try ScratchFolder()
        // One trace in many blocks.
        let requests = try StoredRequests(seed: 9, traces: 1, requests: 100, spans: 100)
        var store = ContentStore()
        store.add(try requests.write(to: folder.folder))
        var reader = store.reader()
        var trace = StoredTrace(requests.traces[0])
        #expect(reader.read(&trace, limits: TraceLimits(spansMax: 10)) == [])
        #expect(trace.spans.count > 10)
        #expect(trace.spans.count <= ContentPlan.blockSpansMax)
    }
}

@Suite struct `A damaged content segment` {
    /// Whatever was changed: what is found was sent, and what is missing was told.
    private static func look(
        _ folder: borrowing ScratchFolder, _ name: String, _ requests: StoredRequests,
        _ note: Comment
    ) -> Int {
        var damages: [StoreDamage] = []
        let store = ContentStore(opening: [name], in: folder.folder, damages: &damages)
        var reader = store.reader()
        var missing = 0
        for id in requests.traces {
            var found = StoredTrace(id)
            damages += reader.read(&found)
            let expected = GivenSpan.all(of: requests.trace(id))
            let given = GivenSpan.all(of: found)
            #expect(Set(given).isSubset(of: expected), note)
            missing += expected.count - given.count
        }
        #expect(missing == 0 || !damages.isEmpty, note)
        return missing
    }

    @Test func `gives nothing wrong and tells, whatever byte is changed`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 21, traces: 3, requests: 1, spans: 14)
        let name = try requests.write(to: folder.folder).name
        let whole = try folder.bytes(name)
        var random = SeededNumbers(seed: 22)
        for offset in whole.indices {
            // The unused end of an index page is one byte after the other the same.
            if offset % 7 != 0, whole[offset] == 0xFF { continue }
            var broken = whole
            broken[offset] ^= UInt8(random.next() % 255 + 1)
            try folder.write(broken, to: name)
            _ = Self.look(folder, name, requests, "changed at \(offset)")
        }
    }

    @Test func `gives nothing wrong and tells, wherever it is cut`() throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 23, traces: 3, requests: 1, spans: 14)
        let name = try requests.write(to: folder.folder).name
        let whole = try folder.bytes(name)
        for count in whole.indices where count % 7 == 0 || count > whole.count - 200 {
            try folder.write(Array(whole[..<count]), to: name)
            _ = Self.look(folder, name, requests, "cut at \(count)")
        }
    }

    @Test(arguments: ["index", "footer", "directory"])
    func `gives all spans without its end`(part: String) throws {
        let folder = try ScratchFolder()
        let requests = try StoredRequests(seed: 24, traces: 50, requests: 10)
        let segment = try requests.write(to: folder.folder)
        var bytes = try folder.bytes(segment.name)
        let end = bytes.count - ContentFooter.bytes
        switch part {
        case "footer": bytes[end + 3] ^= 1
        case "directory": bytes[end - 5] ^= 1
        default: bytes[end - 4 - 64 - 8 - ContentIndex.pageBytes] ^= 1
        }
        try folder.write(bytes, to: segment.name)
        #expect(Self.look(folder, segment.name, requests, "without its \(part)") == 0)
    }
}
