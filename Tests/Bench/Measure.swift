import CMallocCount
import Glibc

/// What a benchmark does in one pass.
struct Work {
    let spans: Int
    let bytes: Int
}

/// Runs a pass again and again, and prints what one span costs: the median and the best of several
/// rounds in CPU time of this process, and how many blocks it asks the allocator for.
func measure(_ name: String, passes: Int = 20, rounds: Int = 9, _ pass: () -> Work) {
    // The first pass fills the storage that later ones use again.
    let work = pass()
    let spans = Double(work.spans * passes)
    let allocations = malloc_count()
    var seconds: [Double] = []
    for _ in 0..<rounds {
        let start = cpuSeconds()
        for _ in 0..<passes { _ = pass() }
        seconds.append(cpuSeconds() - start)
    }
    let allocated = Double(malloc_count() - allocations) / (spans * Double(rounds))
    seconds.sort()
    let median = seconds[rounds / 2]
    print(
        row(
            name, whole(median * 1e9 / spans), whole(seconds[0] * 1e9 / spans),
            whole(Double(work.bytes * passes) / median / 1e6), thousandths(allocated)))
}

/// Runs something some times, and prints what it takes as a whole: the median and the best in
/// milliseconds of CPU time.
func time(_ name: String, rounds: Int = 30, _ run: () -> Int) {
    var seconds: [Double] = []
    for _ in 0..<rounds {
        let start = cpuSeconds()
        precondition(run() > 0, "nothing was done")
        seconds.append(cpuSeconds() - start)
    }
    seconds.sort()
    let median = thousandths(seconds[rounds / 2] * 1_000)
    print("\(name): median \(median) ms, best \(thousandths(seconds[0] * 1_000)) ms")
}

/// The heads of the columns.
func printHeads() { print(row("", "ns/span", "best", "MB/s", "allocations/span")) }

/// CPU seconds of this process so far.
func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func row(_ cells: String...) -> String {
    let widths = [28, 9, 9, 9, 18]
    return zip(cells, widths).enumerated().map { index, cell in
        let space = String(repeating: " ", count: max(1, cell.1 - cell.0.utf8.count))
        return index == 0 ? cell.0 + space : space + cell.0
    }.joined()
}

private func whole(_ number: Double) -> String { String(Int(number.rounded())) }

private func thousandths(_ number: Double) -> String {
    let rounded = Int((number * 1_000).rounded())
    let digits = String(rounded % 1_000)
    return "\(rounded / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
}
