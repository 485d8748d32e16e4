/// When a request counts as safe.
package enum Durability: Sendable {
    /// After the disk has it.
    case commit
    /// After the kernel has it: it survives the process, not the machine.
    case write
    /// At once. The journal does the same as for `write`; the lanes do not wait for it.
    case none
}

package struct JournalSettings: Sendable {
    package let durability: Durability
    /// How large a segment grows. One record may be larger, and has a segment alone then.
    package let segmentBytes: Int
    /// What all segments together may take.
    package let budgetBytes: Int
    /// How much is written before it is synced. Measured: 1 MiB takes 1.1 ms, 4 MiB 3.4 ms.
    package let groupBytesMax: Int
    /// Records of one lane that may be on their way.
    package let recordsOfLaneMax: Int
    /// After a fault, when a fresh segment is tried.
    package let retryMilliseconds: Int

    package init(
        durability: Durability = .commit, segmentBytes: Int = 64 << 20,
        budgetBytes: Int = 4 << 30, groupBytesMax: Int = 4 << 20, recordsOfLaneMax: Int = 1_024,
        retryMilliseconds: Int = 1_000
    ) {
        precondition(segmentBytes > 0 && groupBytesMax > 0 && recordsOfLaneMax > 0)
        self.durability = durability
        // Only whole segments are given back, so that a budget of one could never be met.
        self.segmentBytes = min(segmentBytes, max(budgetBytes / 4, 1))
        self.budgetBytes = budgetBytes
        self.groupBytesMax = min(groupBytesMax, max(self.segmentBytes / 4, 1))
        self.recordsOfLaneMax = recordsOfLaneMax
        self.retryMilliseconds = retryMilliseconds
    }
}
