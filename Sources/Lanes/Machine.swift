import CLinux

/// What this process may use: the smaller of what the machine has and what a cgroup allows.
package struct Machine: Sendable {
    /// Bytes of memory, and where the figure comes from.
    package let memoryBytes: Int
    package let memorySource: String
    package let processors: Int

    package static func look() -> Machine {
        let physical = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
        let cgroups = Cgroups(own: contents("/proc/self/cgroup"))
        let limit = cgroups.memoryFiles.compactMap { number(contents($0)) }.min()
        let quota = cgroups.quotas(contents).min()
        let affinity = Int(clinux_affinity_count())
        return Machine(
            memoryBytes: min(physical, limit ?? physical),
            memorySource: limit.map { $0 < physical } ?? false ? "the cgroup" : "the machine",
            processors: max(1, min(affinity, quota ?? affinity)))
    }

    /// Resident bytes of this process now.
    package static func residentBytes() -> Int {
        let fields = contents("/proc/self/statm").split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Blocks of over a mebibyte go back to the system when they are freed. By itself malloc raises
    /// that border to 32 MiB after the first large block, and then keeps what large requests took.
    package static func giveBackLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
        _ = mallopt(M_ARENA_MAX, 4)
    }

    /// Lets the process open as many descriptors as it is ever allowed, and tells how many.
    package static func raiseDescriptorLimit() -> Int { Int(clinux_raise_descriptors()) }

    private static func contents(_ path: String) -> String { (try? readFileText(path)) ?? "" }

    /// `max`, and whatever else is not a number, is no limit.
    private static func number(_ text: String) -> Int? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }
}

/// The files that say what a cgroup allows, of version 1 and 2, from the process's own group up to
/// the root: a limit anywhere on the way holds.
struct Cgroups {
    private(set) var memoryFiles: [String] = []
    private var quotaFolders: [(path: String, version: Int)] = []

    /// `own` is the content of `/proc/self/cgroup`.
    init(own: String) {
        for line in own.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",")
            for folder in Self.upwards(String(parts[2])) {
                if parts[1].isEmpty {
                    memoryFiles.append("/sys/fs/cgroup\(folder)/memory.max")
                    quotaFolders.append(("/sys/fs/cgroup\(folder)", 2))
                } else if controllers.contains("memory") {
                    memoryFiles.append("/sys/fs/cgroup/memory\(folder)/memory.limit_in_bytes")
                } else if controllers.contains("cpu") {
                    quotaFolders.append(("/sys/fs/cgroup/cpu\(folder)", 1))
                }
            }
        }
    }

    /// A path and all above it: `/a/b`, `/a`, and the root.
    private static func upwards(_ path: String) -> [String] {
        var parts = path.split(separator: "/")
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders + [""]
    }

    /// Whole processors that the quotas allow, rounded up.
    func quotas(_ contents: (String) -> String) -> [Int] {
        quotaFolders.compactMap { folder, version in
            let text =
                version == 2
                ? contents("\(folder)/cpu.max")
                : contents("\(folder)/cpu.cfs_quota_us") + " "
                    + contents("\(folder)/cpu.cfs_period_us")
            let numbers = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
            guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
                period > 0
            else { return nil }
            return (quota - 1) / period + 1
        }
    }
}
