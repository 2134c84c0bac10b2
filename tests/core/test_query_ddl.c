/*
 * Statements that have a plan, while another session alters what they are about: between two calls, and
 * during one, which the other session then holds up with its locks or not. What is right is what psql says,
 * in a session that it opens for the one statement. The other session alters inside of a function, so that
 * this process does not know of it.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/pq/pq_plans.h"
#include "query/query.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static char dsn[256];
static lyger_pool *pool, *other, *observer;
static lyger_error error;
static const lyger_query_options limited = {.timeout = 60};

#define SIZE 4096 /* of what a statement says */

/* ---- asking ---- */

static void fail_text(char text[SIZE])
{
    snprintf(text, SIZE, "ERROR %s\n", error.sqlstate);
}

static lyger_param param_of(const char *value)
{
    return (lyger_param){.type = LYGER_PARAM_TEXT, .text = {value, value ? strlen(value) : 0}};
}

static const char *json(lyger_pool *from, const char *sql, const char *value)
{
    static char texts[4][SIZE];
    static int turn;
    char *text = texts[turn = (turn + 1) % 4];
    lyger_buffer buffer;
    lyger_param param = param_of(value);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    if (lyger_query_write_json(from,
                               &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), value ? &param : NULL,
                                              value != NULL, &limited},
                               &buffer.sink, &error) == LYGER_OK) {
        lyger_copy_text(text, SIZE, buffer.start, lyger_buffer_length(&buffer));
    } else {
        fail_text(text);
    }
    lyger_buffer_free(&buffer);
    return text;
}

static size_t put(char text[SIZE], size_t used, const char *bytes, size_t len)
{
    lyger_copy_text(text + used, SIZE - used, bytes, len);
    return used + strlen(text + used);
}

static size_t put_value(char text[SIZE], size_t used, const lyger_value *value)
{
    char number[24];
    switch (value->kind) {
    case LYGER_VALUE_NULL:
        return used;
    case LYGER_VALUE_INT:
        return put(text, used, number,
                   (size_t)snprintf(number, sizeof number, "%lld", (long long)value->integer));
    case LYGER_VALUE_BOOL:
        return put(text, used, value->integer ? "t" : "f", 1);
    default:
        return put(text, used, value->text.bytes, value->text.len);
    }
}

/* As psql writes it: the names, then the rows. */
static const char *rows(const char *sql, const char *value)
{
    static char text[SIZE];
    lyger_result *result = NULL;
    lyger_param param = param_of(value);
    lyger_cursor cursor = {0};
    lyger_value values[8];
    lyger_error_clear(&error);
    text[0] = '\0';
    if (lyger_query_run(pool,
                        &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), value ? &param : NULL,
                                       value != NULL, &limited},
                        &result, &error) != LYGER_OK) {
        fail_text(text);
        return text;
    }
    const lyger_result_facts *facts = lyger_result_describe(result);
    size_t used = 0, columns = facts->column_count;
    CHECK(columns <= 8);
    for (size_t i = 0; i < columns && columns <= 8; i++) {
        const char *name = facts->columns[i].name;
        used = put(text, used, name, strlen(name));
        used = put(text, used, i + 1 < columns ? "|" : "\n", 1);
    }
    while (columns <= 8 && lyger_result_read(result, &cursor, values)) {
        for (size_t i = 0; i < columns; i++) {
            used = put_value(text, used, &values[i]);
            used = put(text, used, i + 1 < columns ? "|" : "\n", 1);
        }
    }
    lyger_result_free(result);
    return text;
}

/* ---- psql ---- */

static FILE *to_psql, *from_psql;

