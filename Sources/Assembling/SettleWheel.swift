/// Which traces to look at, by the tenth of a second: a ring of lists through the traces' entries.
/// An entry is in it at most once; what comes later only moves the time at which it is looked at
/// again.
struct SettleWheel {
    private var heads = [UInt32](repeating: none, count: Self.ticks)
    /// The tick that is due next.
    private var cursor = 0
    private var count = 0

    static let none = UInt32.max
    static let tickMilliseconds = 100
    /// Longer than the longest wait.
    private static let ticks = 1_024

    /// Puts an entry into the list of its time; returns the entry that follows it there.
    mutating func push(_ entry: UInt32, dueMilliseconds: Int) -> UInt32 {
        let due = dueMilliseconds / Self.tickMilliseconds + 1
        let tick = min(max(due, cursor), cursor + Self.ticks - 1) % Self.ticks
        let next = heads[tick]
        heads[tick] = entry
        count += 1
        return next
    }

    /// Takes the list of the next tick that is due, if any is.
    mutating func popDue(nowMilliseconds: Int) -> UInt32? {
        let now = nowMilliseconds / Self.tickMilliseconds
        if count == 0 { cursor = max(cursor, now) }
        while cursor <= now {
            let head = heads[cursor % Self.ticks]
            if head != Self.none {
                heads[cursor % Self.ticks] = Self.none
                return head
            }
            cursor += 1
        }
        return nil
    }

    /// Takes the earliest list, whether due or not.
    mutating func popEarliest() -> UInt32? {
        guard count > 0 else { return nil }
        for tick in cursor..<cursor + Self.ticks where heads[tick % Self.ticks] != Self.none {
            let head = heads[tick % Self.ticks]
            heads[tick % Self.ticks] = Self.none
            return head
        }
        return nil
    }

    /// Tells that an entry of a popped list was dealt with.
    mutating func popped() { count -= 1 }
}
