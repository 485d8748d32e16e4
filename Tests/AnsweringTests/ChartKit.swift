import Charts
import Wire

@testable import Answering

/// 2026-11-21T10:00:00Z
let tenOClock: Int64 = 1_795_255_200

/// A ledger with calls that are told one by one.
struct ChartKit: ~Copyable {
    private(set) var ledger: ChartLedger
    private var names: ChartNames
    private var delta = ChartDelta()
    private var quality = QualityTally()

    init(limits: ChartLimits = ChartLimits()) {
        ledger = ChartLedger(limits: limits, lanes: 1)
        names = ChartNames(limits: limits)
    }

    /// Calls that end so many seconds after ten o'clock and last as many milliseconds as said.
    mutating func call(
        _ client: ServiceKey, _ server: ServiceKey, at second: Int64 = 0,
        milliseconds: [Int64] = [10], hop: Hop = .direct, isFailed: Bool = false,
        change: (inout EdgeCall) -> Void = { _ in }
    ) {
        let clientNumber = names.service(client)
        let serverNumber = names.service(server)
        let edge = names.edge(client: clientNumber, server: serverNumber, hop: hop)
        for duration in milliseconds {
            var call = EdgeCall()
            call.edge = edge
            call.endNanoseconds = UInt64((tenOClock + second) * 1_000_000_000)
            call.startNanoseconds = call.endNanoseconds - UInt64(duration) * 1_000_000
            call.serverNanoseconds = duration * 1_000_000
            call.clientNanoseconds = (duration + 1) * 1_000_000
            call.gapNanoseconds = 1_000_000
            call.isFailed = isFailed
            call.outcome = isFailed ? .fault : .ok
            (call.traceHigh, call.traceLow, call.span) = (1, 2, 3)
            change(&call)
            delta.add(call, sign: 1)
        }
    }

    mutating func answerCall(
        _ service: ServiceKey, _ operation: String, at second: Int64 = 0, dimension: String? = nil
    ) {
        var call = OwnCall()
        call.operation = names.operation(operation, of: names.service(service))
        call.endNanoseconds = UInt64((tenOClock + second) * 1_000_000_000)
        call.startNanoseconds = call.endNanoseconds - 5_000_000
        call.durationNanoseconds = 5_000_000
        (call.traceHigh, call.traceLow, call.span) = (1, 2, 3)
        if let dimension { call.dimensions[0] = names.value(dimension) }
        delta.add(call, sign: 1)
    }

    mutating func mark(_ reason: QualityReason, _ service: ServiceKey, _ count: Int64) {
        quality.add(reason, names.service(service), count)
    }

    mutating func skew(_ client: String, _ server: String, milliseconds: Int64) {
        let pair = QualityTally.HostPair(client: names.value(client), server: names.value(server))
        quality.addSkew(pair, nanoseconds: milliseconds * 1_000_000, sign: 1)
    }

    /// Hands over what was told.
    mutating func close() {
        var parcel = ChartParcel()
        parcel.fill(from: &delta, names: &names)
        swap(&parcel.quality, &quality)
        ledger.take(&parcel, fromLane: 0)
    }

    /// At a quarter past ten.
    static let times = AnswerTimes(now: tenOClock + 900, completeUntil: tenOClock + 840)

    func answer(_ list: ChartAnswers.List, _ query: String = "") -> WebAnswer {
        ChartAnswers(Self.times, dimensions: ["service.version"]).answer(list, query, from: ledger)
    }
}

extension WebAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The rows of a list, with all that is in them.
    func rows(_ list: ChartAnswers.List) throws(WireError) -> [AnswerRow] {
        try AnswerRows(reading: body, list: list.rawValue) { _ in true }.rows
    }
}

extension ServiceKey {
    static let shop = ServiceKey(environment: "prod", namespace: "shop", name: "frontend")
    static let cart = ServiceKey(environment: "prod", namespace: "shop", name: "cart")
    static let store = ServiceKey(
        environment: "prod", namespace: "shop", name: "carts", type: .database)
}
