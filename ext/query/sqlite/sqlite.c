/*
 * The SQLite backend: sqlite:PATH[?mode=rwc|rw|ro|memory], a path by itself, sqlite:file:… and
 * sqlite::memory:.
 *
 * A statement is stepped; its rows go into the row store or straight into a sink. SQLite calls back while it
 * works: the progress and the busy handler check the limits. When PHP code that ran inside such a callback
 * has forked, the child may not return into SQLite (it would roll back a transaction whose locks the parent
 * holds; sqlite.org/howtocorrupt.html, 2.6): the child leaves by longjmp and forgets the connection for good.
 */
#include "sqlite.h"

#include "base/hex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEME "sqlite:"
#define SCHEME_LENGTH (sizeof SCHEME - 1)
#define MEMORY ":memory:"
#define URI "file:"
#define URI_LENGTH (sizeof URI - 1)
#define PROGRESS_OPERATIONS 10000 /* of SQLite's machine between two questions: well under a millisecond */
#define BUSY_MS 60000             /* how long a lock is waited for without a time limit, as PDO does */

typedef struct target {
    char *path; /* malloc */
    int flags;
    bool memory;
} target;

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t end_len = strlen(end);
    return len > end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

/* Whether a DSN without a scheme is a path: one that says where it begins, or whose name ends as those of
 * SQLite files do. */
static bool is_bare_path(const char *dsn, size_t len)
{
    static const char *const ends[] = {".sqlite", ".sqlite3", ".db", ".db3"};
    const char *options = memchr(dsn, '?', len);
    len = options ? (size_t)(options - dsn) : len;
    if (len > 0 && (*dsn == '/' || (len == sizeof MEMORY - 1 && memcmp(dsn, MEMORY, len) == 0))) {
        return true;
    }
    if (strncmp(dsn, "./", 2) == 0 || strncmp(dsn, "../", 3) == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(dsn, len, ends[i])) {
            return !memchr(dsn, ':', len) && !memchr(dsn, '=', len);
        }
    }
    return false;
}

static bool has_scheme(const char *dsn, size_t len)
{
    return len >= SCHEME_LENGTH && memcmp(dsn, SCHEME, SCHEME_LENGTH) == 0;
}

static bool sqlite_claims(const char *dsn, size_t len)
{
    return has_scheme(dsn, len) || is_bare_path(dsn, len);
}

/* What stands behind the scheme, and how many bytes of it are the path; *options is behind the '?', or NULL.
 */
static const char *split_dsn(const char *dsn, size_t len, size_t *path_len, const char **options)
{
    const char *path = has_scheme(dsn, len) ? dsn + SCHEME_LENGTH : dsn;
    size_t rest = len - (size_t)(path - dsn);
    const char *mark = memchr(path, '?', rest);
    *path_len = mark ? (size_t)(mark - path) : rest;
    *options = mark ? mark + 1 : NULL;
    return path;
}

static bool is_uri(const char *path, size_t len)
{
    return len >= URI_LENGTH && memcmp(path, URI, URI_LENGTH) == 0;
}

/* Whether options, as "mode=memory&cache=shared", has that one. */
static bool has_option(const char *options, const char *wanted)
{
    size_t len = strlen(wanted);
    for (const char *at = options, *next; at; at = next) {
        if (strncmp(at, wanted, len) == 0 && (at[len] == '\0' || at[len] == '&')) {
            return true;
        }
        next = strchr(at, '&');
        next = next ? next + 1 : NULL;
    }
    return false;
}

/* Whether it is a database in memory: there is one for each text of a DSN, which is what cache=shared makes.
 */
static bool sqlite_exclusive(const char *dsn, size_t len)
{
    size_t path_len;
    const char *options, *path = split_dsn(dsn, len, &path_len, &options);
    if (options && has_option(options, "mode=memory")) {
        return true;
    }
    if (is_uri(path, path_len)) {
        path += URI_LENGTH;
        path_len -= URI_LENGTH;
    } else if (options) {
        return false;
    }
    return path_len == sizeof MEMORY - 1 && memcmp(path, MEMORY, path_len) == 0;
}

