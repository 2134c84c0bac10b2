/*
 * A statement of SQLite: compiled, its parameters bound, stepped to its end.
 */
#include "query/params.h"
#include "sqlite.h"

#include "jsonout/jsonout.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* SQLite has no SQLSTATE: this gives the codes that callers tell apart, by SQLite's primary result code. */
static const char *state_of(const sqlite_connection *connection, int code)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
        /* Another connection holds the lock; or it has written what this transaction read, or also waits to
         * write, and only doing the whole transaction again helps: then SQLite does not wait
         * (sqlite.org/c3ref/busy_handler.html). */
        return connection->waited ? "55P03" : "40001";
    case SQLITE_LOCKED:
        return "55P03";
    case SQLITE_CONSTRAINT:
        return "23000";
    case SQLITE_READONLY:
        return "25006";
    case SQLITE_FULL:
        return "53100";
    case SQLITE_IOERR:
        return "58030";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "XX001";
    default:
        return "HY000";
    }
}

/* Fails with the error of the connection's last call to SQLite. */
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
    } else if ((code & 0xFF) == SQLITE_BUSY) {
        lyger_fail(error, LYGER_E_QUERY, "%s: %s", sqlite3_errmsg(connection->db),
                   connection->waited
                       ? "another connection kept it for longer than this one may wait"
                       : "another one has written, or is about to, since this transaction has read; it can "
                         "only be done again (lyger_db_transaction() with mode \"immediate\" waits instead)");
    } else {
        lyger_fail(error, LYGER_E_QUERY, "%s", sqlite3_errmsg(connection->db));
    }
    lyger_with_state(error, LYGER_E_QUERY, state_of(connection, code));
    if (error) {
        error->code = code & 0xFF;
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
    int most = sqlite3_limit(connection->db, SQLITE_LIMIT_VARIABLE_NUMBER, -1);
    if (statement->param_count > (size_t)most) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "a query has at most %d parameters, which is this SQLite's limit, %zu given", most,
                          statement->param_count);
    }
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
    if (connection->read_only && !sqlite3_stmt_readonly(connection->statement)) {
        lyger_fail(error, LYGER_E_QUERY, "the statement may write, but its transaction is read-only");
        return lyger_with_state(error, LYGER_E_QUERY, "25006");
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
    char label[LYGER_PARAM_LABEL_SIZE], time[LYGER_TIME_SIZE];
    size_t length;
    int code = SQLITE_OK;
    switch (param->type) {
    case LYGER_PARAM_LIST:
    case LYGER_PARAM_MAP:
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "%s is a list: SQLite has no arrays (a JSON text and json_each() do instead)",
                          lyger_param_label(param, number, label));
    case LYGER_PARAM_BYTES:
        code = sqlite3_bind_blob64(statement, index, param->text.bytes, param->text.len, SQLITE_STATIC);
        break;
    case LYGER_PARAM_TIME:
        length = lyger_param_time_text(param, LYGER_TIME_UTC, time);
        if (length == 0) {
            return lyger_fail(error, LYGER_E_ARGUMENT,
                              "%s is not of the years 0 to 9999 that SQLite's dates have",
                              lyger_param_label(param, number, label));
        }
        code = sqlite3_bind_text64(statement, index, time, length, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
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
static lyger_status describe_columns(sqlite_connection *connection, const lyger_statement *statement,
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

/*
 * Reads a column of the current row. False when SQLite ran out of memory converting a text. The value is
 * asked for once and then looked into, since each of the sqlite3_column_… functions looks for the column,
 * locks and checks anew. SQLite calls such a value unprotected, which makes no difference for a connection
 * without a mutex, as ours are (sqlite.org/c3ref/value.html).
 */
static bool read_value(sqlite3_stmt *statement, int column, lyger_value *value)
{
    sqlite3_value *found = sqlite3_column_value(statement, column);
    switch (sqlite3_value_type(found)) {
    case SQLITE_INTEGER:
        value->kind = LYGER_VALUE_INT;
        value->integer = sqlite3_value_int64(found);
        return true;
    case SQLITE_FLOAT:
        value->kind = LYGER_VALUE_REAL;
        value->real = sqlite3_value_double(found);
        return true;
    case SQLITE_TEXT:
        value->kind = LYGER_VALUE_TEXT;
        value->text.bytes = (const char *)sqlite3_value_text(found);
        break;
    case SQLITE_BLOB:
        value->kind = LYGER_VALUE_BLOB;
        value->text.bytes = sqlite3_value_blob(found);
        break;
    default:
        value->kind = LYGER_VALUE_NULL;
        return true;
    }
    value->text.len = (size_t)sqlite3_value_bytes(found);
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
        status = describe_columns(connection, statement, to->rows, error);
        if (status == LYGER_OK && to->sink) {
            status = lyger_rows_begin(to->rows, 0, to->sink, error);
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

static void begin_statement(sqlite_connection *connection, const lyger_limits *limits)
{
    connection->limits = limits;
    connection->stopped = LYGER_OK;
    connection->denied = false;
    connection->waited = false;
}

lyger_status lyger_sqlite_run(lyger_connection *base, const lyger_statement *statement,
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
    begin_statement(connection, limits);
    lyger_status status = pass_rows(connection, statement, &to, &rows, error);
    if (status != LYGER_OK) {
        return status;
    }
    char tag[64];
    /* sqlite3_changes() keeps the count of the last statement that changed rows; it belongs to this statement
     * only when the total has changed. */
    uint64_t affected =
        sqlite3_total_changes(connection->db) != before ? (uint64_t)sqlite3_changes64(connection->db) : 0;
    make_tag(statement, sqlite3_stmt_readonly(connection->statement), rows, affected, tag, sizeof tag);
    status = lyger_stored_finish(stored, rows, affected, tag, error);
    if (status == LYGER_OK && affected > 0 && strncmp(tag, "INSERT", 6) == 0) {
        (*result)->facts.inserted = true;
        (*result)->facts.insert_id = sqlite3_last_insert_rowid(connection->db);
    }
    return status;
}

lyger_status lyger_sqlite_write_json(lyger_connection *base, const lyger_statement *statement,
                                     const lyger_limits *limits, lyger_sink *sink, lyger_error *error)
{
    sqlite_connection *connection = (sqlite_connection *)base;
    const destination to = {.sink = sink, .rows = &connection->rows, .bigint = statement->options.bigint};
    uint64_t rows;
    begin_statement(connection, limits);
    return pass_rows(connection, statement, &to, &rows, error);
}
