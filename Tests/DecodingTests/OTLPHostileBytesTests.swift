import Oracle
import Spans
import Testing
import Wire

@testable import Decoding

@Suite struct `Bytes that nobody meant` {
    /// What must hold of every table, whatever the bytes were.
    private func check(_ table: SpanTable, of body: [UInt8]) {
        let end = UInt32(body.count)
        for record in table.records {
            #expect(record.content.start <= record.content.end && record.content.end <= end)
            #expect(record.name.start <= record.name.end && record.name.end <= end)
            #expect(Int(record.group) < table.groups.count)
            #expect(!record.trace.isZero && record.id != 0)
        }
        for group in table.groups {
            #expect(group.resourceSpans.start <= group.scopeSpans.start)
            #expect(group.scopeSpans.end <= group.resourceSpans.end)
            #expect(group.resourceSpans.end <= end)
        }
    }

    @Test func `are refused when a request is cut at any byte`() {
        let body = OTLP.everything
        for count in 1..<body.count {
            let error = #expect(throws: WireError.self, "cut at \(count)") {
                try decode(Array(body[..<count]))
            }
            if let error { #expect(error.offset <= count) }
        }
    }

    @Test func `never end the reader, wherever they were changed`() throws {
        let body = OTLP.everything
        for place in body.indices {
            for change: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var changed = body
                changed[place] = change
                guard let table = try? decode(changed) else { continue }
                check(table, of: changed)
            }
        }
    }

    @Test func `never end the reader, and are seen as protobuf-c sees them`() {
        var asked = 0
        for seed in 0..<12_000 {
            var numbers = SeededNumbers(seed: UInt64(seed))
            let body = numbers.mutation(of: OTLP.everything)
            let result = Result { () throws(WireError) in try decode(body) }
            if case .success(let table) = result { check(table, of: body) }
            guard let oracle = TraceOracle(body, count: body.count) else { continue }
            guard case .success(let read) = result else {
                Issue.record("seed \(seed): protobuf-c reads it, we: \(result)")
                continue
            }
            asked += 1
            let kept = read.records.map { SeenSpan($0, body) }
            let all = oracle.spans.map { SeenSpan($0) }
            #expect(read.refusals.count + kept.count == all.count, "seed \(seed)")
            #expect(isInOrder(kept, in: all), "seed \(seed): \(kept) \(all)")
            if read.refusals.count == 0 {
                let fault = faultOfFacts(in: read, of: body, names: FactNames(), by: oracle)
                #expect(fault == nil, "seed \(seed): \(fault ?? "")")
            }
        }
        // Else the mutations would be so wild that nothing is compared.
        #expect(asked > 2_000)
    }

    /// Whether the first list is the second with some left out.
    private func isInOrder(_ some: [SeenSpan], in all: [SeenSpan]) -> Bool {
        var rest = all[...]
        for span in some {
            guard let place = rest.firstIndex(of: span) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }
}

/// What both decoders tell of a span.
private struct SeenSpan: Equatable {
    var trace: [UInt8]
    var id: [UInt8]
    var parent: [UInt8]
    var name: String
    var kind: Int32
    var status: Int32
    var start: UInt64
    var end: UInt64

    init(_ record: SpanRecord, _ body: [UInt8]) {
        trace = Self.bytes(record.trace.high) + Self.bytes(record.trace.low)
        id = Self.bytes(record.id)
        parent = Self.bytes(record.parent)
        let name = body[Int(record.name.start)..<Int(record.name.end)]
        // protobuf-c ends a text at its first zero.
        self.name = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        kind = Int32(record.kind.rawValue)
        status = Int32(record.status.rawValue)
        start = record.startNanoseconds
        end = record.endNanoseconds
    }

    init(_ span: OracleSpan) {
        trace = span.traceID
        id = span.spanID
        parent = span.parentSpanID.isEmpty ? Self.bytes(0) : span.parentSpanID
        name = span.name
        kind = (0...5).contains(span.kind) ? span.kind : 0
        status = (0...2).contains(span.statusCode) ? span.statusCode : 0
        start = span.startNanoseconds
        end = span.endNanoseconds
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
