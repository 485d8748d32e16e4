import CLinux
import Synchronization

/// Wakes a parked thread: others ring it after they have put something where the thread looks.
///
/// The thread says `park`, looks at its rings once more, and only then waits for the bell's
/// descriptor. Whoever rings writes to the descriptor only when the thread is parked, so that a
/// busy thread costs its neighbours one atomic load.
package final class Bell: Sendable {
    private let event: Descriptor
    private let parked = Atomic<Bool>(false)

    package init() throws(Errno) {
        event = Descriptor(
            owning: try retrying { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) })
    }

    /// What the thread's poller waits for.
    package var descriptor: Int32 { event.raw }

    package func park() {
        parked.store(true, ordering: .sequentiallyConsistent)
        // Looking at the rings must not move before this; the fence in `ring` is its other half.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// Called by the thread when it is awake again.
    package func unpark() {
        parked.store(false, ordering: .sequentiallyConsistent)
    }

    /// Called by the thread when the poller shows the bell's descriptor.
    package func silence() {
        var count: UInt64 = 0
        _ = unsafe CLinux.read(event.raw, &count, MemoryLayout<UInt64>.size)
    }

    /// For a thread that waits for nothing else: until the bell rings, or the time is over (-1:
    /// without an end).
    package func wait(milliseconds: Int) {
        var waiting = pollfd(fd: event.raw, events: Int16(POLLIN), revents: 0)
        if unsafe poll(&waiting, 1, Int32(clamping: milliseconds)) > 0 { silence() }
        unpark()
    }

    package func ring() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard parked.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        _ = unsafe CLinux.write(event.raw, &one, MemoryLayout<UInt64>.size)
    }
}
