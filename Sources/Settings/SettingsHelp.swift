/// An option that has a flag of its own.
package struct SettingFlag: Sendable {
    /// Without the dashes.
    package let name: String
    package let key: String
    /// What it does, what to give, and the default.
    package let sentence: String
}

extension Settings {
    package static let flags: [SettingFlag] = OptionTable.options.compactMap { option in
        option.flag.map { name in
            SettingFlag(
                name: name, key: option.key,
                sentence: "\(option.sentence) Give \(option.expects); default"
                    + " \(option.standardText).")
        }
    }

    /// Every option, for the terminal.
    package static let helpText: String = {
        var lines = [
            "Settings come from flags and --set KEY=VALUE, then the environment, then the file.",
            "A variable is PORTOLAN_ and the key: listen.web.port is PORTOLAN_LISTEN_WEB_PORT.",
        ]
        for option in OptionTable.options {
            lines += ["", option.key + (option.fileKey.map { ", \($0)" } ?? "")]
            lines.append("    \(option.sentence)")
            let flag = option.flag.map { "; --\($0)" } ?? ""
            lines.append("    Give \(option.expects); default \(option.standardText)\(flag).")
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}

extension Option {
    /// The default, as it would be written.
    var standardText: String { written(Settings.defaults)?.yaml ?? "not set" }
}
