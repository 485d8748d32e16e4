import CLinux

/// The two clocks. Code that decides by time is handed the time; only threads read these.
package enum Clock {
    /// Milliseconds that only grow; for deadlines.
    package static func monotonicMilliseconds() -> Int {
        let time = read(CLOCK_MONOTONIC)
        return Int(time.tv_sec) * 1_000 + Int(time.tv_nsec) / 1_000_000
    }

    /// Nanoseconds that only grow; for measuring.
    package static func monotonicNanoseconds() -> UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Nanoseconds since 1970, as the machine believes.
    package static func wallNanoseconds() -> UInt64 {
        let time = read(CLOCK_REALTIME)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// For threads that wait for others to end.
    package static func sleep(milliseconds: Int) {
        var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
        _ = unsafe nanosleep(&time, nil)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return time
    }
}
