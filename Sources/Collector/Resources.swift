import Lanes
import Settings

/// What the collector may use of this machine, from the settings or found out.
struct Resources {
    let lanes: Int
    let memoryBytes: Int
    /// Where the figure for memory comes from, for people.
    let memorySource: String
    /// How many descriptors the process may have open.
    let descriptors: Int

    private static let memoryBytesMin = 64 << 20
    /// Descriptors that connections may not have: listeners, files, the web listener's own.
    private static let descriptorsKept = 512

    init(_ settings: Settings) {
        let machine = Machine.look()
        lanes = settings.lanes ?? machine.processors
        memoryBytes = settings.memoryBytes ?? max(Self.memoryBytesMin, machine.memoryBytes / 2)
        memorySource = settings.memoryBytes == nil ? "half of \(machine.memorySource)'s" : "as set"
        descriptors = Machine.raiseDescriptorLimit()
    }

    /// What requests under way may hold together; the rest is for the program, its pools and the
    /// recent spans.
    var requestBytes: Int { memoryBytes / 2 }

    /// What open traces and those that can still be amended may take, in each lane.
    var traceBytesOfLane: Int { memoryBytes * 3 / 8 / lanes }

    /// What the windows of all edges and services may take.
    var ledgerBytes: Int { memoryBytes / 8 }

    /// What one request may hold: bodies grow by powers of two, within the part of the budget that
    /// large ones may have.
    var bodyBytesMax: Int {
        let most = MemoryBudget.largeLimitBytes(of: requestBytes)
        return 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    }

    /// The limits on connections, lowered to what there are descriptors for.
    func bounded(_ limits: LimitSettings) -> LimitSettings {
        var limits = limits
        let most = max(16, descriptors - Self.descriptorsKept)
        limits.connections = min(limits.connections, most)
        limits.connectionsPerAddress = min(limits.connectionsPerAddress, most)
        return limits
    }
}
