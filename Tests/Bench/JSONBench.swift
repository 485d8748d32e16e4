import Wire

/// OTLP/JSON to protobuf, as it is converted at the door, and back. Bytes are those of the JSON.
func benchJSON(_ bodies: Bodies) {
    let texts = bodies.agent.map(json)
    let bytes = texts.reduce(0) { $0 + $1.count }
    let spans = bodies.spans
    measure("protobuf from JSON", passes: 2) {
        for text in texts where (try? protobuf(from: text)) == nil { fatalError("no OTLP/JSON") }
        return Work(spans: spans, bytes: bytes)
    }
    measure("JSON from protobuf", passes: 2) {
        for body in bodies.agent { _ = json(of: body) }
        return Work(spans: spans, bytes: bytes)
    }
}

private func protobuf(from text: [UInt8]) throws(WireError) -> [UInt8] {
    try protobufFromJSON(
        text, count: text.count, message: .exportTraceServiceRequest, depthMax: 200)
}

private func json(of body: [UInt8]) -> [UInt8] {
    var writer = JSONWriter()
    do {
        try jsonFromProtobuf(
            body, ByteRange(start: 0, end: body.count), message: .exportTraceServiceRequest,
            depthMax: 200, into: &writer)
    } catch {
        fatalError("a body that cannot be written as JSON: \(error)")
    }
    return writer.bytes
}
