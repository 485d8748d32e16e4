/// The settings in force, with where each that is not a default came from.
package struct EffectiveSettings: Equatable, Sendable {
    package let settings: Settings
    private let places: [String: SettingPlace]

    package init(reading sources: SettingsSources) throws(SettingsErrors) {
        var reader = SettingsReader(sources)
        reader.read()
        guard reader.errors.list.isEmpty else { throw reader.errors }
        settings = reader.settings
        places = reader.places
    }

    /// All settings as a file that says the same; secrets are masked by what no secret can be, so
    /// that the text cannot be taken for the file that it came from.
    package var yaml: String {
        var lines: [String] = []
        var section: [Substring] = []
        for option in OptionTable.options {
            var names = option.key.split(separator: ".")
            let name = names.removeLast()
            let shared = zip(names, section).prefix { $0 == $1 }.count
            for depth in shared..<names.count { lines.append(indent(depth) + names[depth] + ":") }
            section = names
            lines.append(indent(names.count) + line(for: option, name: name))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(for option: Option, name: Substring) -> String {
        guard let written = option.written(settings) else { return "# \(name) is not set" }
        let shown = option.isSecret ? Written.text(Secret.mask) : written
        let origin = places[option.key].map { " # \($0)" } ?? ""
        return "\(name): \(shown.yaml)\(origin)"
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension Settings {
    /// Flags and `--set` before environment before file before defaults; all or nothing.
    package static func load(_ sources: SettingsSources) throws(SettingsErrors) -> Settings {
        try EffectiveSettings(reading: sources).settings
    }
}