static void start_psql(void)
{
    int in[2], out[2];
    CHECK(pipe(in) == 0 && pipe(out) == 0);
    pid_t child = fork();
    if (child == 0) {
        if (dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1 && dup2(out[1], 2) == 2 && close(in[1]) == 0 &&
            close(out[0]) == 0) {
            execlp("stdbuf", "stdbuf", "-oL", "psql", "-X", "-q", "-A", "-P", "footer=off", "-v",
                   "VERBOSITY=sqlstate", dsn, (char *)NULL);
        }
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_psql = fdopen(in[1], "w");
    from_psql = fdopen(out[0], "r");
    CHECK(child > 0 && to_psql && from_psql);
}

static void stop_psql(void)
{
    int status = -1;
    fclose(to_psql);
    wait(&status);
    fclose(from_psql);
    CHECK_INT(status, 0);
}

/* In a session of its own; $1 becomes :'v', which psql quotes. */
static void psql(const char *sql, const char *value, char text[SIZE])
{
    char line[SIZE], *at;
    size_t used = 0;
    const char *mark = value ? strstr(sql, "$1") : NULL;
    fprintf(to_psql, "\\c -\n\\set v '%s'\n%.*s%s%s;\n\\echo END\n", value ? value : "",
            (int)(mark ? mark - sql : (ptrdiff_t)strlen(sql)), sql, mark ? ":'v'" : "", mark ? mark + 2 : "");
    fflush(to_psql);
    text[0] = '\0';
    while ((at = fgets(line, sizeof line, from_psql)) && strcmp(line, "END\n") != 0) {
        at = strstr(line, "ERROR:  ");
        used = at ? put(text, used, "ERROR ", 6) : used;
        at = at ? at + 8 : line;
        used = put(text, used, at, strlen(at));
    }
    CHECK(at != NULL);
}

/* ---- the other session ---- */

static bool late;    /* what is right is right when the plan is old */
static long backend; /* of the pool's connection */
static bool armed, waited;

static bool is(const char *sql, const char *expected)
{
    return strcmp(json(observer, sql, NULL), expected) == 0;
}

/* Within a call: when its statement waits for a lock of the other session, or has ended, that one commits. */
static bool on_interrupt(void *context)
{
    char waits[160], runs[160];
    lyger_error own, kept = error;
    (void)context;
    if (!armed) {
        return false;
    }
    armed = false;
    snprintf(waits, sizeof waits, "select wait_event_type = 'Lock' w from pg_stat_activity where pid = %ld",
             backend);
    snprintf(runs, sizeof runs, "select state = 'active' r from pg_stat_activity where pid = %ld", backend);
    while (!(waited = is(waits, "[{\"w\":true}]")) && is(runs, "[{\"r\":true}]")) {
        usleep(1000);
    }
    CHECK_INT(lyger_transaction_end(other, dsn, strlen(dsn), true, &own), LYGER_OK);
    error = kept;
    return false;
}

static const lyger_interrupt interrupt = {on_interrupt, NULL};

static void begin(void)
{
    armed = false;
    pool = lyger_pool_new(&(lyger_pool_settings){1, 5, &interrupt, NULL, 0, 0, false});
    other = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, true});
    observer = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, true});
    backend = strtol(strchr(json(pool, "select pg_backend_pid() p", NULL), ':') + 1, NULL, 10);
}

static void end(void)
{
    lyger_pool_free(pool);
    lyger_pool_free(other);
    lyger_pool_free(observer);
}

static void ddl(const char *sql)
{
    const char *done = json(other, "select lyger_moving($1) is null d", sql);
    CHECK_STR(done, "[{\"d\":false}]");
    if (error.status != LYGER_OK) {
        printf("# %s: %s\n", sql, error.message);
    }
}

/* ---- the cases ---- */

typedef struct change {
    const char *before, *sql, *value, *ddl, *after_value;
} change;

static void make(const change *change)
{
    ddl("drop schema if exists moving cascade; create schema moving");
    ddl(change->before);
    for (unsigned i = 0; i < LYGER_PQ_PLAN_AFTER + 3; i++) {
        rows(change->sql, change->value);
        CHECK_INT(error.status, LYGER_OK);
    }
}

static void outlive_the_plans(void)
{
    usleep((LYGER_PQ_PLAN_LIFETIME_MS + 50) * 1000);
}

/* What is said before and after. */
typedef struct words {
    char rows[2][SIZE], json[2][SIZE];
} words;

static void check_same(const change *change, const char *ours, const char *right, const char *when)
{
    CHECK_STR(ours, right);
    if (strcmp(ours, right) != 0) {
        printf("# %s %s: %s\n", when, change->ddl, change->sql);
    }
}

