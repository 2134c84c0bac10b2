/*
 * Transactions on both databases, with the same expectations. PostgreSQL's is the one that LYGER_TEST_PG
 * names or one of scripts/postgres.
 */
#include "pg_server.h"

#include "query/query.h"

#include <sys/wait.h>
#include <unistd.h>

static lyger_pool *pool;
static lyger_error error;
static char postgres[256], sqlite[128];
static const char *dsn; /* of the database whose turn it is */

static void begin_pool(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){4, 5, NULL, NULL, 0, 0, false});
}

static const char *query(const char *sql)
{
    static char text[1024];
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

static lyger_status start(void)
{
    lyger_error_clear(&error);
    return lyger_transaction_begin(pool, dsn, strlen(dsn), NULL, &error);
}

static lyger_status finish_with(bool keep)
{
    lyger_error_clear(&error);
    return lyger_transaction_end(pool, dsn, strlen(dsn), keep, &error);
}

static void fresh_table(void)
{
    query("drop table if exists moved");
    CHECK_STR(query("create table moved (n integer)"), "[]");
}

static void kept_and_undone(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(finish_with(true), LYGER_OK);
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (2)");
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":2}]");
    CHECK_INT(finish_with(false), LYGER_OK);
    CHECK_STR(query("select n from moved"), "[{\"n\":1}]");
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK(strstr(error.message, "no transaction") != NULL);
}

static void nested_levels_are_savepoints(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (2)");
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (3)");
    CHECK_INT(finish_with(false), LYGER_OK);
    CHECK_INT(finish_with(true), LYGER_OK);
    CHECK_INT(finish_with(true), LYGER_OK);
    CHECK_STR(query("select n from moved order by n"), "[{\"n\":1},{\"n\":2}]");
}

static void failed_statement_inside_a_level_is_undone_with_it(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(start(), LYGER_OK);
    CHECK_STR(query("select no_such_column from moved"), "");
    CHECK_INT(finish_with(false), LYGER_OK);
    query("insert into moved values (4)");
    CHECK_INT(finish_with(true), LYGER_OK);
    CHECK_STR(query("select n from moved order by n"), "[{\"n\":1},{\"n\":4}]");
}

static void level_that_cannot_be_undone_loses_the_rest(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (2)");
    CHECK_STR(query("release savepoint lyger_2"), "[]");
    CHECK_INT(finish_with(false), LYGER_E_QUERY);
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(error.sqlstate, "25000");
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
}

static void statement_that_ends_it_makes_the_rest_an_error(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    query("rollback");
    CHECK_STR(query("insert into moved values (2)"), "");
    CHECK_INT(error.status, LYGER_E_QUERY);
    CHECK_STR(error.sqlstate, "25000");
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
}

/* Its savepoint is gone: what it did cannot be told from the rest any more, and must not be committed. */
static void level_that_cannot_be_undone_loses_the_whole(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_STR(query("release savepoint lyger_2"), "[]");
    CHECK_INT(finish_with(false), LYGER_E_QUERY);
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
}

static void end_of_the_request_rolls_back(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(start(), LYGER_OK);
    lyger_pool_request_end(pool);
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
}

static void abandoned_one_is_rolled_back_with_all_its_levels(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    CHECK_INT(start(), LYGER_OK);
    lyger_transaction_abandon(pool, dsn, strlen(dsn));
    lyger_transaction_abandon(pool, dsn, strlen(dsn));
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
}

