/*
 * The SQLite backend: sqlite:PATH[?mode=rw|rwc|ro] and sqlite::memory:.
 *
 * A statement is stepped; its rows go into the row store or straight into a sink. SQLite calls back while it
 * works: the progress and the busy handler ask the limits. When PHP code that ran inside such a callback has
 * forked, the child may not return into SQLite (it would roll back a transaction whose locks the parent
 * holds; sqlite.org/howtocorrupt.html, 2.6): it leaves by longjmp and forgets the connection for good.
 */
#include "backend.h"
#include "params.h"
#include "result.h"
#include "sqlite_api.h"

#include "jsonout/jsonout.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEME "sqlite:"
#define SCHEME_LENGTH (sizeof SCHEME - 1)
#define MEMORY ":memory:"
#define PROGRESS_OPERATIONS 10000 /* of SQLite's machine between two questions: well under a millisecond */
#define BUSY_MS 5000              /* how long a locked database is waited for */

typedef struct sqlite_connection {
    lyger_connection base; /* first member */
    sqlite3 *db;
    sqlite3_stmt *statement; /* under way */
    lyger_rows rows;         /* of a statement whose rows are written as they come */
    const lyger_limits *limits;
    lyger_status stopped; /* what the limits said inside a callback */
    int64_t busy_until;
    const lyger_path_gate *gate;
    bool memory;
    bool altered; /* settings, attached databases or temporary tables that another request must not see */
    bool denied;  /* the gate refused a file that the statement names */
    jmp_buf escape;
} sqlite_connection;

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
    if (strcmp(option, "mode=rw") == 0) {
        *flags = SQLITE_OPEN_READWRITE;
    } else if (strcmp(option, "mode=rwc") == 0) {
        *flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (strcmp(option, "mode=ro") == 0) {
        *flags = SQLITE_OPEN_READONLY;
    } else {
        return lyger_fail(error, LYGER_E_QUERY,
                          "unknown SQLite option \"%.100s\" in the DSN; known are mode=rw, mode=rwc, mode=ro",
                          option);
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
    /* SQLite takes names that begin with file: as URIs when it was built so: a path is only a path here. */
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

/* Does not return in a process that was forked inside the hook: see the file's first comment. */
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

static int on_busy(void *context, int attempt)
{
    sqlite_connection *connection = context;
    if (!connection->limits) {
        return 0;
    }
    if (attempt == 0) {
        connection->busy_until = lyger_now_ms() + BUSY_MS;
    }
    if (must_stop(connection, lyger_limits_pause(connection->limits, attempt < 25 ? 1 + attempt : 25))) {
        return 0;
    }
    return lyger_now_ms() < connection->busy_until;
}

static bool gate_allows(const sqlite_connection *connection, const char *path)
{
    const lyger_path_gate *gate = connection->gate;
    if (!gate || gate->allows(gate->context, NULL)) {
        return true;
    }
    /* An expression is not known yet, and a URI is more than a path. */
    if (!path || strncmp(path, "file:", 5) == 0) {
        return false;
    }
    return *path == '\0' || strcmp(path, MEMORY) == 0 || gate->allows(gate->context, path);
}

/* Called while a statement is compiled: keeps files inside the allowed paths and notes what outlives it. */
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

/* A file that was deleted or replaced meanwhile is another database. */
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

static lyger_status sqlite_settle(lyger_connection *base, bool *usable, lyger_error *error)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    let_go(connection);
    *usable = true;
    if (sqlite3_get_autocommit(connection->db)) {
        base->in_transaction = false;
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

/* Neither closed nor freed: both could touch the parent's file. Kept in a list so that it is no lost memory.
 */
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

/* ---- statements ---- */

/* The error of the last call. SQLite has no SQLSTATE; the two classes that callers tell apart are given. */
static lyger_status sqlite_failed(sqlite_connection *connection, int code, const char *sql,
                                  lyger_error *error)
{
    if (connection->base.forgotten) {
        return lyger_limits_fail(error, LYGER_E_QUERY, "the statement");
    }
    if (connection->stopped != LYGER_OK) {
        lyger_limits_fail(error, connection->stopped, "the statement");
        return lyger_with_state(error, connection->stopped, "57014");
    }
    if ((code & 0xFF) == SQLITE_NOMEM) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory in SQLite");
    }
    if (connection->denied) {
        lyger_fail(error, LYGER_E_QUERY,
                   "the statement names a file outside the allowed paths (open_basedir)");
    } else {
        lyger_fail(error, LYGER_E_QUERY, "%s", sqlite3_errmsg(connection->db));
    }
    if (error) {
        bool constraint = (code & 0xFF) == SQLITE_CONSTRAINT;
        lyger_with_state(error, LYGER_E_QUERY, constraint ? "23000" : "HY000");
        int offset = sql ? sqlite3_error_offset(connection->db) : -1;
        if (offset >= 0) {
            error->position = lyger_sql_characters(sql, sql + offset) + 1;
        }
    }
    return LYGER_E_QUERY;
}

/* The two calls during which SQLite may call back; setjmp's frame is the callback's caller. */
static int prepare(sqlite_connection *connection, const char *sql, size_t len, sqlite3_stmt **made,
                   const char **tail)
{
    if (setjmp(connection->escape)) {
        connection->base.forgotten = true;
        return SQLITE_ABORT;
    }
    return sqlite3_prepare_v2(connection->db, sql, (int)len + 1, made, tail);
}

static int step(sqlite_connection *connection)
{
    if (setjmp(connection->escape)) {
        connection->base.forgotten = true;
        connection->statement = NULL;
        return SQLITE_ABORT;
    }
    return sqlite3_step(connection->statement);
}

static lyger_status compile(sqlite_connection *connection, const lyger_statement *statement,
                            lyger_error *error)
{
    const char *tail = NULL;
    sqlite3_stmt *second = NULL;
    if (statement->len > INT32_MAX - 1) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query is longer than SQLite can take");
    }
    int code = prepare(connection, statement->sql, statement->len, &connection->statement, &tail);
    if (code != SQLITE_OK) {
        return sqlite_failed(connection, code, statement->sql, error);
    }
    if (!connection->statement) {
        lyger_fail(error, LYGER_E_QUERY, "the query is empty");
        return lyger_with_state(error, LYGER_E_QUERY, "42601");
    }
    if (*tail == '\0') {
        return LYGER_OK;
    }
    code = prepare(connection, tail, strlen(tail), &second, NULL);
    if (connection->base.forgotten || connection->stopped != LYGER_OK) {
        return sqlite_failed(connection, code, NULL, error);
    }
    sqlite3_finalize(second);
    if (code != SQLITE_OK || second) {
        lyger_fail(error, LYGER_E_QUERY, "the query holds more than one statement");
        return lyger_with_state(error, LYGER_E_QUERY, "42601");
    }
    return LYGER_OK;
}

/* ---- parameters ---- */

static lyger_status bind_value(sqlite_connection *connection, int index, const lyger_param *param,
                               size_t number, lyger_error *error)
{
    sqlite3_stmt *statement = connection->statement;
    char label[LYGER_PARAM_LABEL_SIZE];
    int code = SQLITE_OK;
    switch (param->type) {
    case LYGER_PARAM_LIST:
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "%s is a list: SQLite has no arrays (a JSON text and json_each() do instead)",
                          lyger_param_label(param, number, label));
    case LYGER_PARAM_NULL:
        code = sqlite3_bind_null(statement, index);
        break;
    case LYGER_PARAM_BOOL:
        code = sqlite3_bind_int(statement, index, param->boolean);
        break;
    case LYGER_PARAM_INT:
        code = sqlite3_bind_int64(statement, index, param->integer);
        break;
    case LYGER_PARAM_FLOAT:
        if (isnan(param->real)) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "%s is NaN, which SQLite would store as NULL",
                              lyger_param_label(param, number, label));
        }
        code = sqlite3_bind_double(statement, index, param->real);
        break;
    case LYGER_PARAM_TEXT:
        if (lyger_utf8_valid(param->text.bytes, param->text.len) != param->text.len) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "%s is not UTF-8",
                              lyger_param_label(param, number, label));
        }
        code = sqlite3_bind_text64(statement, index, param->text.bytes, param->text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
        break;
    }
    return code == SQLITE_OK ? LYGER_OK : sqlite_failed(connection, code, NULL, error);
}

