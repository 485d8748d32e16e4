/// A page of metrics in the text format of Prometheus (0.0.4).
package struct MetricsPage {
    package enum Kind: String, Sendable {
        case counter, gauge
    }

    package private(set) var text = ""

    package init() {}

    /// Starts a family; its samples follow.
    package mutating func family(_ name: String, _ kind: Kind, _ sentence: String) {
        text += "# HELP \(name) \(Self.escaped(sentence, quotes: false))\n"
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    package mutating func sample(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ value: Int
    ) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var out = ""
        for character in text {
            switch character {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where quotes: out += "\\\""
            default: out.append(character)
            }
        }
        return out
    }
}
