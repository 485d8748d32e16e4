import Collector
import Settings

extension Command {
    static let serve = Command(
        name: "serve", operands: "", operandCount: 0...0,
        sentence: "Runs the collector; with no flags on loopback, with safe limits.",
        example: "portolan serve --memory 512MiB --set log.format=json",
        flags: settingsFlags
    ) { arguments, surroundings throws(UsageError) in
        try withSettings(arguments, in: surroundings) { settings, sources in
            Collector.run(settings) { () throws(SettingsErrors) in try Settings.load(sources) }
        }
    }
}