static void forked_child_cannot_go_on_with_it(void)
{
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    pid_t child = fork();
    if (child == 0) {
        bool refused = query("insert into moved values (2)")[0] == '\0' && error.status == LYGER_E_QUERY;
        bool ended = finish_with(false) == LYGER_OK;
        _exit(refused && ended ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    CHECK_INT(finish_with(true), LYGER_OK);
    CHECK_STR(query("select n from moved"), "[{\"n\":1}]");
}

static void all(void)
{
    begin_pool();
    kept_and_undone();
    nested_levels_are_savepoints();
    failed_statement_inside_a_level_is_undone_with_it();
    level_that_cannot_be_undone_loses_the_rest();
    statement_that_ends_it_makes_the_rest_an_error();
    level_that_cannot_be_undone_loses_the_whole();
    end_of_the_request_rolls_back();
    abandoned_one_is_rolled_back_with_all_its_levels();
    forked_child_cannot_go_on_with_it();
    query("drop table moved");
    lyger_pool_free(pool);
}

static void transactions_of_sqlite(void)
{
    dsn = sqlite;
    all();
}

static void transactions_of_postgres(void)
{
    dsn = postgres;
    all();
}

static void postgres_says_when_a_commit_was_none(void)
{
    dsn = postgres;
    begin_pool();
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    query("select 1 / 0");
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(error.sqlstate, "25P02");
    query("drop table moved");
    lyger_pool_free(pool);
}

static void level_that_could_not_begin_is_none(void)
{
    dsn = postgres;
    begin_pool();
    CHECK_INT(start(), LYGER_OK);
    query("select 1 / 0");
    CHECK_INT(start(), LYGER_E_QUERY);
    CHECK_STR(error.sqlstate, "25P02");
    CHECK_INT(finish_with(false), LYGER_OK);
    CHECK_INT(finish_with(false), LYGER_E_QUERY);
    CHECK(strstr(error.message, "no transaction") != NULL);
    lyger_pool_free(pool);
}

static bool stop_once;

static bool on_interrupt(void *context)
{
    bool stop = stop_once;
    (void)context;
    stop_once = false;
    return stop;
}

static void savepoint_that_cannot_be_undone_loses_the_transaction(void)
{
    const lyger_interrupt interrupt = {on_interrupt, NULL};
    dsn = postgres;
    pool = lyger_pool_new(&(lyger_pool_settings){4, 5, &interrupt, NULL, 0, 0, false});
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    CHECK_INT(start(), LYGER_OK);
    query("insert into moved values (1)");
    stop_once = true;
    CHECK_INT(finish_with(false), LYGER_E_INTERRUPTED);
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(error.sqlstate, "25000");
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
    query("drop table moved");
    lyger_pool_free(pool);
}

static void lost_connection_ends_the_transaction_not_silently(void)
{
    char sql[80];
    dsn = postgres;
    begin_pool();
    fresh_table();
    CHECK_INT(start(), LYGER_OK);
    snprintf(sql, sizeof sql, "%s", query("select pg_backend_pid() p"));
    long backend = strtol(strchr(sql, ':') + 1, NULL, 10);
    lyger_pool *other = pool;
    begin_pool();
    snprintf(sql, sizeof sql, "select pg_terminate_backend(%ld) t", backend);
    CHECK_STR(query(sql), "[{\"t\":true}]");
    lyger_pool_free(pool);
    pool = other;
    CHECK_STR(query("insert into moved values (1)"), "");
    CHECK_STR(query("insert into moved values (2)"), "");
    CHECK(strstr(error.message, "transaction is over") != NULL);
    CHECK_INT(finish_with(true), LYGER_E_QUERY);
    CHECK_STR(query("select count(*) c from moved"), "[{\"c\":0}]");
    query("drop table moved");
    lyger_pool_free(pool);
}

int main(void)
{
    char directory[] = "/tmp/lyger-transaction-XXXXXX";
    if (!mkdtemp(directory) || !pg_server_start(postgres, sizeof postgres)) {
        return EXIT_FAILURE;
    }
    snprintf(sqlite, sizeof sqlite, "sqlite:%s/test.db?mode=rwc", directory);
    RUN(transactions_of_sqlite);
    RUN(transactions_of_postgres);
    RUN(postgres_says_when_a_commit_was_none);
    RUN(level_that_could_not_begin_is_none);
    RUN(savepoint_that_cannot_be_undone_loses_the_transaction);
    RUN(lost_connection_ends_the_transaction_not_silently);
    pg_server_stop();
    sqlite[strcspn(sqlite, "?")] = '\0';
    unlink(strchr(sqlite, ':') + 1);
    rmdir(directory);
    return finish();
}
