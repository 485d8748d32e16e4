import Synchronization

/// Numbers that one thread counts and any other may read: a plain add for the owner, and each
/// number is whole for the readers. Which number is which is said by the room that counts.
@safe
package final class Counters: @unchecked Sendable {
    // Unchecked for the pointer; every access to what it points at is atomic.
    private let values: UnsafeMutablePointer<Atomic<Int>>
    package let count: Int

    package init(count: Int) {
        self.count = count
        unsafe values = .allocate(capacity: count)
        for index in 0..<count { unsafe (values + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe values.deinitialize(count: count)
        unsafe values.deallocate()
    }

    /// For the owning thread only: two threads would lose each other's counts.
    package func add(_ amount: Int, at index: Int) {
        precondition(index >= 0 && index < count)
        let now = unsafe values[index].load(ordering: .relaxed)
        unsafe values[index].store(now &+ amount, ordering: .relaxed)
    }

    package func read(_ index: Int) -> Int {
        precondition(index >= 0 && index < count)
        return unsafe values[index].load(ordering: .relaxed)
    }
}
