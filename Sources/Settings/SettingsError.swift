/// Where a setting was given.
package enum SettingPlace: Equatable, Sendable, CustomStringConvertible {
    case standard
    case file(String, line: Int?)
    case variable(String)
    case flag(String)

    package var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let line?): "\(name):\(line)"
        case .file(let name, nil): name
        case .variable(let name): name
        case .flag(let name): name
        }
    }
}

/// One thing that is wrong with the settings, and what to do about it.
package struct SettingsError: Equatable, Sendable, CustomStringConvertible {
    package let place: SettingPlace
    package let problem: String
    package let advice: String

    package var description: String { "\(place): \(problem); \(advice)" }
}

/// Everything that is wrong with the settings, up to a bound.
package struct SettingsErrors: Error, Equatable, CustomStringConvertible {
    /// In the order found; a list of more than this helps nobody.
    package private(set) var list: [SettingsError] = []
    static let countMax = 100

    var isFull: Bool { list.count >= Self.countMax }

    mutating func append(_ place: SettingPlace, _ problem: String, advice: String) {
        guard !isFull else { return }
        list.append(SettingsError(place: place, problem: problem, advice: advice))
    }

    package var description: String { list.map(\.description).joined(separator: "\n") }
}
