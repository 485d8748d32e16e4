package import Spans
import Wire

/// The last spans received, as OTLP JSON.
package enum RecentAnswer {
    /// Batches with the records to show, the oldest first.
    package static func answer(_ batches: [(batch: SpanBatch, records: Range<Int>)]) -> WebAnswer {
        var request = ProtobufWriter()
        for (batch, records) in batches { OTLPOutput.append(records, of: batch, to: &request) }
        guard !request.bytes.isEmpty else { return .json(Array(#"{"resourceSpans":[]}"#.utf8)) }
        var json = JSONWriter()
        do throws(WireError) {
            try jsonFromProtobuf(
                request.bytes, ByteRange(start: 0, end: request.bytes.count),
                message: .exportTraceServiceRequest, depthMax: 8 + 3 * 64, into: &json)
        } catch {
            // Only what the decoder has read through gets here.
            return .problem(
                Problem(status: 500, title: "a stored span cannot be read", detail: "\(error)"))
        }
        return .json(json.bytes)
    }
}
