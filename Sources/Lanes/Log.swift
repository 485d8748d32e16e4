import Synchronization

/// Log lines, one each, to standard error: text for people or JSON for machines.
///
/// A line is written with one call, so that lines of several threads do not mix. Values are escaped:
/// what a client sends can neither end a line nor reach the terminal.
package final class Log: Sendable {
    package enum Level: Int, Sendable {
        case debug, info, warning, error

        fileprivate var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    private let lowest = Atomic<Int>(Level.info.rawValue)
    private let isJSON = Atomic<Bool>(false)

    package init() {}

    package func set(level: Level, json: Bool) {
        lowest.store(level.rawValue, ordering: .relaxed)
        isJSON.store(json, ordering: .relaxed)
    }

    package func debug(_ message: String, _ values: KeyValuePairs<String, String> = [:]) {
        write(.debug, message, values)
    }

    package func info(_ message: String, _ values: KeyValuePairs<String, String> = [:]) {
        write(.info, message, values)
    }

    package func warning(_ message: String, _ values: KeyValuePairs<String, String> = [:]) {
        write(.warning, message, values)
    }

    package func error(_ message: String, _ values: KeyValuePairs<String, String> = [:]) {
        write(.error, message, values)
    }

    private func write(
        _ level: Level, _ message: String, _ values: KeyValuePairs<String, String>
    ) {
        guard level.rawValue >= lowest.load(ordering: .relaxed) else { return }
        let time = CalendarTime(nanoseconds: Clock.wallNanoseconds()).rfc3339
        writeStandardError(
            isJSON.load(ordering: .relaxed)
                ? Self.json(time, level, message, values) : Self.text(time, level, message, values))
    }

    static func text(
        _ time: String, _ level: Level, _ message: String, _ values: KeyValuePairs<String, String>
    ) -> String {
        let fields = values.map { key, value in
            let needsQuotes = value.isEmpty || value.utf8.contains { $0 <= 0x20 || $0 == 0x22 }
            return " \(key)=" + (needsQuotes ? quoted(value) : escaped(value))
        }
        return "\(time) \(level.name) \(escaped(message))\(fields.joined())\n"
    }

    static func json(
        _ time: String, _ level: Level, _ message: String, _ values: KeyValuePairs<String, String>
    ) -> String {
        let fields = values.map { key, value in ",\(quoted(key)):\(quoted(value))" }
        return "{\"time\":\"\(time)\",\"level\":\"\(level.name)\",\"message\":\(quoted(message))"
            + "\(fields.joined())}\n"
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text, quotes: true))\"" }

    /// Control characters, and those that turn the direction of a line, as JSON escapes them.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character.value {
            case 0x22, 0x5c:
                out += quotes ? "\\" : ""
                out.unicodeScalars.append(character)
            case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069:
                let digits = String(character.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
