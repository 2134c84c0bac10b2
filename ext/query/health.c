/*
 * Whether a database answers.
 */
#include "pool.h"

#define LONGEST_PAUSE 30000 /* ms */

static lyger_status ask(lyger_pool *pool, const char *dsn, size_t dsn_len, double timeout, lyger_error *error)
{
    const lyger_backend *backend = lyger_backend_for(dsn, dsn_len, error);
    if (!backend) {
        return LYGER_E_QUERY;
    }
    const lyger_query_options options = {.timeout = timeout};
    const lyger_query query = {dsn, dsn_len, backend->probe, strlen(backend->probe), NULL, 0, &options};
    lyger_result *result = NULL;
    lyger_status status = lyger_query_run(pool, &query, &result, error);
    lyger_result_free(result);
    return status;
}

lyger_status lyger_query_health(lyger_pool *pool, const char *dsn, size_t dsn_len, double timeout,
                                unsigned attempts, unsigned pause_ms, lyger_error *error)
{
    lyger_limits limits = lyger_limits_for(lyger_pool_interrupt(pool), 0);
    for (;;) {
        lyger_status status = ask(pool, dsn, dsn_len, timeout, error);
        if (--attempts == 0 || (status != LYGER_E_QUERY && status != LYGER_E_TIMEOUT)) {
            return status;
        }
        lyger_status paused = lyger_limits_pause(&limits, (int)pause_ms);
        if (paused != LYGER_OK) {
            return lyger_limits_fail(error, paused, "waiting for the database");
        }
        pause_ms = pause_ms < LONGEST_PAUSE / 2 ? pause_ms * 2 : LONGEST_PAUSE;
    }
}