static void check_between(const change *change, const char *value, words *right)
{
    make(change);
    psql(change->sql, value, right->rows[0]);
    snprintf(right->json[0], SIZE, "%s", json(other, change->sql, value));
    ddl(change->ddl);
    if (late) {
        outlive_the_plans();
    }
    const char *ours = json(pool, change->sql, value);
    snprintf(right->json[1], SIZE, "%s", json(other, change->sql, value));
    psql(change->sql, value, right->rows[1]);
    check_same(change, ours, right->json[1], "after");
    check_same(change, rows(change->sql, value), right->rows[1], "after");
}

/* A statement that had to wait saw what is now; one that did not, either. */
static void check_during(const change *change, const char *value, const words *right, bool kept)
{
    const char(*expected)[SIZE] = kept ? right->rows : right->json;
    make(change);
    CHECK_INT(lyger_transaction_begin(other, dsn, strlen(dsn), NULL, &error), LYGER_OK);
    ddl(change->ddl);
    armed = true;
    waited = false;
    const char *ours = kept ? rows(change->sql, value) : json(pool, change->sql, value);
    CHECK(!armed);
    if (waited || strcmp(ours, expected[0]) != 0) {
        check_same(change, ours, expected[1], "during");
    }
    if (late) {
        outlive_the_plans();
    }
    check_same(change, kept ? rows(change->sql, value) : json(pool, change->sql, value), expected[1],
               "after what was during");
}

#define TABLE "create table moving.t as select 1 a, 'x'::text b"
#define INSERT "insert into moving.t (a) values ($1) returning a"

