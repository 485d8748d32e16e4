import Settings

/// The flags of every command that runs with settings; the options' own come from their table.
let settingsFlags: [Flag] =
    [
        Flag(name: "config", value: "FILE", sentence: "Reads the settings from this YAML file."),
        Flag(
            name: "set", value: "KEY=VALUE",
            sentence: "Sets any option; `portolan help settings` lists them. Can be repeated.",
            canRepeat: true),
    ]
    + Settings.flags.map { Flag(name: $0.name, value: "VALUE", sentence: $0.sentence) }
    + [
        Flag(
            name: "print-config", value: nil,
            sentence: "Prints the settings in force and where each came from, and ends.")
    ]

/// Where the settings come from that a command line asks for.
func settingsSources(
    _ arguments: Arguments, in surroundings: Surroundings
) throws(UsageError) -> SettingsSources {
    var sources = SettingsSources(
        filePath: arguments.value(of: "config"), environment: surroundings.environment,
        readFile: surroundings.readFile)
    for flag in arguments.flags {
        if let own = Settings.flags.first(where: { $0.name == flag.name }) {
            sources.assignments.append(
                SettingAssignment(flag: "--\(flag.name)", key: own.key, value: flag.value))
        } else if flag.name == "set" {
            sources.assignments.append(try assignment(flag.value))
        }
    }
    return sources
}

private func assignment(_ text: String) throws(UsageError) -> SettingAssignment {
    guard let equals = text.firstIndex(of: "=") else {
        throw UsageError(
            problem: "--set \(text) has no value", advice: "write --set \(text)=VALUE")
    }
    let key = String(text[..<equals])
    return SettingAssignment(
        flag: "--set \(key)", key: key, value: String(text[text.index(after: equals)...]))
}

/// Runs a command with the settings that its flags ask for, or tells what is wrong with them, or
/// prints them when that is what was asked for.
func withSettings(
    _ arguments: Arguments, in surroundings: Surroundings,
    run: (Settings, SettingsSources) -> Int32
) throws(UsageError) -> Int32 {
    let sources = try settingsSources(arguments, in: surroundings)
    do {
        let effective = try EffectiveSettings(reading: sources)
        guard !arguments.has("print-config") else {
            surroundings.say(effective.yaml)
            return ExitCode.done
        }
        return run(effective.settings, sources)
    } catch {
        surroundings.complain("\(error)\n")
        return ExitCode.wrongUsage
    }
}
