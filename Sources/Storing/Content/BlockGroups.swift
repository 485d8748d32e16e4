/// Puts the rows of a block into runs of one resource and scope each, and numbers those that the
/// block uses.
struct BlockGroups {
    struct Run {
        var resource: Int
        var scope: Int
        var count: Int
    }

    private(set) var runs: [Run] = []
    /// Numbers in the section's pools.
    private(set) var resources: [Int] = []
    private(set) var scopes: [Int] = []
    /// Positions of the rows, run after run; within one in the order that they had.
    private(set) var order: [UInt32] = []
    private var local = Numbers()
    private var localResources = Numbers()
    private var localScopes = Numbers()
    private var next: [Int] = []

    mutating func sort(_ rows: [ContentSection.Row], _ section: ContentSection) {
        runs.removeAll(keepingCapacity: true)
        for row in rows {
            let group = local.number(of: Int(row.group))
            if group == runs.count { addRun(section.groups[Int(row.group)]) }
            runs[group].count &+= 1
        }
        next.removeAll(keepingCapacity: true)
        var place = 0
        for run in runs {
            next.append(place)
            place += run.count
        }
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: repeatElement(0, count: rows.count))
        for (position, row) in rows.enumerated() {
            let group = local.number(of: Int(row.group))
            order[next[group]] = UInt32(truncatingIfNeeded: position)
            next[group] &+= 1
        }
        resources = localResources.numbered
        scopes = localScopes.numbered
        local.removeAll()
        localResources.removeAll()
        localScopes.removeAll()
    }

    private mutating func addRun(_ group: ContentSection.Group) {
        runs.append(
            Run(
                resource: localResources.number(of: group.resource),
                scope: localScopes.number(of: group.scope), count: 0))
    }
}

/// New numbers, from zero on, for some of many old ones.
private struct Numbers {
    /// The old ones by their new ones.
    private(set) var numbered: [Int] = []
    private var new: [Int] = []

    mutating func number(of old: Int) -> Int {
        if old >= new.count {
            new.append(contentsOf: repeatElement(-1, count: old + 1 - new.count))
        }
        if new[old] < 0 {
            new[old] = numbered.count
            numbered.append(old)
        }
        return new[old]
    }

    mutating func removeAll() {
        for old in numbered { new[old] = -1 }
        numbered.removeAll(keepingCapacity: true)
    }
}
