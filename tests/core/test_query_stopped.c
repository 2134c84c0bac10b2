/*
 * A PostgreSQL server that stops answering, and goes on later: SIGSTOP for its server process or for the one
 * that takes connections and cancellations (postmaster). Time limits hold whatever is under way, and the pool
 * heals. Each case is a process of its own, so that they wait side by side; the server is this program's.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/query.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT 0.2     /* seconds */
#define IN_TIME 20000 /* ms; the limit, cancelling, and a slow machine */
#define TOO_LONG 30   /* seconds, after which a case is dead */
#define SLEEP "select pg_sleep(600)"

static char dsn[256];
static lyger_pool *pool;
static lyger_error error;
static pid_t stopped;

static void begin(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, true});
}

static const char *ask_in(double timeout, const char *sql)
{
    static char text[256];
    lyger_query_options options = {.timeout = timeout};
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_write_json(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, &options}, &buffer.sink, &error);
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text;
}

static const char *ask(const char *sql)
{
    return ask_in(0, sql);
}

static pid_t number(const char *sql)
{
    const char *text = strchr(ask(sql), ':');
    CHECK(text != NULL);
    return text ? (pid_t)strtol(text + 1, NULL, 10) : 0;
}

static void stop(pid_t process)
{
    CHECK(process > 1 && kill(process, SIGSTOP) == 0);
    stopped = process;
}

static void stop_own_backend(void)
{
    stop(number("select pg_backend_pid() p"));
}

/* The statement was given up with its connection, and the next one gets another. When the server process goes
 * on it finds that nobody is there any more. */
static void check_given_up(int64_t began)
{
    char sql[100];
    CHECK(lyger_now_ms() - began < IN_TIME);
    CHECK_INT(error.status, LYGER_E_TIMEOUT);
    CHECK_STR(error.sqlstate, "57014");
    CHECK_INT(lyger_pool_connections(pool), 0);
    CHECK_STR(ask("select 1 a"), "[{\"a\":1}]");
    CHECK_INT(kill(stopped, SIGCONT), 0);
    snprintf(sql, sizeof sql, "select count(*) c from pg_stat_activity where pid = %d", (int)stopped);
    while (strcmp(ask(sql), "[{\"c\":0}]") != 0 && error.status == LYGER_OK) {
        usleep(1000);
    }
    CHECK_INT(error.status, LYGER_OK);
    CHECK_INT(lyger_pool_connections(pool), 1);
}

/* As check_given_up() wants it, where there is nobody to tell the error to. */
static void tell_nobody(void)
{
    error.status = LYGER_E_TIMEOUT;
    memcpy(error.sqlstate, "57014", 6);
}

/* ---- cases ---- */

static void statement_whose_rows_are_written(void)
{
    stop_own_backend();
    int64_t began = lyger_now_ms();
    CHECK_STR(ask_in(LIMIT, "select 2 a"), "");
    check_given_up(began);
}

static void statement_whose_rows_are_kept(void)
{
    lyger_result *result;
    lyger_query_options options = {.timeout = LIMIT};
    stop_own_backend();
    int64_t began = lyger_now_ms();
    lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), "select 2 a", 10, NULL, 0, &options}, &result,
                    &error);
    CHECK(!result);
    check_given_up(began);
}

static lyger_result *send_to_stopped(void)
{
    lyger_result *result = NULL;
    lyger_query_options options = {.timeout = LIMIT};
    stop_own_backend();
    lyger_error_clear(&error);
    CHECK_INT(lyger_query_send(pool, &(lyger_query){dsn, strlen(dsn), "select 2 a", 10, NULL, 0, &options},
                               &result, &error),
              LYGER_OK);
    return result;
}

static void statement_that_was_sent(void)
{
    int64_t began = lyger_now_ms();
    lyger_result *result = send_to_stopped();
    lyger_result_await(result, &error);
    lyger_result_free(result);
    check_given_up(began);
}

static void statement_that_nobody_waits_for(void)
{
    int64_t began = lyger_now_ms();
    lyger_result_free(send_to_stopped());
    tell_nobody();
    check_given_up(began);
}

static void begin_transaction(unsigned levels)
{
    const lyger_transaction_options options = {.timeout = LIMIT};
    ask("create temp table noted (n int)");
    for (unsigned i = 0; i < levels; i++) {
        CHECK_INT(lyger_transaction_begin(pool, dsn, strlen(dsn), &options, &error), LYGER_OK);
        ask("insert into noted values (1)");
    }
    stop_own_backend();
}

