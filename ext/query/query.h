/*
 * Query: one statement in, rows kept in C, JSON out.
 *
 * A pool holds this process's connections per DSN. lyger_query_run() runs a statement on one of them and
 * gives a result that no longer needs the connection; lyger_result_write_json() writes it into any sink, as
 * often as wanted. lyger_query_write_json() does both without keeping the rows.
 *
 * DSN: postgres://… and postgresql://… (libpq URIs), any libpq keyword string (host=… dbname=…),
 * sqlite:PATH[?mode=rwc|rw|ro] (PATH is taken as it stands, up to the first '?'; the file is made unless mode
 * says otherwise), the same as a URI, sqlite:file:…, a path by itself, and sqlite::memory: or
 * sqlite:…?mode=memory (one database per pool and text, until the request ends).
 *
 * JSON: an array of objects (or of arrays, options.rows_as_arrays), compact. Values of PostgreSQL decode to
 * what its row_to_json gives (PostgreSQL manual 9.16, "JSON Creation Functions"); SQLite follows its storage
 * classes: INTEGER and REAL are numbers (infinities the strings "Infinity" and "-Infinity"), TEXT is a
 * string, BLOB a string in base64, NULL null.
 *
 * Memory: the pool owns connections, the caller owns results (malloc; free with lyger_result_free). A sink
 * may leave by longjmp: a result being written stays valid, and what lyger_query_write_json() had under way
 * is cleaned up by lyger_pool_request_end() or lyger_pool_free(). The interrupt hook and the path gate return
 * normally. dsn and sql are NUL-terminated at their length and hold no other NUL.
 *
 * Threads and processes: a pool and its results belong to one thread at a time; the interrupt hook may enter
 * the pool again (a PHP signal handler that queries). After a fork the child forgets the connections it
 * inherited without telling the server, and opens its own; results stay readable in both.
 */
#ifndef LYGER_QUERY_QUERY_H
#define LYGER_QUERY_QUERY_H

#include "base/error.h"
#include "base/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lyger_pool lyger_pool;
typedef struct lyger_result lyger_result;

/* Whether a database file may be opened (PHP's open_basedir). path NULL asks whether every path may. */
typedef struct lyger_path_gate {
    bool (*allows)(void *context, const char *path);
    void *context;
} lyger_path_gate;

typedef struct lyger_pool_settings {
    unsigned max_connections;         /* per DSN, at least 1 */
    double connect_timeout;           /* seconds for opening, pinging or cleaning one connection, > 0 */
    const lyger_interrupt *interrupt; /* NULL: never; must outlive the pool */
    const lyger_path_gate *gate;      /* NULL: every path; must outlive the pool */
    double idle_limit;  /* seconds after which an unused connection is not used again, 0: none */
    double lifetime;    /* seconds after which a connection is not used again, 0: none */
    bool never_prepare; /* statements that come often are not prepared on the server */
} lyger_pool_settings;

/* NULL when out of memory. Opens nothing yet. */
lyger_pool *lyger_pool_new(const lyger_pool_settings *settings);

/* Gives the pool other settings, for connections that are opened from now on. */
void lyger_pool_configure(lyger_pool *pool, const lyger_pool_settings *settings);

/* The end of a request: what a longjmp left under way is cleaned up, in-memory databases end, and every
 * connection is cleaned of session state (DISCARD ALL) before it is used again. pool may be NULL. */
void lyger_pool_request_end(lyger_pool *pool);

/* Closes every connection (in a forked child: forgets them). pool may be NULL. */
void lyger_pool_free(lyger_pool *pool);

/* Connections that are open now, for every DSN together. */
size_t lyger_pool_connections(const lyger_pool *pool);

typedef enum lyger_param_type {
    LYGER_PARAM_NULL,
    LYGER_PARAM_BOOL,
    LYGER_PARAM_INT,
    LYGER_PARAM_FLOAT,
    LYGER_PARAM_TEXT,
    LYGER_PARAM_LIST,  /* PostgreSQL: an array, or JSON where the statement takes that; SQLite has no lists */
    LYGER_PARAM_BYTES, /* bytea, a blob */
    LYGER_PARAM_MAP,   /* PostgreSQL: JSON of a list whose items have names; SQLite has no maps */
    LYGER_PARAM_TIME,
} lyger_param_type;

#define LYGER_LIST_DEPTH 6   /* lists in lists, the outermost counted: PostgreSQL's MAXDIM */
#define LYGER_PARAM_DEPTH 64 /* lists and maps in each other that become JSON, likewise */

typedef struct lyger_param lyger_param;

struct lyger_param {
    const char *name; /* NULL for a positional parameter; with or without the leading colon */
    size_t name_len;
    lyger_param_type type;
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct {
            const char *bytes; /* NUL-terminated at bytes[len]; borrowed for the call */
            size_t len;
        } text;
        struct {
            const lyger_param *items; /* borrowed for the call; a list's items have no names */
            size_t count;
        } list;
        /* A point in time: timestamptz gets the point, timestamp, date and time what a clock of that offset
         * showed. SQLite gets the text in UTC, "2024-02-29 11:30:00.5+00:00", which sorts and which its date
         * functions read. */
        struct {
            int64_t seconds;       /* since 1970-01-01 00:00:00 UTC */
            uint32_t microseconds; /* below 1000000 */
            int32_t offset;        /* of the clock, in seconds east of UTC, within a day */
        } time;
    };
};

