import Decoding
import Spans

/// Requests as they come off the wire into records.
func benchDecode(_ bodies: Bodies) {
    var table = SpanTable()
    measure("decode") { bodies.eachDecoded(into: &table) { _, _ in } }
}

/// The same, and the records put into the order of the lanes that own them.
func benchSort(_ bodies: Bodies) {
    var random = SystemRandomNumberGenerator()
    let hash = TraceHash(using: &random)
    var table = SpanTable()
    measure("decode, sort for 8 lanes") {
        bodies.eachDecoded(into: &table) { table, _ in table.sort(lanes: 8, by: hash) }
    }
}

extension Bodies {
    /// How many spans are in all bodies.
    var spans: Int {
        var table = SpanTable()
        return eachDecoded(into: &table) { _, _ in }.spans
    }

    private static let decoder = OTLPTraceDecoder(limits: OTLPLimits())

    /// Decodes all bodies with one table after the other, as a lane does.
    func eachDecoded(
        into table: inout SpanTable, _ use: (inout SpanTable, [UInt8]) -> Void
    ) -> Work {
        var spans = 0
        for body in agent {
            table.removeAll()
            do {
                try Self.decoder.decode(body, count: body.count, into: &table)
            } catch {
                fatalError("a body that cannot be decoded: \(error)")
            }
            spans += table.records.count
            use(&table, body)
        }
        return Work(spans: spans, bytes: agent.reduce(0) { $0 + $1.count })
    }
}
