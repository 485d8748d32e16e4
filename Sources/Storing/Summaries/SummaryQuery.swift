package import Charts
package import Lanes

/// Which traces are looked for. Everything that is given must be true.
package struct SummaryQuery: Sendable {
    /// Of one of the trace's operations, and by the same one; nil for any.
    package var service: (@Sendable (ServiceKey) -> Bool)?
    package var operation: String?
    /// How long the slowest span of a service or operation that is asked for took, else the trace.
    package var durationNanoseconds: ClosedRange<UInt64> = 0 ... .max
    package var failed: Bool?
    /// Whether a span has the status ERROR.
    package var hasErrors: Bool?
    package var startNanoseconds: ClosedRange<UInt64> = 0 ... .max

    package init() {}

    var asksForOperations: Bool { service != nil || operation != nil }

    func matches(_ name: SummaryName?) -> Bool {
        guard let name else { return false }
        return (service?(name.service) ?? true) && (operation ?? name.operation) == name.operation
    }

    /// Whether a row may be looked for, without its operations.
    func mayMatch(_ row: SummaryRow) -> Bool {
        guard startNanoseconds.contains(row.startNanoseconds) else { return false }
        if let failed, failed != row.flags.contains(.failed) { return false }
        if let hasErrors, hasErrors != (row.errors > 0) { return false }
        return asksForOperations || durationNanoseconds.contains(row.durationNanoseconds)
    }
}

/// A trace that was found.
package struct FoundSummary: Sendable {
    package let row: SummaryRow
    /// Nil where it has no root, or its name was lost.
    package let root: SummaryName?
}

/// Where a search goes on: in a block of a partition, behind so many of its rows, the latest first.
package struct SummaryCursor: Equatable, Sendable {
    package let partition: String
    package let offset: Int
    package let rows: Int

    package init(partition: String, offset: Int, rows: Int) {
        self.partition = partition
        self.offset = offset
        self.rows = rows
    }
}

/// What a search found, the latest first.
package struct SummaryPage: Sendable {
    package internal(set) var traces: [FoundSummary] = []
    /// Nil when all was looked at.
    package internal(set) var next: SummaryCursor?
    package internal(set) var damages: [StoreDamage] = []
}
