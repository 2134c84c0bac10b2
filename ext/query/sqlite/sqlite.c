/*
 * The SQLite backend: sqlite:PATH[?mode=rw|rwc|ro] and sqlite::memory:.
 *
 * A statement is stepped; its rows go into the row store or straight into a sink. SQLite calls back while it
 * works: the progress and the busy handler check the limits. When PHP code that ran inside such a callback
 * has forked, the child may not return into SQLite (it would roll back a transaction whose locks the parent
 * holds; sqlite.org/howtocorrupt.html, 2.6): the child leaves by longjmp and forgets the connection for good.
 */
#include "sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEME "sqlite:"
#define SCHEME_LENGTH (sizeof SCHEME - 1)
#define MEMORY ":memory:"
#define PROGRESS_OPERATIONS 10000 /* of SQLite's machine between two questions: well under a millisecond */
#define BUSY_MS 60000             /* how long a lock is waited for without a time limit, as PDO does */

typedef struct target {
    char *path; /* malloc */
    int flags;
    bool memory;
} target;

static bool sqlite_claims(const char *dsn, size_t len)
{
    return len >= SCHEME_LENGTH && memcmp(dsn, SCHEME, SCHEME_LENGTH) == 0;
}

static bool sqlite_exclusive(const char *dsn, size_t len)
{
    return len == SCHEME_LENGTH + sizeof MEMORY - 1 &&
           memcmp(dsn + SCHEME_LENGTH, MEMORY, sizeof MEMORY - 1) == 0;
}

