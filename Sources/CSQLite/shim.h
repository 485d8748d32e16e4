#include <sqlite3.h>

// Variadic, which Swift cannot call. A damaged database must not make SQLite run what its schema
// holds, nor read its pages past their ends.
static inline void csqlite_be_wary(sqlite3 *database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, 0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, 0);
}

// A cast macro: SQLite copies what is bound.
static inline int csqlite_bind_text(
    sqlite3_stmt *statement, int place, const char *text, int bytes) {
    return sqlite3_bind_text(statement, place, text, bytes, SQLITE_TRANSIENT);
}
