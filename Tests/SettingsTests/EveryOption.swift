@testable import Settings

/// A value for every option that is not its default, as it is written in a variable.
let everyOption: [String: String] = {
    var texts = [
        "data": "/var/lib/portolan", "memory": "1GiB", "lanes": "3",
        "listen.other_signals": "discard", "listen.port_offset": "100",
        "listen.insecure": "web, otlp",
        "limits.request_body": "1MiB", "limits.decoded_body": "2MiB",
        "limits.compression_ratio": "3", "limits.header_bytes": "4KiB", "limits.streams": "5",
        "limits.connections": "6", "limits.connections_per_address": "7",
        "limits.header_time": "8s", "limits.body_time": "9s", "limits.idle_time": "10m",
        "limits.answer_time": "500ms", "limits.connection_age": "12h",
        "limits.connection_age_grace": "13s", "limits.keepalive_time": "14s",
        "limits.keepalive_timeout": "15s", "limits.drain_time": "0",
        "limits.spans_per_request": "17", "limits.attributes_per_span": "18",
        "limits.value_bytes": "19kB", "limits.value_depth": "20", "limits.recent_bytes": "0",
        "limits.span_age": "21h", "limits.span_ahead": "22s", "limits.settle_quiet": "230ms",
        "limits.settle_wait": "24s", "limits.settle_age": "25s", "limits.late_window": "26m",
        "limits.spans_per_trace": "27", "limits.services": "28",
        "limits.operations_per_service": "29", "limits.operations": "30", "limits.edges": "31",
        "journal.durability": "write", "journal.bytes": "32MiB",
        "storage.traces": "false", "storage.free": "32MiB", "retention.traces": "33h",
        "retention.traces_bytes": "34GiB", "retention.windows": "35h",
        "retention.windows_bytes": "36GiB", "retention.windows_minutes": "37h",
        "retention.windows_hours": "38h",
        "failed.rule": "status", "failed.services": "shop=classes, cart=status",
        "exclude": "service=shop and operation=GET /*, kind=client and attribute.a.b=c",
        "dimensions": "cloud.region",
        "log.level": "debug", "log.format": "json",
    ]
    for (index, name) in ["otlp_grpc", "otlp_http", "web"].enumerated() {
        texts["listen.\(name).enabled"] = "false"
        texts["listen.\(name).address"] = "127.0.0.\(index + 2)"
        texts["listen.\(name).port"] = "\(5000 + index)"
        texts["listen.\(name).tls.certificate"] = "\(name).pem"
        texts["listen.\(name).tls.key"] = "\(name).key"
        texts["listen.\(name).tls.client_ca"] = "\(name).ca"
        texts["listen.\(name).token"] = "\(name)-token"
        if name == "otlp_http" { texts["listen.\(name).cors_origins"] = "https://\(index).example" }
    }
    return texts
}()

/// What they make of the settings.
let everythingSet: Settings = {
    var settings = Settings.defaults
    settings.dataDirectory = "/var/lib/portolan"
    settings.memoryBytes = 1 << 30
    settings.lanes = 3
    settings.listen = listenSet
    settings.limits = limitsSet
    settings.journal.durability = .write
    settings.journal.bytes = 32 << 20
    settings.storage.keepsTraces = false
    settings.storage.freeBytes = 32 << 20
    settings.retention = retentionSet
    settings.failed.rule = .status
    settings.failed.services = [
        FailedSettings.ServiceRule(name: "shop", rule: .classes),
        FailedSettings.ServiceRule(name: "cart", rule: .status),
    ]
    settings.exclude = [
        ExcludeSetting(service: "shop", operation: "GET /*"),
        ExcludeSetting(
            kind: .client, attribute: ExcludeSetting.Attribute(name: "a.b", value: "c")),
    ]
    settings.dimensions = ["cloud.region"]
    settings.log.level = .debug
    settings.log.format = .json
    return settings
}()

private let listenSet: ListenSettings = {
    var listen = Settings.defaults.listen
    for (index, name) in [ListenerName.otlpGRPC, .otlpHTTP, .web].enumerated() {
        listen[name].isEnabled = false
        listen[name].addresses = ["127.0.0.\(index + 2)"]
        listen[name].basePort = 5000 + index
        listen[name].tls.certificate = "\(name.rawValue).pem"
        listen[name].tls.key = "\(name.rawValue).key"
        listen[name].tls.clientCA = "\(name.rawValue).ca"
        listen[name].token = Secret(text: "\(name.rawValue)-token")
    }
    listen.otlpHTTP.corsOrigins = ["https://1.example"]
    listen.otherSignals = .discard
    listen.portOffset = 100
    listen.insecure = [.web, .otlp]
    return listen
}()

private let retentionSet: RetentionSettings = {
    var retention = Settings.defaults.retention
    retention.tracesMilliseconds = 33 * 3_600_000
    retention.tracesBytes = 34 << 30
    retention.windowsMilliseconds = 35 * 3_600_000
    retention.windowsBytes = 36 << 30
    retention.minutesMilliseconds = 37 * 3_600_000
    retention.hoursMilliseconds = 38 * 3_600_000
    return retention
}()

private let limitsSet: LimitSettings = {
    var limits = Settings.defaults.limits
    limits.requestBodyBytes = 1 << 20
    limits.decodedBodyBytes = 2 << 20
    limits.compressionRatio = 3
    limits.headerBytes = 4096
    limits.streams = 5
    limits.connections = 6
    limits.connectionsPerAddress = 7
    limits.headerMilliseconds = 8000
    limits.bodyMilliseconds = 9000
    limits.idleMilliseconds = 600_000
    limits.answerMilliseconds = 500
    limits.connectionAgeMilliseconds = 43_200_000
    limits.connectionAgeGraceMilliseconds = 13_000
    limits.keepaliveMilliseconds = 14_000
    limits.keepaliveTimeoutMilliseconds = 15_000
    limits.drainMilliseconds = 0
    limits.spansPerRequest = 17
    limits.attributesPerSpan = 18
    limits.valueBytes = 19_000
    limits.valueDepth = 20
    limits.recentBytes = 0
    limits.spanAgeMilliseconds = 75_600_000
    limits.spanAheadMilliseconds = 22_000
    limits.settleQuietMilliseconds = 230
    limits.settleWaitMilliseconds = 24_000
    limits.settleAgeMilliseconds = 25_000
    limits.lateWindowMilliseconds = 1_560_000
    limits.spansPerTrace = 27
    limits.services = 28
    limits.operationsPerService = 29
    limits.operations = 30
    limits.edges = 31
    return limits
}()
