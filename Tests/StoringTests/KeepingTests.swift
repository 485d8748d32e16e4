import Charts
import Lanes
import MadeCalls
import Testing

@testable import Storing

@Suite struct `The retention of traces` {
    private static func file(
        _ kind: StoredKind, _ name: String, last: Int64, bytes: Int
    ) -> StoredFile {
        var file = StoredFile(kind, name)
        file.lastSecond = last
        file.committedBytes = bytes
        return file
    }

    private static let files = [
        file(.content, "c1", last: 100, bytes: 50), file(.content, "c2", last: 200, bytes: 50),
        file(.content, "c3", last: 300, bytes: 50), file(.summaries, "s1", last: 150, bytes: 10),
        file(.summaries, "s2", last: 300, bytes: 10),
    ]

    @Test(arguments: [
        (1_000, 1_000, 300, []), (150, 1_000, 300, ["c1"]), (149, 1_000, 300, ["c1", "s1"]),
        (0, 1_000, 10_000, ["c1", "s1", "c2"]),
        (1_000, 169, 300, ["c1"]), (1_000, 115, 300, ["c1", "s1"]),
        (1_000, 0, 300, ["c1", "s1", "c2"]),
    ])
    func `lets go of what is too old or too much, the oldest first and never the newest`(
        keep: Int64, bytes: Int, now: Int64, expired: [String]
    ) {
        let retention = TraceRetention(keepSeconds: keep, bytesMax: bytes)
        let names = retention.expired(Self.files.shuffled(), nowSeconds: now).map(\.name)
        #expect(names == expired)
    }
}

@Suite struct `The room on a disk` {
    @Test func `is told full below its least, and open again a quarter above it`() {
        var room = DiskRoom(leastBytes: 1_000, diskBytes: .max)
        var states: [Bool] = []
        for free in [5_000, 1_000, 999, 1_000, 1_249, 1_250, 999] {
            room.look(freeBytes: free)
            states.append(room.isFull)
        }
        #expect(states == [false, false, true, true, true, false, true])
    }

    @Test func `leaves no more than a twentieth of a small disk`() {
        var room = DiskRoom(leastBytes: 1_000, diskBytes: 2_000)
        room.look(freeBytes: 100)
        #expect(!room.isFull)
        room.look(freeBytes: 99)
        #expect(room.isFull)
    }

    @Test func `is looked at where the data are`() throws {
        let scratch = try ScratchFolder()
        var room = DiskRoom(leastBytes: 0, at: scratch.path)
        room.look(at: scratch.path)
        #expect(room.freeBytes > 0 && !room.isFull)
    }
}

@Suite struct `The retention of windows` {
    private static let start: Int64 = 1_699_999_200

    /// Calls over two days, one in each ten minutes.
    private static let calls = (0..<288).map { number in
        var call = MadeCall(endSeconds: Double(start + Int64(number) * 600 + 5))
        call.edge.span = UInt64(number)
        return call
    }

    private static func settings(minutes: Int64, hours: Int64, days: Int64) -> WindowSettings {
        var settings = WindowSettings()
        settings.minutesSeconds = minutes
        settings.hoursSeconds = hours
        settings.daysSeconds = days
        return settings
    }

    private static func filled(
        _ scratch: borrowing ScratchFolder, _ settings: WindowSettings
    ) throws -> Keeper {
        var keeper = try Keeper(in: scratch.folder, settings: settings)
        for (index, call) in calls.enumerated() {
            keeper.count(call)
            if index % 6 == 5 { try keeper.commit(now: start + Int64(index + 1) * 600) }
        }
        try keeper.settle(now: start + 3 * 86_400)
        return keeper
    }

    private static func samples(_ keeper: borrowing Keeper, _ query: ChartQuery) -> Int64 {
        keeper.ledger.edges(query).rows.reduce(0) { $0 + $1.figures.calls.samples }
    }

