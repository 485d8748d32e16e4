import Receiving
import Spans

/// What clients got wrong since the collector started, as its own counters tell.
extension Checkup {
    static func checkRequestsRefused(_ examination: Examination) -> [Finding] {
        guard let metrics = examination.running else { return [] }
        let reasons = Dictionary(
            uniqueKeysWithValues: Refusal.Kind.allCases.map { ($0.name, advice(on: $0)) })
        return refused(
            "requests", metrics.samples(of: "portolan_requests_refused_total"), reasons)
    }

    static func checkSpansRefused(_ examination: Examination) -> [Finding] {
        guard let metrics = examination.running else { return [] }
        var reasons = Dictionary(
            uniqueKeysWithValues: SpanRefusal.allCases.map { ($0.name, advice(on: $0)) })
        reasons["overloaded"] = advice(on: Refusal.Kind.overloaded)
        return refused("spans", metrics.samples(of: "portolan_spans_refused_total"), reasons)
    }

    static func checkConnectionsRefused(_ examination: Examination) -> [Finding] {
        guard let metrics = examination.running else { return [] }
        let reasons = Dictionary(
            uniqueKeysWithValues: TurnedAway.Reason.allCases.map { ($0.rawValue, advice(on: $0)) })
        return refused(
            "connections", metrics.samples(of: "portolan_connections_refused_total"), reasons)
    }

    /// A finding for each reason that there was; a newer collector may have reasons that we do not
    /// know.
    static func refused(
        _ what: String, _ samples: [MetricsReading.Sample], _ advice: [String: String]
    ) -> [Finding] {
        let findings = samples.filter { $0.value > 0 }.map { sample in
            let reason = sample.labels["reason"] ?? "no reason"
            let place = sample.labels["listener"].map { " at \($0)" } ?? ""
            return Finding.warning(
                "\(what) refused", "\(sample.value)\(place) since the start, reason \(reason)",
                advice: advice[reason] ?? "look into the collector's log")
        }
        return findings.isEmpty ? [.ok("\(what) refused", "none since the start")] : findings
    }

    private static func advice(on kind: Refusal.Kind) -> String {
        switch kind {
        case .malformed:
            "the collector's log tells what could not be read; a client speaks another protocol "
                + "here (gRPC goes to 4317, HTTP to 4318), or a proxy changes its requests"
        case .unauthenticated:
            "give these clients the token of the listener (OTEL_EXPORTER_OTLP_HEADERS="
                + "authorization=Bearer%20TOKEN)"
        case .forbidden:
            "set listen.otlp_http.cors_origins for browsers that send; call the web listener by "
                + "an address of listen.web.address"
        case .notFound:
            "send traces to /v1/traces; set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none "
                + "at clients, or listen.other_signals: discard here"
        case .methodNotAllowed: "clients must POST spans; something else calls this port"
        case .timedOut:
            "clients send too slowly or stop in the middle; look at their network, or raise "
                + "limits.header_time and limits.body_time"
        case .tooLarge:
            "lower the batch size of clients (OTEL_BSP_MAX_EXPORT_BATCH_SIZE), or raise "
                + "limits.request_body and limits.decoded_body, and memory with them"
        case .unsupportedMediaType:
            "let clients send application/x-protobuf or application/json, with gzip, zstd, deflate "
                + "or no compression"
        case .expectationFailed: "let clients not send an Expect other than 100-continue"
        case .headersTooLarge: "let clients send fewer headers, or raise limits.header_bytes"
        case .overloaded:
            "clients come again by themselves; if it goes on, give the collector more memory or "
                + "lanes"
        case .unavailable: "clients come again by themselves; the collector was about to end"
        case .deadlineExceeded:
            "raise the time that clients give an export (OTEL_EXPORTER_OTLP_TIMEOUT)"
        case .unimplemented:
            "let clients call the trace service, compressed with gzip, zstd, deflate or not"
        case .unknownService: "let health probes ask for no service by name, or the trace service"
        }
    }

    private static func advice(on reason: SpanRefusal) -> String {
        switch reason {
        case .traceIDLength, .traceIDZero, .spanIDLength, .spanIDZero, .parentIDLength:
            "a client makes wrong ids; update its SDK, or look at what rewrites its spans"
        case .notUTF8: "a client puts bytes into a text; use a bytes value there"
        case .tooManyAttributes:
            "let the client set fewer (OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT), or raise "
                + "limits.attributes_per_span"
        case .valueTooLong:
            "let the client cut values (OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT), or raise "
                + "limits.value_bytes"
        case .valueTooDeep: "let the client nest less, or raise limits.value_depth"
        case .tooManySpans: "lower the client's batch size, or raise limits.spans_per_request"
        }
    }

    private static func advice(on reason: TurnedAway.Reason) -> String {
        switch reason {
        case .tooMany: "raise limits.connections, or find out who opens so many"
        case .tooManyOfAddress:
            "raise limits.connections_per_address, or find out why one address opens so many"
        case .noDescriptors:
            "raise the limit of open descriptors (LimitNOFILE= of systemd, ulimit -Hn)"
        case .busy: "give the collector more lanes, or find out who opens connections so fast"
        }
    }
}
