import Fuzzing
import Oracle
import Wire

/// The bytes are tried as protobuf and as JSON. Whatever is accepted must survive the way to the
/// other form and back, and keep every field that protobuf-c sees.
@main enum FuzzOTLPJSON {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ body: [UInt8]) {
        stopOn(faultOfOTLPJSONRoundTrip(body))
        let converted = try? protobufFromJSON(
            body, count: body.count, message: .exportTraceServiceRequest, depthMax: 100)
        guard let converted else { return }
        var json = JSONWriter()
        let isRead: Void? = try? jsonFromProtobuf(
            converted, ByteRange(start: 0, end: converted.count),
            message: .exportTraceServiceRequest, depthMax: 100, into: &json)
        precondition(isRead != nil, "protobuf of our own is refused")
        stopOn(faultOfOTLPJSONRoundTrip(converted))
    }

    private static func stopOn(_ fault: String?) {
        if let fault { fatalError(fault) }
    }
}
