package import Lanes

/// Opening. A damaged catalogue is set aside under another name and made anew; a newer one is left
/// as it is.
extension Catalogue {
    package static let fileName = "catalogue.sqlite"

    /// Files that SQLite keeps beside the database.
    private static let companions = ["-wal", "-shm"]

    /// Why a catalogue is not opened.
    private enum Fault: Error {
        case damage(String)
        case store(StoreError)

        init(_ fault: SQLiteFault, _ path: String) {
            self = fault.isDamage ? .damage("\(fault)") : .store(StoreError(fault, path: path))
        }
    }

    /// Whoever opens it holds the folder's lock.
    package static func open(in folder: DataDirectory) throws(StoreError) -> Catalogue {
        do throws(Fault) {
            guard try hasHead(folder.file(fileName)) else { return try makeMissing(in: folder) }
            return try read(folder.file(fileName))
        } catch {
            switch error {
            case .store(let fault): throw fault
            case .damage(let what):
                let aside = try setAside(in: folder)
                var catalogue = try make(in: folder)
                catalogue.isRebuilt = true
                catalogue.damages = [
                    StoreDamage(
                        file: folder.file(fileName), from: 0, bytes: 0,
                        what: "\(what); it was set aside as \(aside)")
                ]
                return catalogue
            }
        }
    }

    /// Whether there is something at all, of a version that we know. The head of the file is looked
    /// at before SQLite does, which would change what lies beside it.
    private static func hasHead(_ path: String) throws(Fault) -> Bool {
        var head = [UInt8](repeating: 0, count: 72)
        let count: Int
        do throws(FileFault) {
            let file = try DataFile(path, .read)
            count = try file.read(into: &head, head.indices, at: 0)
        } catch {
            guard error.code == .noSuchFile else { throw .store(StoreError(error)) }
            return false
        }
        guard count > 0 else { return false }
        guard count == head.count, number(head, 68) == CatalogueTables.applicationID,
            let version = CatalogueTables.version(ofUserVersion: number(head, 60))
        else { throw .damage("is not a catalogue of Portolan") }
        guard version <= CatalogueTables.version else {
            throw .store(
                StoreError(
                    .newer,
                    "\(path): format \(version) is of a newer Portolan, this one knows up to "
                        + "\(CatalogueTables.version); start the newer one, or on another --data"))
        }
        return true
    }

    /// SQLite keeps its head big-endian.
    private static func number(_ head: [UInt8], _ offset: Int) -> Int64 {
        head[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int64($1) }
    }

    // MARK: - Reading

    private static func read(_ path: String) throws(Fault) -> Catalogue {
        do throws(SQLiteFault) {
            let database = try connect(path)
            let check = try database.text("PRAGMA quick_check(1)")
            guard check == "ok" else { throw SQLiteFault(damage: check, in: "quick_check") }
            var catalogue = Catalogue(path: path, database: database)
            try catalogue.readFiles()
            try catalogue.readCounters()
            try catalogue.readWatermarks()
            return catalogue
        } catch {
            throw Fault(error, path)
        }
    }

