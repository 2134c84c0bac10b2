/*
 * A PostgreSQL server process that is ended while its rows are on the way: the statement fails and says why,
 * and the next one gets another connection.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/query.h"

static char victim_dsn[256], other_dsn[200];
static lyger_pool *pool, *other;
static bool armed;
static lyger_error error;

/* More than any buffer between the server and here holds, so that the end cannot have arrived. */
static const char rows[] = "select generate_series(1, 300000) n, repeat('x', 1000) t";

static bool ask(lyger_pool *from, const char *dsn, const char *sql)
{
    lyger_result *result;
    lyger_error own;
    lyger_status status = lyger_query_run(
        from, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL}, &result, &own);
    bool ok = status == LYGER_OK && lyger_result_describe(result)->rows > 0;
    lyger_result_free(result);
    return ok;
}

static void end_the_victim(void)
{
    armed = false;
    CHECK(ask(other, other_dsn,
              "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'"));
}

static bool on_interrupt(void *context)
{
    (void)context;
    if (armed) {
        end_the_victim();
    }
    return false;
}

static const lyger_interrupt interrupt = {on_interrupt, NULL};

/* A sink that keeps nothing. */
static char window[65536];
static uint64_t written;

static bool empty_window(lyger_sink *sink, size_t bytes)
{
    written += (uint64_t)(sink->pos - window);
    sink->pos = window;
    if (armed && written > sizeof window) {
        end_the_victim();
    }
    return bytes <= sizeof window;
}

static void begin(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, &interrupt, NULL, 0, 0, false});
    other = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, false});
    CHECK(ask(pool, victim_dsn, "select 1"));
    armed = true;
    written = 0;
    lyger_error_clear(&error);
}

static void end(void)
{
    CHECK(!armed);
    CHECK_INT(error.status, LYGER_E_QUERY);
    /* A server process that waits to send does not say why it ends (its ProcessClientWriteInterrupt). */
    bool said = strcmp(error.sqlstate, "57P01") == 0 &&
                strstr(error.message, "terminating connection due to administrator command");
    bool lost = strcmp(error.sqlstate, "08006") == 0 &&
                strstr(error.message, "the connection to the PostgreSQL server is lost: server closed");
    if (!said && !lost) {
        printf("# [%s] %s\n", error.sqlstate, error.message);
    }
    CHECK(said || lost);
    CHECK_INT(lyger_pool_connections(pool), 0);
    CHECK(ask(pool, victim_dsn, "select 1"));
    CHECK_INT(lyger_pool_connections(pool), 1);
    lyger_pool_free(pool);
    lyger_pool_free(other);
}

static void rows_that_are_written(void)
{
    begin();
    const lyger_interrupt *none = NULL;
    lyger_pool_configure(pool, &(lyger_pool_settings){2, 5, none, NULL, 0, 0, false}); /* the sink does it */
    lyger_sink sink = {window, window + sizeof window, empty_window};
    CHECK_INT(lyger_query_write_json(
                  pool, &(lyger_query){victim_dsn, strlen(victim_dsn), rows, strlen(rows), NULL, 0, NULL},
                  &sink, &error),
              LYGER_E_QUERY);
    CHECK(written > 0 && written < 200000000);
    end();
}

static void rows_that_are_kept(void)
{
    begin();
    lyger_result *result;
    CHECK_INT(lyger_query_run(
                  pool, &(lyger_query){victim_dsn, strlen(victim_dsn), rows, strlen(rows), NULL, 0, NULL},
                  &result, &error),
              LYGER_E_QUERY);
    CHECK(result == NULL);
    end();
}

static void rows_that_are_awaited(void)
{
    begin();
    lyger_result *result;
    armed = false;
    CHECK_INT(lyger_query_send(
                  pool, &(lyger_query){victim_dsn, strlen(victim_dsn), rows, strlen(rows), NULL, 0, NULL},
                  &result, &error),
              LYGER_OK);
    armed = true;
    CHECK_INT(lyger_result_await(result, &error), LYGER_E_QUERY);
    CHECK_INT(lyger_result_await(result, &error), LYGER_E_QUERY); /* the error stays */
    lyger_result_free(result);
    end();
}

static void rows_of_a_transaction(void)
{
    begin();
    lyger_result *result;
    lyger_error after;
    armed = false;
    size_t len = strlen(victim_dsn);
    CHECK_INT(lyger_transaction_begin(pool, victim_dsn, len, NULL, &error), LYGER_OK);
    armed = true;
    CHECK_INT(lyger_query_run(pool, &(lyger_query){victim_dsn, len, rows, strlen(rows), NULL, 0, NULL},
                              &result, &error),
              LYGER_E_QUERY);
    CHECK_INT(
        lyger_query_run(pool, &(lyger_query){victim_dsn, len, "select 1", 8, NULL, 0, NULL}, &result, &after),
        LYGER_E_QUERY);
    CHECK_STR(after.sqlstate, "25000");
    CHECK_INT(lyger_transaction_end(pool, victim_dsn, len, true, &after), LYGER_E_QUERY);
    end();
}

int main(void)
{
    if (!pg_server_start(other_dsn, sizeof other_dsn)) {
        return EXIT_FAILURE;
    }
    snprintf(victim_dsn, sizeof victim_dsn, "%s%capplication_name=victim", other_dsn,
             strchr(other_dsn, '?') ? '&' : '?');
    RUN(rows_that_are_written);
    RUN(rows_that_are_kept);
    RUN(rows_that_are_awaited);
    RUN(rows_of_a_transaction);
    pg_server_stop();
    return finish();
}