static lyger_status parse_mode(const char *option, int *flags, lyger_error *error)
{
    /* Only the value of mode= is shown: that of another option may be an encryption key. */
    int shown = (int)strcspn(option, "=");
    shown += strncmp(option, "mode=", 5) == 0 ? 1 + (int)strcspn(option + 5, "=&;") : 0;
    if (strcmp(option, "mode=rw") == 0) {
        *flags = SQLITE_OPEN_READWRITE;
    } else if (strcmp(option, "mode=rwc") == 0) {
        *flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (strcmp(option, "mode=ro") == 0) {
        *flags = SQLITE_OPEN_READONLY;
    } else {
        return lyger_fail(error, LYGER_E_QUERY,
                          "unknown SQLite option \"%.*s\" in the DSN; known are mode=rw, mode=rwc, mode=ro",
                          shown, option);
    }
    return LYGER_OK;
}

/* On success target->path is the caller's to free. */
static lyger_status parse_dsn(const char *dsn, size_t len, target *target, lyger_error *error)
{
    const char *rest = dsn + SCHEME_LENGTH;
    size_t rest_len = len - SCHEME_LENGTH;
    target->memory = sqlite_exclusive(dsn, len);
    target->flags = target->memory ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY : SQLITE_OPEN_READWRITE;
    const char *options = memchr(rest, '?', rest_len);
    size_t path_len = options ? (size_t)(options - rest) : rest_len;
    if (path_len == 0) {
        lyger_fail(error, LYGER_E_QUERY, "the DSN names no file; sqlite:PATH or sqlite::memory:");
        return LYGER_E_QUERY;
    }
    if (options) {
        lyger_status status = parse_mode(options + 1, &target->flags, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    if (!target->memory && *rest == ':') {
        lyger_fail(error, LYGER_E_QUERY,
                   "a SQLite path that begins with ':' is written ./:…, and an "
                   "in-memory database sqlite::memory: without options");
        return LYGER_E_QUERY;
    }
    /* SQLite may be built to take names that begin with file: as URIs; here a path is only a path. */
    const char *prefix = path_len >= 5 && memcmp(rest, "file:", 5) == 0 ? "./" : "";
    size_t prefix_len = strlen(prefix);
    target->path = malloc(prefix_len + path_len + 1);
    if (!target->path) {
        lyger_fail(error, LYGER_E_MEMORY, "out of memory for a path");
        return LYGER_E_MEMORY;
    }
    memcpy(target->path, prefix, prefix_len);
    memcpy(target->path + prefix_len, rest, path_len);
    target->path[prefix_len + path_len] = '\0';
    return LYGER_OK;
}

static lyger_status sqlite_permit(const lyger_opening *opening, lyger_error *error)
{
    target target;
    lyger_status status = parse_dsn(opening->dsn, opening->dsn_len, &target, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (!target.memory && opening->gate && !opening->gate->allows(opening->gate->context, target.path)) {
        status = lyger_fail(error, LYGER_E_QUERY, "\"%.500s\" is not within the allowed paths (open_basedir)",
                            target.path);
    }
    free(target.path);
    return status;
}

/* ---- callbacks ---- */

/* Whether SQLite must stop, given what the limits said. Does not return in a process that was forked inside
 * the hook: see the file's first comment. */
static bool must_stop(sqlite_connection *connection, lyger_status status)
{
    if (status == LYGER_E_QUERY) {
        longjmp(connection->escape, 1);
    }
    connection->stopped = status;
    return status != LYGER_OK;
}

static int on_progress(void *context)
{
    sqlite_connection *connection = context;
    return connection->limits && must_stop(connection, lyger_limits_check(connection->limits));
}

/* How long to pause before the lock is tried again, in milliseconds. The connection that tries most often
 * gets the lock first: the longer a statement has waited, the shorter its pauses, so that later statements do
 * not overtake it for long. */
static int busy_pause(int64_t waited_ms)
{
    if (waited_ms < 20) {
        return waited_ms < 4 ? 1 : 4; /* most locks are short */
    }
    return waited_ms < 200 ? 16 : waited_ms < 1000 ? 6 : 2;
}

static int on_busy(void *context, int attempt)
{
    sqlite_connection *connection = context;
    if (!connection->limits) {
        return 0;
    }
    int64_t now = lyger_now_ms();
    if (attempt == 0) {
        connection->busy_since = now;
    }
    connection->waited = true;
    if (!connection->limits->deadline && now - connection->busy_since >= BUSY_MS) {
        return 0;
    }
    lyger_status status = lyger_limits_pause(connection->limits, busy_pause(now - connection->busy_since));
    if (status == LYGER_E_TIMEOUT) {
        return 0; /* SQLite then reports that the database is locked */
    }
    return !must_stop(connection, status);
}

static bool gate_allows(const sqlite_connection *connection, const char *path)
{
    const lyger_path_gate *gate = connection->gate;
    if (!gate || gate->allows(gate->context, NULL)) {
        return true;
    }
    /* An expression has no value yet, and a URI is more than a path: both are refused. */
    if (!path || strncmp(path, "file:", 5) == 0) {
        return false;
    }
    return *path == '\0' || strcmp(path, MEMORY) == 0 || gate->allows(gate->context, path);
}

/* Called while a statement is compiled: keeps files inside the allowed paths and notes changes to the session
 * that outlive the statement. */
static int on_authorize(void *context, int action, const char *first, const char *second,
                        const char *database, const char *trigger)
{
    sqlite_connection *connection = context;
    (void)database, (void)trigger;
    switch (action) {
    case SQLITE_ATTACH:
        connection->altered = true;
        if (!gate_allows(connection, first)) {
            connection->denied = true;
            return SQLITE_DENY;
        }
        break;
    case SQLITE_PRAGMA:
        connection->altered = connection->altered || second;
        /* The directory of temporary files is the whole process's, not this connection's. */
        if (second && sqlite3_stricmp(first, "temp_store_directory") == 0) {
            return SQLITE_DENY;
        }
        break;
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_CREATE_TEMP_VIEW:
        connection->altered = true;
        break;
    default:
        break;
    }
    return SQLITE_OK;
}

/* ---- connections ---- */

static lyger_status open_failed(sqlite3 *db, int code, const target *target, lyger_error *error)
{
    lyger_status status;
    if ((code & 0xFF) == SQLITE_NOMEM || !db) {
        status = lyger_fail(error, LYGER_E_MEMORY, "out of memory for a SQLite connection");
    } else if (access(target->path, F_OK) != 0 && errno == ENOENT && !(target->flags & SQLITE_OPEN_CREATE)) {
        status = lyger_fail(error, LYGER_E_QUERY,
                            "the SQLite file \"%.500s\" does not exist; ?mode=rwc creates it", target->path);
    } else {
        status = lyger_fail(error, LYGER_E_QUERY, "cannot open the SQLite file \"%.500s\": %s", target->path,
                            sqlite3_errmsg(db));
    }
    return status == LYGER_E_QUERY ? lyger_with_state(error, status, "08001") : status;
}

static lyger_status sqlite_open(const lyger_opening *opening, lyger_connection **connection,
                                lyger_error *error)
{
    target target;
    lyger_status status = lyger_sqlite_load(error);
    if (status == LYGER_OK) {
        status = parse_dsn(opening->dsn, opening->dsn_len, &target, error);
    }
    if (status != LYGER_OK) {
        return status;
    }
    sqlite_connection *made = calloc(1, sizeof *made);
    if (!made) {
        free(target.path);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a SQLite connection");
    }
    int code = sqlite3_open_v2(target.path, &made->db, target.flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        status = open_failed(made->db, code, &target, error);
        sqlite3_close(made->db);
        free(made);
    } else {
        made->memory = target.memory;
        made->gate = opening->gate;
        sqlite3_extended_result_codes(made->db, 1);
        sqlite3_progress_handler(made->db, PROGRESS_OPERATIONS, on_progress, made);
        sqlite3_busy_handler(made->db, on_busy, made);
        sqlite3_set_authorizer(made->db, on_authorize, made);
        *connection = &made->base;
    }
    free(target.path);
    return status;
}

/* A connection is not used again when its file was deleted or replaced meanwhile: that is another
 * database. */
static lyger_status sqlite_revive(lyger_connection *base, int64_t idle_ms, const lyger_limits *limits)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    int moved = 0;
    (void)idle_ms, (void)limits;
    if (!connection->memory) {
        sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    }
    base->needs_reset = false;
    return moved ? LYGER_E_QUERY : LYGER_OK;
}

static void let_go(sqlite_connection *connection)
{
    connection->limits = NULL;
    sqlite3_finalize(connection->statement);
    connection->statement = NULL;
    lyger_rows_free(&connection->rows);
}

/* Immediate is the default: transactions that read and then write then wait for each other when they begin.
 * Deferred ones fail when one of them writes, as SQLite cannot let both go on (sqlite.org/isolation.html). */
static lyger_status sqlite_begin(lyger_connection *base, lyger_transaction_options *options,
                                 char sql[LYGER_BEGIN_SIZE], lyger_error *error)
{
    static const char *const modes[] = {"", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"};
    bool reads = options->read_only == LYGER_CHOICE_YES;
    if (reads && options->mode > LYGER_MODE_DEFERRED) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the option \"mode\" takes a lock for writing, which \"read_only\" excludes");
    }
    if (!options->mode) {
        options->mode = reads ? LYGER_MODE_DEFERRED : LYGER_MODE_IMMEDIATE;
    }
    ((sqlite_connection *)base)->read_only = reads;
    snprintf(sql, LYGER_BEGIN_SIZE, "BEGIN %s", modes[options->mode]);
    return LYGER_OK;
}

static lyger_status sqlite_end_statement(lyger_connection *base, bool *usable, lyger_error *error)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    let_go(connection);
    *usable = true;
    if (sqlite3_get_autocommit(connection->db)) {
        base->in_transaction = false;
        connection->read_only = false;
        return LYGER_OK;
    }
    if (base->in_transaction) {
        return LYGER_OK;
    }
    *usable = sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
    return lyger_fail_open_transaction(error);
}

static bool sqlite_survives_request(lyger_connection *base)
{
    const sqlite_connection *connection = (const sqlite_connection *)base;
    return !connection->memory && !connection->altered;
}

static void sqlite_close(lyger_connection *base)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    let_go(connection);
    sqlite3_close(connection->db);
    free(connection);
}

