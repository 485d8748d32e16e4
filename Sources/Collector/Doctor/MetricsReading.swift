/// A page of metrics in the text format of Prometheus, read. What is not a sample with a whole
/// number is passed over.
struct MetricsReading: Equatable, Sendable {
    struct Sample: Equatable, Sendable {
        let name: String
        let labels: [String: String]
        let value: Int
    }

    let samples: [Sample]

    init(_ page: String) {
        samples = page.split(separator: "\n").compactMap { line in
            line.hasPrefix("#") ? nil : Sample(line)
        }
    }

    func samples(of name: String) -> [Sample] { samples.filter { $0.name == name } }

    /// Over all labels.
    func total(_ name: String) -> Int { samples(of: name).reduce(0) { $0 &+ $1.value } }
}

extension MetricsReading.Sample {
    fileprivate init?(_ line: Substring) {
        let name = line.prefix { $0 != "{" && $0 != " " }
        var rest = line[name.endIndex...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while let label = Self.label(&rest) { labels[label.name] = label.value }
            guard rest.first == "}" else { return nil }
            rest = rest.dropFirst()
        }
        guard !name.isEmpty, rest.first == " ", let value = Int(rest.dropFirst()) else {
            return nil
        }
        self.init(name: String(name), labels: labels, value: value)
    }

    /// `name="value"` and the comma behind it.
    private static func label(_ rest: inout Substring) -> (name: String, value: String)? {
        let name = rest.prefix { $0 != "=" && $0 != "}" }
        var text = rest[name.endIndex...]
        guard !name.isEmpty, text.hasPrefix("=\"") else { return nil }
        text = text.dropFirst(2)
        var value = ""
        while let character = text.popFirst(), character != "\"" {
            guard character == "\\" else {
                value.append(character)
                continue
            }
            guard let escaped = text.popFirst() else { return nil }
            value.append(escaped == "n" ? "\n" : escaped)
        }
        if text.first == "," { text = text.dropFirst() }
        rest = text
        return (String(name), value)
    }
}
