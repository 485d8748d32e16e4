import Wire

/// When a call counts as failed.
package struct FailedSettings: Equatable, Sendable {
    package var rule = FailedRule.classes
    package var services: [ServiceRule] = []

    /// A service with a rule of its own.
    package struct ServiceRule: Equatable, Sendable {
        package var name: String
        package var rule: FailedRule
    }
}

package enum FailedRule: String, CaseIterable, Sendable {
    /// Its class is fault.
    case classes
    /// The status of either half is ERROR.
    case status
}

/// Spans that are kept out of edges and signals: all that is given must match.
package struct ExcludeSetting: Equatable, Sendable {
    package var service: String?
    package var operation: String?
    package var kind: SpanKindWord?
    package var attribute: Attribute?

    package struct Attribute: Equatable, Sendable {
        package var name: String
        package var value: String
    }
}

package enum SpanKindWord: String, CaseIterable, Sendable {
    case `internal`, server, client, producer, consumer
}

extension OptionTable {
    static let counting: [Option] = [
        Option(
            "failed.rule", \.failed.rule, .choice, default: .classes, change: .restart,
            "When a call failed: when its class is fault, or when the status of a half is ERROR."),
        Option(
            "failed.services", \.failed.services, .list(of: .serviceRule), default: [],
            change: .restart, "Services with a rule of their own, as NAME=classes or NAME=status."),
        Option(
            "exclude", \.exclude, .list(of: .exclude), default: [], change: .restart,
            "Spans to keep out of edges and signals: conditions joined by `and`, of service=, "
                + "operation=, kind= and attribute.NAME=; * stands for any characters."),
        Option(
            "dimensions", \.dimensions, .list(of: .text("the name of a resource attribute")),
            default: ["service.version"], change: .restart,
            "Resource attributes that figures are kept by beside the service; four at most."),
    ]
}

extension ValueKind where Value == FailedSettings.ServiceRule {
    static let serviceRule = ValueKind(
        "NAME=classes or NAME=status",
        parse: { text throws(Refusal) in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty,
                let rule = FailedRule(rawValue: String(parts[1]))
            else { throw Refusal(text, "is not NAME=classes or NAME=status") }
            return FailedSettings.ServiceRule(name: String(parts[0]), rule: rule)
        },
        format: { "\($0.name)=\($0.rule.rawValue)" })
}

extension ValueKind where Value == ExcludeSetting {
    static let exclude = ValueKind(
        "conditions such as kind=server and operation=GET /health*",
        parse: { text throws(Refusal) in
            var rule = ExcludeSetting()
            for part in text.split(separator: " and ", omittingEmptySubsequences: false) {
                let words = part.split(separator: "=", maxSplits: 1)
                guard words.count == 2 else { throw Refusal(text, "has a condition without =") }
                try rule.add(
                    String(words[0].trimmingBlanks()), String(words[1].trimmingBlanks()))
            }
            return rule
        },
        format: { $0.text })
}

extension ExcludeSetting {
    fileprivate mutating func add(_ name: String, _ value: String) throws(Refusal) {
        let prefix = "attribute."
        switch name {
        case "service": service = value
        case "operation": operation = value
        case "kind":
            guard let word = SpanKindWord(rawValue: value) else {
                let words = SpanKindWord.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(value, "is no kind; \(words) are")
            }
            kind = word
        case _ where name.hasPrefix(prefix) && name.count > prefix.count:
            attribute = Attribute(name: String(name.dropFirst(prefix.count)), value: value)
        default:
            throw Refusal(
                name, "is no condition; service, operation, kind and attribute.NAME are")
        }
    }

    fileprivate var text: String {
        var parts: [String] = []
        if let service { parts.append("service=\(service)") }
        if let operation { parts.append("operation=\(operation)") }
        if let kind { parts.append("kind=\(kind.rawValue)") }
        if let attribute { parts.append("attribute.\(attribute.name)=\(attribute.value)") }
        return parts.joined(separator: " and ")
    }
}
