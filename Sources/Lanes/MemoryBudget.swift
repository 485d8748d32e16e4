import Synchronization

/// Bytes that all lanes together may hold for requests; what does not fit is refused, not queued.
///
/// The last quarter is for small requests: a few clients that hold large ones half sent must not
/// lock out the many that send a few kilobytes.
package final class MemoryBudget: Sendable {
    package let limitBytes: Int
    private let used = Atomic<Int>(0)

    package init(limitBytes: Int) { self.limitBytes = limitBytes }

    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// What large requests may have of a budget.
    package static func largeLimitBytes(of limitBytes: Int) -> Int { limitBytes / 4 * 3 }

    package static let smallBytesMax = 256 << 10

    /// Takes bytes for a request that holds `total` with them. False when they would pass the
    /// limit: nothing is taken then.
    package func take(_ bytes: Int, of total: Int) -> Bool {
        let isSmall = total <= Self.smallBytesMax
        let limit = isSmall ? limitBytes : Self.largeLimitBytes(of: limitBytes)
        let before = used.wrappingAdd(bytes, ordering: .relaxed).oldValue
        if before + bytes <= limit { return true }
        give(bytes)
        return false
    }

    package func give(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// Bytes taken from a budget, given back when the last holder lets go.
package final class Charge: Sendable {
    private let budget: MemoryBudget
    private let bytes: Atomic<Int>

    package init(on budget: MemoryBudget) {
        self.budget = budget
        bytes = Atomic(0)
    }

    deinit { budget.give(bytes.load(ordering: .relaxed)) }

    /// For the one thread that makes the request. False when the budget has no such number of bytes left.
    package func grow(by more: Int) -> Bool {
        let total = bytes.load(ordering: .relaxed) + more
        guard budget.take(more, of: total) else { return false }
        bytes.store(total, ordering: .relaxed)
        return true
    }
}
