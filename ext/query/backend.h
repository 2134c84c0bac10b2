/*
 * Inside the query room: what a database must offer (one const vtable, one folder) and what the pool gives
 * it. One more database is a folder ext/query/NAME, a line in backends[] (query.c), its files in config.m4
 * and config.w32, what it links in scripts/core-sources, and a page of what it can in docs/query.md.
 *
 * A connection belongs to the pool from open() on. While a statement runs it is busy: nothing else uses it,
 * and everything the statement holds (rows, a result being written) hangs on the connection, so that a
 * longjmp out of a sink leaves nothing without an owner.
 */
#ifndef LYGER_QUERY_BACKEND_H
#define LYGER_QUERY_BACKEND_H

#include "limits.h"
#include "query.h"

typedef struct lyger_backend lyger_backend;
typedef struct lyger_connection lyger_connection;

#define LYGER_BEGIN_SIZE 96 /* of the longest statement that begins a transaction */

typedef struct lyger_statement {
    const char *sql; /* NUL-terminated at sql[len], no NUL inside */
    size_t len;
    const lyger_param *params; /* checked by lyger_params_check() */
    size_t param_count;
    lyger_query_options options;
} lyger_statement;

/* The first member of a backend's own connection. */
struct lyger_connection {
    const lyger_backend *backend;
    lyger_connection *next; /* in the pool, most recently used first */
    char *dsn;              /* owned by the pool; may hold a password */
    size_t dsn_len;
    int64_t opened_at, idle_since; /* lyger_now_ms() */
    bool busy;
    bool home;           /* its DSN's home connection in this request: see pool.h */
    bool changed;        /* a statement that needs the session ran on it in this request */
    bool needs_reset;    /* session state of an earlier request may be left */
    bool forgotten;      /* inherited by a fork: this process must not speak to the server through it */
    bool in_transaction; /* of lyger_transaction_begin(); end_statement() clears it when no transaction is
                            open any more */
};

/* What opening needs besides the DSN. */
typedef struct lyger_opening {
    const char *dsn; /* NUL-terminated, no NUL inside */
    size_t dsn_len;
    const lyger_path_gate *gate; /* may be NULL; outlives the connection */
    double connect_timeout;      /* seconds, where the DSN sets none of its own */
    const lyger_interrupt *interrupt;
    bool never_prepare;
} lyger_opening;

struct lyger_backend {
    const char *library; /* the backend's client library: "libpq", "sqlite" */
    const char *(*version)(lyger_query_version_of which);
    const char *probe;   /* a statement that fails when the database does not work */
    const char *schemes; /* for error messages: "sqlite:PATH, sqlite::memory:" */

    bool (*claims)(const char *dsn, size_t len);

    /* Whether a DSN has one connection only, because another would be another database. May be NULL. */
    bool (*exclusive)(const char *dsn, size_t len);

    /* Whether the DSN may be used now; asked on every use, also of a connection that is open. May be NULL. */
    lyger_status (*permit)(const lyger_opening *opening, lyger_error *error);

    /* Whether a statement changes the session, or asks what was done in it, as far as its text says. May be
     * NULL: no statement does. */
    bool (*needs_session)(const char *sql);

    /* A new connection from malloc; its base is filled by the pool. */
    lyger_status (*open)(const lyger_opening *opening, lyger_connection **connection, lyger_error *error);

    /* Before an idle connection is used again: looks whether it lives, cleans the session when needs_reset.
     * On any status but LYGER_OK the pool closes the connection; it reports only LYGER_E_INTERRUPTED.
     * idle_ms: how long the connection was idle. */
    lyger_status (*revive)(lyger_connection *connection, int64_t idle_ms, const lyger_limits *limits);

    /* Runs the statement to its end; the result does not need the connection any more. */
    lyger_status (*run)(lyger_connection *connection, const lyger_statement *statement,
                        const lyger_limits *limits, lyger_result **result, lyger_error *error);

    /* Runs the statement and writes rows as they come. */
    lyger_status (*write_json)(lyger_connection *connection, const lyger_statement *statement,
                               const lyger_limits *limits, lyger_sink *sink, lyger_error *error);

    /* Sends a statement and returns; receive() then gives what run() would have given. It does not wait when
     * descriptor() was readable and arrived() then says yes (but for questions it may have to ask about the
     * rows). All four are NULL where a statement cannot be sent without waiting for it. */
    lyger_status (*send)(lyger_connection *connection, const lyger_statement *statement,
                         const lyger_limits *limits, lyger_error *error);
    bool (*arrived)(lyger_connection *connection);
    int (*descriptor)(const lyger_connection *connection);
    lyger_status (*receive)(lyger_connection *connection, const lyger_limits *limits, lyger_result **result,
                            lyger_error *error);
    void (*cancel)(lyger_connection *connection);

    /* Writes the statement that begins a transaction with these options, and fills in the options that are
     * left to the backend. LYGER_E_ARGUMENT for an option that the database does not have. */
    lyger_status (*begin)(lyger_connection *connection, lyger_transaction_options *options,
                          char sql[LYGER_BEGIN_SIZE], lyger_error *error);

    /* After a statement, successful or not: frees what the statement left, rolls back an open transaction
     * when the connection is not in_transaction. *usable says whether the connection may be used again. Any
     * status but LYGER_OK: the caller must be told what was undone. */
    lyger_status (*end_statement)(lyger_connection *connection, bool *usable, lyger_error *error);

    /* At the end of a request; false: the pool closes the connection. May be NULL. */
    bool (*survives_request)(lyger_connection *connection);

    /* Frees the connection and what a statement left on it. */
    void (*close)(lyger_connection *connection);

    /* close() in a forked child: frees the connection without a word to the server. What belongs to the
     * parent (SQLite's locks) may stay allocated. */
    void (*forget)(lyger_connection *connection);
};

/* Adds a SQLSTATE to an error that lyger_fail() just filled; error and state may be NULL. Returns its status.
 */
lyger_status lyger_with_state(lyger_error *error, lyger_status status, const char *state);

/* The error of end_statement() when it had to roll back. */
lyger_status lyger_fail_open_transaction(lyger_error *error);

extern const lyger_backend lyger_pq_backend;
extern const lyger_backend lyger_sqlite_backend;

/* The backend of a DSN; NULL with an error that lists the schemes of this build. */
const lyger_backend *lyger_backend_for(const char *dsn, size_t len, lyger_error *error);

#endif
