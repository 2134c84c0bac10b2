/*
 * What is left behind by a statement that ended, was cancelled, or was undone: a cancellation that comes too
 * late, types that a transaction had altered.
 */
#include "pg_server.h"

#include "query/query.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char dsn[256], other_dsn[280];
static lyger_pool *pool, *other;
static lyger_error error;

static const char *ask_from(lyger_pool *from, const char *to, const char *sql)
{
    static char text[2][1024];
    static int turn;
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_write_json(
        from, &(lyger_query){to, strlen(to), sql, strlen(sql), NULL, 0, NULL}, &buffer.sink, &error);
    turn = !turn;
    lyger_copy_text(text[turn], sizeof text[turn], buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text[turn];
}

static const char *ask(const char *sql)
{
    return ask_from(pool, dsn, sql);
}

/* ---- what the interrupt hook does ---- */

static enum { NOTHING, WAIT_AND_STOP, ABANDON } wish;
static long backend;

static bool on_interrupt(void *context)
{
    char sql[120];
    (void)context;
    bool stop = wish == WAIT_AND_STOP;
    if (wish == ABANDON) {
        lyger_transaction_abandon(pool, dsn, strlen(dsn));
    } else if (stop) {
        wish = NOTHING;
        snprintf(sql, sizeof sql, "select state s from pg_stat_activity where pid = %ld", backend);
        while (strcmp(ask_from(other, dsn, sql), "[{\"s\":\"active\"}]") == 0) {
            usleep(1000);
        }
    }
    wish = NOTHING;
    return stop;
}

static const lyger_interrupt interrupt = {on_interrupt, NULL};

static void begin(void)
{
    wish = NOTHING;
    pool = lyger_pool_new(&(lyger_pool_settings){4, 5, &interrupt, NULL, 0, 0, false});
    other = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, true});
    ask("drop schema if exists undone cascade");
    ask("create schema undone");
    ask("create type undone.pair as (a int, b int)");
    backend = strtol(strchr(ask("select pg_backend_pid() p"), ':') + 1, NULL, 10);
}

static void end(void)
{
    ask("drop schema undone cascade");
    lyger_pool_free(pool);
    lyger_pool_free(other);
}

/* ---- cases ---- */

/* The statement has ended by itself when it is cancelled: what cancels it may still come, to hit the next one
 * on its connection. So there is none. */
static void late_cancellation_hits_nobody(void)
{
    begin();
    wish = WAIT_AND_STOP;
    CHECK_STR(ask("select 1 a from pg_sleep(0.2)"), "");
    CHECK_INT(error.status, LYGER_E_INTERRUPTED);
    CHECK_INT(lyger_pool_connections(pool), 0);
    lyger_result *result;
    const char *sql = "select 1 a from pg_sleep(0.2)";
    backend = strtol(strchr(ask("select pg_backend_pid() p"), ':') + 1, NULL, 10);
    wish = WAIT_AND_STOP;
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL},
                              &result, &error),
              LYGER_E_INTERRUPTED);
    CHECK_INT(lyger_pool_connections(pool), 0);
    end();
}

/* The server's process gets the first request while it waits for the statement, and drops it. */
static void cancellation_that_came_too_early_is_repeated(void)
{
    begin();
    CHECK_INT(kill((pid_t)backend, SIGSTOP), 0);
    pid_t helper = fork();
    if (helper == 0) {
        usleep(500000);
        kill((pid_t)backend, SIGCONT);
        _exit(0);
    }
    const char *sql = "select pg_sleep(30)";
    const lyger_query_options options = {.timeout = 0.1};
    lyger_result *result;
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, &options},
                              &result, &error),
              LYGER_E_TIMEOUT);
    CHECK_INT(lyger_pool_connections(pool), 1);
    CHECK_STR(ask("select state s, query = 'select pg_sleep(30)' q from pg_stat_activity where pid = "
                  "pg_backend_pid()"),
              "[{\"s\":\"active\",\"q\":false}]");
    waitpid(helper, NULL, 0);
    end();
}

static lyger_status run_in(double timeout, const char *sql, const lyger_param *params, size_t count)
{
    const lyger_query_options options = {.timeout = timeout};
    lyger_result *result = NULL;
    lyger_status status = lyger_query_run(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), params, count, &options}, &result, &error);
    lyger_result_free(result);
    return status;
}

