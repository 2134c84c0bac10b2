#ifdef HAVE_CONFIG_H
#include "config.h" /* LYGER_WITH_PGSQL, LYGER_WITH_SQLITE */
#endif

#include "async.h"
#include "params.h"
#include "pool.h"
#include "result.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const lyger_backend *const backends[] = {
#ifdef LYGER_WITH_PGSQL
    &lyger_pq_backend,
#endif
#ifdef LYGER_WITH_SQLITE
    &lyger_sqlite_backend,
#endif
    NULL,
};

/* What stands before the first ':' when it looks like a scheme (RFC 3986, 3.1); the rest may hold a password.
 */
static int scheme_length(const char *dsn, size_t len)
{
    int at = 0;
    while ((size_t)at < len && at < 32 &&
           ((dsn[at] >= 'a' && dsn[at] <= 'z') || (dsn[at] >= 'A' && dsn[at] <= 'Z') ||
            (at > 0 && ((dsn[at] >= '0' && dsn[at] <= '9') || (dsn[at] && strchr("+-.", dsn[at])))))) {
        at++;
    }
    return (size_t)at < len && dsn[at] == ':' ? at : 0;
}

/* The value of a keyword in PDO's "host=db;port=1;dbname=shop", "" when the keyword is missing; for keywords
 * whose values are no secrets. A password may hold what looks like a pair, where its ';' is doubled (PDO's
 * reader) or in quotes (libpq's). */
static const char *pdo_value(const char *pairs, const char *keyword, char *value, size_t size)
{
    size_t len = strlen(keyword);
    bool quoted = strchr(pairs, '\'') || strstr(pairs, ";;");
    *value = '\0';
    for (const char *at = pairs; *at; at += strcspn(at, ";"), at += *at == ';') {
        at += strspn(at, " ");
        if (strncasecmp(at, keyword, len) == 0 && at[len] == '=') {
            const char *from = at + len + 1;
            size_t value_len = strcspn(from, ";");
            bool plain = !quoted && strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                 "0123456789_.-/") >= value_len;
            lyger_copy_text(value, size, plain ? from : "...", plain ? value_len : 3);
        }
    }
    return value;
}

/* PDO's form of a DSN (its manual, PDO_PGSQL DSN and PDO_MYSQL DSN) as lyger would take it. The DSN is
 * NUL-terminated. */
static bool convert_pdo(const char *pairs, const char *scheme, size_t len, char *text, size_t size)
{
    char host[64], port[16], name[64];
    bool pgsql = len == 5 && memcmp(scheme, "pgsql", 5) == 0,
         mysql = len == 5 && memcmp(scheme, "mysql", 5) == 0;
    if ((!pgsql && !mysql) || strncmp(pairs, "//", 2) == 0) {
        return false;
    }
    pdo_value(pairs, "host", host, sizeof host);
    pdo_value(pairs, "port", port, sizeof port);
    pdo_value(pairs, "dbname", name, sizeof name);
    if (mysql) {
        snprintf(text, size, "mysql://USER:PASSWORD@%s%s%s/%s", *host ? host : "localhost", *port ? ":" : "",
                 port, name);
    } else {
        snprintf(text, size, "host=%s%s%s dbname=%s user=USER password=PASSWORD", *host ? host : "localhost",
                 *port ? " port=" : "", port, name);
    }
    return true;
}

const lyger_backend *lyger_backend_for(const char *dsn, size_t len, lyger_error *error)
{
    char known[256] = "";
    for (size_t i = 0; backends[i]; i++) {
        if (backends[i]->claims(dsn, len)) {
            return backends[i];
        }
        size_t used = strlen(known);
        lyger_copy_text(known + used, sizeof known - used, ", ", i > 0 ? 2 : 0);
        used = strlen(known);
        lyger_copy_text(known + used, sizeof known - used, backends[i]->schemes,
                        strlen(backends[i]->schemes));
    }
    int scheme = scheme_length(dsn, len);
    char converted[192];
    if (scheme > 0 && convert_pdo(dsn + scheme + 1, dsn, (size_t)scheme, converted, sizeof converted)) {
        lyger_fail(error, LYGER_E_QUERY,
                   "\"%.*s:\" is how PDO writes a DSN; here it would be \"%s\"; this build has %s", scheme,
                   dsn, converted, backends[0] ? known : "none");
    } else if (scheme > 0) {
        lyger_fail(error, LYGER_E_QUERY, "unknown DSN scheme \"%.*s\"; this build has %s", scheme, dsn,
                   backends[0] ? known : "none");
    } else {
        lyger_fail(error, LYGER_E_QUERY, "the DSN has no scheme; this build has %s",
                   backends[0] ? known : "none");
    }
    return NULL;
}

