import CProtos

/// What protobuf-c reads in an ExportTraceServiceRequest: an independent decoder, to hold ours
/// against.
///
/// It refuses some bytes that other runtimes take: groups, known fields of another wire type, tags
/// of over five bytes. It does not look whether text is UTF-8, and ends text at a zero byte.
package struct TraceOracle {
    package let spans: [OracleSpan]
    /// Every field that is there, as `path=value`, in the order of the schema.
    package let fields: [String]

    /// Nil if protobuf-c refuses the bytes, or cannot be asked about them.
    package init?(_ body: [UInt8], count: Int) {
        typealias Request = Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest
        var empty = unsafe Request()
        unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_request__init(
            &empty)
        guard unsafe isWithinOracleLimits(body, count: count, as: empty.base.descriptor) else {
            return nil
        }
        let unpacked = unsafe body.withUnsafeBufferPointer {
            unsafe protobuf_c_message_unpack(empty.base.descriptor, nil, count, $0.baseAddress)
        }
        guard let unpacked = unsafe unpacked else { return nil }
        defer { unsafe protobuf_c_message_free_unpacked(unpacked, nil) }
        fields = unsafe FieldDump(of: unpacked).lines
        spans = unsafe unpacked.withMemoryRebound(to: Request.self, capacity: 1) {
            unsafe Self.spans(of: $0.pointee)
        }
    }

    private static func spans(
        of request: Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest
    ) -> [OracleSpan] {
        unsafe list(request.resource_spans, request.n_resource_spans).flatMap { group in
            let resource = unsafe group.resource.map { resource in
                unsafe list(resource.pointee.attributes, resource.pointee.n_attributes).map {
                    unsafe OracleAttribute($0)
                }
            }
            let scopes = unsafe list(group.scope_spans, group.n_scope_spans)
            let spans = unsafe scopes.flatMap { unsafe list($0.spans, $0.n_spans) }
            return unsafe spans.map { unsafe OracleSpan($0, resource: resource ?? []) }
        }
    }
}

/// A span as protobuf-c has it.
package struct OracleSpan: Equatable, Sendable {
    package let traceID: [UInt8]
    package let spanID: [UInt8]
    package let parentSpanID: [UInt8]
    package let name: String
    package let kind: Int32
    package let startNanoseconds: UInt64
    package let endNanoseconds: UInt64
    package let statusCode: Int32
    package let traceState: String
    package let attributes: [OracleAttribute]
    /// Of the resource that it came with.
    package let resource: [OracleAttribute]
    package let events: Int
    package let links: [OracleLink]

    fileprivate init(
        _ span: Opentelemetry__Proto__Trace__V1__Span, resource: [OracleAttribute]
    ) {
        self.resource = resource
        traceID = unsafe bytes(span.trace_id)
        spanID = unsafe bytes(span.span_id)
        parentSpanID = unsafe bytes(span.parent_span_id)
        name = unsafe text(span.name)
        kind = unsafe Int32(bitPattern: span.kind.rawValue)
        startNanoseconds = unsafe span.start_time_unix_nano
        endNanoseconds = unsafe span.end_time_unix_nano
        statusCode =
            unsafe span.status.map {
                unsafe Int32(bitPattern: $0.pointee.code.rawValue)
            } ?? 0
        traceState = unsafe text(span.trace_state)
        attributes = unsafe list(span.attributes, span.n_attributes).map {
            unsafe OracleAttribute($0)
        }
        events = unsafe span.n_events
        links = unsafe list(span.links, span.n_links).map {
            unsafe OracleLink(traceID: bytes($0.trace_id), spanID: bytes($0.span_id))
        }
    }
}

package struct OracleLink: Equatable, Sendable {
    package let traceID: [UInt8]
    package let spanID: [UInt8]
}

func list<Element>(
    _ elements: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int
) -> [Element] {
    unsafe UnsafeBufferPointer(start: elements, count: count).compactMap { unsafe $0?.pointee }
}

func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: data.data, count: data.len))
}

func text(_ start: UnsafePointer<CChar>?) -> String {
    unsafe start.map { unsafe String(cString: $0) } ?? ""
}
