/// Where settings come from, strongest first: assignments (flags and `--set`), environment, file.
///
/// Kept for the whole run: loading again with the same sources is what a reload is.
package struct SettingsSources: Sendable {
    package var filePath: String?
    package var environment: [String: String]
    package var assignments: [SettingAssignment]
    /// The only way to files from here: the settings file, and the files that hold secrets.
    package var readFile: @Sendable (String) throws(UnreadableFile) -> [UInt8]

    package init(
        filePath: String? = nil, environment: [String: String] = [:],
        assignments: [SettingAssignment] = [],
        readFile: @escaping @Sendable (String) throws(UnreadableFile) -> [UInt8]
    ) {
        self.filePath = filePath
        self.environment = environment
        self.assignments = assignments
        self.readFile = readFile
    }
}

/// One setting from the command line.
package struct SettingAssignment: Equatable, Sendable {
    /// As it was typed, for errors: `--memory`, or `--set memory`.
    package let flag: String
    package let key: String
    package let value: String

    package init(flag: String, key: String, value: String) {
        self.flag = flag
        self.key = key
        self.value = value
    }
}

/// Why a file could not be read; whoever reports it names the file.
package struct UnreadableFile: Error, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}