static lyger_status parse_option(const char *option, size_t len, int *flags, lyger_error *error)
{
    static const struct {
        const char *text;
        int flags; /* 0: those of the mode stay */
    } known[] = {
        {"mode=rw", SQLITE_OPEN_READWRITE},
        {"mode=rwc", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE},
        {"mode=ro", SQLITE_OPEN_READONLY},
        {"mode=memory", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY},
        {"cache=shared", 0},
        {"cache=private", 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].text) == len && memcmp(option, known[i].text, len) == 0) {
            *flags = known[i].flags ? known[i].flags : *flags;
            return LYGER_OK;
        }
    }
    /* Only the value of mode= is shown: that of another option may be an encryption key. */
    int shown = (int)strcspn(option, "=&");
    shown += strncmp(option, "mode=", 5) == 0 ? 1 + (int)strcspn(option + 5, "=&;") : 0;
    return lyger_fail(error, LYGER_E_QUERY,
                      "unknown SQLite option \"%.*s\" in the DSN; known are mode=rw, mode=rwc, mode=ro, "
                      "mode=memory, cache=shared",
                      shown, option);
}

static lyger_status parse_options(const char *options, int *flags, lyger_error *error)
{
    while (options) {
        size_t len = strcspn(options, "&");
        lyger_status status = parse_option(options, len, flags, error);
        if (status != LYGER_OK) {
            return status;
        }
        options = options[len] == '&' ? options + len + 1 : NULL;
    }
    return LYGER_OK;
}

/* Copies the path of a file: URI (sqlite.org/uri.html): without an authority that is empty or localhost, and
 * with %HH decoded, but not to a NUL. */
static void copy_uri_path(char *to, const char *path, size_t len)
{
    const char *end = path + len;
    if (len >= 2 && memcmp(path, "//", 2) == 0) {
        path += 2;
        path += (size_t)(end - path) >= 10 && memcmp(path, "localhost/", 10) == 0 ? 9 : 0;
    }
    while (path < end) {
        int high = *path == '%' && end - path > 2 ? lyger_hex_digit(path[1]) : -1;
        int low = high >= 0 ? lyger_hex_digit(path[2]) : -1;
        bool coded = low >= 0 && high + low > 0;
        *to++ = coded ? (char)(high * 16 + low) : *path;
        path += coded ? 3 : 1;
    }
    *to = '\0';
}

/* SQLite may be built to take names that begin with file: as URIs; what is opened here is only a path. */
static lyger_status copy_path(target *target, const char *path, size_t len, bool uri, lyger_error *error)
{
    target->path = malloc(len + sizeof MEMORY); /* also room for "./" */
    if (!target->path) {
        lyger_fail(error, LYGER_E_MEMORY, "out of memory for a path");
        return LYGER_E_MEMORY;
    }
    if (target->memory) {
        memcpy(target->path, MEMORY, sizeof MEMORY);
        return LYGER_OK;
    }
    if (uri) {
        copy_uri_path(target->path, path, len);
    } else {
        memcpy(target->path, path, len);
        target->path[len] = '\0';
    }
    if (is_uri(target->path, strlen(target->path))) {
        memmove(target->path + 2, target->path, strlen(target->path) + 1);
        memcpy(target->path, "./", 2);
    }
    return LYGER_OK;
}

/* On success target->path is the caller's to free. */
static lyger_status parse_dsn(const char *dsn, size_t len, target *target, lyger_error *error)
{
    size_t path_len;
    const char *options, *path = split_dsn(dsn, len, &path_len, &options);
    bool uri = is_uri(path, path_len);
    path += uri ? URI_LENGTH : 0;
    path_len -= uri ? URI_LENGTH : 0;
    target->memory = sqlite_exclusive(dsn, len);
    target->flags = SQLITE_OPEN_READWRITE | (target->memory ? SQLITE_OPEN_MEMORY : SQLITE_OPEN_CREATE);
    lyger_status status = parse_options(options, &target->flags, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (target->memory) {
        target->flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY;
    } else if (path_len == 0) {
        lyger_fail(error, LYGER_E_QUERY, "the DSN names no file; sqlite:PATH or sqlite::memory:");
        return LYGER_E_QUERY;
    } else if (*path == ':') {
        lyger_fail(error, LYGER_E_QUERY,
                   "a SQLite path that begins with ':' is written ./:…, and an "
                   "in-memory database sqlite::memory: without options");
        return LYGER_E_QUERY;
    }
    return copy_path(target, path, path_len, uri, error);
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
                            "the SQLite file \"%.500s\" does not exist; without \"?mode=\" it is created",
                            target->path);
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
    .probe = "SELECT count(*) FROM sqlite_master",
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
