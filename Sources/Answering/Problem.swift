/// Why something that was asked for is not answered: what, where, and what to do, for an answer of
/// the API and for a line on a terminal alike.
package struct Problem: Error, Equatable, Sendable {
    package let status: Int
    package let title: String
    /// One sentence that says where, and what to do.
    package let detail: String
    /// What may have been meant.
    package var candidates: [String] = []

    package init(status: Int, title: String, detail: String) {
        self.status = status
        self.title = title
        self.detail = detail
    }

    /// A parameter that cannot be understood; the detail starts with its name.
    static func parameter(_ name: String, _ problem: String, advice: String) -> Problem {
        Problem(
            status: 400, title: "a parameter is wrong", detail: "\(name): \(problem); \(advice)")
    }
}