    private static func connect(_ path: String) throws(SQLiteFault) -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: path)
        database.setBusyTimeout(milliseconds: 2_000)
        try database.run("PRAGMA cell_size_check = ON")
        _ = try database.text("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA synchronous = FULL")
        return database
    }

    private mutating func readFiles() throws(SQLiteFault) {
        var rows = try database.prepare("SELECT * FROM files")
        while try rows.step() {
            guard let file = CatalogueTables.file(rows) else {
                throw SQLiteFault(damage: "the seal of a row is broken", in: "files")
            }
            files[file.id] = file
            sum &+= Self.seal(file)
        }
    }

    private mutating func readCounters() throws(SQLiteFault) {
        var rows = try database.prepare("SELECT * FROM counters")
        while try rows.step() {
            let (name, value) = (rows.text(0), rows.number(1))
            let seal = Self.seal(counter: name, value)
            guard rows.number(2) == Int64(seal) else {
                throw SQLiteFault(damage: "the seal of a row is broken", in: "counters")
            }
            counters[name] = value
            sum &+= seal
        }
    }

    private mutating func readWatermarks() throws(SQLiteFault) {
        var rows = try database.prepare("SELECT * FROM watermarks")
        guard try rows.step() else { throw SQLiteFault(damage: "no row", in: "watermarks") }
        watermarks.low = UInt64(bitPattern: rows.number(1))
        watermarks.position = UInt64(bitPattern: rows.number(2))
        watermarks.commit = UInt64(bitPattern: rows.number(3))
        watermarks.nanoseconds = UInt64(bitPattern: rows.number(4))
        let seal = CatalogueTables.seal(
            "watermarks",
            CatalogueTables.values(watermarks, sum: UInt64(bitPattern: rows.number(5)))
        )
        guard rows.number(6) == Int64(seal), UInt64(bitPattern: rows.number(5)) == sum else {
            throw SQLiteFault(damage: "rows are not those that were committed", in: "watermarks")
        }
    }

    // MARK: - Making

    private static func makeMissing(in folder: DataDirectory) throws(Fault) -> Catalogue {
        do throws(StoreError) {
            var catalogue = try make(in: folder)
            if holdsFiles(folder) {
                catalogue.isRebuilt = true
                catalogue.damages = [
                    StoreDamage(file: catalogue.path, from: 0, bytes: 0, what: "is missing")
                ]
            }
            return catalogue
        } catch {
            throw .store(error)
        }
    }

    /// Under another name first, so that a crash leaves none or a whole one.
    private static func make(in folder: DataDirectory) throws(StoreError) -> Catalogue {
        let made = fileName + ".new"
        do throws(FileFault) {
            for name in try folder.names() where name.hasPrefix(made) { try folder.remove(name) }
            // What is left of one that is not there any more.
            for suffix in companions where try folder.names().contains(fileName + suffix) {
                try folder.remove(fileName + suffix)
            }
        } catch {
            throw StoreError(error)
        }
        do throws(SQLiteFault) {
            try fill(folder.file(made))
        } catch {
            throw StoreError(error, path: folder.file(made))
        }
        do throws(FileFault) {
            try folder.rename(made, to: fileName)
            try folder.sync()
        } catch {
            throw StoreError(error)
        }
        do throws(Fault) {
            return try read(folder.file(fileName))
        } catch {
            switch error {
            case .store(let fault): throw fault
            case .damage(let what): throw StoreError(.failed, "\(folder.path): \(what)")
            }
        }
    }

    private static func fill(_ path: String) throws(SQLiteFault) {
        let database = try SQLiteDatabase(path: path)
        try database.run("PRAGMA synchronous = FULL")
        try database.run("PRAGMA application_id = \(CatalogueTables.applicationID)")
        let version = CatalogueTables.userVersion(CatalogueTables.version)
        try database.run("PRAGMA user_version = \(version)")
        try database.run(CatalogueTables.create)
        try put(Watermarks(), sum: 0, into: database)
    }

    private static func setAside(in folder: DataDirectory) throws(StoreError) -> String {
        do throws(FileFault) {
            let names = try folder.names()
            var number = 1
            while names.contains("\(fileName).damaged-\(number)") { number += 1 }
            let aside = "\(fileName).damaged-\(number)"
            for suffix in [""] + companions where names.contains(fileName + suffix) {
                try folder.rename(fileName + suffix, to: aside + suffix)
            }
            try folder.sync()
            return aside
        } catch {
            throw StoreError(error)
        }
    }

    private static func holdsFiles(_ folder: DataDirectory) -> Bool {
        Set(StoredKind.allCases.map(\.folder)).contains { name in
            guard let content = try? folderContent(folder.file(name)) else { return false }
            return !content.files.isEmpty
        }
    }
}

extension SQLiteFault {
    /// What SQLite did not see.
    fileprivate init(damage: String, in statement: String) {
        self.init(code: .corrupt, message: damage, statement: statement)
    }
}
