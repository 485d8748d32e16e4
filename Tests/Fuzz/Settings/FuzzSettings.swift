import Fuzzing
import Settings

/// Whatever a settings file holds, it is read or refused in words.
@main enum FuzzSettings {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ file: [UInt8]) {
        let sources = SettingsSources(filePath: "f", readFile: { _ in file })
        do throws(SettingsErrors) {
            _ = try Settings.load(sources)
        } catch {
            precondition(!error.list.isEmpty, "refused without a word")
        }
    }
}