static const change changes[] = {
    {TABLE, "select * from moving.t", NULL, "alter table moving.t add c int default 5", NULL},
    {TABLE, "select * from moving.t", NULL, "alter table moving.t drop b", NULL},
    {TABLE, "select * from moving.t", NULL, "alter table moving.t rename a to z", NULL},
    {TABLE, "select a from moving.t", NULL, "alter table moving.t rename a to z", NULL},
    {TABLE, "select * from moving.t", NULL, "alter table moving.t alter a type text", NULL},
    {TABLE, "select a from moving.t", NULL, "alter table moving.t rename to u", NULL},
    {TABLE, "select * from moving.t", NULL,
     "drop table moving.t; create table moving.t as select 'other'::text b, 2.5::real a", NULL},
    {TABLE, "select count(*) c from moving.t", NULL, "insert into moving.t values (2), (3)", NULL},
    {TABLE, INSERT, "1", "alter table moving.t alter a type bigint", "5000000000"},
    {TABLE, INSERT, "1", "alter table moving.t alter a type numeric(14,2)", "123456789.12"},
    {TABLE, INSERT, "1", "alter table moving.t alter a type text", "some text"},
    {TABLE, INSERT, "1", "delete from moving.t; alter table moving.t alter a type smallint", "40000"},
    {TABLE, INSERT, "1", "alter table moving.t alter a type date using '2020-01-01'", "2021-02-03"},
    {TABLE, INSERT, "1", "alter table moving.t alter a type boolean using true", "t"},
    {TABLE, INSERT, "1", "alter table moving.t add check (a < 0) not valid", NULL},
    {TABLE, INSERT, "1", "alter table moving.t alter a type jsonb using '1'", "{\"k\": [1]}"},
    {"create table moving.t (a real)", INSERT, "1", "alter table moving.t alter a type numeric(14,2)",
     "123456789.12"},
    {"create table moving.t (a float8)", INSERT, "1", "alter table moving.t alter a type numeric",
     "12345678901234567890.125"},
    {"create table moving.t (a date)", INSERT, "2020-01-01", "alter table moving.t alter a type timestamp",
     "2020-01-01 12:34:56.789"},
    {"create table moving.t (a timestamp(0))", INSERT, "2020-01-01", "alter table moving.t alter a type text",
     "2020-01-01 12:34:56.789"},
    {"create table moving.t (a char(3))", INSERT, "a", "alter table moving.t alter a type text", "b  "},
    {"create table moving.t (a varchar(2))", INSERT, "a", "alter table moving.t alter a type varchar(9)",
     "abcdef"},
    {"create table moving.t (a numeric)", INSERT, "1", "alter table moving.t alter a type int", "1.5"},
    {"create type moving.e as enum ('x'); create table moving.t (a moving.e)", INSERT, "x",
     "alter type moving.e rename to f; create type moving.e as enum ('y'); alter table moving.t alter "
     "a "
     "type moving.e using 'y'; drop type moving.f",
     "y"},
    {"create domain moving.d as int; create table moving.t (a moving.d)", INSERT, "1",
     "delete from moving.t; alter domain moving.d add check (value < 5)", "7"},
    {"create view moving.v as select 1 a", "select * from moving.v", NULL,
     "drop view moving.v; create view moving.v as select 2 b, 3 c", NULL},
    {"create function moving.f(int) returns int language sql as 'select $1'", "select moving.f($1) r", "1",
     "create or replace function moving.f(int) returns int language sql as 'select $1 + 1'", NULL},
    {"create function moving.f(int) returns int language sql as 'select $1'", "select moving.f($1) r", "1",
     "drop function moving.f; create function moving.f(int) returns text language sql as $f$select "
     "'x'$f$",
     NULL},
    {"create function moving.f() returns table (a int) language sql as 'select 1'",
     "select * from moving.f()", NULL,
     "drop function moving.f; create function moving.f() returns table (b text, c int) language sql as "
     "$f$select 'x', 2$f$",
     NULL},
    {TABLE, "select count(*) c from moving.t", NULL,
     "drop table moving.t; create table moving.t as select 1 a where false", NULL},
    /* views, and what they stand on */
    {"create view moving.v as select 1 a", "select * from moving.v", NULL,
     "create or replace view moving.v as select 1 a, 2 b", NULL},
    {"create view moving.v as select 1 a", "select * from moving.v", NULL,
     "alter view moving.v rename column a to z", NULL},
    {"create table moving.b as select 1 a; create materialized view moving.v as select * from moving.b",
     "select * from moving.v", NULL, "update moving.b set a = 2; refresh materialized view moving.v", NULL},
    /* what is below a table */
    {"create table moving.t (a int); create table moving.u (a int); insert into moving.u values (7)",
     "select * from moving.t", NULL, "alter table moving.u inherit moving.t", NULL},
    {"create table moving.t (a int) partition by list (a); create table moving.u partition of moving.t "
     "for "
     "values in (7); insert into moving.u values (7)",
     "select * from moving.t", NULL, "alter table moving.t detach partition moving.u", NULL},
    {"create table moving.t (a int) partition by list (a); create table moving.u (a int); insert into "
     "moving.u values (7)",
     "select * from moving.t", NULL, "alter table moving.t attach partition moving.u for values in (7)",
     NULL},
    /* what a statement sets off */
    {TABLE, INSERT, "1",
     "create function moving.g() returns trigger language plpgsql as 'begin new.a = 5; return new; end'; "
     "create "
     "trigger g before insert on moving.t for each row execute function moving.g()",
     NULL},
    {TABLE, INSERT, "1", "create rule r as on insert to moving.t do instead select 9 a", NULL},
    {"create table moving.t (a int, b text default 'x')", "insert into moving.t (a) values ($1) returning *",
     "1", "alter table moving.t alter b set default 'y'", NULL},
    {"create table moving.t (a int, b int)", "insert into moving.t (a) values ($1) returning *", "1",
     "alter table moving.t drop b, add b int generated always as (a * 2) stored", NULL},
    {"create table moving.t (a int)", INSERT, "1",
     "delete from moving.t; alter table moving.t alter a set not null, add b int not null", NULL},
    {"create table moving.t (a int)", INSERT, "1",
     "truncate moving.t; create unique index on moving.t ((a > 0)); "
     "insert into moving.t values (3)",
     NULL},
    /* types */
    {"create type moving.e as enum ('x'); create table moving.t (a moving.e)", INSERT, "x",
     "alter type moving.e rename value 'x' to 'y'", NULL},
    {"create type moving.e as enum ('x'); create table moving.t (a moving.e)", INSERT, "x",
     "alter type moving.e add value 'y'", NULL},
    {"create domain moving.d as int check (value > 0)", "select $1::moving.d a", "3",
     "alter domain moving.d drop constraint d_check; alter domain moving.d add check (value > 5)", NULL},
    {"create table moving.t (a int[])", INSERT, "{1}", "alter table moving.t alter a type text[]", "{x}"},
    {"create table moving.t (a uuid)", INSERT, "00000000-0000-0000-0000-000000000001",
     "alter table moving.t alter a type text", "no uuid"},
    {"create table moving.t (a interval)", INSERT, "1 day", "alter table moving.t alter a type text",
     "1 day"},
    {"create table moving.t (a bytea)", INSERT, "x", "alter table moving.t alter a type text using ''", "y"},
    /* names, and which of several is meant */
    {"create function moving.f(int) returns text language sql as $f$select 'int'$f$", "select moving.f($1) r",
     "1", "alter function moving.f rename to g", NULL},
    {TABLE, "select * from moving.t", NULL,
     "alter schema moving rename to elsewhere; create schema moving; create "
     "table moving.t as select 3 q; drop schema elsewhere cascade",
     NULL},
    {TABLE, "select * from moving.t", NULL,
     "alter table moving.t rename to u; create view moving.t as select b, a, 4 "
     "c from moving.u",
     NULL},
    {TABLE, "delete from moving.t where a = $1 returning *", "9", "alter table moving.t alter a type text",
     NULL},
    {TABLE, "update moving.t set b = $1 returning b", "y",
     "alter table moving.t alter b type varchar(1) using 'z'", "yy"},
    {"create function moving.f(int) returns text language sql as $f$select 'int'$f$", "select moving.f($1) r",
     "1",
     "drop function moving.f; create function moving.f(uuid) returns text language sql as $f$select "
     "'uuid'$f$",
     "00000000-0000-0000-0000-000000000001"},
    {TABLE, "select coalesce(a, $1) c from moving.t", "1", "alter table moving.t alter a type text", "one"},
    {TABLE, "select case when a = 1 then a else $1 end c from moving.t", "1",
     "alter table moving.t alter a type boolean using true", NULL},
    {TABLE, "select count(*) c from moving.t where a = $1", "1",
     "alter table moving.t alter a type text using '1.0'", "1.0"},
    {TABLE, "select a from moving.t order by a limit $1", "1", "alter table moving.t alter a type text",
     NULL},
};

