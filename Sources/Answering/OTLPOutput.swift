package import Spans
package import Wire

/// Gives spans back as OTLP: their own bytes, inside the resource and scope that they came with.
package enum OTLPOutput {
    /// Appends `resource_spans` of an ExportTraceServiceRequest, one for each run of spans that
    /// share a scope.
    package static func append(
        _ records: Range<Int>, of batch: SpanBatch, to writer: inout ProtobufWriter
    ) {
        withProtobufCursor(over: batch.body, count: batch.bodyCount) { cursor in
            var rest = records
            while let first = rest.first {
                let group = batch.table.records[first].group
                let run = rest.prefix { batch.table.records[$0].group == group }
                append(run, of: batch, cursor, to: &writer)
                rest = run.endIndex..<rest.endIndex
            }
        }
    }

    private static func append(
        _ run: Range<Int>, of batch: SpanBatch, _ cursor: ProtobufCursor,
        to writer: inout ProtobufWriter
    ) {
        let group = batch.table.groups[Int(batch.table.records[run.lowerBound].group)]
        let resource = writer.open(field: Field.resourceSpans)
        writer.copy(ByteRange(group.resourceSpans), butField: Field.scopeSpans, from: cursor)
        let scope = writer.open(field: Field.scopeSpans)
        writer.copy(ByteRange(group.scopeSpans), butField: Field.spans, from: cursor)
        for index in run {
            let record = batch.table.records[index]
            let span = writer.open(field: Field.spans)
            if record.parent == 0 {
                // A parent of zeros is none, and readers should not have to know that.
                writer.copy(ByteRange(record.content), butField: Field.parent, from: cursor)
            } else {
                writer.copy(ByteRange(record.content), from: cursor)
            }
            writer.close(span)
        }
        writer.close(scope)
        writer.close(resource)
    }

    private enum Field {
        static let resourceSpans: UInt32 = 1
        static let scopeSpans: UInt32 = 2
        static let spans: UInt32 = 2
        static let parent: UInt32 = 4
    }
}

extension ByteRange {
    fileprivate init(_ range: BodyRange) {
        self.init(start: Int(range.start), end: Int(range.end))
    }
}
