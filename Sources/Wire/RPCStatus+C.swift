import CProtos

/// The `google.rpc.Status` of a refused request; with a delay, `RetryInfo` stands in its details,
/// without which clients take an exhausted server for a permanent refusal.
package func encodeRPCStatus(
    code: Int32, message: String, retryDelaySeconds: Double?
) -> [UInt8] {
    var status = unsafe Google__Rpc__Status()
    unsafe google__rpc__status__init(&status)
    unsafe status.code = code
    return unsafe withCText(message) { text in
        unsafe status.message = text
        guard let retryDelaySeconds else { return unsafe packed(&status) }
        return unsafe withAny(RetryDelay(seconds: retryDelaySeconds)) { details in
            unsafe status.n_details = 1
            unsafe status.details = details
            return unsafe packed(&status)
        }
    }
}

private func packed(_ status: inout Google__Rpc__Status) -> [UInt8] {
    unsafe bytes(count: google__rpc__status__get_packed_size(&status)) {
        unsafe google__rpc__status__pack(&status, $0)
    }
}

/// A list of one `Any`, which holds `RetryInfo`.
private func withAny(
    _ delay: RetryDelay,
    _ use: (UnsafeMutablePointer<UnsafeMutablePointer<Google__Protobuf__Any>?>) -> [UInt8]
) -> [UInt8] {
    var info = encodeRetryInfo(delay)
    return unsafe withCText(RetryDelay.typeName) { typeName in
        unsafe info.withUnsafeMutableBufferPointer { value in
            var any = unsafe Google__Protobuf__Any()
            unsafe google__protobuf__any__init(&any)
            unsafe any.type_url = typeName
            unsafe any.value = ProtobufCBinaryData(len: value.count, data: value.baseAddress)
            return unsafe withUnsafeMutablePointer(to: &any) { pointer in
                var list: UnsafeMutablePointer<Google__Protobuf__Any>? = unsafe pointer
                return unsafe withUnsafeMutablePointer(to: &list) { unsafe use($0) }
            }
        }
    }
}

private func encodeRetryInfo(_ delay: RetryDelay) -> [UInt8] {
    var duration = unsafe Google__Protobuf__Duration()
    unsafe google__protobuf__duration__init(&duration)
    unsafe duration.seconds = delay.seconds
    unsafe duration.nanos = delay.nanoseconds
    return unsafe withUnsafeMutablePointer(to: &duration) { pointer in
        var info = unsafe Google__Rpc__RetryInfo()
        unsafe google__rpc__retry_info__init(&info)
        unsafe info.retry_delay = pointer
        return unsafe bytes(count: google__rpc__retry_info__get_packed_size(&info)) {
            unsafe google__rpc__retry_info__pack(&info, $0)
        }
    }
}

/// The `ExportTraceServiceResponse` of an accepted request: nothing at all when every span was
/// taken, since `partial_success` must then be unset.
package func encodeExportResponse(rejectedSpans: Int, message: String) -> [UInt8] {
    guard rejectedSpans != 0 || !message.isEmpty else { return [] }
    var partial = unsafe Opentelemetry__Proto__Collector__Trace__V1__ExportTracePartialSuccess()
    unsafe opentelemetry__proto__collector__trace__v1__export_trace_partial_success__init(&partial)
    unsafe partial.rejected_spans = Int64(rejectedSpans)
    return unsafe withCText(message) { text in
        unsafe partial.error_message = text
        return unsafe withUnsafeMutablePointer(to: &partial) { pointer in
            typealias Response =
                Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceResponse
            var response = unsafe Response()
            unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__init(
                &response)
            unsafe response.partial_success = pointer
            return unsafe bytes(
                count:
                    opentelemetry__proto__collector__trace__v1__export_trace_service_response__get_packed_size(
                        &response)
            ) {
                unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__pack(
                    &response, $0)
            }
        }
    }
}

/// The service that a `HealthCheckRequest` asks for, "" for the whole server; nil if the bytes are
/// no such request.
package func healthRequestService(_ body: [UInt8], count: Int) -> String? {
    precondition(count >= 0 && count <= body.count)
    let request = unsafe body.withUnsafeBufferPointer {
        unsafe grpc__health__v1__health_check_request__unpack(nil, count, $0.baseAddress)
    }
    guard let request = unsafe request else { return nil }
    defer { unsafe grpc__health__v1__health_check_request__free_unpacked(request, nil) }
    guard let service = unsafe request.pointee.service else { return "" }
    return unsafe String(cString: service)
}

/// A `HealthCheckResponse`; the status is a number of `ServingStatus`.
package func encodeHealthResponse(status: Int32) -> [UInt8] {
    var response = unsafe Grpc__Health__V1__HealthCheckResponse()
    unsafe grpc__health__v1__health_check_response__init(&response)
    unsafe response.status = Grpc__Health__V1__HealthCheckResponse__ServingStatus(
        UInt32(bitPattern: status))
    return unsafe bytes(count: grpc__health__v1__health_check_response__get_packed_size(&response))
    {
        unsafe grpc__health__v1__health_check_response__pack(&response, $0)
    }
}

/// An array that a packing function fills; the function tells how much it wrote.
private func bytes(count: Int, _ pack: (UnsafeMutablePointer<UInt8>) -> Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { room, written in
        guard let start = room.baseAddress else { return }
        written = unsafe pack(start)
    }
}

/// A text as C wants it, which cannot hold a zero byte: a space takes its place.
private func withCText<Result>(
    _ text: String, _ use: (UnsafeMutablePointer<CChar>?) -> Result
) -> Result {
    var bytes = text.utf8.map { $0 == 0 ? CChar(0x20) : CChar(bitPattern: $0) }
    bytes.append(0)
    return unsafe bytes.withUnsafeMutableBufferPointer { unsafe use($0.baseAddress) }
}
