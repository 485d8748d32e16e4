import Wire

/// A value as it is written in a file, a variable or a flag, before anybody knows what it means.
enum Written: Equatable, Sendable {
    case text(String)
    case list([String])

    /// Nil for a list.
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// As YAML, on one line.
    var yaml: String {
        switch self {
        case .text(let text): yamlScalar(text)
        case .list(let texts): "[\(texts.map(yamlScalar).joined(separator: ", "))]"
        }
    }
}

/// Why a value is not taken; what was expected is said by whoever knows the option.
struct Refusal: Error, Equatable {
    let problem: String

    init(_ problem: String) { self.problem = problem }

    /// Quotes what was given.
    init(_ given: String, _ problem: String) {
        self.problem = "\(shortYAMLScalar(given)) \(problem)"
    }
}

/// How the values of one kind are read, shown and limited. Invariant: what `write` gives, `read`
/// takes and makes the same value of; secrets alone are masked later, by whoever shows them.
struct ValueKind<Value: Equatable & Sendable>: Sendable {
    /// Follows "give …" in an error and stands in the documentation.
    let expects: String
    var isList = false
    var isSecret = false
    let read: @Sendable (Written) throws(Refusal) -> Value
    let write: @Sendable (Value) -> Written?
}

private let listCountMax = 256

extension ValueKind {
    /// A kind whose values are one text.
    init(
        _ expects: String, parse: @escaping @Sendable (String) throws(Refusal) -> Value,
        format: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            expects: expects,
            read: { written throws(Refusal) in
                guard let text = written.text else { throw Refusal("a list cannot stand here") }
                return try parse(text)
            },
            write: { .text(format($0)) })
    }

    /// The word `auto`, which is nil, or a value of another kind.
    static func auto<Other>(or kind: ValueKind<Other>) -> Self where Value == Other? {
        ValueKind(
            expects: "auto or \(kind.expects)",
            read: { written throws(Refusal) in
                written == .text("auto") ? nil : try kind.read(written)
            },
            write: { value in value.map(kind.write) ?? .text("auto") })
    }

    /// A value of another kind that may be left out, which is nil and cannot be written.
    static func optional<Other>(_ kind: ValueKind<Other>) -> Self where Value == Other? {
        ValueKind(
            expects: kind.expects, isSecret: kind.isSecret,
            read: { written throws(Refusal) in try kind.read(written) },
            write: { value in value.flatMap(kind.write) })
    }

    /// Several values of another kind, each once; looking for doubles takes the square of their
    /// number, hence the limit.
    static func list<Element>(of kind: ValueKind<Element>) -> Self where Value == [Element] {
        ValueKind(
            expects: "a list, each \(kind.expects)", isList: true,
            read: { written throws(Refusal) in
                guard case .list(let texts) = written else { throw Refusal("a list is wanted") }
                guard texts.count <= listCountMax else {
                    throw Refusal("the list has more than \(listCountMax) values")
                }
                var values: [Element] = []
                for text in texts {
                    let value = try kind.read(.text(text))
                    guard !values.contains(value) else { throw Refusal(text, "is listed twice") }
                    values.append(value)
                }
                return values
            },
            write: { values in .list(values.compactMap { kind.write($0)?.text }) })
    }
}

extension ValueKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        limited("a whole number", range, parse: { Int($0) }, format: { String($0) })
    }

    static func size(_ range: ClosedRange<Int>) -> Self {
        limited("a size", range, parse: byteCount(fromText:), format: sizeText)
    }

    static func duration(_ range: ClosedRange<Int>) -> Self {
        limited("a time", range, parse: millisecondCount(fromText:), format: durationText)
    }

    private static func limited(
        _ noun: String, _ range: ClosedRange<Int>, parse: @escaping @Sendable (String) -> Int?,
        format: @escaping @Sendable (Int) -> String
    ) -> Self {
        let (least, most) = (format(range.lowerBound), format(range.upperBound))
        let limits = range.upperBound == .max ? "of at least \(least)" : "from \(least) to \(most)"
        return ValueKind(
            "\(noun) \(limits)",
            parse: { text throws(Refusal) in
                guard let value = parse(text) else { throw Refusal(text, "is not \(noun)") }
                guard value >= range.lowerBound else { throw Refusal(text, "is too little") }
                guard value <= range.upperBound else { throw Refusal(text, "is too much") }
                return value
            },
            format: format)
    }
}

extension ValueKind where Value == Bool {
    static let boolean = ValueKind(
        "true or false",
        parse: { text throws(Refusal) in
            guard let value = Bool(text) else { throw Refusal(text, "is neither true nor false") }
            return value
        },
        format: { String($0) })
}

extension ValueKind where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enum.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        let last = words.last ?? ""
        return ValueKind(
            words.dropLast().joined(separator: ", ") + " or " + last,
            parse: { text throws(Refusal) in
                guard let value = Value(rawValue: text) else {
                    throw Refusal(text, "is none of the words")
                }
                return value
            },
            format: { $0.rawValue })
    }
}
