/// What a lane needs to hold request bodies: its pool of arrays, and the budget of all lanes.
package struct BodyMemory {
    package let pool: BufferPool
    package let budget: MemoryBudget

    package init(pool: BufferPool, budget: MemoryBudget) {
        self.pool = pool
        self.budget = budget
    }
}

/// The bytes of a request as they come: grows only as far as bytes are there to fill it, in steps,
/// and charges every step to the memory budget.
/// Invariant: `count <= bytes.count`, and `charge` covers `bytes.count`.
package struct BodyBuffer {
    package private(set) var bytes: [UInt8] = []
    package private(set) var count = 0
    private var charge: Charge?

    /// Whoever announces a large body has room for four times what it has sent, not for all of it:
    /// thousands that send a byte and wait must not use up the memory.
    private static let aheadFactor = 4
    private static let firstBytes = 4 << 10

    package init() {}

    /// Makes room for some more bytes; `expected` is what the sender announces in all. False when
    /// the budget has no such room.
    package mutating func reserve(_ more: Int, expected: Int, _ memory: BodyMemory) -> Bool {
        let needed = count + more
        guard needed > bytes.count else { return true }
        let wanted = min(max(expected, needed), max(Self.aheadFactor * needed, Self.firstBytes))
        let size = BufferPool.size(for: max(needed, wanted))
        let charge = charge ?? Charge(on: memory.budget)
        guard charge.grow(by: size - bytes.count) else { return false }
        self.charge = charge
        var larger = memory.pool.take(atLeast: size)
        if count > 0 {
            let old = bytes
            let kept = count
            unsafe larger.withUnsafeMutableBufferPointer { to in
                unsafe old.withUnsafeBufferPointer { from in
                    if let target = to.baseAddress, let source = from.baseAddress {
                        unsafe target.update(from: source, count: kept)
                    }
                }
            }
        }
        swap(&bytes, &larger)
        memory.pool.give(larger)
        return true
    }

    /// Room that is reserved and not filled.
    package var room: Int { bytes.count - count }

    /// Appends a part of an array; the room must be reserved.
    package mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        precondition(range.upperBound <= source.count && range.count <= room)
        unsafe source.withUnsafeBufferPointer { from in
            guard let start = from.baseAddress else { return }
            unsafe append(start + range.lowerBound, count: range.count)
        }
    }

    /// Appends bytes that lie somewhere; the room must be reserved.
    @unsafe
    package mutating func append(_ source: UnsafePointer<UInt8>, count more: Int) {
        precondition(more <= room)
        let place = count
        unsafe bytes.withUnsafeMutableBufferPointer { to in
            if let start = to.baseAddress {
                unsafe (start + place).update(from: source, count: more)
            }
        }
        count += more
    }

    /// Reads from a stream straight into the reserved room.
    package mutating func fill<Failure: Error>(
        most: Int, from read: (inout [UInt8], Int, Int) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let got = try read(&bytes, count, min(most, room))
        count += got
        return got
    }

    /// Gives the bytes away, with what they cost; the buffer is empty then.
    package mutating func take() -> (bytes: [UInt8], count: Int, charge: Charge?) {
        defer { self = BodyBuffer() }
        return (bytes, count, charge)
    }

    /// Gives the array back to the pool.
    package mutating func clear(_ memory: BodyMemory) {
        if !bytes.isEmpty { memory.pool.give(bytes) }
        self = BodyBuffer()
    }
}
