import Charts

extension SeededNumbers {
    /// A call of any shape, within some minutes.
    package mutating func call(minutes: Int = 25) -> MadeCall {
        let names = ["shop", "cart", "pay", "mail"]
        var call = MadeCall()
        call.client = ServiceKey(name: names.randomElement(using: &self) ?? "")
        call.server = ServiceKey(
            name: names.randomElement(using: &self) ?? "",
            type: Int.random(in: 0..<6, using: &self) == 0 ? .external : .service)
        call.hop = Hop.allCases.randomElement(using: &self) ?? .direct
        call.operation = "GET /\(Int.random(in: 0..<3, using: &self))"
        call.values = ["v\(Int.random(in: 0..<3, using: &self))"]
        call.edge = edgeCall(minutes: minutes)
        call.follow()
        return call
    }

    private mutating func edgeCall(minutes: Int) -> EdgeCall {
        var call = EdgeCall()
        call.outcome = CallClass.allCases.randomElement(using: &self) ?? .ok
        call.isFailed = call.outcome == .fault
        call.kind = CallKind.allCases.randomElement(using: &self) ?? .request
        call.evidence = Evidence.allCases.randomElement(using: &self) ?? .paired
        call.serverRung = NamingRung.allCases.randomElement(using: &self) ?? .client
        call.isWeightUnknown = Bool.random(using: &self)
        call.weight =
            Bool.random(using: &self)
            ? CallWeight.one : Int64.random(in: 1...CallWeight.one * 100, using: &self)
        let seconds = UInt64(60 * minutes)
        let start = 1_699_999_800 * 1_000_000_000 as UInt64
        call.endNanoseconds = start + UInt64.random(in: 0..<seconds * 1_000_000_000, using: &self)
        // Most below a second, some of many minutes.
        let longest: UInt64 = Int.random(in: 0..<20, using: &self) == 0 ? 900 : 1
        let duration = UInt64.random(in: 0...longest * 1_000_000_000, using: &self)
        call.startNanoseconds = call.endNanoseconds - duration
        if Int.random(in: 0..<4, using: &self) > 0 { call.serverNanoseconds = Int64(duration) }
        if Int.random(in: 0..<4, using: &self) > 0 {
            call.clientNanoseconds = Int64(duration) + 1_000_000
        }
        if call.serverNanoseconds >= 0, call.clientNanoseconds >= 0 {
            call.gapNanoseconds = call.clientNanoseconds - call.serverNanoseconds
        }
        if call.kind == .messaging { call.queueAgeNanoseconds = Int64(duration / 3) }
        call.retries = UInt32.random(in: 0...2, using: &self)
        (call.traceHigh, call.traceLow, call.span) = (next(), next(), next())
        return call
    }
}
