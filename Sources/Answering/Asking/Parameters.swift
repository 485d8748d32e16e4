import Settings

/// The parameters of a call that has only some: what else is there is an error that offers the name
/// that was meant.
struct Parameters {
    private let query: QueryString

    init(_ query: QueryString, of call: String, known: [String]) throws(Problem) {
        for parameter in query.parameters where !known.contains(parameter.name) {
            let meant = nearestName(to: parameter.name, among: known)
            throw .parameter(
                parameter.name, "\(call) has no such parameter",
                advice: meant.map { "did you mean \($0)?" }
                    ?? "it has \(known.joined(separator: ", "))")
        }
        self.query = query
    }

    func values(of name: String) -> [String] {
        query.parameters.filter { $0.name == name }.map(\.value)
    }

    /// The value of a parameter that stands once or not at all.
    func value(of name: String) throws(Problem) -> String? {
        let values = values(of: name)
        guard values.count <= 1 else {
            throw .parameter(name, "is given \(values.count) times", advice: "give it once")
        }
        return values.first
    }

    /// One of some words.
    func word<Word: RawRepresentable & CaseIterable>(
        of name: String, default normal: Word
    ) throws(Problem) -> Word where Word.RawValue == String {
        guard let text = try value(of: name) else { return normal }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
            throw .parameter(name, "there is no \(text)", advice: "write \(words)")
        }
        return word
    }
}
