import Synchronization

/// Bytes that all lanes together may hold for requests; what does not fit is refused, not queued.
package final class MemoryBudget: Sendable {
    package let limitBytes: Int
    private let used = Atomic<Int>(0)

    package init(limitBytes: Int) { self.limitBytes = limitBytes }

    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// False when that many bytes more would pass the limit: nothing is taken then.
    package func take(_ bytes: Int) -> Bool {
        let before = used.wrappingAdd(bytes, ordering: .relaxed).oldValue
        if before + bytes <= limitBytes { return true }
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

    /// False when the budget has no such number of bytes left.
    package func grow(by more: Int) -> Bool {
        guard budget.take(more) else { return false }
        bytes.wrappingAdd(more, ordering: .relaxed)
        return true
    }
}