lyger_status lyger_with_state(lyger_error *error, lyger_status status, const char *state)
{
    if (error && state) {
        lyger_copy_text(error->sqlstate, sizeof error->sqlstate, state, strlen(state));
    }
    return status;
}

lyger_status lyger_fail_open_transaction(lyger_error *error)
{
    lyger_fail(
        error, LYGER_E_QUERY,
        "the statement left a transaction open, which has been rolled back: lyger_db_transaction() keeps one "
        "for its function (its options: isolation, read_only, deferrable; mode is BEGIN IMMEDIATE and the "
        "like of SQLite)");
    return lyger_with_state(error, LYGER_E_QUERY, "25000");
}

static lyger_call call_of(const lyger_query *query)
{
    lyger_call made = {.dsn = query->dsn,
                       .dsn_len = query->dsn_len,
                       .statement = {.sql = query->sql,
                                     .len = query->sql_len,
                                     .params = query->params,
                                     .param_count = query->param_count}};
    if (query->options) {
        made.statement.options = *query->options;
    }
    return made;
}

lyger_status lyger_call_begin(lyger_pool *pool, const lyger_call *call, lyger_connection **connection,
                              lyger_error *error)
{
    const lyger_statement *statement = &call->statement;
    if (memchr(call->dsn, '\0', call->dsn_len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the DSN holds a NUL byte");
    }
    if (memchr(statement->sql, '\0', statement->len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query holds a NUL byte");
    }
    lyger_status status = lyger_params_check(statement->params, statement->param_count, error);
    if (status != LYGER_OK) {
        return status;
    }
    return lyger_pool_acquire(pool, call->dsn, call->dsn_len, statement->sql, call->beside, connection,
                              error);
}

lyger_status lyger_call_end(lyger_pool *pool, lyger_connection *connection, lyger_status status,
                            lyger_error *error)
{
    lyger_status settled = lyger_pool_release(pool, connection, status == LYGER_OK ? error : NULL);
    return status == LYGER_OK ? settled : status;
}

lyger_status lyger_query_run(lyger_pool *pool, const lyger_query *query, lyger_result **result,
                             lyger_error *error)
{
    const lyger_call call = call_of(query);
    lyger_connection *connection;
    *result = NULL;
    lyger_status status = lyger_call_begin(pool, &call, &connection, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_limits limits = lyger_limits_for(lyger_pool_interrupt(pool), call.statement.options.timeout);
    /* lyger_fail() never gives LYGER_OK: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    status = connection->backend->run(connection, &call.statement, &limits, result, error);
    status = lyger_call_end(pool, connection, status, error);
    if (status == LYGER_OK) {
        status = lyger_result_admit(*result, error);
    }
    if (status != LYGER_OK) {
        lyger_result_free(*result);
        *result = NULL;
    }
    return status;
}

lyger_status lyger_query_send(lyger_pool *pool, const lyger_query *query, lyger_result **result,
                              lyger_error *error)
{
    lyger_call call = call_of(query);
    call.beside = true;
    return lyger_async_send(pool, &call, result, error);
}

lyger_status lyger_query_write_json(lyger_pool *pool, const lyger_query *query, lyger_sink *sink,
                                    lyger_error *error)
{
    const lyger_call call = call_of(query);
    lyger_connection *connection;
    lyger_status status = lyger_call_begin(pool, &call, &connection, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_limits limits = lyger_limits_for(lyger_pool_interrupt(pool), call.statement.options.timeout);
    /* lyger_fail() never gives LYGER_OK: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    status = connection->backend->write_json(connection, &call.statement, &limits, sink, error);
    return lyger_call_end(pool, connection, status, error);
}

const char *lyger_query_version(const char *library, lyger_query_version_of which)
{
    for (size_t i = 0; backends[i]; i++) {
        if (strcmp(backends[i]->library, library) == 0) {
            return backends[i]->version(which);
        }
    }
    return NULL;
}
