import Decoding
import Receiving
import Settings
import Spans
import Wire

/// The settings that serving threads use, in the form in which they use them; what can change while
/// the collector runs comes to them as a new one of these.
struct ServingSettings: Sendable {
    let receiving: ReceivingLimits
    let decoder: OTLPTraceDecoder
    let inflation: InflationLimit
    let otherSignals: OtherSignals
    let recentBytes: Int
    private let tokens: [Secret?]
    private let origins: [[String]]

    /// `bodyBytesMax` is what the memory budget lets a single request have.
    init(_ settings: Settings, bodyBytesMax: Int) {
        let limits = settings.limits
        var receiving = ReceivingLimits()
        receiving.requestBodyBytes = min(limits.requestBodyBytes, bodyBytesMax)
        receiving.headerBytes = limits.headerBytes
        receiving.streams = limits.streams
        receiving.headerMilliseconds = limits.headerMilliseconds
        receiving.bodyMilliseconds = limits.bodyMilliseconds
        receiving.idleMilliseconds = limits.idleMilliseconds
        receiving.answerMilliseconds = limits.answerMilliseconds
        receiving.connectionAgeMilliseconds = limits.connectionAgeMilliseconds
        receiving.connectionAgeGraceMilliseconds = limits.connectionAgeGraceMilliseconds
        receiving.keepaliveMilliseconds = limits.keepaliveMilliseconds
        receiving.keepaliveTimeoutMilliseconds = limits.keepaliveTimeoutMilliseconds
        self.receiving = receiving
        decoder = OTLPTraceDecoder(limits: OTLPLimits(limits), names: FactNames(settings))
        inflation = InflationLimit(
            bytesMax: min(limits.decodedBodyBytes, bodyBytesMax),
            ratioMax: limits.compressionRatio, ratioFromBytes: Self.ratioFromBytes)
        otherSignals = settings.listen.otherSignals
        recentBytes = limits.recentBytes
        tokens = Door.allCases.map { settings.listen[$0.listener].token }
        origins = Door.allCases.map { settings.listen[$0.listener].corsOrigins }
    }

    /// Small bodies may repeat themselves as much as they like.
    private static let ratioFromBytes = 1 << 20

    /// Whether a request may come in; the time that it takes does not tell how much of a token
    /// was right.
    func isAuthorized(_ authorization: String, at door: Door) -> Bool {
        guard let token = tokens[door.rawValue] else { return true }
        let scheme = authorization.prefix(Self.scheme.utf8.count)
        guard scheme.lowercased() == Self.scheme else { return false }
        let expected = Array(token.text.utf8)
        let given = Array(authorization.utf8.dropFirst(Self.scheme.utf8.count))
        var difference: UInt8 = given.count == expected.count ? 0 : 1
        for (index, byte) in given.enumerated() {
            difference |= byte ^ expected[index % expected.count]
        }
        return difference == 0
    }

    /// Schemes are the same in every case (RFC 9110).
    private static let scheme = "bearer "

    /// Whether pages of that origin may send spans from a browser.
    func allows(origin: String, at door: Door) -> Bool {
        origins[door.rawValue].contains { $0 == "*" || $0 == origin }
    }
}

extension OTLPLimits {
    init(_ limits: LimitSettings) {
        self.init()
        spansMax = limits.spansPerRequest
        attributesMax = limits.attributesPerSpan
        valueBytesMax = limits.valueBytes
        valueDepthMax = limits.valueDepth
    }
}

extension Door {
    /// The same in the words of the settings.
    var listener: ListenerName {
        switch self {
        case .otlpGRPC: .otlpGRPC
        case .otlpHTTP: .otlpHTTP
        case .web: .web
        }
    }
}
