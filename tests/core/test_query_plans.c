/*
 * Statements that come often are prepared: when, for how long, under what names, and what happens when the
 * names vanish. What the other session alters is inside of a function, so that this process does not know of
 * it (test_query_ddl.c has every form of that).
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/pq/pq_plans.h"
#include "query/query.h"

#include <unistd.h>

static char dsn[256];
static lyger_pool *pool, *other;
static lyger_error error;

static void begin(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, false});
    other = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, true});
}

static void end(void)
{
    lyger_pool_free(pool);
    lyger_pool_free(other);
}

static const char *ask(lyger_pool *from, const char *sql, const char *value)
{
    static char text[2][4096];
    static int turn;
    lyger_buffer buffer;
    lyger_param param = {.type = LYGER_PARAM_TEXT, .text = {value, value ? strlen(value) : 0}};
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_write_json(
        from, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), value ? &param : NULL, value != NULL, NULL},
        &buffer.sink, &error);
    turn = !turn;
    lyger_copy_text(text[turn], sizeof text[turn], buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text[turn];
}

static const char *kept(const char *sql, const char *value)
{
    static char text[4096];
    lyger_buffer buffer;
    lyger_result *result = NULL;
    lyger_param param = {.type = LYGER_PARAM_TEXT, .text = {value, value ? strlen(value) : 0}};
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_run(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), value ? &param : NULL, value != NULL, NULL},
        &result, &error);
    if (status == LYGER_OK) {
        status = lyger_result_write_json(result, &buffer.sink, &error);
    }
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    lyger_result_free(result);
    return text;
}

static void ddl(const char *sql)
{
    CHECK_STR(ask(other, "select lyger_ddl($1) is null d", sql), "[{\"d\":false}]");
    if (error.status != LYGER_OK) {
        printf("# %s: %s\n", sql, error.message);
    }
}

/* Uses the text so often that it is in time for a plan, however slow the machine. */
static void use(const char *sql, const char *value, unsigned times)
{
    int64_t began;
    do {
        began = lyger_now_ms();
        for (unsigned i = 0; i < times; i++) {
            ask(pool, sql, value);
        }
    } while (lyger_now_ms() - began >= LYGER_PQ_PLAN_LIFETIME_MS);
    CHECK_INT(error.status, LYGER_OK);
}

static void often(const char *sql, const char *value)
{
    use(sql, value, LYGER_PQ_PLAN_AFTER + 3);
}

static long plans_like(const char *text)
{
    const char *count = ask(pool,
                            "select count(*) c from pg_prepared_statements where name like 'lyger%' and "
                            "statement like $1 || '%'",
                            text);
    return strtol(strchr(count, ':') + 1, NULL, 10);
}

static void outlive_the_plans(void)
{
    usleep((LYGER_PQ_PLAN_LIFETIME_MS + 50) * 1000);
}

static void texts_that_come_often_are_prepared_until_they_are_old(void)
{
    static const char sql[] = "select $1::int4 + 1 n";
    begin();
    often(sql, "41");
    CHECK_INT(plans_like(sql), 1);
    outlive_the_plans();
    CHECK_STR(ask(pool, sql, "41"), "[{\"n\":42}]");
    often(sql, "41");
    CHECK_INT(plans_like(sql), 1); /* the old one was taken away */
    often("select $1::float4 n", "1");
    CHECK_INT(plans_like("select $1::float4"), 0 + 1); /* made, found to be of no use */
    outlive_the_plans();
    often(sql, "41");
    CHECK_INT(plans_like("select $1::float4"), 0);
    end();
}

static void plans_come_with_the_use_after_the_eighth(void)
{
    static const char sql[] = "select $1::int4 + 3 n";
    for (unsigned more = 0; more < 2; more++) {
        begin();
        use(sql, "1", LYGER_PQ_PLAN_AFTER + more);
        CHECK_INT(plans_like(sql), more);
        end();
    }
}

/* Number two is the second that was made: what is of no use is found to be so once. */
static void plans_of_no_use_are_not_made_again(void)
{
    static const char sql[] = "select $1::int4 + 4 n";
    begin();
    use("select $1::float8 n", "1", 3 * (LYGER_PQ_PLAN_AFTER + 1));
    often(sql, "1");
    CHECK_STR(ask(pool,
                  "select max(split_part(name, '_', 4)) m from pg_prepared_statements where statement = $1",
                  sql),
              "[{\"m\":\"2\"}]");
    end();
}

static void plans_can_be_switched_off(void)
{
    begin();
    lyger_pool_free(pool);
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, true});
    often("select $1::int4 n", "1");
    CHECK_INT(plans_like("select"), 0);
    end();
}

/* DISCARD ALL takes lyger's plans with those of the user. */
static void plans_survive_the_request_unless_its_user_has_prepared(void)
{
    static const char sql[] = "select $1::int4 + 1 n";
    begin();
    ask(pool, "prepare mine as select 1", NULL);
    for (int request = 0; request < 2; request++) {
        often(sql, "41");
        CHECK_INT(plans_like(sql), 1);
        lyger_pool_request_end(pool);
        CHECK_INT(plans_like(sql), request); /* of the second request nobody had prepared anything */
        CHECK_STR(ask(pool, sql, "41"), "[{\"n\":42}]");
    }
    end();
}

