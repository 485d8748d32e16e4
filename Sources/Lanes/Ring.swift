import Synchronization

/// A bounded queue from one thread to one other; a full ring hands the item back.
///
/// Invariant: `taken <= put <= taken + capacity`; both only grow. Only the sender changes `put`,
/// only the receiver `taken`.
///
/// Unchecked, because the compiler cannot see that a slot belongs to one side at a time: the
/// sender owns it until `put` passes it, the receiver until `taken` does.
@safe
package final class Ring<Item: Sendable>: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<Item>
    package let capacity: Int
    private let put = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)

    package init(capacity: Int) {
        self.capacity = capacity
        unsafe slots = .allocate(capacity: capacity)
    }

    deinit {
        while pop() != nil {}
        unsafe slots.deallocate()
    }

    package var count: Int {
        max(0, put.load(ordering: .acquiring) - taken.load(ordering: .acquiring))
    }

    /// Whether the sender can put one more; stays true until it does.
    package var hasRoom: Bool {
        put.load(ordering: .relaxed) - taken.load(ordering: .acquiring) < capacity
    }

    /// Nil when taken in, the item when the ring is full. For the sender only.
    package func push(_ item: Item) -> Item? {
        let place = put.load(ordering: .relaxed)
        guard place - taken.load(ordering: .acquiring) < capacity else { return item }
        unsafe (slots + place % capacity).initialize(to: item)
        put.store(place + 1, ordering: .releasing)
        return nil
    }

    /// For the receiver only.
    package func pop() -> Item? {
        let place = taken.load(ordering: .relaxed)
        guard place < put.load(ordering: .acquiring) else { return nil }
        let item = unsafe (slots + place % capacity).move()
        taken.store(place + 1, ordering: .releasing)
        return item
    }
}