static void end_transaction(unsigned levels, bool keep)
{
    begin_transaction(levels);
    int64_t began = lyger_now_ms();
    CHECK_INT(lyger_transaction_end(pool, dsn, strlen(dsn), keep, &error), LYGER_E_TIMEOUT);
    lyger_error first = error;
    if (levels > 1) { /* the outer one is over, too */
        CHECK_INT(lyger_transaction_end(pool, dsn, strlen(dsn), true, &error), LYGER_E_QUERY);
        CHECK_STR(error.sqlstate, "25000");
    }
    error = first;
    check_given_up(began);
}

static void commit_of_a_transaction(void)
{
    end_transaction(1, true);
}

static void rollback_of_a_transaction(void)
{
    end_transaction(1, false);
}

static void end_of_an_inner_level(void)
{
    end_transaction(2, true);
}

static void undoing_an_inner_level(void)
{
    end_transaction(2, false);
}

static void beginning_of_a_transaction(void)
{
    const lyger_transaction_options options = {.timeout = LIMIT};
    stop_own_backend();
    int64_t began = lyger_now_ms();
    CHECK_INT(lyger_transaction_begin(pool, dsn, strlen(dsn), &options, &error), LYGER_E_TIMEOUT);
    check_given_up(began);
}

static void transaction_that_the_request_leaves(void)
{
    begin_transaction(1);
    int64_t began = lyger_now_ms();
    lyger_pool_request_end(pool);
    tell_nobody();
    check_given_up(began);
}

/* Cleaning the session takes the time that a new connection may take, and then there is a new one. */
static void session_that_cannot_be_cleaned(void)
{
    lyger_pool_configure(pool, &(lyger_pool_settings){2, 5 * LIMIT, NULL, NULL, 0, 0, true});
    stop_own_backend();
    lyger_pool_request_end(pool);
    int64_t began = lyger_now_ms();
    CHECK_STR(ask("select 3 a"), "[{\"a\":3}]");
    CHECK_INT(lyger_pool_connections(pool), 1);
    lyger_pool_free(pool);
    begin();
    tell_nobody();
    check_given_up(began);
}

static void postmaster_that_is_stopped(void)
{
    begin();
    pid_t backend = number("select pg_backend_pid() p");
    stop(number("select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int p"));
    CHECK_STR(ask("select 2 a"), "[{\"a\":2}]"); /* whoever is connected is served */
    int64_t began = lyger_now_ms();
    CHECK_STR(ask_in(LIMIT, SLEEP), "");
    CHECK_INT(error.status, LYGER_E_TIMEOUT);
    CHECK_STR(error.sqlstate, "57014");
    CHECK_INT(lyger_pool_connections(pool), 0);
    lyger_pool_configure(pool, &(lyger_pool_settings){2, LIMIT, NULL, NULL, 0, 0, true});
    CHECK_STR(ask("select 2 a"), "");
    CHECK_INT(error.status, LYGER_E_TIMEOUT);
    CHECK_STR(error.sqlstate, "08001");
    CHECK(lyger_now_ms() - began < IN_TIME);
    CHECK_INT(kill(stopped, SIGCONT), 0);
    lyger_pool_configure(pool, &(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, true});
    CHECK_STR(ask("select 3 a"), "[{\"a\":3}]");
    CHECK(number("select pg_backend_pid() p") != backend);
    lyger_pool_free(pool);
}

/* ---- all at once ---- */

static pid_t start(void (*body)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    alarm(TOO_LONG);
    begin();
    body();
    if (stopped) {
        kill(stopped, SIGCONT);
    }
    lyger_pool_free(pool);
    fflush(stdout);
    _exit(case_failed);
}

static void backend_that_is_stopped(void)
{
    static void (*const cases[])(void) = {
        statement_whose_rows_are_written,
        statement_whose_rows_are_kept,
        statement_that_was_sent,
        statement_that_nobody_waits_for,
        commit_of_a_transaction,
        rollback_of_a_transaction,
        end_of_an_inner_level,
        undoing_an_inner_level,
        beginning_of_a_transaction,
        session_that_cannot_be_cleaned,
        transaction_that_the_request_leaves,
    };
    enum { CASES = sizeof cases / sizeof *cases };
    pid_t children[CASES];
    for (int i = 0; i < CASES; i++) {
        children[i] = start(cases[i]);
    }
    for (int i = 0; i < CASES; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        if (status != 0) {
            printf("# case %d\n", i);
        }
        CHECK_INT(status, 0);
    }
}

int main(void)
{
    unsetenv("LYGER_TEST_PG");
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    RUN(backend_that_is_stopped);
    RUN(postmaster_that_is_stopped);
    pg_server_stop();
    return finish();
}
