/*
 * Statements that run side by side.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/pq/pq_session.h"
#include "query/query.h"

#include <sys/wait.h>
#include <unistd.h>

static lyger_pool *pool;
static lyger_error error;
static char dsn[256];

static void begin(unsigned connections)
{
    pool = lyger_pool_new(&(lyger_pool_settings){connections, 5, NULL, NULL, 0, 0, false});
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
    lyger_query_send(pool, &(lyger_query){to, strlen(to), sql, strlen(sql), NULL, 0, &options}, &result,
                     &error);
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

static const char *run(const char *sql)
{
    static char text[512];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_write_json(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL}, &buffer.sink, &error);
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text;
}

/* run(), for a number, with another pool. */
static long number_from(lyger_pool *from, const char *sql)
{
    lyger_pool *mine = pool;
    pool = from;
    const char *text = strchr(run(sql), ':');
    pool = mine;
    CHECK(text != NULL);
    return text ? strtol(text + 1, NULL, 10) : -1;
}

/* Statements that go on when one of another session lets them: when it sees all of them wait at once. */
static void several_run_at_the_same_time(void)
{
    enum { COUNT = 4, LIMIT = 60 };
    char sql[240];
    long key = (long)getpid();
    lyger_result *results[COUNT];
    begin(1);
    lyger_pool *gate = pool;
    begin(COUNT);
    snprintf(sql, sizeof sql,
             "create function lyger_pass_%ld() returns bool language plpgsql as 'begin perform "
             "pg_advisory_xact_lock_shared(%ld); return true; end'",
             key, key);
    run(sql);
    snprintf(sql, sizeof sql, "select pg_advisory_lock(%ld) is null l, 1 n", key);
    number_from(gate, sql);
    for (int i = 0; i < COUNT; i++) {
        snprintf(sql, sizeof sql, "select %d n, lyger_pass_%ld() s", i, key);
        results[i] = send_to(dsn, sql, LIMIT);
    }
    int64_t start = lyger_now_ms();
    snprintf(sql, sizeof sql,
             "select count(*) n from pg_locks where locktype = 'advisory' and not granted and objid = %ld",
             key);
    while (number_from(gate, sql) < COUNT && lyger_now_ms() - start < LIMIT * 1000) {
        usleep(1000);
    }
    snprintf(sql, sizeof sql, "select pg_advisory_unlock(%ld)::int l", key);
    CHECK_INT(number_from(gate, sql), 1);
    for (int i = COUNT - 1; i >= 0; i--) {
        char expected[40];
        snprintf(expected, sizeof expected, "[{\"n\":%d,\"s\":true}]", i);
        CHECK_STR(json(results[i]), expected);
        CHECK_STR(json(results[i]), expected);
        CHECK_INT(lyger_result_describe(results[i])->rows, 1);
        lyger_result_free(results[i]);
    }
    CHECK_INT(lyger_pool_connections(pool), COUNT);
    snprintf(sql, sizeof sql, "drop function lyger_pass_%ld", key);
    CHECK_STR(run(sql), "[]");
    end();
    lyger_pool_free(gate);
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
    pool = lyger_pool_new(&(lyger_pool_settings){1, 5, &interrupt, NULL, 0, 0, false});
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

/* The statement that is waited for ends when the server has got rid of the other one's rows, which are more
 * than lies between. */
static void large_results_do_not_wait_for_each_other(void)
{
    char sql[600];
    long key = (long)getpid();
    begin(2);
    snprintf(
        sql, sizeof sql,
        "create function lyger_wide_%ld() returns bool language plpgsql as $$ begin loop perform "
        "pg_stat_clear_snapshot(); exit when exists (select from pg_stat_activity where state = 'idle' and "
        "query = 'select repeat(''x'', 1000) t, %ld from generate_series(1, 20000)'); perform "
        "pg_sleep(0.001); end loop; return true; end $$",
        key, key);
    run(sql);
    snprintf(sql, sizeof sql, "select repeat('x', 1000) t, %ld from generate_series(1, 20000)", key);
    lyger_result *wide = send_to(dsn, sql, 0);
    snprintf(sql, sizeof sql, "select lyger_wide_%ld() s", key);
    lyger_result *other = send_to(dsn, sql, 60);
    CHECK_STR(json(other), "[{\"s\":true}]");
    CHECK_INT(lyger_result_await(wide, &error), LYGER_OK);
    CHECK_INT(lyger_result_describe(wide)->rows, 20000);
    lyger_result_free(wide);
    lyger_result_free(other);
    snprintf(sql, sizeof sql, "drop function lyger_wide_%ld", key);
    CHECK_STR(run(sql), "[]");
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

static const char tenant[] = "select current_setting('app.tenant', true) t";
static const char slow_tenant[] = "select current_setting('app.tenant', true) t from pg_sleep(0.3)";
#define SEVEN "[{\"t\":\"7\"}]"
#define NOBODY(text) (strcmp(text, "[{\"t\":null}]") == 0 || strcmp(text, "[{\"t\":\"\"}]") == 0)

static void text_says_that_a_statement_needs_the_session(void)
{
    static const char *const needing[] = {"set a = 1",
                                          " \t\r\n\f\v(;set a = 1",
                                          "SeT a = 1",
                                          "/* a /* b */ c */ set a = 1",
                                          "/* -- */ set a = 1",
                                          "-- /* \nset a = 1",
                                          "-- a\rset a = 1",
                                          "reset all",
                                          "discard plans",
                                          "prepare a as select 1",
                                          "declare a cursor with hold for select 1",
                                          "load 'a'",
                                          "do 'begin end'",
                                          "call a()",
                                          "create temp table a ()",
                                          "create or replace TEMPorary view a as select 1",
                                          "select 1 a into temp b",
                                          "with a as (select 1 b) select b INTO\n Temporary c from a",
                                          "select SET_config('a.b', '1', false)",
                                          "select s, pg_advisory_lock(1)",
                                          "select pg_try_advisory_lock(1)",
                                          "select currval('a')",
                                          "select LastVal()"};
    static const char *const others[] = {"",
                                         "select 1",
                                         "settle",
                                         "SETTLE",
                                         "setZ",
                                         "set_a",
                                         "set1",
                                         "set$",
                                         "set\303\274",
                                         "/* set a */ select 1",
                                         "/* a /* b */ */ select 1 -- set",
                                         "/* /* */ set a = 1 */ select 1",
                                         "-- set a = 1\nselect 1",
                                         "create table a ()",
                                         "insert into temp values (1)",
                                         "select 1 into temperatures",
                                         "select intotemp from a",
                                         "select 'into'"};
    for (size_t i = 0; i < sizeof needing / sizeof *needing; i++) {
        CHECK(lyger_pq_needs_session(needing[i]) || (printf("# %s\n", needing[i]), false));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(!lyger_pq_needs_session(others[i]) || (printf("# %s\n", others[i]), false));
    }
}

static void what_a_session_was_told_holds_for_the_request(void)
{
    static const char *const ways[] = {"set app.tenant = '7'",
                                       "/* x */ select set_config('app.tenant', '7', false)",
                                       "do $$ begin perform set_config('app.tenant', '7', false); end $$"};
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        begin(4);
        run(ways[way]);
        lyger_result *first = send_to(dsn, slow_tenant, 0);
        CHECK_STR(run(tenant), SEVEN); /* waits: there is one session that is right */
        CHECK_STR(json(first), SEVEN);
        lyger_result *second = send_to(dsn, slow_tenant, 0), *third = send_to(dsn, tenant, 0);
        CHECK_STR(json(third), SEVEN);
        CHECK_STR(json(second), SEVEN);
        CHECK_INT(lyger_pool_connections(pool), 1);
        lyger_result_free(first);
        lyger_result_free(second);
        lyger_result_free(third);
        lyger_pool_request_end(pool);
        CHECK(NOBODY(run(tenant)));
        end();
    }
}

static void what_is_told_by_a_statement_that_is_sent_holds_too(void)
{
    begin(4);
    lyger_result *set = send_to(dsn, "select set_config('app.tenant', '7', false) from pg_sleep(0.2)", 0);
    CHECK_STR(run(tenant), SEVEN);
    lyger_result_free(set);
    end();
    begin(4);
    lyger_result *slow = send_to(dsn, "select pg_sleep(0.2)", 0);
    set = send_to(dsn, "set app.tenant = '7'", 0);
    CHECK_STR(run(tenant), SEVEN);
    CHECK_INT(lyger_pool_connections(pool), 1);
    lyger_result_free(slow);
    lyger_result_free(set);
    end();
}

/* A statement that is run while others are under way takes the home with it; those that were beside are clean
 * when they are used again. */
static void home_moves_to_the_statement_that_is_run(void)
{
    begin(4);
    lyger_result *slow = send_to(dsn, "select pg_sleep(0.3)", 0);
    char mine[64];
    snprintf(mine, sizeof mine, "%s", run("select pg_backend_pid() p"));
    run("set app.tenant = '7'");
    CHECK_STR(run(tenant), SEVEN);
    CHECK_STR(run("select pg_backend_pid() p"), mine);
    CHECK_INT(lyger_result_await(slow, &error), LYGER_OK);
    lyger_result_free(slow);
    CHECK_STR(run("select pg_backend_pid() p"), mine);
    CHECK_STR(run(tenant), SEVEN);
    end();
    begin(2);
    run("create or replace function lyger_hidden() returns text language sql as $$ select "
        "set_config('app.tenant', '8', false) $$");
    lyger_pool_request_end(pool);
    slow = send_to(dsn, "select pg_sleep(0.2)", 0);
    lyger_result *hidden =
        send_to(dsn, "select lyger_hidden() h", 0); /* beside it: lost, and for nobody else to see */
    CHECK_STR(json(hidden), "[{\"h\":\"8\"}]");
    lyger_result *other = send_to(dsn, tenant, 0);
    CHECK_INT(lyger_pool_connections(pool), 2);
    CHECK(NOBODY(json(other)));
    lyger_result_free(slow);
    lyger_result_free(hidden);
    lyger_result_free(other);
    end();
}

static void last_value_and_temporary_tables_are_of_the_request_s_session(void)
{
    begin(4);
    run("drop table if exists counted");
    run("create table counted (id serial, a int)");
    lyger_pool_request_end(pool);
    CHECK_STR(run("insert into counted (a) values (1) returning id"), "[{\"id\":1}]");
    lyger_result *slow = send_to(dsn, "select pg_sleep(0.2)", 0);
    CHECK_STR(run("select lastval() l"), "[{\"l\":1}]");
    lyger_result_free(slow);
    lyger_pool_request_end(pool);
    CHECK_STR(run("select 2 b into temp c"), "[]");
    slow = send_to(dsn, "select pg_sleep(0.2)", 0);
    CHECK_STR(run("select b from c"), "[{\"b\":2}]");
    lyger_result_free(slow);
    run("drop table counted");
    end();
}

static void session_that_is_lost_is_told_once(void)
{
    char sql[100];
    begin(2);
    run("set app.tenant = '7'");
    snprintf(sql, sizeof sql, "select pg_terminate_backend(%ld)",
             strtol(strchr(run("select pg_backend_pid() p"), ':') + 1, NULL, 10));
    lyger_pool *mine = pool;
    begin(1);
    run(sql);
    snprintf(sql, sizeof sql, "select count(*) c from pg_stat_activity where pid = %ld",
             strtol(strchr(sql, '(') + 1, NULL, 10));
    while (strcmp(run(sql), "[{\"c\":0}]") != 0) {
        usleep(1000);
    }
    end();
    pool = mine;
    CHECK_STR(run(tenant), "");
    CHECK_STR(error.sqlstate, "08006");
    CHECK(strstr(error.message, "had changed in its session") != NULL);
    CHECK(NOBODY(run(tenant)));
    end();
}

static void changed_session_is_not_worn_out(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0.05, 0.05, false});
    run("set app.tenant = '7'");
    usleep(120000);
    CHECK_STR(run(tenant), SEVEN);
    lyger_pool_request_end(pool);
    usleep(120000);
    CHECK(NOBODY(run(tenant)));
    end();
}

