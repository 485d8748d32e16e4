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

    /// The settings that are given somewhere, each with the place.
    package var given: [String] {
        OptionTable.options.compactMap { option in
            places[option.key].map { place in
                "\(option.key): \(shown(option)?.yaml ?? "not set") (\(place))"
            }
        }
    }

    private func line(for option: Option, name: Substring) -> String {
        guard let shown = shown(option) else { return "# \(name) is not set" }
        let origin = places[option.key].map { " # \($0)" } ?? ""
        return "\(name): \(shown.yaml)\(origin)"
    }

    private func shown(_ option: Option) -> Written? {
        option.written(settings).map { option.isSecret ? .text(Secret.mask) : $0 }
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension Settings {
    /// Flags and `--set` before environment before file before defaults; all or nothing.
    package static func load(_ sources: SettingsSources) throws(SettingsErrors) -> Settings {
        try EffectiveSettings(reading: sources).settings
    }
}
