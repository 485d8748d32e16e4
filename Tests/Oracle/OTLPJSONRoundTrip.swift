import Wire

/// Takes a request to JSON and back, and tells what went wrong; nil if nothing did, or if the bytes
/// are no request. The JSON must be read back without complaint, come out the same again, and keep
/// every field that protobuf-c sees.
package func faultOfOTLPJSONRoundTrip(_ body: [UInt8], depthMax: Int = 100) -> String? {
    guard let json = try? json(of: body, depthMax: depthMax) else { return nil }
    do throws(WireError) {
        let again = try protobufFromJSON(
            json, count: json.count, message: .exportTraceServiceRequest, depthMax: depthMax)
        guard try Oracle.json(of: again, depthMax: depthMax) == json else {
            return "JSON that comes out differently: \(String(decoding: json, as: UTF8.self))"
        }
        guard let before = TraceOracle(body, count: body.count) else { return nil }
        let after = TraceOracle(again, count: again.count)?.fields ?? []
        let changes = before.fields.difference(from: after)
        return changes.isEmpty ? nil : "other fields for protobuf-c: \(Array(changes))"
    } catch {
        return "JSON that is refused, \(error): \(String(decoding: json, as: UTF8.self))"
    }
}

private func json(of body: [UInt8], depthMax: Int) throws(WireError) -> [UInt8] {
    var json = JSONWriter()
    try jsonFromProtobuf(
        body, ByteRange(start: 0, end: body.count), message: .exportTraceServiceRequest,
        depthMax: depthMax, into: &json)
    return json.bytes
}
