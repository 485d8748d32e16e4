/// A node as it is shown.
package struct ServiceNode: Hashable, Sendable {
    package var key: ServiceKey
    /// The name, with as much of the key as makes it clear.
    package var name: String
}

/// One edge in a window, and in each step of it when steps were asked for.
package struct EdgeSummary: Equatable, Sendable {
    package var client: ServiceNode
    package var server: ServiceNode
    package var figures: EdgeFigures
    package var series: [EdgeFigures] = []
}

/// What is told of an edge.
package struct EdgeFigures: Equatable, Sendable {
    /// The latency is the server's view, or the client's when no server half came.
    package var calls = CallSummary()
    package var latencyView = LatencyView.server
    package var clientView = LatencySummary()
    /// What the client's view has more than the server's.
    package var gap = LatencySummary()
    /// The one that most calls are of.
    package var kind = CallKind.request
    /// Most calls first, here and below.
    package var kinds: [Share<CallKind>] = []
    package var evidence: [Share<Evidence>] = []
    package var clientRungs: [Share<NamingRung>] = []
    package var serverRungs: [Share<NamingRung>] = []
}

/// How many calls have a trait.
package struct Share<Trait: Hashable & Sendable>: Hashable, Sendable {
    package var trait: Trait
    package var amount: Amount
}

/// What a service answered, by its own spans.
package struct ServiceSummary: Equatable, Sendable {
    package var service: ServiceNode
    package var calls: CallSummary
    package var sides: [Share<OwnSide>] = []
    /// By dimension in the order of the settings: the values that its calls had, most calls first.
    package var dimensions: [[Share<String>]] = []
    package var series: [CallSummary] = []
}

/// The same for one of its operations.
package struct OperationSummary: Equatable, Sendable {
    package var service: ServiceNode
    package var operation: String
    package var calls: CallSummary
    package var sides: [Share<OwnSide>] = []
    package var series: [CallSummary] = []
}

/// How much of the time of an entry operation was spent on an edge.
package struct CriticalSummary: Equatable, Sendable {
    package var entry: ServiceNode
    package var operation: String
    package var client: ServiceNode
    package var server: ServiceNode
    /// Traces in which the edge had a share.
    package var count: Amount
    package var seconds: Double
}

/// Summaries, the whole windows that they cover, and those of the steps.
package struct ChartAnswer<Summary: Sendable>: Sendable {
    package var window: ChartWindow
    package var steps: [ChartWindow] = []
    package var rows: [Summary] = []
    /// Whether there are no rows because these would be too many with so many steps.
    package var isTooLarge = false
}
