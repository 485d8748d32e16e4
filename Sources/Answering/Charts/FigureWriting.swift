import Charts
import Wire

/// The figures of the API, by the names that they have everywhere.
extension JSONWriter {
    mutating func field(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    mutating func field(_ name: String, _ number: Int64) {
        key(name)
        integer(number)
    }

    mutating func field(_ name: String, _ number: Double?) {
        key(name)
        if let number { double(number) } else { null() }
    }

    /// A whole number where there is one.
    mutating func field(_ name: String, _ amount: Amount) {
        if let whole = amount.wholeCalls {
            field(name, whole)
        } else {
            field(name, amount.calls)
        }
    }

    mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        write(&self)
        endObject()
    }

    mutating func window(_ window: ChartWindow, as name: String) {
        object(name) {
            $0.field("from", TimeText.rfc3339(window.from))
            $0.field("to", TimeText.rfc3339(window.to))
        }
    }

    mutating func serviceKey(_ service: ServiceKey, as name: String) {
        object(name) {
            $0.field("environment", service.environment)
            $0.field("namespace", service.namespace)
            $0.field("name", service.name)
            $0.field("type", service.type.word)
        }
    }

    mutating func shares<Trait>(
        _ shares: [Share<Trait>], as name: String, word: (Trait) -> String
    ) {
        object(name) { for share in shares { $0.field(word(share.trait), share.amount) } }
    }

    /// The fields of calls; `count` is what their number is called.
    mutating func calls(_ calls: CallSummary, count: String) {
        field(count, calls.count)
        field("failed", calls.failed)
        field("faults", calls.faults)
        field("throttles", calls.throttles)
        field("client_errors", calls.clientErrors)
        field("cancelled", calls.cancelled)
        field("samples", calls.samples)
        field("samples_of_unknown_weight", calls.samplesOfUnknownWeight)
        field("rate", calls.rate)
        quantiles(calls.latency)
        object("saturation") { $0.saturation(calls.saturation) }
    }

    mutating func latency(_ latency: LatencySummary, as name: String) {
        object(name) {
            $0.field("samples", latency.samples)
            $0.quantiles(latency)
        }
    }

    private mutating func quantiles(_ latency: LatencySummary) {
        for (name, quantile) in Self.quantiles {
            field(name, latency.quantileMilliseconds(quantile))
        }
        field("max_ms", latency.maxMilliseconds)
        field("mean_ms", latency.meanMilliseconds)
    }

    private static let quantiles = [
        ("p50_ms", 0.5), ("p90_ms", 0.9), ("p95_ms", 0.95), ("p99_ms", 0.99), ("p999_ms", 0.999),
    ]

    private mutating func saturation(_ saturation: Saturation) {
        field("mean_concurrency", saturation.meanConcurrency)
        field("peak_concurrency", saturation.peakConcurrency)
        field("throttle_share", saturation.throttleShare)
        field("retries_per_call", saturation.retriesPerCall)
        if !saturation.queueAge.isEmpty { latency(saturation.queueAge, as: "queue_age") }
    }

    /// Calls to look at, and what each is an example of.
    mutating func exemplars(_ calls: CallSummary) {
        key("exemplars")
        beginArray()
        for (exemplar, of) in [(calls.slowest, "slowest"), (calls.failedExemplar, "failed")] {
            guard let exemplar else { continue }
            beginObject()
            field("of", of)
            field(
                "trace_id", Self.hex(exemplar.traceHigh) + Self.hex(exemplar.traceLow))
            field("span_id", Self.hex(exemplar.span))
            field("duration_ms", Double(exemplar.nanoseconds) / 1e6)
            endObject()
        }
        endArray()
    }

    private static func hex(_ number: UInt64) -> String {
        Hex.text((0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }
}
