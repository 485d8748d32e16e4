/// A value that several threads read, and that goes back to its maker when the last one is done.
///
/// Unchecked, because the compiler cannot see the rule that makes it safe: the value changes only
/// in `takeBack`, which needs the only reference there is.
package final class Shared<Value: Sendable>: @unchecked Sendable {
    private var content: Value?

    package init(_ value: consuming Value) { content = value }

    /// Reads the value; it stays while the closure runs.
    package func read<Result>(_ body: (borrowing Value) -> Result?) -> Result? {
        content.flatMap { body($0) }
    }

    /// The value, when nobody else holds it any more.
    package static func takeBack(_ shared: inout Shared<Value>) -> Value? {
        guard isKnownUniquelyReferenced(&shared) else { return nil }
        defer { shared.content = nil }
        return shared.content
    }
}
