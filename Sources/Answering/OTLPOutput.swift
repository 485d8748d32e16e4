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
        copyAllBut(Field.scopeSpans, of: group.resourceSpans, cursor, to: &writer)
        let scope = writer.open(field: Field.scopeSpans)
        copyAllBut(Field.spans, of: group.scopeSpans, cursor, to: &writer)
        for index in run {
            let record = batch.table.records[index]
            let span = writer.open(field: Field.spans)
            if record.parent == 0 {
                // A parent of zeros is none, and readers should not have to know that.
                copyAllBut(Field.parent, of: record.content, cursor, to: &writer)
            } else {
                writer.copy(ByteRange(record.content), from: cursor)
            }
            writer.close(span)
        }
        writer.close(scope)
        writer.close(resource)
    }

    /// Copies the fields of a message as they stand, known or not, except the messages of one
    /// field. The bytes were read before, so that nothing can be wrong with them.
    private static func copyAllBut(
        _ field: UInt32, of range: BodyRange, _ cursor: ProtobufCursor,
        to writer: inout ProtobufWriter
    ) {
        var message = cursor.cursor(over: ByteRange(range))
        let left = ProtobufTag(field: field, .bytes)
        while !message.isAtEnd {
            let start = message.offset
            guard let tag = try? message.tag(), (try? message.skip(tag)) != nil else { return }
            if tag != left {
                writer.copy(ByteRange(start: start, end: message.offset), from: cursor)
            }
        }
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
