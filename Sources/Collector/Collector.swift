import Answering
import Lanes
import Receiving
package import Settings
import Spans
import Synchronization

/// Builds the lanes and joins the rooms; then watches over them until it is told to stop.
package enum Collector {
    /// Serves until a signal ends it. Returns the exit code: 0 when it was told to end.
    ///
    /// `reload` makes the settings anew from where they came.
    package static func run(
        _ settings: Settings, reload: () throws(SettingsErrors) -> Settings
    ) -> Int32 {
        Machine.giveBackLargeBlocks()
        let log = Log()
        log.set(settings.log)
        do {
            let signals = try Signals()
            var control = try Control(settings, log: log)
            try control.start()
            return try control.watch(signals, reload: reload)
        } catch {
            writeStandardError("portolan: \(error)\n")
            return 1
        }
    }
}

extension Log {
    func set(_ settings: LogSettings) {
        let level: Level =
            switch settings.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        set(level: level, json: settings.format == .json)
    }
}