typedef enum lyger_number_style {
    LYGER_NUMBER, /* a JSON number with all its digits */
    LYGER_STRING, /* a JSON string */
    LYGER_AUTO,   /* a string where a reader that uses doubles would lose digits */
} lyger_number_style;

typedef struct lyger_query_options {
    lyger_number_style bigint;  /* PostgreSQL's bigint; every INTEGER of SQLite */
    lyger_number_style numeric; /* PostgreSQL's numeric; SQLite has none */
    double timeout;             /* seconds, 0: none */
    bool rows_as_arrays;        /* [[…],…] instead of [{"name":…},…] */
} lyger_query_options;

/* One statement for one DSN. params are all positional or all named. */
typedef struct lyger_query {
    const char *dsn;
    size_t dsn_len;
    const char *sql;
    size_t sql_len;
    const lyger_param *params;
    size_t param_count;
    const lyger_query_options *options; /* NULL: none is set */
} lyger_query;

/*
 * Runs it. On success *result is a new result, also for a statement without rows.
 *
 * Errors: LYGER_E_ARGUMENT (a NUL byte, a wrong number of parameters, a value the database cannot take),
 * LYGER_E_QUERY (unknown scheme, no connection, the database's own errors with SQLSTATE and position),
 * LYGER_E_TIMEOUT, LYGER_E_INTERRUPTED, LYGER_E_MEMORY. Messages never hold the DSN's password.
 */
lyger_status lyger_query_run(lyger_pool *pool, const lyger_query *query, lyger_result **result,
                             lyger_error *error);

/*
 * Sends it and returns without waiting for its end. *result is pending: lyger_result_await() waits
 * for it, and errors of the statement come there. Several statements run side by side, each on a connection
 * of its own; when a DSN has no connection left, the call first waits for the oldest pending statement.
 * Freeing a pending result cancels the statement. SQLite has no server to send to: there the statement runs
 * at once. A pending result must be freed before its pool.
 */
lyger_status lyger_query_send(lyger_pool *pool, const lyger_query *query, lyger_result **result,
                              lyger_error *error);

/* Waits until the result is there, reading what arrives for other pending results meanwhile; returns at once
 * when it is there. Must be called, with success, before anything else is done with a pending result; called
 * again, it gives the same error. */
lyger_status lyger_result_await(lyger_result *result, lyger_error *error);

/* Runs it and writes its rows without keeping them. After an error the sink holds a part of them. */
lyger_status lyger_query_write_json(lyger_pool *pool, const lyger_query *query, lyger_sink *sink,
                                    lyger_error *error);

/* Whether the database answers a small query, on a connection of the pool or a new one: LYGER_OK, or why it
 * does not. Asks again up to `attempts` times (at least 1), after pause_ms, twice that, and so on up to half
 * a minute, but not where no other answer can come (LYGER_E_ARGUMENT, LYGER_E_INTERRUPTED, LYGER_E_MEMORY).
 * timeout: of each question, in seconds. */
lyger_status lyger_query_health(lyger_pool *pool, const char *dsn, size_t dsn_len, double timeout,
                                unsigned attempts, unsigned pause_ms, lyger_error *error);

typedef enum lyger_isolation {
    LYGER_ISOLATION_DEFAULT, /* what the database's settings say */
    LYGER_READ_UNCOMMITTED,
    LYGER_READ_COMMITTED,
    LYGER_REPEATABLE_READ,
    LYGER_SERIALIZABLE,
} lyger_isolation;

typedef enum lyger_lock_mode {                     /* sqlite.org/lang_transaction.html, 2.2 */
                               LYGER_MODE_DEFAULT, /* immediate, or deferred when the transaction only reads
                                                    */
                               LYGER_MODE_DEFERRED,
                               LYGER_MODE_IMMEDIATE,
                               LYGER_MODE_EXCLUSIVE,
} lyger_lock_mode;

typedef enum lyger_choice { LYGER_CHOICE_DEFAULT, LYGER_CHOICE_NO, LYGER_CHOICE_YES } lyger_choice;

typedef struct lyger_transaction_options {
    lyger_isolation isolation; /* SQLite's transactions are serializable, which satisfies every level */
    lyger_choice read_only;
    lyger_choice deferrable; /* of a serializable transaction that only reads; in SQLite such a transaction
                                never waits for others */
    lyger_lock_mode mode;    /* only SQLite has modes */
    double timeout;          /* seconds until it has begun, 0: none; SQLite waits for its lock there */
} lyger_transaction_options;

/*
 * Begins a transaction: until it ends, every statement of this DSN (the same text) runs in it, on one
 * connection. Inside a transaction it sets a savepoint; options may then only repeat those of the outermost
 * transaction (SQLSTATE 25001). A transaction that is open at the end of the request is rolled back. When a
 * statement ends the transaction itself, every further statement is an error. options may be NULL.
 */