/* Which value the placeholder at index takes: ? and ?NNN their index, $NNN the number; 0 for a name. */
static size_t position_of(const char *name, int index)
{
    if (!name || *name == '?') {
        return (size_t)index;
    }
    size_t position = 0;
    for (const char *at = name + 1; *at; at++) {
        if (*name != '$' || !isdigit((unsigned char)*at) || position > INT32_MAX) {
            return 0;
        }
        position = position * 10 + (size_t)(*at - '0');
    }
    return position;
}

static lyger_status bind_positional(sqlite_connection *connection, const lyger_statement *statement,
                                    int count, lyger_error *error)
{
    size_t expected = 0;
    bool dollars = false, marks = false;
    for (int index = 1; index <= count; index++) {
        const char *name = sqlite3_bind_parameter_name(connection->statement, index);
        size_t position = position_of(name, index);
        if (position == 0) {
            return lyger_fail(error, LYGER_E_ARGUMENT,
                              "the query names its parameters: \"%.60s\" has no value", name);
        }
        expected = position > expected ? position : expected;
        *(name && *name == '$' ? &dollars : &marks) = true;
    }
    if (dollars && marks) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query mixes ? and $1");
    }
    if (expected != statement->param_count) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query takes %zu parameter%s, %zu given", expected,
                          expected == 1 ? "" : "s", statement->param_count);
    }
    lyger_status status = LYGER_OK;
    for (int index = 1; index <= count && status == LYGER_OK; index++) {
        size_t at = position_of(sqlite3_bind_parameter_name(connection->statement, index), index) - 1;
        status = bind_value(connection, index, &statement->params[at], at, error);
    }
    return status;
}

