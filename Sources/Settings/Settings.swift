/// Everything that a run of Portolan can be told, checked and typed.
///
/// Made by `load` from flags, environment and file over the defaults; `OptionTable` says for each
/// field its key, default and limits, so the zeros below never leave this room.
package struct Settings: Equatable, Sendable {
    package var dataDirectory = ""
    /// Nil is `auto`: half of what the cgroup or the machine allows.
    package var memoryBytes: Int?
    /// Nil is `auto`: the CPU quota or the affinity.
    package var lanes: Int?
    package var listen = ListenSettings()
    package var limits = LimitSettings()
    package var journal = JournalFileSettings()
    package var storage = StorageSettings()
    package var retention = RetentionSettings()
    package var failed = FailedSettings()
    package var exclude: [ExcludeSetting] = []
    package var dimensions: [String] = []
    package var log = LogSettings()

    /// Only for the table, which fills every field.
    init() {}

    /// What holds when nothing is set.
    package static let defaults: Settings = {
        var settings = Settings()
        for option in OptionTable.options { option.setDefault(&settings) }
        return settings
    }()
}

/// The bounds that hold for every connection, request and span.
package struct LimitSettings: Equatable, Sendable {
    package var requestBodyBytes = 0
    package var decodedBodyBytes = 0
    package var compressionRatio = 0
    package var headerBytes = 0
    package var streams = 0
    package var connections = 0
    package var connectionsPerAddress = 0
    package var headerMilliseconds = 0
    package var bodyMilliseconds = 0
    package var idleMilliseconds = 0
    package var answerMilliseconds = 0
    /// Zero is unlimited.
    package var connectionAgeMilliseconds = 0
    package var connectionAgeGraceMilliseconds = 0
    package var keepaliveMilliseconds = 0
    package var keepaliveTimeoutMilliseconds = 0
    package var drainMilliseconds = 0
    package var spansPerRequest = 0
    package var attributesPerSpan = 0
    package var valueBytes = 0
    package var valueDepth = 0
    package var recentBytes = 0
    package var spanAgeMilliseconds = 0
    package var spanAheadMilliseconds = 0
    package var settleQuietMilliseconds = 0
    package var settleWaitMilliseconds = 0
    package var settleAgeMilliseconds = 0
    package var lateWindowMilliseconds = 0
    package var spansPerTrace = 0
    package var services = 0
    package var operationsPerService = 0
    package var operations = 0
    package var edges = 0
}

package struct LogSettings: Equatable, Sendable {
    package var level = LogLevel.info
    package var format = LogFormat.text
}

/// From the most talkative to the quietest.
package enum LogLevel: String, CaseIterable, Sendable {
    case debug, info, warning, error
}

package enum LogFormat: String, CaseIterable, Sendable {
    case text, json
}

extension Settings {
    /// The keys that differ and that a running collector cannot change.
    package func changesNeedingRestart(from old: Settings) -> [String] {
        OptionTable.options.filter { $0.change == .restart && !$0.isSame(old, self) }.map(\.key)
    }
}