/* The server is asked what a list is to be, which has no answer while the table is locked. */
static void question_that_was_given_up_is_not_the_next_statements(void)
{
    const lyger_param list = {.type = LYGER_PARAM_LIST};
    begin();
    ask("create table undone.locked (a int)");
    CHECK_INT(lyger_transaction_begin(other, dsn, strlen(dsn), NULL, &error), LYGER_OK);
    CHECK_STR(ask_from(other, dsn, "lock table undone.locked"), "[]");
    CHECK_INT(run_in(0.2, "select a from undone.locked where a = any($1)", &list, 1), LYGER_E_TIMEOUT);
    CHECK_INT(lyger_transaction_end(other, dsn, strlen(dsn), false, &error), LYGER_OK);
    CHECK_INT(run_in(20, "select 1", NULL, 0), LYGER_OK);
    CHECK_INT(run_in(20, "select a from undone.locked where a = any($1)", &list, 1), LYGER_OK);
    end();
}

#define PAIR "select row(1, 2)::undone.pair p"
#define OLD "[{\"p\":{\"a\":1,\"b\":2}}]"
#define NEW "[{\"p\":{\"z\":1,\"b\":2}}]"
#define RENAME "alter type undone.pair rename attribute a to z"

static lyger_status start(void)
{
    return lyger_transaction_begin(pool, dsn, strlen(dsn), NULL, &error);
}

static lyger_status stop(bool keep)
{
    return lyger_transaction_end(pool, dsn, strlen(dsn), keep, &error);
}

static void altered_types_are_those_of_their_transaction(void)
{
    for (int keep = 0; keep < 2; keep++) {
        begin();
        CHECK_STR(ask(PAIR), OLD);
        CHECK_INT(start(), LYGER_OK);
        CHECK_STR(ask(RENAME), "[]");
        CHECK_STR(ask(PAIR), NEW);
        CHECK_INT(stop(keep), LYGER_OK);
        CHECK_STR(ask(PAIR), keep ? NEW : OLD);
        end();
    }
}

/* Undone with a savepoint, while its transaction goes on. */
static void altered_types_are_those_of_their_level(void)
{
    begin();
    CHECK_INT(start(), LYGER_OK);
    CHECK_INT(start(), LYGER_OK);
    CHECK_STR(ask(RENAME), "[]");
    CHECK_STR(ask(PAIR), NEW);
    CHECK_INT(stop(false), LYGER_OK);
    CHECK_STR(ask(PAIR), OLD);
    CHECK_INT(stop(true), LYGER_OK);
    CHECK_STR(ask(PAIR), OLD);
    end();
}

/* Another connection of this process looks them up before the transaction that altered them is over. */
static void altered_types_are_seen_by_others_when_the_transaction_is_over(void)
{
    begin();
    CHECK_STR(ask_from(pool, other_dsn, PAIR), OLD);
    CHECK_INT(start(), LYGER_OK);
    CHECK_STR(ask(RENAME), "[]");
    CHECK_STR(ask_from(pool, other_dsn, PAIR), OLD);
    CHECK_INT(stop(true), LYGER_OK);
    CHECK_STR(ask_from(pool, other_dsn, PAIR), NEW);
    end();
}

/* The transaction is given up by what interrupts a statement in it; the connection lives on. */
static void altered_types_of_an_abandoned_transaction_are_forgotten(void)
{
    begin();
    CHECK_INT(start(), LYGER_OK);
    CHECK_STR(ask(RENAME), "[]");
    CHECK_STR(ask(PAIR), NEW);
    wish = ABANDON;
    ask("select 1 a from pg_sleep(0.2)");
    CHECK_INT(wish, NOTHING);
    CHECK_STR(ask(PAIR), OLD);
    end();
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    snprintf(other_dsn, sizeof other_dsn, "%s%capplication_name=other", dsn, strchr(dsn, '?') ? '&' : '?');
    RUN(late_cancellation_hits_nobody);
    RUN(cancellation_that_came_too_early_is_repeated);
    RUN(question_that_was_given_up_is_not_the_next_statements);
    RUN(altered_types_are_those_of_their_transaction);
    RUN(altered_types_are_those_of_their_level);
    RUN(altered_types_are_seen_by_others_when_the_transaction_is_over);
    RUN(altered_types_of_an_abandoned_transaction_are_forgotten);
    pg_server_stop();
    return finish();
}
