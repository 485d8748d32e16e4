import Fuzzing
import Wire

/// A kept inflater must say the same as a fresh one, whatever it was fed before; what comes out must
/// not depend on the room that is there from the start; and no limit may be passed.
@main enum FuzzZstd {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ body: [UInt8]) {
        var inflater = Inflater()
        let fresh = inflate(body, &inflater)
        _ = inflate(Array(body.dropLast(body.count / 3)), &inflater)
        precondition(inflate(body, &inflater) == fresh, "a kept inflater says otherwise")
        let roomy = inflate(body, &inflater, room: 1 << 17)
        precondition((try? roomy.get()) == (try? fresh.get()), "more room gives another content")
    }
}

private func inflate(
    _ body: [UInt8], _ inflater: inout Inflater, room: Int = 0
) -> Result<[UInt8], WireError> {
    let limit = InflationLimit(bytesMax: 1 << 17, ratioMax: 200, ratioFromBytes: 1 << 12)
    var out = [UInt8](repeating: 0, count: room)
    do throws(WireError) {
        let count = try inflater.inflate(
            .zstd, body, count: body.count, into: &out, limit: limit, mayGrow: { _ in true })
        precondition(count <= out.count && out.count <= limit.bytesMax, "past the limit")
        return .success(Array(out.prefix(count)))
    } catch {
        precondition(out.count <= limit.bytesMax, "past the limit")
        return .failure(error)
    }
}
