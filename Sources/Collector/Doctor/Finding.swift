import Answering
import Wire

/// What one check found: how bad it is, and what to do about it.
struct Finding: Equatable, Sendable {
    enum Level: Int, Comparable, Sendable {
        case ok, warning, wrong

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        /// What is wrong must catch the eye in a long list.
        var text: String {
            switch self {
            case .ok: "ok     "
            case .warning: "warning"
            case .wrong: "WRONG  "
            }
        }

        var name: String {
            switch self {
            case .ok: "ok"
            case .warning: "warning"
            case .wrong: "wrong"
            }
        }
    }

    let level: Level
    /// What was looked at.
    let subject: String
    let found: String
    /// What to do; empty when there is nothing to do.
    let advice: String

    static func ok(_ subject: String, _ found: String) -> Finding {
        Finding(level: .ok, subject: subject, found: found, advice: "")
    }

    static func warning(_ subject: String, _ found: String, advice: String) -> Finding {
        Finding(level: .warning, subject: subject, found: found, advice: advice)
    }

    static func wrong(_ subject: String, _ found: String, advice: String) -> Finding {
        Finding(level: .wrong, subject: subject, found: found, advice: advice)
    }

    /// One line; what other programs answered must neither end it nor reach the terminal.
    var line: String {
        let end = advice.isEmpty ? "" : "; \(advice)"
        return "\(level.text)  \(subject): \(found)\(end)".printable
    }
}

extension [Finding] {
    var text: String { map { $0.line + "\n" }.joined() }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("findings")
        json.beginArray()
        for finding in self {
            json.beginObject()
            json.key("level")
            json.string(finding.level.name)
            json.key("subject")
            json.string(finding.subject)
            json.key("found")
            json.string(finding.found)
            json.key("advice")
            json.string(finding.advice)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
