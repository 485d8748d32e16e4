package import Spans

extension TraceID {
    /// Eight bytes that tell a trace in an index, spread evenly whatever the ids are like. It is
    /// part of the format of files: it never changes.
    package var fingerprint: UInt64 {
        let product = (high ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
            by: low ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}

/// Numbers for traces, in the order in which they come. Open addressing; the hash has a key that is
/// drawn for each process, so that nobody who chooses ids can pile them up.
struct TraceNumbers {
    private(set) var ids: [TraceID] = []
    private var slots: [UInt32]
    private let hash: TraceHash

    init(using random: inout some RandomNumberGenerator) {
        hash = TraceHash(using: &random)
        slots = Array(repeating: 0, count: 1 << 12)
    }

    mutating func number(of id: TraceID) -> Int {
        var place = place(of: id)
        while case let taken = slots[place], taken != 0 {
            if ids[Int(taken) &- 1] == id { return Int(taken) &- 1 }
            place = (place &+ 1) & (slots.count &- 1)
        }
        ids.append(id)
        slots[place] = UInt32(ids.count)
        if ids.count * 2 > slots.count { grow() }
        return ids.count - 1
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        for place in slots.indices { slots[place] = 0 }
    }

    private func place(of id: TraceID) -> Int {
        Int(truncatingIfNeeded: hash.hash(id)) & (slots.count &- 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (number, id) in ids.enumerated() {
            var place = place(of: id)
            while slots[place] != 0 { place = (place &+ 1) & (slots.count &- 1) }
            slots[place] = UInt32(number + 1)
        }
    }
}