static bool is_named(const lyger_param *param, const char *name)
{
    size_t colon = param->name_len > 0 && *param->name == ':';
    size_t len = param->name_len - colon;
    return strlen(name) == len && memcmp(param->name + colon, name, len) == 0;
}

static lyger_status bind_named(sqlite_connection *connection, const lyger_statement *statement, int count,
                               lyger_error *error)
{
    char label[LYGER_PARAM_LABEL_SIZE];
    for (size_t i = 0; i < statement->param_count; i++) {
        bool used = false;
        for (int index = 1; index <= count && !used; index++) {
            const char *name = sqlite3_bind_parameter_name(connection->statement, index);
            used = name && is_named(&statement->params[i], name + 1);
        }
        if (!used) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "the query has no %s",
                              lyger_param_label(&statement->params[i], i, label));
        }
    }
    for (int index = 1; index <= count; index++) {
        const char *name = sqlite3_bind_parameter_name(connection->statement, index);
        size_t at = 0;
        while (name && at < statement->param_count && !is_named(&statement->params[at], name + 1)) {
            at++;
        }
        if (!name || at == statement->param_count) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "the query's parameter \"%.60s\" has no value",
                              name ? name : "?");
        }
        lyger_status status = bind_value(connection, index, &statement->params[at], at, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    return LYGER_OK;
}

