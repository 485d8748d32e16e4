import Settings

/// Settings given by key, over the defaults.
func sources(_ values: KeyValuePairs<String, String> = [:]) -> SettingsSources {
    SettingsSources(
        assignments: values.map { SettingAssignment(flag: "--set \($0)", key: $0, value: $1) },
        readFile: { _ throws(UnreadableFile) in throw UnreadableFile(reason: "no files here") })
}
