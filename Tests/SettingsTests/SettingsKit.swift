import Settings

/// Sources whose files are given as texts; `portolan.yaml` is the settings file.
func sources(
    _ yaml: String? = nil, environment: [String: String] = [:], set: [String] = [],
    files: [String: String] = [:]
) -> SettingsSources {
    var files = files
    files["portolan.yaml"] = yaml
    let contents = files
    return SettingsSources(
        filePath: yaml == nil ? nil : "portolan.yaml", environment: environment,
        assignments: set.map(assignment),
        readFile: { path throws(UnreadableFile) in
            guard let content = contents[path] else {
                throw UnreadableFile(reason: "No such file or directory")
            }
            return Array(content.utf8)
        })
}

private func assignment(_ text: String) -> SettingAssignment {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let key = String(parts[0])
    return SettingAssignment(flag: "--set \(key)", key: key, value: String(parts[1]))
}

/// The lines of what is wrong; empty when nothing is.
func complaints(_ sources: SettingsSources) -> [String] {
    do {
        _ = try Settings.load(sources)
        return []
    } catch {
        return error.list.map(\.description)
    }
}
