package import Lanes

/// What the store holds: its files up to where they count, the watermarks of the journal, and
/// counters that go on over restarts. A SQLite database, and the only commit point of the store.
///
/// One thread's. What it says is also kept in memory, so that reading costs nothing.
/// Invariant: `sum` is that of the seals of all rows of files and counters.
package struct Catalogue: ~Copyable {
    package internal(set) var files: [StoredFile.ID: StoredFile] = [:]
    package internal(set) var counters: [String: Int64] = [:]
    package internal(set) var watermarks = Watermarks()
    /// What was found damaged at the start.
    package internal(set) var damages: [StoreDamage] = []
    /// Whether it was made anew beside files that are there: their owners look what they hold, and
    /// commit it.
    package internal(set) var isRebuilt = false

    let path: String
    let database: SQLiteDatabase
    var sum: UInt64 = 0

    init(path: String, database: consuming SQLiteDatabase) {
        self.path = path
        self.database = database
    }

    /// The number of the commit that comes next.
    package var nextCommit: UInt64 { watermarks.commit &+ 1 }

    package func files(_ kind: StoredKind) -> [StoredFile] {
        files.values.filter { $0.id.kind == kind }.sorted { $0.id < $1.id }
    }

    /// Makes the change as a whole, or, when it throws, not at all. What files hold must have been
    /// synced before.
    package mutating func commit(_ change: CatalogueChange) throws(StoreError) {
        var next = State(files: files, counters: counters, watermarks: change.watermarks, sum: sum)
        // A catalogue that was made anew goes on with the number that its files have.
        next.watermarks.commit = max(nextCommit, change.watermarks.commit)
        do throws(SQLiteFault) {
            try database.transaction { () throws(SQLiteFault) in
                try Self.remove(change.removed, from: database, &next)
                try Self.put(change.files, into: database, &next)
                try Self.add(change.counters, to: database, &next)
                try Self.put(next.watermarks, sum: next.sum, into: database)
            }
        } catch {
            throw StoreError(error, path: path)
        }
        (files, counters, watermarks) = (next.files, next.counters, next.watermarks)
        sum = next.sum
    }

    /// A copy as of the last commit, synced.
    package func copy(to target: String) throws(StoreError) {
        do throws(SQLiteFault) {
            var statement = try database.prepare("VACUUM INTO ?")
            try statement.run([.text(target)])
        } catch {
            throw StoreError(error, path: target)
        }
        do throws(FileFault) {
            let file = try DataFile(target, .read)
            try file.sync()
        } catch {
            throw StoreError(error)
        }
    }
}

extension Catalogue {
    /// What is true when the transaction is.
    private struct State {
        var files: [StoredFile.ID: StoredFile]
        var counters: [String: Int64]
        var watermarks: Watermarks
        var sum: UInt64
    }

    private static func remove(
        _ removed: [StoredFile.ID], from database: borrowing SQLiteDatabase, _ state: inout State
    ) throws(SQLiteFault) {
        guard !removed.isEmpty else { return }
        var statement = try database.prepare("DELETE FROM files WHERE kind = ? AND name = ?")
        for id in removed {
            guard let file = state.files.removeValue(forKey: id) else { continue }
            state.sum &-= seal(file)
            try statement.run([.number(id.kind.rawValue), .text(id.name)])
        }
    }

    private static func put(
        _ files: [StoredFile], into database: borrowing SQLiteDatabase, _ state: inout State
    ) throws(SQLiteFault) {
        guard !files.isEmpty else { return }
        var statement = try database.prepare(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for file in files {
            if let old = state.files.updateValue(file, forKey: file.id) { state.sum &-= seal(old) }
            let seal = seal(file)
            state.sum &+= seal
            try statement.run(CatalogueTables.values(file) + [.number(Int64(seal))])
        }
    }

    private static func add(
        _ counters: [String: Int64], to database: borrowing SQLiteDatabase, _ state: inout State
    ) throws(SQLiteFault) {
        guard !counters.isEmpty else { return }
        var statement = try database.prepare("INSERT OR REPLACE INTO counters VALUES (?, ?, ?)")
        for (name, more) in counters.sorted(by: { $0.key < $1.key }) {
            if let old = state.counters[name] { state.sum &-= seal(counter: name, old) }
            let value = (state.counters[name] ?? 0) &+ more
            state.counters[name] = value
            let seal = seal(counter: name, value)
            state.sum &+= seal
            try statement.run(
                CatalogueTables.values(counter: name, value) + [.number(Int64(seal))])
        }
    }

    static func put(
        _ watermarks: Watermarks, sum: UInt64, into database: borrowing SQLiteDatabase
    ) throws(SQLiteFault) {
        let values = CatalogueTables.values(watermarks, sum: sum)
        let seal = CatalogueTables.seal("watermarks", values)
        var statement = try database.prepare(
            "INSERT OR REPLACE INTO watermarks VALUES (?, ?, ?, ?, ?, ?, ?)")
        try statement.run(values + [.number(Int64(seal))])
    }

    static func seal(_ file: StoredFile) -> UInt64 {
        UInt64(CatalogueTables.seal("files", CatalogueTables.values(file)))
    }

    static func seal(counter name: String, _ value: Int64) -> UInt64 {
        UInt64(CatalogueTables.seal("counters", CatalogueTables.values(counter: name, value)))
    }
}
