import Spans

/// From a trace's id to the number of its entry: open addressing with a keyed hash, so that nobody
/// who chooses ids can pile them up. A slot holds the upper half of the hash beside the number, so
/// that growing and most misses look at nothing else.
struct TraceIndex {
    /// Upper half of the hash, then number plus one; zero is free.
    private var slots: [UInt64]
    private var count = 0
    private var mask: Int { slots.count - 1 }
    private static let emptySlots = 1 << 10

    init() { slots = Array(repeating: 0, count: Self.emptySlots) }

    var bytes: Int { slots.count * MemoryLayout<UInt64>.stride }
    /// At two thirds.
    private var isFull: Bool { (count + 1) * 3 > slots.count * 2 }

    /// What one more would add.
    var bytesOfNext: Int { isFull ? bytes : 0 }

    /// The entry of a hash that a closure says is the right one.
    func find(_ hash: UInt64, _ isRight: (UInt32) -> Bool) -> UInt32? {
        var slot = Self.place(hash, mask)
        while slots[slot] != 0 {
            let entry = Self.entry(slots[slot])
            if slots[slot] >> 32 == hash >> 32, isRight(entry) { return entry }
            slot = (slot + 1) & mask
        }
        return nil
    }

    mutating func add(_ hash: UInt64, _ entry: UInt32) {
        if isFull { grow() }
        put((hash & ~0xffff_ffff) | UInt64(entry + 1))
        count += 1
    }

    /// Takes out one that is in; those that were pushed behind it move up.
    mutating func remove(_ hash: UInt64, _ entry: UInt32) {
        var hole = Self.place(hash, mask)
        while Self.entry(slots[hole]) != entry || slots[hole] >> 32 != hash >> 32 {
            guard slots[hole] != 0 else { return }
            hole = (hole + 1) & mask
        }
        var next = (hole + 1) & mask
        while slots[next] != 0 {
            let home = Self.place(slots[next], mask)
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = 0
        count -= 1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 { put(slot) }
    }

    private mutating func put(_ value: UInt64) {
        var slot = Self.place(value, mask)
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = value
    }

    /// Only the upper half says where: it is all that a slot remembers.
    private static func place(_ hash: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: hash >> 32) & mask
    }

    /// Of a free slot a number that nobody has.
    private static func entry(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot) &- 1 }
}