static void listening_is_refused(void)
{
    begin(1);
    CHECK_STR(run(" -- x\n listen channel"), "");
    CHECK_STR(error.sqlstate, "0A000");
    CHECK(strstr(error.message, "LISTEN is not supported") != NULL);
    lyger_result *sent = send_to(dsn, "LISTEN channel", 0);
    CHECK_STR(json(sent), "");
    lyger_result_free(sent);
    CHECK_STR(run("select count(*) c from pg_listening_channels()"), "[{\"c\":0}]");
    CHECK_STR(run("unlisten *"), "[]");
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
    RUN(several_run_at_the_same_time);
    RUN(errors_come_where_the_result_is_used);
    RUN(oldest_is_waited_for_when_no_connection_is_left);
    RUN(one_interruption_ends_the_wait);
    RUN(freeing_cancels);
    RUN(large_results_do_not_wait_for_each_other);
    RUN(child_leaves_the_parents_statement_alone);
    RUN(sqlite_runs_at_once_and_tells_errors_later);
    RUN(text_says_that_a_statement_needs_the_session);
    RUN(what_a_session_was_told_holds_for_the_request);
    RUN(what_is_told_by_a_statement_that_is_sent_holds_too);
    RUN(home_moves_to_the_statement_that_is_run);
    RUN(last_value_and_temporary_tables_are_of_the_request_s_session);
    RUN(session_that_is_lost_is_told_once);
    RUN(changed_session_is_not_worn_out);
    RUN(listening_is_refused);
    RUN(transaction_waits_for_its_own_statement);
    RUN(rows_of_both_databases_are_read);
    pg_server_stop();
    return finish();
}
