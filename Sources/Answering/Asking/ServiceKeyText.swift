package import Charts
import Settings

/// A service key as text: `environment/namespace/name`, each part URL-encoded; parts in front may be
/// left out where the rest is clear.
package struct ServiceKeyText: Equatable, Sendable {
    private let whole: String
    /// One to three, the name last; nil when the text is no key in parts.
    private let parts: [String]?

    package init(_ text: String) {
        whole = text
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentCoding.decoded($0.utf8) }
        self.parts = parts.count <= 3 && !parts.contains(nil) ? parts.compactMap { $0 } : nil
    }

    /// All three parts, so that it is clear everywhere.
    package static func text(of key: ServiceKey) -> String {
        [key.environment, key.namespace, key.name].map(PercentCoding.encoded)
            .joined(separator: "/")
    }

    /// A name is also taken as it is, with whatever is in it.
    package func matches(_ key: ServiceKey) -> Bool {
        if key.name == whole { return true }
        guard let parts else { return false }
        return [key.environment, key.namespace, key.name].suffix(parts.count)
            .elementsEqual(parts)
    }

    /// The only key that the text can mean. Where several differ in nothing but their type, that is
    /// the service.
    func resolved(
        among keys: some Sequence<ServiceKey>, for parameter: String
    ) throws(Problem) -> ServiceKey {
        let all = Set(keys)
        let matching = all.filter(matches)
        if let only = matching.first, matching.count == 1 { return only }
        guard !matching.isEmpty else { throw unknown(among: all, for: parameter) }
        let services = matching.filter { $0.type == .service }
        let texts = Set(matching.map(Self.text))
        if texts.count == 1, let only = services.first, services.count == 1 { return only }
        var problem = Problem(
            status: 409, title: "a name is ambiguous",
            detail: "\(parameter): \(whole) may be \(Self.list(matching)); write one of them")
        problem.candidates = matching.map(Self.text).sorted()
        throw problem
    }

    private static func list(_ keys: Set<ServiceKey>) -> String {
        let named = keys.sorted().map { "\(text(of: $0)) (\($0.type.word))" }
        let shown = named.prefix(10).joined(separator: ", ")
        return named.count > 10 ? "\(shown) and \(named.count - 10) more" : shown
    }

    private func unknown(among keys: Set<ServiceKey>, for parameter: String) -> Problem {
        let name = parts?.last ?? whole
        let meant = nearestName(to: name, among: keys.map(\.name))
        return Problem(
            status: 404, title: "a service is not known",
            detail: "\(parameter): there is no \(whole) in this time; "
                + (meant.map { "did you mean \($0)?" } ?? "/api/v1/services lists them"))
    }
}
