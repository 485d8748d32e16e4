/// The durable log of accepted requests.
package struct JournalFileSettings: Equatable, Sendable {
    package var durability = DurabilityWord.commit
    package var bytes = 0
}

/// When a request is acknowledged.
package enum DurabilityWord: String, CaseIterable, Sendable {
    case commit, write, none
}

/// What is kept on disk.
package struct StorageSettings: Equatable, Sendable {
    /// Whether spans are kept, beside the windows that they are counted in.
    package var keepsTraces = false
    package var freeBytes = 0
}

/// How long and how much is kept; a partition goes as a whole, the oldest first.
package struct RetentionSettings: Equatable, Sendable {
    package var tracesMilliseconds = 0
    package var tracesBytes = 0
    package var windowsMilliseconds = 0
    package var windowsBytes = 0
    package var minutesMilliseconds = 0
    package var hoursMilliseconds = 0
}

extension OptionTable {
    static let journal: [Option] = [
        Option(
            "journal.durability", \.journal.durability, .choice, default: .commit,
            change: .restart, flag: "durability",
            "When a request is acknowledged: when the disk has it (commit), when the kernel has it "
                + "(write), or at once (none)."),
        Option(
            "journal.bytes", \.journal.bytes, .size(16.mebibytes...Int.max),
            default: 4.gibibytes, change: .restart,
            "Disk space for requests that are not stored yet; beyond it new ones are refused."),
    ]

    static let storage: [Option] = [
        Option(
            "storage.traces", \.storage.keepsTraces, .boolean, default: true, change: .restart,
            "Whether spans are kept to be looked at, or only what is counted of them."),
        Option(
            "storage.free", \.storage.freeBytes, .size(0...1.gibibytes * 1024),
            default: 512.mebibytes,
            "Room to leave on the disk: with less, no more spans are taken until there is more."),
        Option(
            "retention.traces", \.retention.tracesMilliseconds, .duration(1.minutes...longest),
            default: 168.hours, "How long spans are kept."),
        Option(
            "retention.traces_bytes", \.retention.tracesBytes, .size(64.mebibytes...Int.max),
            default: 20.gibibytes, "What spans and what finds them may take on disk."),
        Option(
            "retention.windows", \.retention.windowsMilliseconds, .duration(1.hours...longest),
            default: 2_160.hours, "How long windows are kept at all."),
        Option(
            "retention.windows_bytes", \.retention.windowsBytes, .size(16.mebibytes...Int.max),
            default: 5.gibibytes, "What windows may take on disk."),
        Option(
            "retention.windows_minutes", \.retention.minutesMilliseconds,
            .duration(1.hours...longest), default: 168.hours,
            "How long windows are kept by the minute; older ones are kept by the hour."),
        Option(
            "retention.windows_hours", \.retention.hoursMilliseconds,
            .duration(1.hours...longest), default: 720.hours,
            "How long windows are kept by the hour; older ones are kept by the day."),
    ]

    /// A hundred years.
    private static var longest: Int { 876_600.hours }
}
