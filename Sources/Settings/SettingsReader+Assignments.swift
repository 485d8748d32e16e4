extension SettingsReader {
    /// Every variable with our prefix must be a setting: else a slip of the pen would silently
    /// leave a default in force.
    mutating func readEnvironment() {
        let ours = sources.environment.filter { $0.key.hasPrefix(Option.variablePrefix) }
        let links = Self.serviceLinks(in: ours)
        var given: [String: SettingPlace] = [:]
        for (name, text) in ours.sorted(by: { $0.key < $1.key }) where !errors.isFull {
            let place = SettingPlace.variable(name)
            guard let key = OptionTable.variables[name], let meaning = OptionTable.keys[key] else {
                let isLink = links.contains { name.hasPrefix($0) }
                if !isLink && !mentionedVariables.contains(name) { refuseUnknown(variable: name) }
                continue
            }
            guard isFirst(meaning, at: place, in: &given) else { continue }
            assign(meaning, meaning.option.written(fromText: text), at: place)
        }
    }

    private mutating func refuseUnknown(variable name: String) {
        let names = OptionTable.variables.keys.sorted()
        refuse(
            .variable(name), "there is no such setting",
            advice: advice(forMeant: nearestName(to: name, among: names)))
    }

    /// Kubernetes sets variables for every service, and one called `portolan` or `portolan-agent`
    /// has our prefix. Each such service is known by its `…_SERVICE_HOST`.
    private static func serviceLinks(in variables: [String: String]) -> [String] {
        let suffix = "_SERVICE_HOST"
        return variables.keys.filter { $0.hasSuffix(suffix) }.flatMap { name in
            let service = name.dropLast(suffix.count)
            return ["\(service)_SERVICE_", "\(service)_PORT"]
        }
    }

    /// Later flags override earlier ones.
    mutating func readAssignments() {
        for assignment in sources.assignments where !errors.isFull {
            let place = SettingPlace.flag(assignment.flag)
            guard let meaning = OptionTable.keys[assignment.key] else {
                refuse(
                    place, "there is no such setting",
                    advice: advice(forMeant: OptionTable.nearestKey(to: assignment.key)))
                continue
            }
            assign(meaning, meaning.option.written(fromText: assignment.value), at: place)
        }
    }
}
