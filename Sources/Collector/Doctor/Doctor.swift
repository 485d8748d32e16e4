import Lanes
package import Settings

/// Looks at the settings, this machine and a collector that may be running with these settings, and
/// prints what it found. Returns the exit code: 3 when something is wrong.
package func runDoctor(_ effective: EffectiveSettings, asJSON: Bool) -> Int32 {
    report(Checkup.run(Examination(effective)), asJSON: asJSON)
}

/// The same for settings that cannot be used, without which nothing else can be looked at.
package func runDoctor(_ errors: SettingsErrors, asJSON: Bool) -> Int32 {
    report(
        errors.list.map { .wrong("settings", "\($0.place): \($0.problem)", advice: $0.advice) },
        asJSON: asJSON)
}

private func report(_ findings: [Finding], asJSON: Bool) -> Int32 {
    writeStandardOutput(asJSON ? findings.json : findings.text)
    return findings.contains { $0.level == .wrong } ? 3 : 0
}
