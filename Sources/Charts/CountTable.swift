/// Counts by slot and code: open addressing in one array. The counts of one slot are chained, so
/// that they can be read together.
///
/// Invariant: at most five eighths of the places are taken; `heads` and `next` hold places plus one.
struct CountTable: Sendable {
    private struct Place {
        var slot: UInt32 = 0
        var code: UInt32 = 0
        var value: Int64 = 0
        /// Of the same slot; all bits when it is the last.
        var next: UInt32 = 0
        var isTaken = false
    }

    private var places: [Place]
    private var heads: [UInt32] = []
    private var count = 0
    private var mask: Int
    private var shift: UInt64
    private let key = UInt64.random(in: .min ... .max) | 1

    init(capacity: Int = 256) {
        places = Array(repeating: Place(), count: capacity)
        mask = capacity - 1
        shift = UInt64(64 - capacity.trailingZeroBitCount)
    }

    var bytes: Int { places.count * MemoryLayout<Place>.stride + heads.capacity * 4 }

    /// Slots are numbered from zero without gaps.
    mutating func addSlot() { heads.append(0) }

    mutating func add(_ value: Int64, slot: UInt32, code: UInt32) {
        var index = start(slot, code)
        while places[index].isTaken {
            if places[index].slot == slot && places[index].code == code {
                places[index].value &+= value
                return
            }
            index = (index &+ 1) & mask
        }
        count &+= 1
        insert(Place(slot: slot, code: code, value: value), at: index)
        if count &* 8 > places.count &* 5 { grow() }
    }

    /// What a slot has that is not zero, in no order.
    func forEach(slot: Int, _ use: (UInt32, Int64) -> Void) {
        var mark = heads[slot]
        while mark != 0 {
            let place = places[Int(mark) &- 1]
            if place.value != 0 { use(place.code, place.value) }
            mark = place.next
        }
    }

    /// Keeps the storage, but halves it when little of it was used.
    mutating func removeAll() {
        heads.removeAll(keepingCapacity: true)
        let isRoomy = count * 16 < places.count && places.count > 256
        let capacity = isRoomy ? places.count / 2 : places.count
        count = 0
        reset(to: capacity)
    }

    private mutating func reset(to capacity: Int) {
        if capacity == places.count {
            for index in places.indices { places[index] = Place() }
        } else {
            places = Array(repeating: Place(), count: capacity)
        }
        mask = capacity - 1
        shift = UInt64(64 - capacity.trailingZeroBitCount)
    }

    private mutating func grow() {
        let old = places
        reset(to: old.count * 2)
        for index in heads.indices { heads[index] = 0 }
        for place in old where place.isTaken {
            var index = start(place.slot, place.code)
            while places[index].isTaken { index = (index &+ 1) & mask }
            insert(place, at: index)
        }
    }

    private mutating func insert(_ place: Place, at index: Int) {
        places[index] = place
        places[index].isTaken = true
        places[index].next = heads[Int(place.slot)]
        heads[Int(place.slot)] = UInt32(truncatingIfNeeded: index &+ 1)
    }

    /// The top bits of a product: neighbouring codes scatter.
    private func start(_ slot: UInt32, _ code: UInt32) -> Int {
        Int(truncatingIfNeeded: ((UInt64(slot) &<< 32 | UInt64(code)) &* key) &>> shift)
    }
}

/// A count and what it is of.
struct CodeCount: Equatable, Sendable {
    var code: UInt32
    var value: Int64
}
