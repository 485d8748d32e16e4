import Fuzzing
import Wire

/// The first byte picks the encoding, the rest is the body. A kept inflater must say the same as a
/// fresh one, whatever it was fed before, and neither may pass its limit.
@main enum FuzzDeflate {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let body = Array(input.dropFirst())
        let encoding: ContentEncoding = first & 1 == 0 ? .gzip : .deflate
        var inflater = Inflater()
        let fresh = inflate(encoding, body, &inflater)
        let spoiled = Array(body.dropLast(body.count / 3))
        _ = inflate(encoding == .gzip ? .deflate : .gzip, spoiled, &inflater)
        precondition(inflate(encoding, body, &inflater) == fresh, "a kept inflater says otherwise")
    }
}

private func inflate(
    _ encoding: ContentEncoding, _ body: [UInt8], _ inflater: inout Inflater
) -> Result<[UInt8], WireError> {
    let limit = InflationLimit(bytesMax: 1 << 18, ratioMax: 200, ratioFromBytes: 1 << 12)
    var out: [UInt8] = []
    do throws(WireError) {
        let count = try inflater.inflate(
            encoding, body, count: body.count, into: &out, limit: limit, mayGrow: { _ in true })
        precondition(count <= out.count && out.count <= limit.bytesMax, "past the limit")
        return .success(Array(out.prefix(count)))
    } catch {
        precondition(out.count <= limit.bytesMax, "past the limit")
        return .failure(error)
    }
}
