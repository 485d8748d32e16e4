import CSQLite

/// Owns a connection to a SQLite database; one thread's.
@safe
struct SQLiteDatabase: ~Copyable {
    private let connection: OpaquePointer

    /// Makes the database when it is not there. Threads do not share a connection, so SQLite needs
    /// no locks of its own.
    init(path: String) throws(SQLiteFault) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let fault = unsafe Self.fault(code, of: opened, at: "open \(path)")
            unsafe sqlite3_close_v2(opened)
            throw fault
        }
        unsafe csqlite_be_wary(opened)
        unsafe connection = opened
    }

    deinit { unsafe sqlite3_close_v2(connection) }

    /// How long to wait for a reader from outside, such as somebody who looks with `sqlite3`.
    func setBusyTimeout(milliseconds: Int32) {
        unsafe sqlite3_busy_timeout(connection, milliseconds)
    }

    /// Statements without values and results.
    func run(_ sql: String) throws(SQLiteFault) {
        let code = unsafe sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw fault(code, at: sql) }
    }

    func prepare(_ sql: String) throws(SQLiteFault) -> SQLiteStatement {
        var made: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &made, nil)
        guard code == SQLITE_OK, let made = unsafe made else { throw fault(code, at: sql) }
        return unsafe SQLiteStatement(owning: made, sql: sql)
    }

    /// The first column of the first row, of a statement such as `PRAGMA user_version`.
    func number(_ sql: String) throws(SQLiteFault) -> Int64 {
        var statement = try prepare(sql)
        return try statement.step() ? statement.number(0) : 0
    }

    func text(_ sql: String) throws(SQLiteFault) -> String {
        var statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : ""
    }

    /// All or nothing.
    func transaction(_ body: () throws(SQLiteFault) -> Void) throws(SQLiteFault) {
        try run("BEGIN IMMEDIATE")
        do throws(SQLiteFault) {
            try body()
            try run("COMMIT")
        } catch {
            // A full disk has rolled back already; there is nothing left to do when this fails.
            try? run("ROLLBACK")
            throw error
        }
    }

    private func fault(_ code: Int32, at sql: String) -> SQLiteFault {
        unsafe Self.fault(code, of: connection, at: sql)
    }

    fileprivate static func fault(
        _ code: Int32, of connection: OpaquePointer?, at sql: String
    ) -> SQLiteFault {
        let text = unsafe connection.map { unsafe sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let message = unsafe text.map { unsafe String(cString: $0) } ?? "no reason"
        return SQLiteFault(
            code: SQLiteFault.Code(rawValue: code & 0xFF), message: message, statement: sql)
    }
}

/// Owns a prepared statement; places count from 1, columns from 0.
@safe
struct SQLiteStatement: ~Copyable {
    private let statement: OpaquePointer
    private let sql: String

    fileprivate init(owning statement: OpaquePointer, sql: String) {
        unsafe self.statement = statement
        self.sql = sql
    }

    deinit { unsafe sqlite3_finalize(statement) }

    /// Whether there is a row; at the end of rows the statement starts anew.
    mutating func step() throws(SQLiteFault) -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        unsafe sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            let connection = unsafe sqlite3_db_handle(statement)
            throw unsafe SQLiteDatabase.fault(code, of: connection, at: sql)
        }
        return false
    }

    /// Runs it with some values.
    mutating func run(_ values: [SQLiteValue]) throws(SQLiteFault) {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
        _ = try step()
    }

    /// Places that a statement has not are our fault.
    private func bind(_ value: SQLiteValue, at place: Int32) {
        let code =
            switch value {
            case .number(let number): unsafe sqlite3_bind_int64(statement, place, number)
            case .text(let text):
                unsafe csqlite_bind_text(statement, place, text, Int32(text.utf8.count))
            }
        precondition(code == SQLITE_OK, "a statement does not take its values")
    }

    func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func text(_ column: Int32) -> String {
        guard let bytes = unsafe sqlite3_column_text(statement, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}

/// What is bound to a place of a statement.
enum SQLiteValue: Equatable, Sendable {
    case number(Int64)
    case text(String)
}
