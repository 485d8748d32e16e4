/// When to come back, as `google.protobuf.Duration` has it.
struct RetryDelay {
    let seconds: Int64
    let nanoseconds: Int32

    /// Negative and senseless delays are none; a day is the longest.
    init(seconds delay: Double) {
        let bounded = delay > 0 ? min(delay, 86_400) : 0
        let whole = bounded.rounded(.down)
        seconds = Int64(whole)
        nanoseconds = Int32((bounded - whole) * 1e9)
    }

    static let typeName = "type.googleapis.com/google.rpc.RetryInfo"

    /// As protobuf's JSON writes a duration: decimal seconds.
    var text: String {
        guard nanoseconds > 0 else { return "\(seconds)s" }
        let fraction = String(nanoseconds)
        return "\(seconds)." + String(repeating: "0", count: 9 - fraction.count) + fraction + "s"
    }
}

/// The `google.rpc.Status` of a refused OTLP/JSON request; the delay stands in its details, as in
/// the protobuf form.
package func encodeRPCStatusJSON(
    code: Int32, message: String, retryDelaySeconds: Double?
) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.key("code")
    json.integer(Int64(code))
    json.key("message")
    json.string(message)
    if let retryDelaySeconds {
        json.key("details")
        json.beginArray()
        json.beginObject()
        json.key("@type")
        json.string(RetryDelay.typeName)
        json.key("retryDelay")
        json.string(RetryDelay(seconds: retryDelaySeconds).text)
        json.endObject()
        json.endArray()
    }
    json.endObject()
    return json.bytes
}
