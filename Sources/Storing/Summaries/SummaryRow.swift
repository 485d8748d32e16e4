package import Spans

/// What is stored of a settled trace beside its content: a line of a list of traces, and what is
/// searched by. A later row of the same trace takes the place of the one before.
package struct SummaryRow: Sendable, Equatable {
    package var trace: TraceID
    /// The last record of the journal that it covers: of two rows the one with the higher counts.
    package var through: UInt64 = 0
    package var startNanoseconds: UInt64 = 0
    package var durationNanoseconds: UInt64 = 0
    /// The number of the root's operation, or `noRoot`.
    package var root: UInt32 = Self.noRoot
    package var spans: UInt32 = 0
    /// Spans with the status ERROR.
    package var errors: UInt32 = 0
    package var flags: SummaryFlags = []

    package static let noRoot = UInt32.max

    package init(_ trace: TraceID) { self.trace = trace }
}

/// What is said of a trace as a whole.
package struct SummaryFlags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// By the rule of what counts as failed.
    package static let failed = SummaryFlags(rawValue: 1)
    /// Settled before it was complete: by age, or because memory was short.
    package static let incomplete = SummaryFlags(rawValue: 2)
    /// There was a row of this trace before. Every row but the first must have it: searches look
    /// for older rows of such traces only.
    package static let amends = SummaryFlags(rawValue: 4)
}

/// An operation that a trace has, and its slowest span there.
package struct SummaryOperation: Sendable, Equatable {
    /// A number of the names that the rows are given with; it stands for the service too.
    package var operation: UInt32
    package var slowestNanoseconds: UInt64

    package init(operation: UInt32, slowestNanoseconds: UInt64) {
        self.operation = operation
        self.slowestNanoseconds = slowestNanoseconds
    }
}

/// Rows on their way to the store, without a list of its own for each. Kept and emptied by its owner.
package struct SummaryBatch: Sendable {
    package private(set) var rows: [SummaryRow] = []
    /// Of all rows, one after the other.
    private(set) var operations: [SummaryOperation] = []
    /// Where those of each row end.
    private(set) var ends: [Int] = []

    package init() {}

    package var isEmpty: Bool { rows.isEmpty }

    /// The operations that come until the next row are of this one.
    package mutating func append(_ row: SummaryRow) {
        rows.append(row)
        ends.append(operations.count)
    }

    /// To the last row; one that it has already keeps its slowest.
    package mutating func add(_ operation: SummaryOperation) {
        for index in (ends.dropLast().last ?? 0)..<operations.count
        where operations[index].operation == operation.operation {
            operations[index].slowestNanoseconds = max(
                operations[index].slowestNanoseconds, operation.slowestNanoseconds)
            return
        }
        addNew(operation)
    }

    /// To the last row, which does not have it.
    mutating func addNew(_ operation: SummaryOperation) {
        operations.append(operation)
        ends[ends.count - 1] = operations.count
    }

    package mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        operations.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    func operations(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}
