extension OptionTable {
    static let limits: [Option] =
        bodyLimits + connectionLimits + timeLimits + spanLimits + traceLimits

    private static let bodyLimits: [Option] = [
        Option(
            "limits.request_body", \.limits.requestBodyBytes, .size(1.kibibytes...1.gibibytes),
            default: 64.mebibytes, "The largest request body, as received."),
        Option(
            "limits.decoded_body", \.limits.decodedBodyBytes, .size(1.kibibytes...1.gibibytes),
            default: 64.mebibytes, "The largest request body after decompression."),
        Option(
            "limits.compression_ratio", \.limits.compressionRatio, .integer(1...100_000),
            default: 500, "How many times its size a body may grow when it is decompressed."),
        Option(
            "limits.header_bytes", \.limits.headerBytes, .size(1.kibibytes...1.mebibytes),
            default: 16.kibibytes, "The largest head of a request: its line and all its headers."),
    ]

    private static let connectionLimits: [Option] = [
        Option(
            "limits.streams", \.limits.streams, .integer(1...65_536), default: 128,
            "Requests at the same time on one HTTP/2 connection."),
        Option(
            "limits.connections", \.limits.connections, .integer(1...1_000_000), default: 10_000,
            "Connections at the same time."),
        Option(
            "limits.connections_per_address", \.limits.connectionsPerAddress,
            .integer(1...1_000_000), default: 5000,
            "Connections at the same time from one address; a /64 of IPv6 counts as one."),
    ]

    private static let timeLimits: [Option] = [
        Option(
            "limits.header_time", \.limits.headerMilliseconds, .duration(100...1.hours),
            default: 10.seconds, "The time from a request's first byte to the end of its head."),
        Option(
            "limits.body_time", \.limits.bodyMilliseconds, .duration(100...1.hours),
            default: 60.seconds, "The time from the end of a request's head to its last byte."),
        Option(
            "limits.idle_time", \.limits.idleMilliseconds, .duration(1.seconds...24.hours),
            default: 5.minutes, "How long a connection may stay open without a request."),
        Option(
            "limits.answer_time", \.limits.answerMilliseconds, .duration(100...1.hours),
            default: 30.seconds, "The time that a client may take to receive its answer."),
        Option(
            "limits.connection_age", \.limits.connectionAgeMilliseconds, .duration(0...720.hours),
            default: 0, "After this a connection is asked to end, so that load moves; 0s is never."),
        Option(
            "limits.connection_age_grace", \.limits.connectionAgeGraceMilliseconds,
            .duration(0...1.hours), default: 30.seconds,
            "How long requests may go on after a connection was asked to end."),
        Option(
            "limits.keepalive_time", \.limits.keepaliveMilliseconds,
            .duration(1.seconds...24.hours), default: 60.seconds,
            "After this long without a byte an HTTP/2 client is asked whether it is there."),
        Option(
            "limits.keepalive_timeout", \.limits.keepaliveTimeoutMilliseconds,
            .duration(100...1.hours), default: 20.seconds,
            "How long a client may take to say that it is there."),
        Option(
            "limits.drain_time", \.limits.drainMilliseconds, .duration(0...1.hours),
            default: 20.seconds, "How long requests may go on after the collector is told to end."),
    ]

    private static let spanLimits: [Option] = [
        Option(
            "limits.spans_per_request", \.limits.spansPerRequest, .integer(1...16_777_216),
            default: 262_144, "Spans in one request."),
        Option(
            "limits.attributes_per_span", \.limits.attributesPerSpan, .integer(1...1_048_576),
            default: 16_384, "Attributes of one span, its events and links included."),
        Option(
            "limits.value_bytes", \.limits.valueBytes, .size(1.kibibytes...64.mebibytes),
            default: 4.mebibytes, "The largest name or attribute value."),
        Option(
            "limits.value_depth", \.limits.valueDepth, .integer(1...64), default: 64,
            "How deep lists and maps in an attribute value may nest."),
        Option(
            "limits.recent_bytes", \.limits.recentBytes, .size(0...1.gibibytes),
            default: 4.mebibytes, "Memory for the last spans received, which the web page shows."),
    ]

    private static let traceLimits: [Option] = [
        Option(
            "limits.span_age", \.limits.spanAgeMilliseconds, .duration(1.minutes...8_760.hours),
            default: 24.hours, change: .restart,
            "Spans that ended longer ago when they come are not counted."),
        Option(
            "limits.span_ahead", \.limits.spanAheadMilliseconds, .duration(0...24.hours),
            default: 2.minutes, change: .restart,
            "Spans that end further in the future when they come are not counted."),
        Option(
            "limits.settle_quiet", \.limits.settleQuietMilliseconds, .duration(100...60.seconds),
            default: 2.seconds, change: .restart,
            "A complete trace is counted after this long without a new span, or longer when spans "
                + "are seen to come late."),
        Option(
            "limits.settle_wait", \.limits.settleWaitMilliseconds, .duration(100...60.seconds),
            default: 10.seconds, change: .restart,
            "Any trace is counted after this long without a new span."),
        Option(
            "limits.settle_age", \.limits.settleAgeMilliseconds,
            .duration(1.seconds...90.seconds), default: 60.seconds, change: .restart,
            "Any trace is counted at this age."),
        Option(
            "limits.late_window", \.limits.lateWindowMilliseconds,
            .duration(0...24.hours), default: 5.minutes, change: .restart,
            "How long after it was counted a trace is amended by spans that come late."),
        Option(
            "limits.spans_per_trace", \.limits.spansPerTrace, .integer(1...16_777_216),
            default: 262_144, change: .restart, "Spans of one trace that are counted."),
        Option(
            "limits.services", \.limits.services, .integer(1...1_000_000), default: 10_000,
            change: .restart, "Services, databases, queues and other nodes; more are `(other)`."),
        Option(
            "limits.operations_per_service", \.limits.operationsPerService,
            .integer(1...1_000_000), default: 500, change: .restart,
            "Operations of one service; more are its `(other)`."),
        Option(
            "limits.operations", \.limits.operations, .integer(1...10_000_000),
            default: 100_000, change: .restart,
            "Operations of all services; more are each service's `(other)`."),
        Option(
            "limits.edges", \.limits.edges, .integer(1...10_000_000), default: 100_000,
            change: .restart, "Edges; more lead to `(other)`."),
    ]

    static let log: [Option] = [
        Option(
            "log.level", \.log.level, .choice, default: .info, "The least severe line to log."),
        Option(
            "log.format", \.log.format, .choice, default: .text,
            "Lines for people, or one JSON object a line."),
    ]
}
