/*
 * Statements that run side by side.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/query.h"

#include <sys/wait.h>
#include <unistd.h>

static lyger_pool *pool;
static lyger_error error;
static char dsn[256];

static void begin(unsigned connections)
{
    pool = lyger_pool_new(&(lyger_pool_settings){connections, 5, NULL, NULL, 0, 0});
}

static void end(void)
{
    lyger_pool_free(pool);
}

static lyger_result *send_to(const char *to, const char *sql, double timeout)
{
    lyger_result *result = NULL;
    lyger_query_options options = {.timeout = timeout};
    lyger_error_clear(&error);
    lyger_query_send(pool, to, strlen(to), sql, strlen(sql), NULL, 0, &options, &result, &error);
    return result;
}

static const char *json(lyger_result *result)
{
    static char text[512];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_result_await(result, &error);
    if (status == LYGER_OK) {
        status = lyger_result_write_json(result, &buffer.sink, &error);
    }
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text;
}

static void several_take_the_time_of_the_slowest(void)
{
    lyger_result *results[4];
    begin(4);
    int64_t start = lyger_now_ms();
    for (int i = 0; i < 4; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "select %d n, pg_sleep(0.4) is null s", i);
        results[i] = send_to(dsn, sql, 0);
    }
    CHECK(lyger_now_ms() - start < 390);
    for (int i = 3; i >= 0; i--) {
        char expected[40];
        snprintf(expected, sizeof expected, "[{\"n\":%d,\"s\":false}]", i);
        CHECK_STR(json(results[i]), expected);
        CHECK_STR(json(results[i]), expected);
        CHECK_INT(lyger_result_describe(results[i])->rows, 1);
        lyger_result_free(results[i]);
    }
    int64_t took = lyger_now_ms() - start;
    CHECK(took >= 400 && took < 1000);
    CHECK_INT(lyger_pool_connections(pool), 4);
    end();
}

static void errors_come_where_the_result_is_used(void)
{
    begin(2);
    lyger_result *bad = send_to(dsn, "select no_such_column", 0);
    lyger_result *good = send_to(dsn, "select 1 a", 0);
    CHECK(bad && good);
    CHECK_STR(json(bad), "");
    CHECK_STR(error.sqlstate, "42703");
    CHECK_INT(error.position, 8);
    CHECK_STR(json(bad), "");
    CHECK_STR(error.sqlstate, "42703");
    CHECK_STR(json(good), "[{\"a\":1}]");
    lyger_result_free(bad);
    lyger_result_free(good);
    lyger_result *slow = send_to(dsn, "select pg_sleep(30)", 0.2);
    CHECK_STR(json(slow), "");
    CHECK_INT(error.status, LYGER_E_TIMEOUT);
    lyger_result_free(slow);
    end();
}

static void oldest_is_waited_for_when_no_connection_is_left(void)
{
    begin(2);
    lyger_result *first = send_to(dsn, "select 1 a, pg_sleep(0.2) is null s", 0);
    lyger_result *second = send_to(dsn, "select 2 a, pg_sleep(0.2) is null s", 0);
    lyger_result *third = send_to(dsn, "select 3 a", 0);
    CHECK_INT(lyger_pool_connections(pool), 2);
    CHECK_STR(json(third), "[{\"a\":3}]");
    CHECK_STR(json(first), "[{\"a\":1,\"s\":false}]");
    CHECK_STR(json(second), "[{\"a\":2,\"s\":false}]");
    lyger_result_free(first);
    lyger_result_free(second);
    lyger_result_free(third);
    end();
}

static bool stop_once;

static bool on_interrupt(void *context)
{
    bool stop = stop_once;
    (void)context;
    stop_once = false;
    return stop;
}

/* As a signal handler of PHP that throws: the hook does not say it again. */
static void one_interruption_ends_the_wait(void)
{
    const lyger_interrupt interrupt = {on_interrupt, NULL};
    pool = lyger_pool_new(&(lyger_pool_settings){1, 5, &interrupt, NULL, 0, 0});
    int64_t start = lyger_now_ms();
    lyger_result *slow = send_to(dsn, "select pg_sleep(30)", 0);
    stop_once = true;
    CHECK_STR(json(slow), "");
    CHECK_INT(error.status, LYGER_E_INTERRUPTED);
    CHECK_STR(error.sqlstate, "57014");
    lyger_result_free(slow);
    slow = send_to(dsn, "select pg_sleep(30)", 0);
    stop_once = true;
    CHECK(!send_to(dsn, "select 1 a", 0)); /* waits for the only connection */
    CHECK_INT(error.status, LYGER_E_INTERRUPTED);
    lyger_result *next = send_to(dsn, "select 1 a", 0);
    CHECK_STR(json(next), "[{\"a\":1}]");
    CHECK(lyger_now_ms() - start < 10000);
    lyger_result_free(slow);
    lyger_result_free(next);
    end();
}

