import Spans
package import Wire

/// Gives a stored trace back as an ExportTraceServiceRequest: its spans as they came, each once,
/// inside the resources and scopes that they came with.
package enum TraceAsOTLP {
    package static func append(_ trace: StoredTrace, to writer: inout ProtobufWriter) {
        let byResource = groups(trace.spans) { $0.resource }
        for spans in byResource {
            let resource = writer.open(field: Field.resourceSpans)
            writer.raw(trace.resources[spans[0].resource])
            for spans in groups(spans, { $0.scope }) {
                let scope = writer.open(field: Field.scopeSpans)
                writer.raw(trace.scopes[spans[0].scope])
                for span in spans { append(span, of: trace, to: &writer) }
                writer.close(scope)
            }
            writer.close(resource)
        }
    }

    private static func append(
        _ span: StoredSpan, of trace: StoredTrace, to writer: inout ProtobufWriter
    ) {
        writer.tag(ProtobufTag(field: Field.spans, .bytes))
        writer.varint(UInt64(span.content.count))
        writer.raw(trace.bytes(of: span))
    }

    /// Spans with the same number together, in the order of the first of each.
    private static func groups(
        _ spans: [StoredSpan], _ number: (StoredSpan) -> Int
    ) -> [[StoredSpan]] {
        var places: [Int: Int] = [:]
        var groups: [[StoredSpan]] = []
        for span in spans {
            if let place = places[number(span)] {
                groups[place].append(span)
            } else {
                places[number(span)] = groups.count
                groups.append([span])
            }
        }
        return groups
    }

    /// Numbers of the fields of trace.proto.
    enum Field {
        static let resourceSpans: UInt32 = 1
        static let scopeSpans: UInt32 = 2
        static let spans: UInt32 = 2
    }
}
