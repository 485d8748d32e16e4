import Decoding
import Settings
import Spans
import Wire

/// Decodes the requests that files hold, one after the other, and hands on their spans. The storage
/// of one request serves the next; a request has at most `bytesMax`.
final class BodyDecoder {
    let bytesMax: Int
    private let decoder: OTLPTraceDecoder
    private let take: (SpanBatch) -> Void
    private var batch = SpanBatch()
    private(set) var totals = FileTotals()

    init(_ limits: LimitSettings, names: FactNames, take: @escaping (SpanBatch) -> Void) {
        decoder = OTLPTraceDecoder(limits: OTLPLimits(limits), names: names)
        bytesMax = limits.decodedBodyBytes
        self.take = take
    }

    /// Takes an ExportTraceServiceRequest in protobuf. The array is lent, and comes back with other
    /// content.
    func takeMessage(_ body: inout [UInt8]) throws(WireError) {
        swap(&batch.body, &body)
        batch.bodyCount = batch.body.count
        defer { swap(&batch.body, &body) }
        try decode()
    }

    /// Takes one in JSON; `offset` is where it starts in its file, for errors.
    func takeObject(_ body: [UInt8], at offset: Int) throws(WireError) {
        do throws(WireError) {
            batch.body = try protobufFromJSON(
                body, count: body.count, message: .exportTraceServiceRequest,
                depthMax: Intake.jsonDepthMax)
        } catch {
            throw WireError(error.kind, at: offset + error.offset)
        }
        batch.bodyCount = batch.body.count
        do throws(WireError) {
            try decode()
        } catch {
            // An offset in the converted bytes says nothing to anybody.
            throw WireError(error.kind, at: offset)
        }
    }

    private func decode() throws(WireError) {
        batch.table.removeAll()
        try decoder.decode(batch.body, count: batch.bodyCount, into: &batch.table)
        totals.requests += 1
        totals.spans += batch.table.records.count
        totals.refused += batch.table.refusals.count
        if totals.firstRefusal.isEmpty { totals.firstRefusal = batch.table.refusals.message }
        take(batch)
    }

    func countPassedOver() { totals.passedOver += 1 }
}

/// What was found in files.
package struct FileTotals: Equatable, Sendable {
    package fileprivate(set) var requests = 0
    package fileprivate(set) var spans = 0
    package fileprivate(set) var refused = 0
    /// Why the first request with a refused span had it refused.
    package fileprivate(set) var firstRefusal = ""
    /// Files in folders and archives that hold something else than spans.
    package fileprivate(set) var passedOver = 0
}
