/*
 * The FFI door's symbols of the Lyger framework's ABI 2: queries with parameters as JSON, transactions,
 * health, chunks, figures. Each does what its counterpart of the first fifteen or of lyger_ffi_* does, with
 * other arguments.
 */
#include "abi_query.h"

#include "jsonout/jsonout.h"
#include "query/json_params.h"

#include "base/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEALTH_TIMEOUT 5      /* seconds */
#define DATASET_MOST 10000000 /* rows */

unsigned int lyger_abi_version(void)
{
    return 2;
}

char *lyger_core_version(void)
{
    return lyger_abi_copy(LYGER_VERSION, strlen(LYGER_VERSION), lyger_abi_enter());
}

char *lyger_abi_contract(void)
{
    static const char contract[] =
        "{\"abi\":2,\"name\":\"lyger\",\"version\":\"" LYGER_VERSION "\",\"pointer_bytes\":%zu,"
        "\"strings\":\"UTF-8, NUL-terminated; a char * that is returned is freed with lyger_free_string\","
        "\"handles\":\"freed with lyger_free_result\"}";
    char text[sizeof contract + 8];
    int len = snprintf(text, sizeof text, contract, sizeof(void *));
    return lyger_abi_copy(text, (size_t)len, lyger_abi_enter());
}

/* ---- cache ---- */

int lyger_cache_set_with_ttl(const char *key, const char *value, unsigned long long ttl)
{
    lyger_error *error = lyger_abi_enter();
    if (!key || !value) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", key ? "value" : "key");
        return 0;
    }
    if (ttl > UINT32_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "ttl must be at most %u seconds, %llu given", UINT32_MAX, ttl);
        return 0;
    }
    return lyger_ffi_cache_store(key, strlen(key), 4, value, strlen(value), (unsigned long)ttl) == 1;
}

/* ---- queries ---- */

/* Whether the texts are there; fills the error. */
static bool are_texts(const char *dsn, const char *text, const char *name, lyger_error *error)
{
    if (dsn && text) {
        return true;
    }
    lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", dsn ? name : "dsn");
    return false;
}

unsigned long lyger_db_query_v2(const char *dsn, const char *query, const char *bindings_json)
{
    lyger_error *error = lyger_abi_enter();
    lyger_json_values values = {NULL};
    lyger_query_options options = {.numeric = LYGER_AUTO};
    lyger_result *result = NULL;
    if (!are_texts(dsn, query, "query", error)) {
        return 0;
    }
    lyger_query run = {dsn, strlen(dsn), query, strlen(query), NULL, 0, &options};
    if (lyger_json_read_params(bindings_json, bindings_json ? strlen(bindings_json) : 0, &values, &run.params,
                               &run.param_count, error) == LYGER_OK) {
        lyger_pool *pool = lyger_abi_enter_pool(&options.timeout, error);
        if (pool) {
            lyger_query_run(pool, &run, &result, error);
            lyger_abi_unlock_pool();
        }
    }
    lyger_json_values_free(&values);
    return error->status == LYGER_OK ? lyger_abi_open_report(result, false, error) : 0;
}

unsigned long lyger_db_transaction(const char *dsn, const char *statements_json)
{
    lyger_error *error = lyger_abi_enter();
    lyger_json_values values = {NULL};
    lyger_query_options options = {.numeric = LYGER_AUTO};
    lyger_query *statements;
    lyger_result *last = NULL;
    size_t count;
    if (!are_texts(dsn, statements_json, "statements_json", error)) {
        return 0;
    }
    if (lyger_json_read_statements(statements_json, strlen(statements_json), dsn, strlen(dsn), &options,
                                   &values, &statements, &count, error) == LYGER_OK) {
        lyger_pool *pool = lyger_abi_enter_pool(&options.timeout, error);
        if (pool) {
            lyger_transaction_run(pool, dsn, strlen(dsn), NULL, statements, count, &last, error);
            lyger_abi_unlock_pool();
        }
    }
    lyger_json_values_free(&values);
    return error->status == LYGER_OK ? lyger_abi_open_report(last, true, error) : 0;
}

int lyger_db_health_with_retry(const char *dsn, unsigned int attempts, unsigned long long backoff_ms)
{
    lyger_error *error = lyger_abi_enter();
    double ignored = HEALTH_TIMEOUT;
    if (!are_texts(dsn, "", "", error)) {
        return 0;
    }
    if (attempts < 1 || backoff_ms > 60000) {
        lyger_fail(error, LYGER_E_ARGUMENT, "attempts must be at least 1, and backoff_ms at most 60000");
        return 0;
    }
    lyger_pool *pool = lyger_abi_enter_pool(&ignored, error);
    if (!pool) {
        return 0;
    }
    lyger_status status =
        lyger_query_health(pool, dsn, strlen(dsn), HEALTH_TIMEOUT, attempts, (unsigned)backoff_ms, error);
    lyger_abi_unlock_pool();
    if (status == LYGER_OK) {
        lyger_error_clear(error); /* of an attempt that failed before */
    }
    return status == LYGER_OK;
}

int lyger_db_health(const char *dsn)
{
    return lyger_db_health_with_retry(dsn, 1, 0);
}

unsigned long lyger_create_benchmark_dataset(unsigned int rows)
{
    static const char query[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "SELECT i AS id, 'Item ' || i AS name, i * 1.25 AS price, i % 2 = 0 AS active FROM n LIMIT ?";
    char bindings[32];
    if (rows > DATASET_MOST) {
        lyger_fail(lyger_abi_enter(), LYGER_E_ARGUMENT, "rows must be at most %d, %u given", DATASET_MOST,
                   rows);
        return 0;
    }
    snprintf(bindings, sizeof bindings, "[%u,%u]", rows, rows);
    return lyger_db_query_v2("sqlite::memory:", query, bindings);
}

/* ---- figures ---- */

static size_t count_connections(void)
{
    const lyger_pool *pool = lyger_abi_lock_pool();
    size_t connections = pool ? lyger_pool_connections(pool) : 0;
    lyger_abi_unlock_pool();
    return connections;
}

char *lyger_memory_metrics(void)
{
    lyger_error *error = lyger_abi_enter();
    lyger_results_memory memory;
    lyger_cache_facts facts = {.path = ""};
    char text[512];
    lyger_results_weigh(&memory);
    if (lyger_abi_cache()) {
        lyger_cache_describe(lyger_abi_cache(), &facts);
    }
    size_t connections = count_connections();
    int len =
        snprintf(text, sizeof text,
                 "{\"used_bytes\":%llu,\"budget_bytes\":%llu,\"total_bytes\":%llu,\"active_results\":%llu,"
                 "\"active_handles\":%llu,\"connections\":%zu,\"cache_used_bytes\":%llu,"
                 "\"cache_total_bytes\":%llu}",
                 (unsigned long long)memory.used_bytes, (unsigned long long)memory.budget_bytes,
                 (unsigned long long)memory.total_bytes, (unsigned long long)memory.live,
                 lyger_active_result_handles(), connections, (unsigned long long)facts.bytes_used,
                 (unsigned long long)facts.bytes_total);
    return lyger_abi_copy(text, (size_t)len, error);
}

char *lyger_db_pool_metrics(void)
{
    char text[96];
    size_t connections = count_connections();
    int len = snprintf(text, sizeof text, "{\"connections\":%zu,\"active_handles\":%llu}", connections,
                       lyger_active_result_handles());
    return lyger_abi_copy(text, (size_t)len, lyger_abi_enter());
}

int lyger_db_close_pools(void)
{
    lyger_abi_enter();
    lyger_abi_close_queries();
    return 1;
}