static lyger_status bind_all(sqlite_connection *connection, const lyger_statement *statement,
                             lyger_error *error)
{
    int count = sqlite3_bind_parameter_count(connection->statement);
    if (statement->param_count > 0 && statement->params[0].name) {
        return bind_named(connection, statement, count, error);
    }
    return bind_positional(connection, statement, count, error);
}

/* ---- rows ---- */

/* Called after the first step: until then SQLite may compile the statement again for a changed schema. */
static lyger_status describe(sqlite_connection *connection, const lyger_statement *statement,
                             lyger_rows *rows, lyger_error *error)
{
    int count = sqlite3_column_count(connection->statement);
    lyger_status status = lyger_rows_init(rows, (size_t)count, statement->options.rows_as_arrays, error);
    for (int i = 0; i < count && status == LYGER_OK; i++) {
        const char *name = sqlite3_column_name(connection->statement, i);
        const char *type = sqlite3_column_decltype(connection->statement, i);
        status = name ? lyger_rows_column(rows, (size_t)i, name, type ? type : "", error)
                      : lyger_fail(error, LYGER_E_MEMORY, "out of memory in SQLite");
    }
    return status;
}

/* False when SQLite ran out of memory converting a text. */
static bool read_value(sqlite3_stmt *statement, int column, lyger_value *value)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        *value = (lyger_value){.kind = LYGER_VALUE_INT, .integer = sqlite3_column_int64(statement, column)};
        return true;
    case SQLITE_FLOAT:
        *value = (lyger_value){.kind = LYGER_VALUE_REAL, .real = sqlite3_column_double(statement, column)};
        return true;
    case SQLITE_TEXT:
        value->kind = LYGER_VALUE_TEXT;
        value->text.bytes = (const char *)sqlite3_column_text(statement, column);
        break;
    case SQLITE_BLOB:
        value->kind = LYGER_VALUE_BLOB;
        value->text.bytes = sqlite3_column_blob(statement, column);
        break;
    default:
        value->kind = LYGER_VALUE_NULL;
        return true;
    }
    value->text.len = (size_t)sqlite3_column_bytes(statement, column);
    if (!value->text.bytes && value->text.len == 0) {
        value->text.bytes = ""; /* a blob without bytes */
    }
    return value->text.bytes;
}

/* Where rows go: stored or sink is set. */
typedef struct destination {
    lyger_stored_result *stored;
    lyger_sink *sink;
    lyger_rows *rows;
    lyger_number_style bigint;
} destination;

