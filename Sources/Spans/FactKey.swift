/// What a fact is about: one key for each meaning, whatever the attribute was called when it came.
@usableFromInline
package enum FactKey: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    // Of a resource.
    case serviceName, serviceNamespace, serviceInstance, environment
    case hostID, hostName, podName

    // Of the other end of a call.
    case peerName, peerNamespace
    case serverAddress, serverPort
    /// The server on a span that calls, the client on one that is called.
    case netPeerName
    case networkPeerAddress, clientAddress
    case urlFull

    // Of databases.
    case dbSystem, dbNamespace

    // Of queues.
    case messagingSystem, messagingDestination, messagingTemplate, messagingBatchCount

    // Of the outcome.
    case httpStatus, rpcStatus, rpcSystem
    case resendCount, awsRetries

    /// The `tracestate` of the span, which is a field and no attribute.
    case traceState

    // Names that the settings ask for, in their order.
    case configured0, configured1, configured2, configured3
    case configured4, configured5, configured6, configured7
    case configured8, configured9, configured10, configured11
    case configured12, configured13, configured14, configured15

    /// How many names settings may ask for.
    package static let configuredMax = 16

    /// The key of a configured name by its number; nil when there are no so many.
    static func configured(_ number: Int) -> FactKey? {
        guard (0..<configuredMax).contains(number) else { return nil }
        return FactKey(rawValue: configured0.rawValue + UInt8(number))
    }
}
