/// Finds the spans of a block by id: open addressing over positions. A search looks at so few slots
/// that chosen ids cost nothing: what is not found is written as it is.
struct SpanPlaces {
    private struct Slot {
        var id: UInt64
        var trace: UInt32
        /// `free` where there is no span.
        var ordinal: UInt32
    }

    private static let free = UInt32.max
    private static let stepsMax = 8
    private var slots: [Slot] = []
    private var shift: UInt64 = 0
    private var counts: [UInt32] = []

    /// Takes the id and the trace of each span of a block, in their order.
    mutating func fill(
        _ count: Int, traces: Int, _ span: (_ position: Int) -> (id: UInt64, trace: UInt32)
    ) {
        let wanted = max(16, (count * 2).nextPowerOfTwo)
        shift = UInt64(64 - wanted.trailingZeroBitCount)
        let empty = Slot(id: 0, trace: 0, ordinal: Self.free)
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(empty, count: wanted + Self.stepsMax))
        counts.removeAll(keepingCapacity: true)
        counts.append(contentsOf: repeatElement(0, count: traces))
        for position in 0..<count {
            let (id, trace) = span(position)
            add(Slot(id: id, trace: trace, ordinal: counts[Int(trace)]))
            counts[Int(trace)] &+= 1
        }
    }

    private mutating func add(_ slot: Slot) {
        let first = place(of: slot.id)
        for place in first..<first &+ Self.stepsMax where slots[place].ordinal == Self.free {
            slots[place] = slot
            return
        }
    }

    /// How many spans of the trace stand before one.
    func ordinal(of id: UInt64, in trace: UInt32) -> UInt32? {
        let first = place(of: id)
        for place in first..<first &+ Self.stepsMax {
            let slot = slots[place]
            if slot.ordinal == Self.free { return nil }
            if slot.id == id, slot.trace == trace { return slot.ordinal }
        }
        return nil
    }

    private func place(of id: UInt64) -> Int {
        Int(truncatingIfNeeded: (id &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
