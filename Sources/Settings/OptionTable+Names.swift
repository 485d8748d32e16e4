/// The names under which the options are found.
extension OptionTable {
    /// What a key stands for: an option, or the path of a file with its value.
    struct Meaning {
        let option: Option
        let namesFile: Bool
    }

    static let keys: [String: Meaning] = {
        var keys: [String: Meaning] = [:]
        for option in options {
            keys[option.key] = Meaning(option: option, namesFile: false)
            if let fileKey = option.fileKey {
                keys[fileKey] = Meaning(option: option, namesFile: true)
            }
        }
        return keys
    }()

    /// Keys that hold further keys, such as `listen` and `listen.web.tls`.
    static let sections: Set<String> = {
        var sections: Set<String> = []
        for key in keys.keys {
            var rest = key[...]
            while let dot = rest.lastIndex(of: ".") {
                rest = rest[..<dot]
                sections.insert(String(rest))
            }
        }
        return sections
    }()

    /// The key that an environment variable sets.
    static let variables = Dictionary(
        keys.keys.map { (Option.variable(for: $0), $0) }, uniquingKeysWith: { first, _ in first })

    /// Only keys of the same depth are meant, or those of which the last part was written.
    static func nearestKey(to written: String) -> String? {
        let depth = written.count { $0 == "." }
        let names = keys.keys.sorted() + sections.sorted()
        return nearestName(
            to: written,
            among: names.filter { name in
                name.count { $0 == "." } == depth || name.hasSuffix("." + written)
            })
    }
}
