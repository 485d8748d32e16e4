import Answering
import Decoding
import Fuzzing
import Oracle
import Spans
import Wire

/// What protobuf-c reads, the cursor reads too, span by span the same, facts and links included; and
/// what is given back is read as the same spans again.
@main enum FuzzOTLP {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ body: [UInt8]) {
        let oracle = TraceOracle(body, count: body.count)
        guard let batch = decode(body) else {
            precondition(oracle == nil, "protobuf-c reads what the cursor refuses")
            return
        }
        let table = batch.table
        if let oracle {
            precondition(
                oracle.spans.count == table.records.count + table.refusals.count,
                "another number of spans")
            if table.refusals.count == 0 { compare(batch, oracle) }
        }
        giveBack(batch)
    }

    private static func decode(_ body: [UInt8]) -> SpanBatch? {
        var batch = SpanBatch()
        batch.body = body
        batch.bodyCount = body.count
        guard (try? decoder.decode(body, count: body.count, into: &batch.table)) != nil else {
            return nil
        }
        batch.table.sort(lanes: 1, by: hash)
        return batch
    }

    private static let names = FactNames(configured: ["app.user.tier", "k"])
    /// Made once: its tables of names cost more than most inputs.
    private static let decoder = OTLPTraceDecoder(limits: OTLPLimits(), names: names)

    private static let hash = {
        var random = SystemRandomNumberGenerator()
        return TraceHash(using: &random)
    }()

    private static func compare(_ batch: SpanBatch, _ oracle: TraceOracle) {
        for (record, span) in zip(batch.table.records, oracle.spans) {
            precondition(bytes(record.trace.high) + bytes(record.trace.low) == span.traceID)
            precondition(bytes(record.id) == span.spanID)
            precondition(record.startNanoseconds == span.startNanoseconds)
            precondition(record.endNanoseconds == span.endNanoseconds)
            let isRoot = span.parentSpanID.allSatisfy { $0 == 0 }
            precondition(isRoot ? record.parent == 0 : bytes(record.parent) == span.parentSpanID)
        }
        let fault = faultOfFacts(in: batch.table, of: batch.body, names: names, by: oracle)
        precondition(fault == nil, fault ?? "")
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    private static func giveBack(_ batch: SpanBatch) {
        var writer = ProtobufWriter()
        OTLPOutput.append(0..<batch.table.records.count, of: batch, to: &writer)
        guard let again = decode(writer.bytes) else { preconditionFailure("not read again") }
        precondition(again.table.refusals.count == 0, "what was accepted is refused again")
        precondition(
            again.table.records.map { [$0.id, $0.parent, $0.trace.high, $0.trace.low] }
                == batch.table.records.map { [$0.id, $0.parent, $0.trace.high, $0.trace.low] },
            "other spans are given back")
    }
}
