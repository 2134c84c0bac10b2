#include "bounds.h"

#include <libpq-fe.h>
#include <sqlite3.h>

static PGconn *server;
static sqlite3 *database;

long bound_postgres(const char *uri, const char *sql)
{
    if (!server) {
        server = PQconnectdb(uri);
    }
    PGresult *rows = PQexec(server, sql);
    long count = PQresultStatus(rows) == PGRES_TUPLES_OK ? PQntuples(rows) : -1;
    PQclear(rows);
    return count;
}

/* What a reader of every value must do; the sum keeps the compiler from leaving it out. */
static volatile unsigned long touched;

static unsigned long read_row(sqlite3_stmt *statement, int columns)
{
    unsigned long sum = 0;
    for (int i = 0; i < columns; i++) {
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
            sum += (unsigned long)sqlite3_column_int64(statement, i);
            break;
        case SQLITE_FLOAT:
            sum += sqlite3_column_double(statement, i) > 0;
            break;
        case SQLITE_NULL:
            break;
        default:
            sum += (unsigned long)sqlite3_column_text(statement, i)[0] +
                   (unsigned long)sqlite3_column_bytes(statement, i);
        }
    }
    return sum;
}

long bound_sqlite(const char *file, const char *sql)
{
    sqlite3_stmt *statement;
    if (!database && sqlite3_open_v2(file, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        return -1;
    }
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        return -1;
    }
    long rows = 0;
    int columns = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        touched += read_row(statement, columns);
        rows++;
    }
    sqlite3_finalize(statement);
    return rows;
}
