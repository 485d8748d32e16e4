import Lanes
import MadeCalls
import Testing

@testable import Storing

@Suite struct `A catalogue` {
    private static func file(_ name: String, bytes: Int = 100) -> StoredFile {
        var file = StoredFile(.windows, name)
        file.committedBytes = bytes
        file.firstSequence = 3
        file.lastSequence = .max
        file.firstSecond = 1_700_000_000
        file.lastSecond = 1_700_000_060
        file.rows = 5
        file.spans = 7
        return file
    }

    private static func change(
        low: UInt64 = 1, _ files: [StoredFile] = [], removed: [StoredFile.ID] = [],
        counters: [String: Int64] = [:]
    ) -> CatalogueChange {
        var watermarks = Watermarks()
        watermarks.low = low
        watermarks.position = low + 10
        watermarks.nanoseconds = 99
        var change = CatalogueChange(watermarks)
        change.files = files
        change.removed = removed
        change.counters = counters
        return change
    }

    @Test func `gives back after a restart what was committed`() throws {
        let scratch = try ScratchFolder()
        do {
            var catalogue = try Catalogue.open(in: scratch.folder)
            #expect(catalogue.files.isEmpty && !catalogue.isRebuilt && catalogue.damages == [])
            #expect(catalogue.nextCommit == 1)
            try catalogue.commit(
                Self.change([Self.file("a"), Self.file("b")], counters: ["spans": 5, "x": 1]))
            try catalogue.commit(
                Self.change(
                    low: 8, [Self.file("b", bytes: 200)], removed: [Self.file("a").id],
                    counters: ["spans": 2]))
        }
        let catalogue = try Catalogue.open(in: scratch.folder)
        #expect(catalogue.files(.windows) == [Self.file("b", bytes: 200)])
        #expect(catalogue.files(.content) == [])
        #expect(catalogue.counters == ["spans": 7, "x": 1])
        #expect(catalogue.watermarks.low == 8)
        #expect(catalogue.watermarks.position == 18)
        #expect(catalogue.watermarks.commit == 2)
        #expect(catalogue.watermarks.nanoseconds == 99)
        #expect(!catalogue.isRebuilt && catalogue.damages == [])
    }

    @Test func `is as it was at the last commit when the process ends at any moment`() throws {
        let scratch = try ScratchFolder()
        var catalogue = try Catalogue.open(in: scratch.folder)
        for number in 1...20 {
            try catalogue.commit(Self.change(low: UInt64(number), counters: ["commits": 1]))
            let copy = try scratch.copy()
            let other = try Catalogue.open(in: copy.folder)
            #expect(other.watermarks.low == UInt64(number))
            #expect(other.counters == ["commits": Int64(number)])
        }
    }

    @Test func `of a newer version is refused in one line, and nothing is touched`() throws {
        let scratch = try ScratchFolder()
        do { _ = try Catalogue.open(in: scratch.folder) }
        do {
            let database = try SQLiteDatabase(path: "\(scratch.path)/\(Catalogue.fileName)")
            try database.run("PRAGMA user_version = \(CatalogueTables.userVersion(2))")
            _ = try database.text("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let before = try scratch.content()
        let error = #expect(throws: StoreError.self) {
            _ = try Catalogue.open(in: scratch.folder)
        }
        #expect(error?.kind == .newer)
        #expect(error?.message.contains("format 2 is of a newer Portolan") == true)
        #expect(error?.message.contains("\n") == false)
        #expect(try scratch.content() == before)
    }

    @Test func `that is missing beside files is told as rebuilt`() throws {
        let scratch = try ScratchFolder()
        let windows = try DataDirectory(making: scratch.folder.file("windows"))
        _ = try AppendLog(creating: "x.pw", in: windows, .windows)
        let catalogue = try Catalogue.open(in: scratch.folder)
        #expect(catalogue.isRebuilt == true)
        #expect(catalogue.damages.map(\.what) == ["is missing"])
    }

    @Test func `that was cut off before it was made is made again`() throws {
        let scratch = try ScratchFolder()
        try scratch.write([1, 2, 3], to: "\(Catalogue.fileName).new")
        try scratch.write([], to: Catalogue.fileName)
        let catalogue = try Catalogue.open(in: scratch.folder)
        #expect(!catalogue.isRebuilt && catalogue.damages == [])
        #expect(try scratch.folder.names().allSatisfy { !$0.contains("new") })
    }

    @Test func `copies itself while it is open`() throws {
        let scratch = try ScratchFolder()
        let backup = try ScratchFolder()
        var catalogue = try Catalogue.open(in: scratch.folder)
        try catalogue.commit(Self.change([Self.file("a")], counters: ["x": 1]))
        try catalogue.copy(to: backup.folder.file(Catalogue.fileName))
        try catalogue.commit(Self.change(low: 9, [Self.file("b")]))
        let copy = try Catalogue.open(in: backup.folder)
        #expect(copy.files(.windows) == [Self.file("a")])
        #expect(copy.watermarks.low == 1)
        #expect(copy.damages == [])
    }

    /// Of any damage the answer is either what was committed, at this or an earlier commit, or a
    /// catalogue made anew that says so.
    @Test func `that is damaged never stops the start, and never lies`() throws {
        let scratch = try ScratchFolder()
        var states: Set<State> = [State()]
        do {
            var catalogue = try Catalogue.open(in: scratch.folder)
            for number in 1...6 {
                try catalogue.commit(
                    Self.change(
                        low: UInt64(number),
                        (0..<40).map { Self.file("file-\($0)-\(number)", bytes: number) },
                        counters: ["a": 1, "b": 2]))
                states.insert(State(catalogue))
            }
        }
        var random = SeededNumbers(seed: 1)
        let good = try scratch.content()
        var found = (damaged: 0, whole: 0)
        for _ in 0..<400 {
            let copy = try ScratchFolder()
            for (name, bytes) in good {
                try copy.write(name.hasSuffix("-shm") ? bytes : random.mutated(bytes), to: name)
            }
            let catalogue = try Catalogue.open(in: copy.folder)
            let state = State(catalogue)
            #expect(states.contains(state))
            if catalogue.isRebuilt {
                found.damaged += 1
                #expect(catalogue.damages.count == 1)
            } else {
                found.whole += 1
            }
        }
        #expect(found.damaged > 50 && found.whole > 20, "\(found)")
    }

    private struct State: Hashable {
        var files: Set<StoredFile> = []
        var counters: [String: Int64] = [:]
        var low: UInt64 = 0

        init() {}

        init(_ catalogue: borrowing Catalogue) {
            files = Set(catalogue.files.values)
            counters = catalogue.counters
            low = catalogue.watermarks.low
        }
    }
}

extension SeededNumbers {
    /// A flipped bit, a cut, a page of zeros, or two pages swapped.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 1 else { return bytes }
        var bytes = bytes
        let at = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<5, using: &self) {
        case 0, 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        case 2: bytes.removeSubrange(at...)
        case 3:
            for index in at..<min(bytes.count, at + 512) { bytes[index] = 0 }
        default:
            let other = Int.random(in: 0..<bytes.count, using: &self)
            let count = min(512, bytes.count - max(at, other))
            for index in 0..<count { bytes.swapAt(at + index, other + index) }
        }
        return bytes
    }
}