/* The connection is neither closed nor freed, because both could touch the parent's file. It is kept in a
 * list so that leak checkers find it. */
static void sqlite_forget(lyger_connection *base)
{
    static lyger_connection *forgotten;
    lyger_rows_free(&((sqlite_connection *)base)->rows);
    base->dsn = NULL;
    base->next = __atomic_load_n(&forgotten, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&forgotten, &base->next, base, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
    }
}

static const char *sqlite_version(lyger_query_version_of which)
{
    if (which == LYGER_QUERY_HEADER) {
        return SQLITE_VERSION;
    }
    return lyger_sqlite_load(NULL) == LYGER_OK ? sqlite3_libversion() : NULL;
}

const lyger_backend lyger_sqlite_backend = {
    .library = "sqlite",
    .version = sqlite_version,
    .schemes = "sqlite:PATH, sqlite::memory:",
    .claims = sqlite_claims,
    .exclusive = sqlite_exclusive,
    .permit = sqlite_permit,
    .open = sqlite_open,
    .revive = sqlite_revive,
    .run = lyger_sqlite_run,
    .write_json = lyger_sqlite_write_json,
    .begin = sqlite_begin,
    .end_statement = sqlite_end_statement,
    .survives_request = sqlite_survives_request,
    .close = sqlite_close,
    .forget = sqlite_forget,
};
