/// Numbers by pairs of numbers: open addressing in one array, for what is looked up for every call.
///
/// The hash has keys drawn for each table. Invariant: at most five eighths of the places are taken.
struct PairTable: Sendable {
    private struct Place {
        var high: UInt64 = 0
        var low: UInt64 = 0
        /// One more than the number; zero is free.
        var mark: UInt32 = 0
    }

    private var places: [Place]
    private var count = 0
    private var mask: Int
    private let key = (UInt64.random(in: .min ... .max) | 1, UInt64.random(in: .min ... .max) | 1)

    init(capacity: Int = 64) {
        places = Array(repeating: Place(), count: capacity)
        mask = capacity - 1
    }

    var bytes: Int { places.count * MemoryLayout<Place>.stride }

    /// The number of a pair; one that is new gets the number given.
    mutating func number(high: UInt64, low: UInt64, orNew new: UInt32) -> UInt32 {
        if let found = number(high: high, low: low) { return found }
        if (count + 1) * 8 > places.count * 5 { grow() }
        insert(Place(high: high, low: low, mark: new + 1))
        count += 1
        return new
    }

    func number(high: UInt64, low: UInt64) -> UInt32? {
        var index = start(high, low)
        while case let place = places[index], place.mark != 0 {
            if place.high == high && place.low == low { return place.mark &- 1 }
            index = (index &+ 1) & mask
        }
        return nil
    }

    /// Keeps the storage, but halves it when little of it was used.
    mutating func removeAll() {
        let isRoomy = count * 16 < places.count && places.count > 64
        let capacity = isRoomy ? places.count / 2 : places.count
        self.count = 0
        guard capacity == places.count else {
            places = Array(repeating: Place(), count: capacity)
            return mask = capacity - 1
        }
        for index in places.indices { places[index] = Place() }
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: Place(), count: old.count * 2)
        mask = places.count - 1
        for place in old where place.mark != 0 { insert(place) }
    }

    private mutating func insert(_ place: Place) {
        var index = start(place.high, place.low)
        while places[index].mark != 0 { index = (index &+ 1) & mask }
        places[index] = place
    }

    private func start(_ high: UInt64, _ low: UInt64) -> Int {
        let first = (high ^ key.1).multipliedFullWidth(by: key.0)
        let second = (first.high ^ first.low ^ low).multipliedFullWidth(by: key.1)
        return Int(truncatingIfNeeded: second.high ^ second.low) & mask
    }
}
