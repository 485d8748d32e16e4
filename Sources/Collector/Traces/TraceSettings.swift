import Aggregating
import Assembling
import Charts
import Settings
import Spans

/// What the settings say about assembling and counting.
struct TraceSettings: Sendable {
    /// Attributes that the decoder looks out for.
    var names = FactNames()
    var naming = NamingRules()
    var counting = CountingRules()
    var assembly = AssemblyLimits()
    var charts = ChartLimits()

    /// `memoryBytes` is what the traces of one lane may take, `ledgerBytes` what all windows may.
    init(_ settings: Settings, memoryBytes: Int, ledgerBytes: Int) {
        let limits = settings.limits
        naming.dimensions = settings.dimensions
        naming.excludes = settings.exclude.map(ExcludeRule.init)
        naming.ageSecondsMax = limits.spanAgeMilliseconds / 1_000
        naming.aheadSecondsMax = limits.spanAheadMilliseconds / 1_000
        names = FactNames(settings)
        counting.failed = CountingRules.FailedRule(settings.failed.rule)
        for service in settings.failed.services {
            counting.failedByService[service.name] = CountingRules.FailedRule(service.rule)
        }
        assembly.quietMilliseconds = limits.settleQuietMilliseconds
        assembly.quietMaxMilliseconds = max(
            limits.settleQuietMilliseconds, limits.settleWaitMilliseconds)
        assembly.ageMaxMilliseconds = limits.settleAgeMilliseconds
        assembly.lateMilliseconds = limits.lateWindowMilliseconds
        assembly.spansPerTraceMax = limits.spansPerTrace
        assembly.memoryBytesMax = memoryBytes
        charts.services = limits.services
        charts.operationsPerService = limits.operationsPerService
        charts.operations = limits.operations
        charts.edges = limits.edges
        charts.ledgerBytes = ledgerBytes
    }
}

extension FactNames {
    /// Looks out for what the settings name, too.
    init(_ settings: Settings) {
        let excludes = settings.exclude.compactMap { $0.attribute?.name }
        self.init(configured: settings.dimensions + excludes)
    }
}

extension CountingRules.FailedRule {
    init(_ rule: FailedRule) {
        switch rule {
        case .classes: self = .classes
        case .status: self = .status
        }
    }
}

extension ExcludeRule {
    init(_ written: ExcludeSetting) {
        self.init()
        service = written.service.map(Wildcard.init)
        operation = written.operation.map(Wildcard.init)
        kind = written.kind.flatMap(SpanKind.init(word:))
        attribute = written.attribute.map {
            Attribute(name: $0.name, value: Wildcard($0.value))
        }
    }
}

extension SpanKind {
    fileprivate init?(word: SpanKindWord) {
        switch word {
        case .internal: self = .internal
        case .server: self = .server
        case .client: self = .client
        case .producer: self = .producer
        case .consumer: self = .consumer
        }
    }
}
