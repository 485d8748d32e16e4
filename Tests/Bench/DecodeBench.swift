import Decoding
import Spans

func benchDecode(_ bodies: Bodies) {
    let decoder = OTLPTraceDecoder(limits: OTLPLimits())
    var table = SpanTable()
    var spans = 0
    for body in bodies.agent {
        table.removeAll()
        try? decoder.decode(body, count: body.count, into: &table)
        spans += table.records.count
    }
    let passes = 20
    measure(
        "decode", units: spans * passes, bytes: bodies.agent.reduce(0) { $0 + $1.count } * passes
    ) {
        for _ in 0..<passes {
            for body in bodies.agent {
                table.removeAll()
                try? decoder.decode(body, count: body.count, into: &table)
            }
        }
    }
}