lyger_status lyger_transaction_begin(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                     const lyger_transaction_options *options, lyger_error *error);

/* Commits (keep) or rolls back the innermost transaction or savepoint. When a commit fails, the transaction
 * is rolled back; so it is when a statement in it had failed, SQLSTATE 25P02. */
lyger_status lyger_transaction_end(lyger_pool *pool, const char *dsn, size_t dsn_len, bool keep,
                                   lyger_error *error);

/* Runs the statements, which are all of this DSN, in one transaction (or savepoint); *last is the result of
 * the last one. When one fails, what the others did is rolled back, and the error begins with its number. */
lyger_status lyger_transaction_run(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                   const lyger_transaction_options *options, const lyger_query *statements,
                                   size_t count, lyger_result **last, lyger_error *error);

/* Gives up a transaction, if there is one, with all its levels and without waiting: its connection is closed,
 * which rolls it back. For a caller that was left by longjmp. */
void lyger_transaction_abandon(lyger_pool *pool, const char *dsn, size_t dsn_len);

/* Writes the rows as JSON. LYGER_E_QUERY names column and row of a text that is not UTF-8; LYGER_E_MEMORY
 * when the sink is full; then the sink holds a part. */
lyger_status lyger_result_write_json(lyger_result *result, lyger_sink *sink, lyger_error *error);

/* Writes {"rows":…,"columns":[names],"affected_rows":…,"last_insert_id":…}, with rows as
 * lyger_result_write_json() does; the last is null where the database does not say. */
lyger_status lyger_result_write_report(lyger_result *result, lyger_sink *sink, lyger_error *error);

/* Writes {"rows":…,"offset":…,"total":…,"has_more":…}, with at most limit rows from number offset (from 0)
 * on. */
lyger_status lyger_result_write_chunk(lyger_result *result, uint64_t offset, uint64_t limit, lyger_sink *sink,
                                      lyger_error *error);

/* What the results of this process hold. */
typedef struct lyger_results_memory {
    uint64_t used_bytes;   /* the rows of all results */
    uint64_t budget_bytes; /* what they may hold: a statement whose rows are too many fails; 0: no limit is
                              known */
    uint64_t total_bytes;  /* of the machine, 0: unknown */
    uint64_t live;         /* results */
} lyger_results_memory;

void lyger_results_weigh(lyger_results_memory *memory);

typedef enum lyger_value_kind {
    LYGER_VALUE_NULL,
    LYGER_VALUE_INT,
    LYGER_VALUE_REAL,
    LYGER_VALUE_TEXT,
    LYGER_VALUE_BLOB,
    LYGER_VALUE_BOOL,    /* integer 0 or 1 */
    LYGER_VALUE_DECIMAL, /* a double as text: digits, "NaN", "Infinity" or "-Infinity" */
} lyger_value_kind;

typedef struct lyger_value {
    lyger_value_kind kind;
    union {
        int64_t integer;
        double real;
        struct {
            const char *bytes; /* not NUL-terminated; valid while the result lives */
            size_t len;
        } text;
    };
} lyger_value;

/* The position of a reader of rows; begin with zeros. */
typedef struct lyger_cursor {
    uint64_t row; /* the next row, from 0 */
    const void *block;
    const char *at;
} lyger_cursor;

/*
 * Reads the next row into values, one per column, and moves on; false at the end. PostgreSQL's bool, int2,
 * int4, int8, float4 and float8 have kinds of their own, everything else is TEXT as the server writes it;
 * SQLite follows its storage classes. The result must not be pending.
 */
bool lyger_result_read(lyger_result *result, lyger_cursor *cursor, lyger_value *values);

typedef struct lyger_column {
    const char *name; /* NUL-terminated */
    size_t name_len;
    const char *type; /* PostgreSQL's type name, SQLite's declared type, "" for an expression of SQLite */
} lyger_column;

typedef struct lyger_result_facts {
    uint64_t rows;
    uint64_t affected; /* rows inserted, updated, deleted or merged; 0 for a SELECT */
    size_t column_count;
    const lyger_column *columns;
    bool inserted; /* SQLite: the statement has inserted rows, the last of them with insert_id as its rowid */
    int64_t insert_id;
    const char *tag; /* the command tag, as "INSERT 0 3" (PostgreSQL manual 55.7, CommandComplete) */
} lyger_result_facts;

/* Valid while the result lives. */
const lyger_result_facts *lyger_result_describe(const lyger_result *result);

/* result may be NULL. */
void lyger_result_free(lyger_result *result);

typedef enum lyger_query_version_of {
    LYGER_QUERY_LOADED, /* at run time; asking loads SQLite, but not libpq */
    LYGER_QUERY_HEADER, /* what lyger was compiled with */
} lyger_query_version_of;

/* The version of "libpq" or "sqlite", such as "15.20"; NULL when the library was left out of the build, or is
 * not loaded. */
const char *lyger_query_version(const char *library, lyger_query_version_of which);

#endif
