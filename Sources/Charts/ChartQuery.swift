/// What is asked of the ledger.
package struct ChartQuery: Sendable {
    /// Widened to whole windows.
    package var window: ChartWindow
    /// Seconds of a step, rounded up to whole windows; nil for no steps.
    package var step: Int64?
    package var brokers = Brokers.node
    /// All must hold for a service, or for the same end of an edge.
    package var conditions: [ChartCondition] = []
    /// Ten seconds instead of minutes, as far as these are kept apart.
    package var isLive = false

    package init(window: ChartWindow) { self.window = window }
}

/// How calls through a broker are drawn.
package enum Brokers: String, CaseIterable, Sendable {
    /// Producer to broker, broker to consumer.
    case node
    /// Producer to consumer.
    case through
}

/// What a service must be like.
package enum ChartCondition: Equatable, Sendable {
    /// As text of a key, see `ServiceKey.matches(_:)`.
    case service(String)
    case environment(String)
    case namespace(String)
    case type(ServiceType)
    /// Some of its own calls have the value, in the window; by the dimension's place in the settings.
    case dimension(Int, value: String)
}