    @Test func `lets minutes go to hours and hours to days, and loses no call`() throws {
        let scratch = try ScratchFolder()
        var keeper = try Self.filled(
            scratch, Self.settings(minutes: 3_600, hours: 7_200, days: .max >> 8))
        let files = keeper.catalogue.files(.windows).compactMap { WindowFile(name: $0.id.name) }
        #expect(Set(files.map(\.grain)) == [.day])
        keeper = try Keeper(in: scratch.folder, settings: keeper.settings)
        let day = WindowGrain.day.start(of: Self.start)
        let all = query(day, day + 3 * 86_400)
        #expect(Self.samples(keeper, all) == 288)
        // A query for some minutes is widened to what there is.
        let minutes = query(Self.start + 600, Self.start + 1_200)
        let answer = keeper.ledger.edges(minutes)
        #expect(answer.window == ChartWindow(from: day, to: day + 86_400))
        #expect(keeper.store.damages == [])
    }

    @Test func `answers by the hour where minutes are gone`() throws {
        let scratch = try ScratchFolder()
        var keeper = try Self.filled(
            scratch, Self.settings(minutes: 3_600, hours: 10 * 86_400, days: .max >> 8))
        keeper = try Keeper(in: scratch.folder, settings: keeper.settings)
        let hour = query(Self.start + 3_600, Self.start + 7_200)
        #expect(Self.samples(keeper, hour) == 6)
        var steps = query(Self.start, Self.start + 86_400, step: 600)
        steps.step = 600
        let answer = keeper.ledger.edges(steps)
        #expect(answer.steps.count == 24)
        #expect(answer.rows.first?.series.map(\.calls.samples) == Array(repeating: 6, count: 24))
    }

    @Test func `keeps to its bytes, minutes before hours before days`() throws {
        let scratch = try ScratchFolder()
        var settings = Self.settings(minutes: .max >> 8, hours: .max >> 8, days: .max >> 8)
        settings.bytesMax = 40_000
        let keeper = try Self.filled(scratch, settings)
        #expect(keeper.store.bytes <= 40_000)
        let files = keeper.catalogue.files(.windows).compactMap { WindowFile(name: $0.id.name) }
        let minutes = files.filter { $0.grain == .block }.map(\.start)
        #expect(!minutes.isEmpty && (minutes.min() ?? 0) > Self.start)
        let day = WindowGrain.day.start(of: Self.start)
        #expect(Self.samples(keeper, query(day, day + 3 * 86_400)) == 288)
    }
}

@Suite struct `A backup` {
    private static let start: Int64 = 1_699_999_800
    private static let queries = [query(start, start + 3_000)]

    @Test func `made while the store is written is the store at that commit`() throws {
        var random = SeededNumbers(seed: 9)
        let scratch = try ScratchFolder()
        let target = try ScratchFolder()
        var keeper = try Keeper(in: scratch.folder)
        var calls: [MadeCall] = []
        for round in 0..<40 {
            calls.append(random.call())
            keeper.count(calls[round])
            try keeper.commit(now: Self.start + Int64(round) * 100)
        }
        let expected = Answers.all(ledger(of: calls), Self.queries)
        let backup = try StoreBackup(
            of: keeper.catalogue, in: scratch.folder, to: "\(target.path)/copy")
        // What follows removes the log that is to be copied, and more.
        for round in 40..<80 {
            keeper.count(random.call())
            try keeper.commit(now: Self.start + Int64(round) * 100)
        }
        try backup.finish()
        let copy = try DataDirectory(making: "\(target.path)/copy")
        let restored = try Keeper(in: copy)
        #expect(Answers.all(restored.ledger, Self.queries) == expected)
        #expect(restored.store.damages == [])
        #expect(restored.catalogue.damages == [])
    }

    @Test func `is refused where something is`() throws {
        let scratch = try ScratchFolder()
        let keeper = try Keeper(in: scratch.folder)
        let error = #expect(throws: StoreError.self) {
            _ = try StoreBackup(of: keeper.catalogue, in: scratch.folder, to: scratch.path)
        }
        #expect(error?.message.contains("not empty") == true)
    }
}
