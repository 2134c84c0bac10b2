/*
 * Inside the SQLite backend: what its files share. A connection's life is in sqlite.c, a statement's in
 * sqlite_statement.c.
 */
#ifndef LYGER_QUERY_SQLITE_H
#define LYGER_QUERY_SQLITE_H

#include "query/backend.h"
#include "query/result.h"
#include "sqlite_api.h"

#include <setjmp.h>

typedef struct sqlite_connection {
    lyger_connection base; /* first member */
    sqlite3 *db;
    sqlite3_stmt *statement; /* the statement under way */
    lyger_rows rows;         /* columns of a statement whose rows are written as they come */
    const lyger_limits *limits;
    lyger_status stopped; /* what the limits said inside a callback */
    int64_t busy_since;   /* when the wait for a lock began, lyger_now_ms() */
    bool waited;          /* this statement waited for a lock */
    bool read_only;       /* whether the transaction is */
    const lyger_path_gate *gate;
    bool memory;  /* an in-memory database */
    bool altered; /* settings, attached databases or temporary tables that another request must not see */
    bool denied;  /* the gate refused a file that the statement names */
    jmp_buf escape;
} sqlite_connection;

/* Functions of lyger_backend. */
lyger_status lyger_sqlite_run(lyger_connection *base, const lyger_statement *statement,
                              const lyger_limits *limits, lyger_result **result, lyger_error *error);
lyger_status lyger_sqlite_write_json(lyger_connection *base, const lyger_statement *statement,
                                     const lyger_limits *limits, lyger_sink *sink, lyger_error *error);

#endif
