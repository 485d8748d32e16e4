import Wire

/// One thing that can be set: its row in the table. Reading, checking, help and documentation are
/// all made from these rows and know nothing else.
struct Option: Sendable {
    let key: String
    let expects: String
    let sentence: String
    let change: Change
    /// A flag of its own, without the dashes.
    let flag: String?
    let isList: Bool
    let isSecret: Bool
    let setDefault: @Sendable (inout Settings) -> Void
    let set: @Sendable (inout Settings, Written) throws(Refusal) -> Void
    /// Nil when the setting is not set.
    let written: @Sendable (Settings) -> Written?
    let isSame: @Sendable (Settings, Settings) -> Bool

    /// Whether a running collector can take another value.
    enum Change: String, Sendable {
        case live = "at reload"
        case restart = "at restart"
    }

    init<Value>(
        _ key: String, _ path: any WritableKeyPath<Settings, Value> & Sendable,
        _ kind: ValueKind<Value>, default standard: Value, change: Change = .live,
        flag: String? = nil, _ sentence: String
    ) {
        self.key = key
        expects = kind.expects
        self.sentence = sentence
        self.change = change
        self.flag = flag
        isList = kind.isList
        isSecret = kind.isSecret
        setDefault = { $0[keyPath: path] = standard }
        set = { settings, written throws(Refusal) in
            settings[keyPath: path] = try kind.read(written)
        }
        written = { kind.write($0[keyPath: path]) }
        isSame = { $0[keyPath: path] == $1[keyPath: path] }
    }
}

extension Option {
    /// The key that names a file with the secret in it.
    var fileKey: String? { isSecret ? key + "_file" : nil }

    static let variablePrefix = "PORTOLAN_"

    static func variable(for key: String) -> String {
        variablePrefix + String(key.map { $0 == "." ? "_" : $0 }).uppercased()
    }
}
