import CLinux

/// Waits for descriptors of one thread, with epoll, level-triggered.
@safe
package struct Poller: ~Copyable {
    package struct Event {
        package let token: Int
        package let readable: Bool
        package let writable: Bool
    }

    private let epoll: Descriptor
    private var events: [epoll_event]
    private var ready = 0

    package init(eventsMax: Int = 256) throws(Errno) {
        epoll = Descriptor(owning: try retrying { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        unsafe events = Array(repeating: epoll_event(), count: eventsMax)
    }

    package func add(
        _ descriptor: Int32, token: Int, readable: Bool = true, writable: Bool = false
    ) throws(Errno) {
        try control(EPOLL_CTL_ADD, descriptor, token, readable, writable)
    }

    package func change(
        _ descriptor: Int32, token: Int, readable: Bool, writable: Bool
    ) throws(Errno) {
        try control(EPOLL_CTL_MOD, descriptor, token, readable, writable)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ token: Int, _ readable: Bool, _ writable: Bool
    ) throws(Errno) {
        var event = unsafe epoll_event()
        if readable { unsafe event.events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if writable { unsafe event.events |= EPOLLOUT.rawValue }
        unsafe event.data.u64 = UInt64(token)
        _ = try retrying { unsafe epoll_ctl(epoll.raw, operation, descriptor, &event) }
    }

    /// Waits until something happens or the time is over (-1: without an end), and tells how many
    /// events there are to look at. A hang-up or an error shows as readable: the read tells which.
    package mutating func wait(milliseconds: Int) -> Int {
        let limit = Int32(clamping: milliseconds)
        let count = unsafe epoll_wait(epoll.raw, &events, Int32(events.count), limit)
        // Interrupted by a signal: nothing happened, the caller comes again.
        ready = max(0, Int(count))
        return ready
    }

    package func event(_ index: Int) -> Event {
        let event = unsafe events[index]
        let broken = unsafe event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
        return unsafe Event(
            token: Int(event.data.u64),
            readable: event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 || broken,
            writable: event.events & EPOLLOUT.rawValue != 0 || broken)
    }
}