static lyger_status pass_row(sqlite_connection *connection, const destination *to, lyger_error *error)
{
    if (to->sink && !lyger_rows_next(to->rows, to->sink)) {
        return lyger_sink_is_full(error);
    }
    for (size_t i = 0; i < to->rows->count; i++) {
        lyger_value value;
        if (!read_value(connection->statement, (int)i, &value)) {
            return lyger_fail(error, LYGER_E_MEMORY, "out of memory in SQLite");
        }
        if (to->stored) {
            if (!lyger_stored_add(to->stored, &value)) {
                return lyger_fail(error, LYGER_E_MEMORY, "out of memory for the rows of a result");
            }
            continue;
        }
        lyger_status status = lyger_value_write(to->rows, i, &value, to->bigint, to->sink, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    return !to->sink || lyger_rows_close(to->rows, to->sink) ? LYGER_OK : lyger_sink_is_full(error);
}

/* Compiles, binds and steps to the end; *count becomes the number of rows. */
static lyger_status pass_rows(sqlite_connection *connection, const lyger_statement *statement,
                              const destination *to, uint64_t *count, lyger_error *error)
{
    lyger_status status = compile(connection, statement, error);
    if (status == LYGER_OK) {
        status = bind_all(connection, statement, error);
    }
    if (status != LYGER_OK) {
        return status;
    }
    int code = step(connection);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        status = describe(connection, statement, to->rows, error);
        if (status == LYGER_OK && to->sink) {
            status = lyger_rows_begin(to->rows, to->sink, error);
        }
    }
    for (*count = 0; code == SQLITE_ROW && status == LYGER_OK; ++*count) {
        status = pass_row(connection, to, error);
        if (status == LYGER_OK) {
            code = step(connection);
        }
    }
    if (status == LYGER_OK && code != SQLITE_DONE) {
        return sqlite_failed(connection, code, NULL, error);
    }
    if (status == LYGER_OK && to->sink && !lyger_rows_end(to->rows, to->sink)) {
        return lyger_sink_is_full(error);
    }
    return status;
}

/* A command tag in PostgreSQL's form from the statement's first word. */
static void make_tag(const lyger_statement *statement, bool reads, uint64_t rows, uint64_t affected,
                     char *tag, size_t size)
{
    char word[16] = "";
    size_t at = lyger_sql_first_word(statement->sql, statement->len), used = 0;
    for (; used + 1 < sizeof word && isalpha((unsigned char)statement->sql[at]); at++) {
        word[used++] = (char)toupper((unsigned char)statement->sql[at]);
    }
    word[used] = '\0';
    if (reads && (strcmp(word, "WITH") == 0 || strcmp(word, "VALUES") == 0 || strcmp(word, "SELECT") == 0)) {
        snprintf(tag, size, "SELECT %" PRIu64, rows);
    } else if (strcmp(word, "INSERT") == 0 || strcmp(word, "REPLACE") == 0) {
        snprintf(tag, size, "INSERT 0 %" PRIu64, affected);
    } else if (strcmp(word, "UPDATE") == 0 || strcmp(word, "DELETE") == 0) {
        snprintf(tag, size, "%s %" PRIu64, word, affected);
    } else {
        snprintf(tag, size, "%s", word);
    }
}

static void begin(sqlite_connection *connection, const lyger_limits *limits)
{
    connection->limits = limits;
    connection->stopped = LYGER_OK;
    connection->denied = false;
}

static lyger_status sqlite_run(lyger_connection *base, const lyger_statement *statement,
                               const lyger_limits *limits, lyger_result **result, lyger_error *error)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    lyger_stored_result *stored = lyger_stored_new(&statement->options);
    if (!stored) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a result");
    }
    *result = lyger_stored_base(stored);
    const destination to = {.stored = stored, .rows = &(*result)->rows};
    uint64_t rows = 0;
    int before = sqlite3_total_changes(connection->db);
    begin(connection, limits);
    lyger_status status = pass_rows(connection, statement, &to, &rows, error);
    if (status != LYGER_OK) {
        return status;
    }
    char tag[64];
    /* sqlite3_changes() keeps the count of the last statement that changed rows; only a difference is this
     * one's. */
    uint64_t affected =
        sqlite3_total_changes(connection->db) != before ? (uint64_t)sqlite3_changes64(connection->db) : 0;
    make_tag(statement, sqlite3_stmt_readonly(connection->statement), rows, affected, tag, sizeof tag);
    return lyger_stored_finish(stored, rows, affected, tag, error);
}

static lyger_status sqlite_write_json(lyger_connection *base, const lyger_statement *statement,
                                      const lyger_limits *limits, lyger_sink *sink, lyger_error *error)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    const destination to = {.sink = sink, .rows = &connection->rows, .bigint = statement->options.bigint};
    uint64_t rows;
    begin(connection, limits);
    return pass_rows(connection, statement, &to, &rows, error);
}

const lyger_backend lyger_sqlite_backend = {
    .schemes = "sqlite:PATH, sqlite::memory:",
    .claims = sqlite_claims,
    .exclusive = sqlite_exclusive,
    .permit = sqlite_permit,
    .open = sqlite_open,
    .revive = sqlite_revive,
    .run = sqlite_run,
    .write_json = sqlite_write_json,
    .settle = sqlite_settle,
    .survives_request = sqlite_survives_request,
    .close = sqlite_close,
    .forget = sqlite_forget,
};
