import Collector
import Settings

extension Command {
    /// Never prints the settings instead, as commands that run with them do: it tells them anyway.
    static let doctor = Command(
        name: "doctor", operands: "", operandCount: 0...0,
        sentence: "Looks for what is wrong with settings, machine, collector and its clients.",
        example: "portolan doctor --config portolan.yaml",
        flags: settingsFlags.filter { $0.name != "print-config" } + [
            Flag(name: "json", value: nil, sentence: "Prints the findings as JSON.")
        ]
    ) { arguments, surroundings throws(UsageError) in
        let asJSON = arguments.has("json")
        let sources = try settingsSources(arguments, in: surroundings)
        do throws(SettingsErrors) {
            return runDoctor(try EffectiveSettings(reading: sources), asJSON: asJSON)
        } catch {
            return runDoctor(error, asJSON: asJSON)
        }
    }
}
