import CLinux

/// The signals that the collector acts on, delivered to a descriptor instead of a handler. They
/// must be blocked before any thread starts, since threads inherit the mask.
package struct Signals: ~Copyable {
    package enum Signal: Sendable {
        case stop
        case reload
    }

    package let descriptor: Descriptor

    package init() throws(Errno) {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&mask, number) }
        _ = unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
        // A peer that is gone shows as an error of the write.
        clinux_ignore_signal(SIGPIPE)
        descriptor = Descriptor(
            owning: try retrying {
                unsafe signalfd(-1, &mask, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
            })
    }

    /// The next signal that came, if any.
    package func next() -> Signal? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(descriptor.raw, &info, size) == size else { return nil }
        return info.ssi_signo == UInt32(SIGHUP) ? .reload : .stop
    }
}
