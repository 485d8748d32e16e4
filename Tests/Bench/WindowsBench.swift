import Charts
import Glibc
import Lanes
import Storing

/// Windows on disk: what a second's commit costs with 10,000 edges active, a start with a day of
/// windows, and an hour put together from disk.
func benchWindows(_ bodies: Bodies) {
    do {
        try benchCommits()
        try benchStart()
        try benchStoredHour()
    } catch {
        print("windows: \(error)")
    }
}

private func benchCommits() throws {
    let shelf = try BenchShelf(edges: 10_000)
    var bench = try shelf.open()
    var seconds: [Double] = []
    var bytes = 0
    let start = 1_700_000_000
    for second in start..<(start + 120) {
        for number in 0..<100_000 {
            bench.lane.count(number, endNanoseconds: UInt64(second) * 1_000_000_000)
        }
        bench.handOver(nowSeconds: second)
        let began = wallSeconds()
        bytes += try bench.commit(nowSeconds: second)
        seconds.append(wallSeconds() - began)
    }
    seconds.sort()
    print(
        "commit of a second, 10,000 edges and 100,000 calls: median "
            + "\(milliseconds(seconds[60])) ms, worst \(milliseconds(seconds[119])) ms, "
            + "\(bytes / 120) bytes written")
    let began = wallSeconds()
    _ = consume bench
    bench = try shelf.open()
    print("start with its log of windows: \(milliseconds(wallSeconds() - began)) ms")
}

private func benchStart() throws {
    let shelf = try BenchShelf(edges: 1_000)
    var bench = try shelf.open()
    let day = 1_699_920_000
    for minute in 0..<1_440 {
        let second = day + minute * 60 + 59
        bench.lane.countMinute(endingAt: UInt64(second))
        bench.handOver(nowSeconds: second)
        _ = try bench.commit(nowSeconds: second)
    }
    print("bytes of a day of 1,000 edges, 30 buckets a minute each: \(bench.store.bytes)")
    let began = wallSeconds()
    _ = consume bench
    bench = try shelf.open()
    print("start with a day of 1,000 edges: \(milliseconds(wallSeconds() - began)) ms")
    var query = ChartQuery(
        window: ChartWindow(from: Int64(day), to: Int64(day) + 86_400))
    time("the day of 1,000 edges from disk", rounds: 5) { bench.ledger.edges(query).rows.count }
    query.window = ChartWindow(from: Int64(day) + 3_600, to: Int64(day) + 7_200)
    time("an hour of 1,000 edges from disk", rounds: 20) { bench.ledger.edges(query).rows.count }
    query.step = 60
    time("the same by the minute", rounds: 5) { bench.ledger.edges(query).rows.count }
}

private func benchStoredHour() throws {
    let shelf = try BenchShelf(edges: 10_000)
    var bench = try shelf.open()
    let hour = 1_699_999_200
    for minute in -5..<80 {
        let second = hour + minute * 60 + 59
        bench.lane.countMinute(endingAt: UInt64(second))
        bench.handOver(nowSeconds: second)
        _ = try bench.commit(nowSeconds: second)
    }
    print("bytes of 85 minutes of 10,000 edges: \(bench.store.bytes)")
    bench = try shelf.open()
    var query = ChartQuery(
        window: ChartWindow(from: Int64(hour) + 300, to: Int64(hour) + 3_900))
    time("an hour of 10,000 edges from disk", rounds: 10) { bench.ledger.edges(query).rows.count }
    query.window = ChartWindow(from: Int64(hour), to: Int64(hour) + 3_600)
    time("the same, whole blocks", rounds: 10) { bench.ledger.edges(query).rows.count }
}

/// A folder that is gone with its owner.
private struct BenchShelf: ~Copyable {
    let folder: DataDirectory
    private let edges: Int

    init(edges: Int) throws {
        folder = try DataDirectory(making: "/tmp/portolan-bench-\(UInt64.random(in: 0 ... .max))")
        self.edges = edges
    }

    func open() throws -> BenchWindows { try BenchWindows(in: folder, edges: edges) }

    deinit {
        let windows = try? DataDirectory(making: folder.file("windows"))
        for name in (try? windows?.names()) ?? [] { try? windows?.remove(name) }
        for name in (try? folder.names()) ?? [] { try? folder.remove(name) }
        _ = unsafe rmdir(folder.file("windows"))
        _ = unsafe rmdir(folder.path)
    }
}

private struct BenchWindows: ~Copyable {
    var catalogue: Catalogue
    var ledger: ChartLedger
    let store: WindowStore
    var lane: ChartsLane
    private var parcel = ChartParcel()

    init(in folder: DataDirectory, edges: Int) throws {
        var limits = ChartLimits()
        limits.ledgerBytes = 64 << 20
        let catalogue = try Catalogue.open(in: folder)
        var ledger = ChartLedger(limits: limits, lanes: 1)
        store = try WindowStore.open(
            in: folder, catalogue, settings: WindowSettings(), into: &ledger)
        self.catalogue = catalogue
        self.ledger = ledger
        lane = ChartsLane(edges: edges)
    }

    mutating func handOver(nowSeconds: Int) {
        parcel.fill(from: &lane.delta, names: &lane.names)
        ledger.take(&parcel, fromLane: 0)
        ledger.tick(nowSeconds: Int64(nowSeconds))
    }

    /// Returns how many bytes were written to files of windows.
    mutating func commit(nowSeconds: Int) throws -> Int {
        var change = CatalogueChange()
        let before = store.bytes
        try store.prepare(
            &ledger, commit: catalogue.nextCommit, nowSeconds: Int64(nowSeconds), into: &change)
        try catalogue.commit(change)
        store.committed(&ledger)
        return max(0, store.bytes - before)
    }
}

private func wallSeconds() -> Double { Double(Clock.wallNanoseconds()) / 1e9 }

private func milliseconds(_ seconds: Double) -> Double { (seconds * 100_000).rounded() / 100 }