static void names_are_unique_to_connection_and_text(void)
{
    static const char names[] = "select min(name) a, max(name) b, count(*) c from pg_prepared_statements";
    char first[256], second[256];
    begin();
    often("select $1::int4 n", "1");
    snprintf(first, sizeof first, "%s", ask(pool, names, NULL));
    lyger_pool_free(pool);
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, false});
    often("select $1::int4 n", "1");
    snprintf(second, sizeof second, "%s", ask(pool, names, NULL));
    const char *a = strstr(first, "lyger_"), *b = strstr(second, "lyger_");
    CHECK(a && b && strncmp(a, b, 22) != 0);           /* the connection */
    CHECK(a && b && strncmp(a + 22, b + 22, 17) == 0); /* the text */
    often("select $1::int4 other", "1");
    CHECK_STR(
        ask(pool,
            "select count(distinct split_part(name, '_', 3)) c from pg_prepared_statements where statement "
            "like 'select $1::int4%'",
            NULL),
        "[{\"c\":2}]");
    end();
}

/* What the server itself does not notice, and how long that lasts. */
static void what_no_plan_notices_is_over_with_its_life(void)
{
    static const char rows[] = "select * from altered.f()";
    static const char record[] = "select x from altered.f() x";
    begin();
    ask(other, "drop schema if exists altered cascade", NULL);
    ask(other, "create schema altered", NULL);
    ask(other, "create type altered.pair as (a int, b int)", NULL);
    ask(other,
        "create function altered.f() returns setof altered.pair language plpgsql as $$ begin return query "
        "execute 'select x.* from (select (null::altered.pair).*) x'; end $$",
        NULL);
    often(rows, NULL);
    often(record, NULL);
    CHECK_STR(ask(pool, rows, NULL), "[{\"a\":null,\"b\":null}]");
    CHECK_STR(ask(pool, record, NULL), "[{\"x\":{\"a\":null,\"b\":null}}]");
    ddl("alter type altered.pair rename attribute a to z; alter type altered.pair add attribute c text");
    outlive_the_plans();
    CHECK_STR(ask(pool, rows, NULL), "[{\"z\":null,\"b\":null,\"c\":null}]");
    CHECK_STR(kept(rows, NULL), "[{\"z\":null,\"b\":null,\"c\":null}]");
    CHECK_STR(ask(pool, record, NULL), "[{\"x\":{\"z\":null,\"b\":null,\"c\":null}}]");
    CHECK_STR(kept(record, NULL), "[{\"x\":{\"z\":null,\"b\":null,\"c\":null}}]");
    end();
}

/* DDL of this process is noticed at once. */
static void own_ddl_ends_every_plan(void)
{
    static const char rows[] = "select * from altered.f()";
    begin();
    often(rows, NULL);
    ask(pool, "alter type altered.pair rename attribute b to y", NULL);
    CHECK_STR(ask(pool, rows, NULL), "[{\"z\":null,\"y\":null,\"c\":null}]");
    end();
}

static void check_once(const char *body, const char *state)
{
    char sql[600];
    int calls = LYGER_PQ_PLAN_AFTER + 6;
    begin();
    ask(other, "drop schema if exists altered cascade", NULL);
    ask(other, "create schema altered", NULL);
    ask(other, "create table altered.t (a int)", NULL);
    snprintf(
        sql, sizeof sql,
        "create procedure altered.p(n int) language plpgsql as $$ begin insert into altered.t values (n); "
        "commit; %s end $$",
        body);
    ask(other, sql, NULL);
    CHECK_INT(error.status, LYGER_OK);
    for (int i = 0; i < calls; i++) {
        ask(pool, "call altered.p($1)", "1");
        CHECK_STR(error.sqlstate, state);
    }
    snprintf(sql, sizeof sql, "[{\"c\":%d}]", calls);
    CHECK_STR(ask(other, "select count(*) c from altered.t", NULL), sql);
    end();
}

/* A procedure that has committed and then raises what a plan's refusal looks like. */
static void what_has_run_is_not_sent_twice(void)
{
    check_once("raise exception 'cached plan must not change result type' using errcode = '0A000';", "0A000");
    check_once("raise exception 'prepared statement \"lyger_1\" does not exist' using errcode = '26000';",
               "26000");
    check_once("execute 'execute nobody'; ", "26000");
    check_once(
        "execute 'prepare once as select * from altered.t'; execute 'alter table altered.t add b' || "
        "(select count(*) from altered.t) || ' int'; begin execute 'execute once'; exception when others "
        "then execute 'deallocate once'; raise; end;",
        "0A000");
    check_once("perform 'no number $1'::int;", "22P02");
    check_once("perform no_such_function(1);", "42883"); /* the parser's words, when it has run */
    check_once("perform '$1'::json;", "22P02");
}

/* Somebody takes the names away. */
static void names_that_vanish_are_not_used_any_more(void)
{
    static const char sql[] = "select $1::int4 + 1 n";
    begin();
    often(sql, "41");
    CHECK_STR(ask(pool, "deallocate all", NULL), "[]");
    CHECK_STR(ask(pool, sql, "41"), "[{\"n\":42}]");
    often(sql, "41");
    CHECK_INT(plans_like(sql), 0);
    end();
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    begin();
    ask(other,
        "create or replace function lyger_ddl(text) returns int language plpgsql as $$ begin execute $1; "
        "return "
        "1; end $$",
        NULL);
    end();
    RUN(texts_that_come_often_are_prepared_until_they_are_old);
    RUN(plans_come_with_the_use_after_the_eighth);
    RUN(plans_of_no_use_are_not_made_again);
    RUN(plans_can_be_switched_off);
    RUN(names_are_unique_to_connection_and_text);
    RUN(plans_survive_the_request_unless_its_user_has_prepared);
    RUN(what_no_plan_notices_is_over_with_its_life);
    RUN(own_ddl_ends_every_plan);
    RUN(what_has_run_is_not_sent_twice);
    RUN(names_that_vanish_are_not_used_any_more);
    begin();
    ask(other, "drop schema if exists altered cascade", NULL);
    end();
    pg_server_stop();
    return finish();
}
