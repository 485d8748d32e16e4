import Decoding
import Journaling
import Spans
import Wire

/// Reads requests out of the journal as they were accepted: what was refused is refused again, and no
/// limit is applied to the rest. One thread's; storage is used again.
struct RecordDecoder: ~Copyable {
    private let decoder: OTLPTraceDecoder
    private var inflater = Inflater()

    init(names: FactNames) { decoder = OTLPTraceDecoder(limits: .none, names: names) }

    mutating func batch(of record: JournalRecord) throws(WireError) -> SpanBatch {
        var batch = SpanBatch()
        batch.sequence = record.sequence
        batch.receivedNanoseconds = record.receivedNanoseconds
        batch.body = record.body
        batch.bodyCount = record.bodyCount
        if let encoding = record.encoding.contentEncoding, encoding != .identity {
            var expanded: [UInt8] = []
            batch.bodyCount = try inflater.inflate(
                encoding, record.body, count: record.bodyCount, into: &expanded,
                limit: Self.unlimited, mayGrow: { _ in true })
            batch.body = expanded
        }
        if record.form == .otlpJSON {
            batch.body = try protobufFromJSON(
                batch.body, count: batch.bodyCount, message: .exportTraceServiceRequest,
                depthMax: Intake.jsonDepthMax)
            batch.bodyCount = batch.body.count
        }
        try decoder.decode(batch.body, count: batch.bodyCount, into: &batch.table)
        batch.table.drop(ordinals: record.refused.ordinals() ?? [])
        return batch
    }

    private static let unlimited = InflationLimit(
        bytesMax: .max, ratioMax: .max, ratioFromBytes: .max)
}
