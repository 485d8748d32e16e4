import Charts
import Settings

extension Parameters {
    /// The only service among some that a parameter can mean; nil when it is not given. Where several
    /// differ in nothing but their type, that is the one that sends spans.
    func service(
        _ parameter: String, among keys: some Sequence<ServiceKey>
    ) throws(Problem) -> ServiceKey? {
        guard let text = try value(of: parameter) else { return nil }
        let all = Set(keys)
        let matching = all.filter { $0.matches(text) }
        guard !matching.isEmpty else { throw Self.unknown(text, of: parameter, among: all) }
        if matching.count == 1 { return matching.first }
        let services = matching.filter { $0.type == .service }
        if Set(matching.map(\.text)).count == 1, services.count == 1 { return services.first }
        throw Self.ambiguous(text, of: parameter, matching)
    }

    private static func ambiguous(
        _ text: String, of parameter: String, _ matching: Set<ServiceKey>
    ) -> Problem {
        let candidates = matching.sorted().map { "\($0.text) (\($0.type.word))" }
        let shown = candidates.prefix(10).joined(separator: ", ")
        let more = candidates.count > 10 ? " and \(candidates.count - 10) more" : ""
        var problem = Problem(
            status: 409, title: "a name is ambiguous",
            detail: "\(parameter): \(text) may be \(shown)\(more); write one of them")
        problem.candidates = candidates
        return problem
    }

    private static func unknown(
        _ text: String, of parameter: String, among keys: Set<ServiceKey>
    ) -> Problem {
        let name = text.split(separator: "/").last.map { String($0) } ?? text
        let meant = nearestName(to: name, among: keys.map(\.name))
        return Problem(
            status: 404, title: "a service is not known",
            detail: "\(parameter): there is no \(text) in this time; "
                + (meant.map { "did you mean \($0)?" } ?? "/api/v1/services lists them"))
    }
}
