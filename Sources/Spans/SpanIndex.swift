/// Finds the spans of one trace by id: open addressing over positions, its storage reused for the
/// next trace. Several spans may have one id (the halves of a call, copies); they follow each
/// other through `next`. A message of which a link tells stands apart from the span that has the
/// link, and from the other messages of that: nobody is its child.
///
/// The hash has a key that is drawn for each process, so that chosen ids do not pile up.
@usableFromInline
package struct SpanIndex: Sendable {
    /// Position plus one; zero is free.
    @usableFromInline var slots: [UInt32] = []
    @usableFromInline var nexts: [UInt32] = []
    @usableFromInline var mask = 0
    @usableFromInline let key: UInt64
    /// Whether several spans have one id.
    @usableFromInline package var hasRepeatedIDs = false

    package init(using random: inout some RandomNumberGenerator) { key = random.next() | 1 }

    /// Of all spans of a list.
    @inlinable
    package mutating func fill(_ spans: borrowing [SpanSkeleton]) {
        let wanted = max(16, (spans.count &* 2).nextPowerOfTwo)
        if slots.count < wanted {
            slots = Array(repeating: 0, count: wanted)
        } else {
            for index in 0..<wanted { slots[index] = 0 }
        }
        mask = wanted &- 1
        hasRepeatedIDs = false
        nexts.removeAll(keepingCapacity: true)
        nexts.append(contentsOf: repeatElement(0, count: spans.count))
        for position in spans.indices {
            let id = id(of: spans[position])
            var slot = slot(of: id)
            while case let taken = slots[slot], taken != 0 {
                if self.id(of: spans[Int(taken) &- 1]) == id {
                    nexts[position] = taken
                    hasRepeatedIDs = true
                    break
                }
                slot = (slot &+ 1) & mask
            }
            slots[slot] = UInt32(truncatingIfNeeded: position &+ 1)
        }
    }

    /// The last span of an id, or nil.
    @inlinable
    package func first(of id: UInt64, in spans: borrowing [SpanSkeleton]) -> Int? {
        var slot = slot(of: id)
        while case let taken = slots[slot], taken != 0 {
            if self.id(of: spans[Int(taken) &- 1]) == id { return Int(taken) &- 1 }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Whether it is the one that `first` finds, from which `next` leads to all of its id.
    @inlinable
    package func isFirst(_ position: Int, in spans: borrowing [SpanSkeleton]) -> Bool {
        first(of: id(of: spans[position]), in: spans) == position
    }

    /// Another span of the same id, or nil.
    @inlinable
    package func next(after position: Int) -> Int? {
        let next = nexts[position]
        return next == 0 ? nil : Int(next) &- 1
    }

    @inlinable
    func id(of span: borrowing SpanSkeleton) -> UInt64 {
        span.isLinked ? span.id ^ mixed(span.parent) : span.id
    }

    @inlinable
    func slot(of id: UInt64) -> Int { Int(truncatingIfNeeded: mixed(id)) & mask }

    @inlinable
    func mixed(_ id: UInt64) -> UInt64 {
        let product = id.multipliedFullWidth(by: key)
        return product.high ^ product.low
    }
}

extension Int {
    /// The least power of two that is not less.
    @inlinable
    var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 &<< (Int.bitWidth &- (self &- 1).leadingZeroBitCount)
    }
}