static void freeing_cancels(void)
{
    begin(1);
    int64_t start = lyger_now_ms();
    lyger_result_free(send_to(dsn, "select pg_sleep(30)", 0));
    lyger_result *next = send_to(dsn, "select 1 a", 0);
    CHECK_STR(json(next), "[{\"a\":1}]");
    CHECK(lyger_now_ms() - start < 5000);
    lyger_result_free(next);
    end();
}

static void large_results_do_not_wait_for_each_other(void)
{
    begin(2);
    lyger_result *wide = send_to(dsn, "select repeat('x', 1000) t from generate_series(1, 20000)", 0);
    lyger_result *slow = send_to(dsn, "select pg_sleep(0.5) is null s", 0);
    CHECK_STR(json(slow), "[{\"s\":false}]");
    int64_t start = lyger_now_ms();
    CHECK_INT(lyger_result_await(wide, &error), LYGER_OK);
    CHECK(lyger_now_ms() - start < 250); /* it was read while the other one slept */
    CHECK_INT(lyger_result_describe(wide)->rows, 20000);
    lyger_result_free(wide);
    lyger_result_free(slow);
    end();
}

static void child_leaves_the_parents_statement_alone(void)
{
    begin(1);
    lyger_result *result = send_to(dsn, "select 5 a, pg_sleep(0.2) is null s", 0);
    pid_t child = fork();
    if (child == 0) {
        bool refused = lyger_result_await(result, &error) == LYGER_E_QUERY;
        lyger_result_free(result);
        lyger_result *own = send_to(dsn, "select 6 a", 0);
        bool works = strcmp(json(own), "[{\"a\":6}]") == 0;
        lyger_result_free(own);
        lyger_pool_free(pool);
        _exit(refused && works ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    CHECK_STR(json(result), "[{\"a\":5,\"s\":false}]");
    lyger_result_free(result);
    end();
}

static void sqlite_runs_at_once_and_tells_errors_later(void)
{
    begin(2);
    lyger_result *good = send_to("sqlite::memory:", "select 1 a", 0);
    lyger_result *bad = send_to("sqlite::memory:", "select nothing", 0);
    CHECK(good && bad);
    CHECK_STR(json(good), "[{\"a\":1}]");
    CHECK_STR(json(bad), "");
    CHECK_INT(error.status, LYGER_E_QUERY);
    lyger_result_free(good);
    lyger_result_free(bad);
    end();
}

static void transaction_waits_for_its_own_statement(void)
{
    begin(2);
    CHECK_INT(lyger_transaction_begin(pool, dsn, strlen(dsn), NULL, &error), LYGER_OK);
    lyger_result *first = send_to(dsn, "select txid_current() t", 0);
    lyger_result *second = send_to(dsn, "select txid_current() t", 0);
    char text[80];
    snprintf(text, sizeof text, "%s", json(first));
    CHECK_STR(json(second), text);
    lyger_result_free(first);
    lyger_result_free(second);
    CHECK_INT(lyger_transaction_end(pool, dsn, strlen(dsn), true, &error), LYGER_OK);
    end();
}

static void rows_are_read_one_at_a_time(const char *to)
{
    static const char sql[] =
        "select 1 n, 2.5 r, 'text' t, null z union all select -7, -0.5, '', 'x' order by n desc";
    lyger_cursor cursor = {0};
    lyger_value values[4];
    begin(1);
    lyger_result *result = send_to(to, sql, 0);
    CHECK_INT(lyger_result_await(result, &error), LYGER_OK);
    CHECK(lyger_result_read(result, &cursor, values));
    CHECK_INT(values[0].kind, LYGER_VALUE_INT);
    CHECK_INT(values[0].integer, 1);
    CHECK(values[2].text.len == 4 && memcmp(values[2].text.bytes, "text", 4) == 0);
    CHECK_INT(values[3].kind, LYGER_VALUE_NULL);
    CHECK(lyger_result_read(result, &cursor, values));
    CHECK_INT(values[0].integer, -7);
    CHECK_INT(values[2].text.len, 0);
    CHECK_INT(values[3].kind, LYGER_VALUE_TEXT);
    CHECK(!lyger_result_read(result, &cursor, values));
    lyger_result_free(result);
    end();
}

static void rows_of_both_databases_are_read(void)
{
    rows_are_read_one_at_a_time(dsn);
    rows_are_read_one_at_a_time("sqlite::memory:");
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    RUN(several_take_the_time_of_the_slowest);
    RUN(errors_come_where_the_result_is_used);
    RUN(oldest_is_waited_for_when_no_connection_is_left);
    RUN(one_interruption_ends_the_wait);
    RUN(freeing_cancels);
    RUN(large_results_do_not_wait_for_each_other);
    RUN(child_leaves_the_parents_statement_alone);
    RUN(sqlite_runs_at_once_and_tells_errors_later);
    RUN(transaction_waits_for_its_own_statement);
    RUN(rows_of_both_databases_are_read);
    pg_server_stop();
    return finish();
}
