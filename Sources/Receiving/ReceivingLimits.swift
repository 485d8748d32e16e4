/// Bounds of connections and requests; every one is a setting of the same name.
package struct ReceivingLimits: Sendable, Equatable {
    package var requestBodyBytes = 64 << 20
    package var headerBytes = 16 << 10
    package var streams = 128
    package var headerMilliseconds = 10_000
    package var bodyMilliseconds = 60_000
    package var idleMilliseconds = 300_000
    package var answerMilliseconds = 30_000
    /// Zero: connections may live for ever.
    package var connectionAgeMilliseconds = 0
    package var connectionAgeGraceMilliseconds = 30_000
    package var keepaliveMilliseconds = 60_000
    package var keepaliveTimeoutMilliseconds = 20_000

    package init() {}
}
