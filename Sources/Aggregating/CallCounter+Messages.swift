import Charts
import Spans

extension CallCounter {
    /// A message from its producer to its consumer. With a broker that has a name it is drawn only
    /// when brokers are drawn through.
    mutating func countMessage(_ parent: Int, _ position: Int, _ spans: [SpanSkeleton]) {
        let (producer, consumer) = (spans[parent], spans[position])
        let isNamed =
            producer.broker != SpanSkeleton.none || consumer.broker != SpanSkeleton.none
        var call = EdgeCall()
        call.kind = .messaging
        call.evidence = consumer.isLinked ? .link : .paired
        fill(&call, parent, position, told: position, spans)
        call.gapNanoseconds = -1
        call.queueAgeNanoseconds = queueAge(producer, consumer)
        call.edge = charts.names.edge(
            client: service(of: parent, spans), server: calledService(position, spans, &call),
            hop: isNamed ? .through : .direct)
        if !consumer.isLinked, !isNamed { edges[position] = call.edge }
        charts.delta.add(call, sign: sign)
    }

    private mutating func queueAge(_ producer: SpanSkeleton, _ consumer: SpanSkeleton) -> Int64 {
        guard !producer.flags.contains(.noEnd) else { return -1 }
        let age = consumer.startNanoseconds.nanoseconds(since: producer.endNanoseconds)
        if age < 0 { charts.quality.add(.negativeQueueAge, consumer.service, sign) }
        return max(0, age)
    }

    /// What a messaging span and its broker have to do with each other.
    mutating func countAtBroker(_ position: Int, _ spans: [SpanSkeleton]) {
        let own = service(of: position, spans)
        let broker = spans[position].broker
        var call = EdgeCall()
        call.kind = .messaging
        if spans[position].isIncoming {
            call.evidence = .serverOnly
            call.clientRung = .messagingDestination
            fill(&call, nil, position, told: position, spans)
            // A consumer of a batch was called by the broker once for each message.
            let messages = Int64(spans[position].messages)
            call.weight = call.weight.multipliedReportingOverflow(by: messages).partialValue
            call.edge = charts.names.edge(client: broker, server: own, hop: .node)
        } else {
            call.evidence = .clientOnly
            call.serverRung = .messagingDestination
            fill(&call, position, nil, told: position, spans)
            call.edge = charts.names.edge(client: own, server: broker, hop: .node)
        }
        edges[position] = call.edge
        charts.delta.add(call, sign: sign)
    }
}
