import Wire

/// The tables of the catalogue and how rows are written and read.
///
/// SQLite has no checksums, so each row carries one of its own, its seal; that of the watermarks
/// covers the sum of all others, so that no row can vanish or come twice.
enum CatalogueTables {
    static let version: Int64 = 1

    /// `PTLN`, which tells `file` and us whose database it is.
    static let applicationID: Int64 = 0x5054_4C4E

    /// The version stands in SQLite's `user_version` twice, the second time with all bits turned, so
    /// that a flipped bit does not pass for a newer store.
    static func userVersion(_ version: Int64) -> Int64 { version << 16 | (~version & 0xFFFF) }

    /// Nil when the number is not one that `userVersion` gives.
    static func version(ofUserVersion number: Int64) -> Int64? {
        let version = number >> 16
        return version > 0 && userVersion(version) == number ? version : nil
    }

    static let create = """
        CREATE TABLE files(
            kind INTEGER NOT NULL, name TEXT NOT NULL, committed_bytes INTEGER NOT NULL,
            first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
            first_second INTEGER NOT NULL, last_second INTEGER NOT NULL,
            rows INTEGER NOT NULL, spans INTEGER NOT NULL, seal INTEGER NOT NULL,
            PRIMARY KEY(kind, name)) WITHOUT ROWID;
        CREATE TABLE counters(
            name TEXT PRIMARY KEY, value INTEGER NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE watermarks(
            id INTEGER PRIMARY KEY CHECK(id = 1), low INTEGER NOT NULL, position INTEGER NOT NULL,
            commits INTEGER NOT NULL, nanoseconds INTEGER NOT NULL, sum INTEGER NOT NULL,
            seal INTEGER NOT NULL);
        """

    /// Of the columns without their last, the seal.
    static func seal(_ table: String, _ values: [SQLiteValue]) -> UInt32 {
        var bytes = Array(table.utf8)
        for value in values {
            bytes.append(0)
            switch value {
            case .number(let number): bytes += Array(String(number).utf8)
            case .text(let text): bytes += Array(text.utf8)
            }
        }
        return CRC32C.sum(bytes, bytes.indices)
    }

    // MARK: - Rows

    static func values(_ file: StoredFile) -> [SQLiteValue] {
        [
            .number(file.id.kind.rawValue), .text(file.id.name),
            .number(Int64(file.committedBytes)), .number(Int64(bitPattern: file.firstSequence)),
            .number(Int64(bitPattern: file.lastSequence)), .number(file.firstSecond),
            .number(file.lastSecond), .number(file.rows), .number(file.spans),
        ]
    }

    static func values(_ watermarks: Watermarks, sum: UInt64) -> [SQLiteValue] {
        [
            .number(1), .number(Int64(bitPattern: watermarks.low)),
            .number(Int64(bitPattern: watermarks.position)),
            .number(Int64(bitPattern: watermarks.commit)),
            .number(Int64(bitPattern: watermarks.nanoseconds)), .number(Int64(bitPattern: sum)),
        ]
    }

    static func values(counter name: String, _ value: Int64) -> [SQLiteValue] {
        [.text(name), .number(value)]
    }

    /// Nil when the row cannot be what was written.
    static func file(_ row: borrowing SQLiteStatement) -> StoredFile? {
        guard let kind = StoredKind(rawValue: row.number(0)) else { return nil }
        var file = StoredFile(kind, row.text(1))
        file.committedBytes = Int(row.number(2))
        file.firstSequence = UInt64(bitPattern: row.number(3))
        file.lastSequence = UInt64(bitPattern: row.number(4))
        file.firstSecond = row.number(5)
        file.lastSecond = row.number(6)
        file.rows = row.number(7)
        file.spans = row.number(8)
        let isRight = row.number(9) == Int64(seal("files", values(file)))
        return isRight && file.committedBytes >= 0 ? file : nil
    }
}
