import Glibc

/// CPU seconds of this process so far.
func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Bytes and blocks that malloc has handed out in all, by its own statistics.
func measure(_ name: String, units: Int, bytes: Int, rounds: Int = 9, _ body: () -> Void) {
    body()
    var seconds: [Double] = []
    for _ in 0..<rounds {
        let start = cpuSeconds()
        body()
        seconds.append(cpuSeconds() - start)
    }
    seconds.sort()
    let median = seconds[rounds / 2]
    print(
        "\(name): \(Int(Double(units) / median / 1e4).description)e4 spans/s, "
            + "\(Int(median * 1e9 / Double(units))) ns/span (best \(Int(seconds[0] * 1e9 / Double(units)))), "
            + "\(Int(Double(bytes) / median / 1e6)) MB/s")
}
