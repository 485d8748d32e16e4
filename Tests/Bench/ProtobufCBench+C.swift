import CProtos

/// The same bodies unpacked by protobuf-c into its tree of structs: what decoding where the bytes
/// lie is held against.
func benchProtobufC(_ bodies: Bodies) {
    typealias Request = Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest
    var empty = unsafe Request()
    unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_request__init(&empty)
    let descriptor = unsafe empty.base.descriptor
    let bytes = bodies.agent.reduce(0) { $0 + $1.count }
    let spans = bodies.spans
    measure("unpack with protobuf-c", passes: 4) {
        for body in bodies.agent {
            let request = unsafe body.withUnsafeBufferPointer {
                unsafe protobuf_c_message_unpack(descriptor, nil, $0.count, $0.baseAddress)
            }
            unsafe protobuf_c_message_free_unpacked(request, nil)
        }
        return Work(spans: spans, bytes: bytes)
    }
}
