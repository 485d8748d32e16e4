import Charts
import Wire

/// The rows of the lists.
extension JSONWriter {
    mutating func edge(_ edge: EdgeSummary, steps: [ChartWindow]) {
        beginObject()
        field("client", edge.client.name)
        field("server", edge.server.name)
        serviceKey(edge.client.key, as: "client_key")
        serviceKey(edge.server.key, as: "server_key")
        edgeFigures(edge.figures)
        shares(edge.figures.clientRungs, as: "client_named_by", word: \.word)
        shares(edge.figures.serverRungs, as: "server_named_by", word: \.word)
        field("error_bound", LatencySummary.errorBound)
        exemplars(edge.figures.calls)
        series(edge.series, steps) { $0.edgeFigures($1) }
        endObject()
    }

    private mutating func edgeFigures(_ figures: EdgeFigures) {
        field("kind", figures.kind.word)
        shares(figures.kinds, as: "kinds", word: \.word)
        shares(figures.evidence, as: "evidence", word: \.word)
        calls(figures.calls, count: "count")
        // Without a server half, the figures above are the client's.
        field("latency_view", figures.latencyView == .server ? "server" : "client")
        latency(figures.clientView, as: "client_view")
        latency(figures.gap, as: "gap")
    }

    mutating func service(
        _ service: ServiceSummary, steps: [ChartWindow], dimensions: [String]
    ) {
        beginObject()
        node(service.service)
        own(service.calls, service.sides)
        object("dimensions") { json in
            for (name, values) in zip(dimensions, service.dimensions) {
                json.shares(values, as: name, word: \.self)
            }
        }
        series(service.series, steps) { $0.calls($1, count: "requests") }
        endObject()
    }

    mutating func operation(_ operation: OperationSummary, steps: [ChartWindow]) {
        beginObject()
        node(operation.service)
        field("operation", operation.operation)
        own(operation.calls, operation.sides)
        series(operation.series, steps) { $0.calls($1, count: "requests") }
        endObject()
    }

    private mutating func node(_ node: ServiceNode) {
        field("service", node.name)
        serviceKey(node.key, as: "key")
    }

    private mutating func own(_ summary: CallSummary, _ sides: [Share<OwnSide>]) {
        calls(summary, count: "requests")
        shares(sides, as: "sides", word: \.word)
        field("error_bound", LatencySummary.errorBound)
        exemplars(summary)
    }

    /// What there is of each step; nothing when no steps were asked for.
    private mutating func series<Figures>(
        _ series: [Figures], _ steps: [ChartWindow],
        write: (inout JSONWriter, Figures) -> Void
    ) {
        guard !steps.isEmpty else { return }
        key("series")
        beginArray()
        for (step, figures) in zip(steps, series) {
            beginObject()
            field("from", TimeText.rfc3339(step.from))
            field("to", TimeText.rfc3339(step.to))
            write(&self, figures)
            endObject()
        }
        endArray()
    }
}

extension OwnSide {
    var word: String {
        switch self {
        case .server: "server"
        case .consumer: "consumer"
        case .root: "root"
        }
    }
}

extension EdgeSummary {
    var place: RowPlace {
        RowPlace(
            weight: figures.calls.count.raw,
            name: "\(ServiceKeyText.text(of: client.key)) \(ServiceKeyText.text(of: server.key))"
                + " \(client.key.type.word) \(server.key.type.word)")
    }
}

extension ServiceSummary {
    var place: RowPlace {
        RowPlace(
            weight: calls.count.raw,
            name: "\(ServiceKeyText.text(of: service.key)) \(service.key.type.word)")
    }
}

extension OperationSummary {
    var place: RowPlace {
        RowPlace(
            weight: calls.count.raw,
            name: "\(ServiceKeyText.text(of: service.key)) \(service.key.type.word) \(operation)")
    }
}
