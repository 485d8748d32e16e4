import Answering
import Spans
import Wire

/// Spans written as OTLP again, as the answers give them back.
func benchOutput(_ bodies: Bodies) {
    var table = SpanTable()
    measure("decode, give back as OTLP") {
        bodies.eachDecoded(into: &table) { table, body in
            var batch = SpanBatch()
            batch.body = body
            batch.bodyCount = body.count
            swap(&batch.table, &table)
            var writer = ProtobufWriter(reserving: body.count)
            OTLPOutput.append(0..<batch.table.records.count, of: batch, to: &writer)
            swap(&batch.table, &table)
        }
    }
}