/* What the server does not tell a plan. */
static const change unnoticed[] = {
    {"create type moving.pair as (a int, b int)", "select (row(1, 2)::moving.pair).* from (select 1) o", NULL,
     "alter type moving.pair rename attribute a to z", NULL},
    {"create function moving.f(int) returns text language sql as $f$select 'int'$f$", "select moving.f($1) r",
     "1", "create function moving.f(text) returns text language sql as $f$select 'text'$f$", NULL}};

static void check_all(const change *all, size_t count)
{
    static words right;
    begin();
    for (size_t i = 0; i < count; i++) {
        const change *change = &all[i];
        const char *value = change->after_value ? change->after_value : change->value;
        check_between(change, value, &right);
        check_during(change, value, &right, i % 2);
    }
    ddl("drop schema moving cascade");
    end();
}

static void ddl_of_another_session_is_seen_at_once(void)
{
    late = false;
    check_all(changes, sizeof changes / sizeof *changes);
}

static void what_no_plan_notices_is_seen_when_it_is_old(void)
{
    late = true;
    check_all(unnoticed, sizeof unnoticed / sizeof *unnoticed);
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    begin();
    json(other,
         "create or replace function lyger_moving(text) returns int language plpgsql as $$ begin execute $1; "
         "return "
         "1; end $$",
         NULL);
    end();
    signal(SIGPIPE, SIG_IGN);
    start_psql();
    RUN(ddl_of_another_session_is_seen_at_once);
    RUN(what_no_plan_notices_is_seen_when_it_is_old);
    stop_psql();
    pg_server_stop();
    return finish();
}
