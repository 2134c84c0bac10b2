#include "check.h"

#include "query/query.h"
#include "query/sqlite/sqlite_api.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY "sqlite::memory:"

static char directory[] = "/tmp/lyger-sqlite-XXXXXX";
static lyger_pool *pool;
static lyger_error error;

/* ---- hooks ---- */

static int child_said; /* exit status of the child that the hook forked */
static enum { CARRY_ON, STOP, FORK, NEST, RELEASE } wish;
static lyger_status nested;
static void release_lock(void);

static bool on_interrupt(void *context)
{
    (void)context;
    if (wish == FORK) {
        wish = CARRY_ON;
        pid_t child = fork();
        if (child > 0) {
            int status;
            waitpid(child, &status, 0);
            child_said = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
    } else if (wish == NEST) {
        lyger_result *result;
        lyger_error own;
        wish = CARRY_ON;
        nested = lyger_query_run(pool, &(lyger_query){MEMORY, strlen(MEMORY), "select 1", 8, NULL, 0, NULL},
                                 &result, &own);
    }
    if (wish == RELEASE) {
        wish = CARRY_ON;
        release_lock();
    }
    return wish == STOP;
}

static const char *allowed; /* the only path that the gate lets through, NULL: all */

static bool on_path(void *context, const char *path)
{
    (void)context;
    return !allowed || (path && strcmp(path, allowed) == 0);
}

static const lyger_interrupt interrupt = {on_interrupt, NULL};
static const lyger_path_gate gate = {on_path, NULL};
static const lyger_pool_settings settings = {2, 5, &interrupt, &gate, 0, 0, false};

/* ---- helpers ---- */

static const char *dsn_of(const char *file, const char *options)
{
    static char dsn[200];
    snprintf(dsn, sizeof dsn, "sqlite:%s/%s%s", directory, file, options);
    return dsn;
}

static char *query_with(const char *dsn, const char *sql, const lyger_param *params, size_t count,
                        const lyger_query_options *options)
{
    static char text[4096];
    lyger_buffer buffer;
    lyger_result *result = NULL;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    text[0] = '\0';
    lyger_status status = lyger_query_run(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), params, count, options}, &result, &error);
    CHECK((status == LYGER_OK) == (result != NULL));
    if (status == LYGER_OK) {
        status = lyger_result_write_json(result, &buffer.sink, &error);
    }
    CHECK_INT(status, error.status);
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    lyger_result_free(result);
    return text;
}

static const char *query(const char *dsn, const char *sql)
{
    return query_with(dsn, sql, NULL, 0, NULL);
}

/* The same through lyger_query_write_json(). */
static const char *stream(const char *dsn, const char *sql)
{
    static char text[4096];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_write_json(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL}, &buffer.sink, &error);
    CHECK_INT(status, error.status);
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "",
                    status == LYGER_OK ? lyger_buffer_length(&buffer) : 0);
    lyger_buffer_free(&buffer);
    return text;
}

static void begin(void)
{
    pool = lyger_pool_new(&settings);
    wish = CARRY_ON;
    allowed = NULL;
}

static void end(void)
{
    lyger_pool_free(pool);
    pool = NULL;
}

#define CHECK_FAILS(expression, expected, part)                                                              \
    do {                                                                                                     \
        CHECK_STR((expression), "");                                                                         \
        CHECK_INT(error.status, expected);                                                                   \
        if (!strstr(error.message, part)) {                                                                  \
            printf("# message: %s\n", error.message);                                                        \
            CHECK(!"the message holds " part);                                                               \
        }                                                                                                    \
    } while (0)

/* ---- cases ---- */

static void values_follow_their_storage_class(void)
{
    begin();
    const char *sql = "select 1 i, -9223372036854775808 m, 1.0 r, 1e999 p, -1e999 n, 'a\"\u00e9' t, "
                      "x'00ff10' b, null z, '' e, x'' eb";
    const char *expected =
        "[{\"i\":1,\"m\":-9223372036854775808,\"r\":1.0,\"p\":\"Infinity\",\"n\":\"-Infinity\","
        "\"t\":\"a\\\"\u00e9\",\"b\":\"AP8Q\",\"z\":null,\"e\":\"\",\"eb\":\"\"}]";
    CHECK_STR(query(MEMORY, sql), expected);
    CHECK_STR(stream(MEMORY, sql), expected);
    CHECK_STR(query(MEMORY, "select 1 where 0"), "[]");
    CHECK_STR(stream(MEMORY, "select 1 where 0"), "[]");
    CHECK_STR(query(MEMORY, "select 1 a, 2 a"), "[{\"a\":1,\"a\":2}]");
    end();
}

static void options_change_numbers_and_rows(void)
{
    begin();
    lyger_query_options text = {.bigint = LYGER_STRING, .rows_as_arrays = true};
    lyger_query_options automatic = {.bigint = LYGER_AUTO};
    CHECK_STR(query_with(MEMORY, "select 1, 2.5 union all select 3, 'x'", NULL, 0, &text),
              "[[\"1\",2.5],[\"3\",\"x\"]]");
    CHECK_STR(query_with(MEMORY, "select 9007199254740992 a, 9007199254740993 b", NULL, 0, &automatic),
              "[{\"a\":9007199254740992,\"b\":\"9007199254740993\"}]");
    end();
}

static void large_results_come_back_whole(void)
{
    begin();
    const char *sql = "with recursive r(n) as (select 1 union all select n + 1 from r where n < 50000) "
                      "select n, printf('%0500d', n) t, n * 0.5 f from r where n % 10 = 0";
    lyger_result *result;
    lyger_buffer kept, streamed;
    lyger_buffer_init(&kept, &lyger_malloc_allocator);
    lyger_buffer_init(&streamed, &lyger_malloc_allocator);
    CHECK_INT(lyger_query_run(pool, &(lyger_query){MEMORY, strlen(MEMORY), sql, strlen(sql), NULL, 0, NULL},
                              &result, &error),
              LYGER_OK);
    const lyger_result_facts *facts = lyger_result_describe(result);
    CHECK_INT(facts->rows, 5000);
    CHECK_INT(facts->column_count, 3);
    CHECK_STR(facts->columns[1].name, "t");
    CHECK_STR(facts->tag, "SELECT 5000");
    CHECK_INT(lyger_result_write_json(result, &kept.sink, &error), LYGER_OK);
    CHECK_INT(lyger_query_write_json(pool,
                                     &(lyger_query){MEMORY, strlen(MEMORY), sql, strlen(sql), NULL, 0, NULL},
                                     &streamed.sink, &error),
              LYGER_OK);
    CHECK_INT(lyger_buffer_length(&kept), lyger_buffer_length(&streamed));
    CHECK(memcmp(kept.start, streamed.start, lyger_buffer_length(&kept)) == 0);
    lyger_buffer_reset(&kept);
    CHECK_INT(lyger_result_write_json(result, &kept.sink, &error), LYGER_OK); /* as often as wanted */
    CHECK_INT(lyger_buffer_length(&kept), lyger_buffer_length(&streamed));
    lyger_result_free(result);
    lyger_buffer_free(&kept);
    lyger_buffer_free(&streamed);
    end();
}

static void facts_tell_what_a_statement_did(void)
{
    static const struct {
        const char *sql, *tag;
        uint64_t affected, rows;
    } steps[] = {
        {"create table t(a integer primary key, b varchar(10))", "CREATE", 0, 0},
        {"insert into t(b) values ('x'), ('y'), ('z')", "INSERT 0 3", 3, 0},
        {"select * from t", "SELECT 3", 0, 3},
        {"update t set b = 'q' where a > 1", "UPDATE 2", 2, 0},
        {"delete from t where a = 99", "DELETE 0", 0, 0},
        {"-- why\n /* not */ insert into t(b) values ('w') returning a", "INSERT 0 1", 1, 1},
        {"with x as (select 1) select * from x", "SELECT 1", 0, 1},
        {"drop table t", "DROP", 0, 0},
    };
    begin();
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        lyger_result *result = NULL;
        CHECK_INT(lyger_query_run(pool,
                                  &(lyger_query){MEMORY, strlen(MEMORY), steps[i].sql, strlen(steps[i].sql),
                                                 NULL, 0, NULL},
                                  &result, &error),
                  LYGER_OK);
        if (!result) {
            printf("# %s: %s\n", steps[i].sql, error.message);
            continue;
        }
        const lyger_result_facts *facts = lyger_result_describe(result);
        CHECK_STR(facts->tag, steps[i].tag);
        CHECK_INT(facts->affected, steps[i].affected);
        CHECK_INT(facts->rows, steps[i].rows);
        if (i == 2) {
            CHECK_STR(facts->columns[1].type, "varchar(10)");
        }
        lyger_result_free(result);
    }
    end();
}

static lyger_param text_param(const char *name, const char *text)
{
    return (lyger_param){.name = name,
                         .name_len = name ? strlen(name) : 0,
                         .type = LYGER_PARAM_TEXT,
                         .text = {text, strlen(text)}};
}

static void parameters_are_bound_by_position_and_name(void)
{
    begin();
    lyger_param list[] = {{.type = LYGER_PARAM_INT, .integer = 7},
                          text_param(NULL, "x'; drop table t; --"),
                          {.type = LYGER_PARAM_FLOAT, .real = 0.1},
                          {.type = LYGER_PARAM_BOOL, .boolean = true},
                          {.type = LYGER_PARAM_NULL}};
    CHECK_STR(query_with(MEMORY, "select ? a, ? b, ? c, ? d, ? e", list, 5, NULL),
              "[{\"a\":7,\"b\":\"x'; drop table t; --\",\"c\":0.1,\"d\":1,\"e\":null}]");
    CHECK_STR(query_with(MEMORY, "select $2 b, $1 a", list, 2, NULL),
              "[{\"b\":\"x'; drop table t; --\",\"a\":7}]");
    CHECK_STR(query_with(MEMORY, "select ?2 b, ?1 a", list, 2, NULL),
              "[{\"b\":\"x'; drop table t; --\",\"a\":7}]");
    lyger_param named[] = {text_param("one", "1"), text_param(":two", "2")};
    CHECK_STR(query_with(MEMORY, "select :two b, :one a, @one c", named, 2, NULL),
              "[{\"b\":\"2\",\"a\":\"1\",\"c\":\"1\"}]");
    CHECK_FAILS(query_with(MEMORY, "select ?, ?", list, 1, NULL), LYGER_E_ARGUMENT,
                "takes 2 parameters, 1 given");
    CHECK_FAILS(query_with(MEMORY, "select ?", list, 2, NULL), LYGER_E_ARGUMENT,
                "takes 1 parameter, 2 given");
    CHECK_FAILS(query_with(MEMORY, "select $1, ?", list, 2, NULL), LYGER_E_ARGUMENT, "mixes ? and $1");
    CHECK_FAILS(query_with(MEMORY, "select :x", list, 1, NULL), LYGER_E_ARGUMENT, "\":x\" has no value");
    CHECK_FAILS(query_with(MEMORY, "select :one", named, 2, NULL), LYGER_E_ARGUMENT, "no parameter \":two\"");
    CHECK_FAILS(query_with(MEMORY, "select :one, :two, :three", named, 2, NULL), LYGER_E_ARGUMENT,
                "\":three\" has no value");
    list[0] = (lyger_param){.type = LYGER_PARAM_FLOAT, .real = __builtin_nan("")};
    CHECK_FAILS(query_with(MEMORY, "select ?", list, 1, NULL), LYGER_E_ARGUMENT, "parameter 1 is NaN");
    list[0] = text_param(NULL, "\xff");
    CHECK_FAILS(query_with(MEMORY, "select ?", list, 1, NULL), LYGER_E_ARGUMENT, "parameter 1 is not UTF-8");
    end();
}

static void bad_statements_say_why(void)
{
    begin();
    CHECK_FAILS(query(MEMORY, "selec 1"), LYGER_E_QUERY, "syntax error");
    CHECK_INT(error.position, 1);
    CHECK_STR(error.sqlstate, "HY000");
    CHECK_FAILS(query(MEMORY, "select '\u00e9', nosuch"), LYGER_E_QUERY, "no such column");
    CHECK_INT(error.position, 13); /* in characters */
    CHECK_FAILS(query(MEMORY, "select 1; select 2"), LYGER_E_QUERY, "more than one statement");
    CHECK_FAILS(query(MEMORY, "select 1; junk"), LYGER_E_QUERY, "more than one statement");
    CHECK_STR(query(MEMORY, "select 1 a; -- done\n ; "), "[{\"a\":1}]");
    CHECK_FAILS(query(MEMORY, ""), LYGER_E_QUERY, "empty");
    CHECK_FAILS(query(MEMORY, " -- nothing"), LYGER_E_QUERY, "empty");
    query(MEMORY, "create table t(a unique)");
    query(MEMORY, "insert into t values (1)");
    CHECK_FAILS(query(MEMORY, "insert into t values (1)"), LYGER_E_QUERY, "UNIQUE");
    CHECK_STR(error.sqlstate, "23000");
    lyger_result *result;
    CHECK_INT(lyger_query_run(pool, &(lyger_query){MEMORY, strlen(MEMORY), "select 1\0", 9, NULL, 0, NULL},
                              &result, &error),
              LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "query holds a NUL"));
    CHECK_INT(lyger_query_run(pool, &(lyger_query){"sqlite:a\0b", 10, "select 1", 8, NULL, 0, NULL}, &result,
                              &error),
              LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "DSN holds a NUL"));
    end();
}

static void text_that_is_not_utf8_names_column_and_row(void)
{
    begin();
    const char *sql = "select 1 a, 'fine' b union all select 2, cast(x'6162ff' as text)";
    CHECK_FAILS(query(MEMORY, sql), LYGER_E_QUERY, "column \"b\" of row 2 is not UTF-8 (byte 3)");
    CHECK_STR(error.sqlstate, "22021");
    CHECK_FAILS(stream(MEMORY, sql), LYGER_E_QUERY, "column \"b\" of row 2");
    CHECK_STR(query(MEMORY, "select 1 ok"), "[{\"ok\":1}]");
    end();
}

static void bad_dsns_say_what_this_build_has(void)
{
    begin();
    CHECK_FAILS(query("mysql://root:hush@host/db", "select 1"), LYGER_E_QUERY,
                "unknown DSN scheme \"mysql\"");
    CHECK(strstr(error.message, "sqlite:PATH") && strstr(error.message, "postgresql://") &&
          !strstr(error.message, "hush"));
    CHECK_FAILS(query("", "select 1"), LYGER_E_QUERY, "no scheme");
    CHECK_FAILS(query("just a secret", "select 1"), LYGER_E_QUERY, "no scheme");
    CHECK(!strstr(error.message, "secret"));
    CHECK_FAILS(query("sqlite:", "select 1"), LYGER_E_QUERY, "names no file");
    CHECK_FAILS(query("sqlite::memory:?mode=ro", "select 1"), LYGER_E_QUERY, "in-memory");
    CHECK_FAILS(query(dsn_of("x", "?vfs=unix"), "select 1"), LYGER_E_QUERY, "\"vfs\"");
    CHECK_FAILS(query(dsn_of("x", "?mode=ro&key=hush"), "select 1"), LYGER_E_QUERY, "\"key\"");
    CHECK(!strstr(error.message, "hush"));
    CHECK_FAILS(query(dsn_of("x", "?mode=ro&"), "select 1"), LYGER_E_QUERY, "unknown SQLite option \"\"");
    CHECK_INT(lyger_pool_connections(pool), 0);
    end();
}

static void missing_file_is_made_unless_it_must_exist(void)
{
    begin();
    CHECK_FAILS(query(dsn_of("new.db", "?mode=rw"), "select 1"), LYGER_E_QUERY, "does not exist");
    CHECK_FAILS(query(dsn_of("new.db", "?mode=ro"), "select 1"), LYGER_E_QUERY, "does not exist");
    CHECK_STR(query(dsn_of("new.db", ""), "create table t(a)"), "[]");
    CHECK_STR(query(dsn_of("new.db", "?mode=rw"), "insert into t values (1)"), "[]");
    CHECK_STR(query(dsn_of("new.db", "?mode=ro"), "select * from t"), "[{\"a\":1}]");
    CHECK_FAILS(query(dsn_of("new.db", "?mode=ro"), "insert into t values (2)"), LYGER_E_QUERY, "readonly");
    CHECK_FAILS(query(dsn_of("", ""), "select 1"), LYGER_E_QUERY, "cannot open");
    char other[200];
    snprintf(other, sizeof other, "%s/text", directory);
    FILE *file = fopen(other, "w");
    for (int i = 0; i < 2000; i++) {
        fputs("this is no database ", file);
    }
    fclose(file);
    CHECK_FAILS(query(dsn_of("text", ""), "select * from t"), LYGER_E_QUERY, "not a database");
    end();
}

/* Where SQLite takes file: for a URI, as it does when it was built so. */
static void path_is_only_a_path(void)
{
    begin();
    char here[200], path[200];
    CHECK(getcwd(here, sizeof here) && chdir(directory) == 0);
    CHECK_STR(query("sqlite:./file:plain.db", "create table t(a)"), "[]");
    CHECK_STR(query("sqlite:file:file%3Aplain%25.db", "create table t(a)"), "[]");
    CHECK_INT(chdir(here), 0);
    snprintf(path, sizeof path, "%s/file:plain.db", directory);
    CHECK_INT(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/file:plain%%.db", directory);
    CHECK_INT(access(path, F_OK), 0);
    end();
}

static void dsn_may_be_a_path_or_a_uri(void)
{
    begin();
    char dsn[300], here[200];
    CHECK(getcwd(here, sizeof here) && chdir(directory) == 0);
    query("sqlite:one.db", "create table t as select 1 a");
    static const char *const same[] = {
        "one.db",          "./one.db",           "one.db?mode=ro",
        "sqlite:./one.db", "sqlite:file:one.db", "sqlite:file:%6Fne.db?cache=shared",
        "../DIR/one.db"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *slash = strrchr(directory, '/');
        snprintf(dsn, sizeof dsn, "%s", same[i]);
        if (strncmp(dsn, "../", 3) == 0) {
            snprintf(dsn, sizeof dsn, "..%s/one.db", slash);
        }
        CHECK_STR(query(dsn, "select a from t"), "[{\"a\":1}]");
    }
    static const char *const forms[] = {"%s/one.db", "sqlite:file:%s/one.db",
                                        "sqlite:file://%s/one.db?mode=ro",
                                        "sqlite:file://localhost%s/one.db"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(dsn, sizeof dsn, forms[i], directory); // NOLINT(clang-diagnostic-format-nonliteral)
        CHECK_STR(query(dsn, "select a from t"), "[{\"a\":1}]");
    }
    static const char *const wrong[] = {"one", "x:one.db", "mysql:one.db", "ODD=one.db"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_FAILS(query(wrong[i], "select 1"), LYGER_E_QUERY, "sqlite:PATH");
    }
    CHECK_INT(access("file:one.db", F_OK), -1);
    CHECK_INT(chdir(here), 0);
    end();
}

/* Each text of a DSN is a database, until the request ends. */
static void databases_in_memory_have_names(void)
{
    begin();
    static const char *const names[] = {
        ":memory:", "sqlite:file:a?mode=memory&cache=shared", "sqlite:file:b?cache=shared&mode=memory",
        "sqlite:file::memory:?cache=shared", "sqlite:file=c?mode=memory&cache=shared"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_STR(query(names[i], "create table t(a)"), "[]");
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_STR(query(names[i], "insert into t values (1) returning a"), "[{\"a\":1}]");
        CHECK_STR(query(names[i], "select count(*) n from t"), "[{\"n\":1}]");
    }
    lyger_pool_request_end(pool);
    CHECK_FAILS(query(names[1], "select * from t"), LYGER_E_QUERY, "no such table");
    CHECK_INT(access("file=c", F_OK), -1);
    end();
}

static void replaced_file_is_opened_again(void)
{
    begin();
    char path[200];
    snprintf(path, sizeof path, "%s/swap.db", directory);
    query(dsn_of("swap.db", "?mode=rwc"), "create table t as select 'old' a");
    CHECK_STR(query(dsn_of("swap.db", "?mode=rwc"), "select a from t"), "[{\"a\":\"old\"}]");
    CHECK_INT(unlink(path), 0);
    CHECK_STR(query(dsn_of("swap.db", "?mode=rwc"), "create table t as select 'new' a"), "[]");
    CHECK_STR(query(dsn_of("swap.db", "?mode=rwc"), "select a from t"), "[{\"a\":\"new\"}]");
    CHECK_INT(lyger_pool_connections(pool), 1);
    end();
}

static void open_transaction_is_rolled_back_and_reported(void)
{
    begin();
    query(MEMORY, "create table t(a)");
    CHECK_FAILS(query(MEMORY, "begin"), LYGER_E_QUERY, "left a transaction open");
    CHECK_STR(error.sqlstate, "25000");
    CHECK_STR(query(MEMORY, "insert into t values (1)"), "[]");
    CHECK_STR(query(MEMORY, "select a from t"), "[{\"a\":1}]");
    end();
}

static void endless_statement_stops_in_time_and_when_asked(void)
{
    begin();
    const char *endless =
        "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r";
    lyger_query_options options = {.timeout = 0.05};
    CHECK_FAILS(query_with(MEMORY, endless, NULL, 0, &options), LYGER_E_TIMEOUT, "time limit");
    CHECK_STR(error.sqlstate, "57014");
    options.timeout = 1e18; /* longer than the clock */
    CHECK_STR(query_with(MEMORY,
                         "with recursive r(n) as (select 1 union all select n + 1 from r where n < 100000) "
                         "select count(*) c from r",
                         NULL, 0, &options),
              "[{\"c\":100000}]");
    wish = STOP;
    CHECK_FAILS(query(MEMORY, endless), LYGER_E_INTERRUPTED, "interrupted");
    wish = CARRY_ON;
    CHECK_STR(query(MEMORY, "select 1 a"), "[{\"a\":1}]");
    end();
}

static void hook_that_queries_the_busy_memory_database_is_told(void)
{
    begin();
    wish = NEST;
    nested = LYGER_OK;
    CHECK_STR(stream(MEMORY, "with recursive r(n) as (select 1 union all select n + 1 from r where n < "
                             "100000) select count(*) c from r"),
              "[{\"c\":100000}]");
    CHECK_INT(nested, LYGER_E_QUERY);
    end();
}

/* A process of its own that has lock.db for itself until release_lock(). A statement whose rows are being
 * written by a blocked sink would only hold a read lock. */
static struct {
    pid_t holder;
    int ready[2], done[2];
} lock;

static void hold_lock(void)
{
    char command[300], byte;
    CHECK_INT(pipe(lock.ready) | pipe(lock.done), 0);
    lock.holder = fork();
    if (lock.holder == 0) {
        snprintf(
            command, sizeof command,
            "exec python3 -c \"import sqlite3,os; c=sqlite3.connect('%s/lock.db', isolation_level=None); "
            "c.execute('begin exclusive'); os.write(%d, b'x'); os.read(%d, 1); c.execute('rollback')\"",
            directory, lock.ready[1], lock.done[0]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    CHECK_INT(read(lock.ready[0], &byte, 1), 1);
}

static void release_lock(void)
{
    int status;
    CHECK_INT(write(lock.done[1], "x", 1), 1);
    CHECK_INT(waitpid(lock.holder, &status, 0), lock.holder);
    close(lock.ready[0]), close(lock.ready[1]), close(lock.done[0]), close(lock.done[1]);
}

static void locked_database_is_waited_for_within_the_time_limit(void)
{
    begin();
    const char *dsn = dsn_of("lock.db", "?mode=rwc");
    lyger_query_options options = {.timeout = 0.1};
    query(dsn, "create table t(a)");
    hold_lock();
    CHECK_FAILS(query_with(dsn, "insert into t values (1)", NULL, 0, &options), LYGER_E_QUERY,
                "database is locked");
    CHECK_STR(error.sqlstate, "55P03");
    CHECK_INT(error.code, 5);
    wish = STOP;
    CHECK_FAILS(query(dsn, "insert into t values (1)"), LYGER_E_INTERRUPTED, "interrupted");
    wish = RELEASE; /* while it waits */
    CHECK_STR(query(dsn, "insert into t values (1)"), "[]");
    CHECK_INT(wish, CARRY_ON);
    CHECK_STR(query(dsn, "select count(*) c from t"), "[{\"c\":1}]");
    end();
}

static jmp_buf out_of_memory;

static bool leave(lyger_sink *sink, size_t bytes)
{
    (void)sink, (void)bytes;
    longjmp(out_of_memory, 1);
}

/* PHP's memory_limit: the sink does not return. Whatever is lost here, LeakSanitizer finds. */
static void sink_that_leaves_loses_nothing(void)
{
    begin();
    char room[20];
    lyger_sink sink = {room, room + sizeof room, leave};
    if (!setjmp(out_of_memory)) {
        lyger_query_write_json(pool,
                               &(lyger_query){MEMORY, strlen(MEMORY),
                                              "select 'a long enough text for the sink' a", 42, NULL, 0,
                                              NULL},
                               &sink, &error);
        CHECK(!"reached");
    }
    lyger_pool_request_end(pool);
    CHECK_INT(lyger_pool_connections(pool), 0);
    static lyger_result *result;
    const char *dsn = dsn_of("leave.db", "?mode=rwc");
    CHECK_INT(lyger_query_run(
                  pool,
                  &(lyger_query){dsn, strlen(dsn), "select 'another text that is long' a", 36, NULL, 0, NULL},
                  &result, &error),
              LYGER_OK);
    sink.pos = room;
    if (!setjmp(out_of_memory)) {
        lyger_result_write_json(result, &sink, &error);
        CHECK(!"reached");
    }
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    CHECK_INT(lyger_result_write_json(result, &buffer.sink, &error), LYGER_OK);
    lyger_buffer_free(&buffer);
    lyger_result_free(result);
    end();
}

static void request_end_forgets_what_the_request_left(void)
{
    begin();
    query(MEMORY, "create table t(a)");
    query(dsn_of("keep.db", "?mode=rwc"), "create table t(a)");
    lyger_pool_request_end(pool);
    CHECK_INT(lyger_pool_connections(pool), 1); /* the memory database has gone */
    CHECK_FAILS(query(MEMORY, "select * from t"), LYGER_E_QUERY, "no such table");
    query(dsn_of("keep.db", "?mode=rwc"), "create temp table mine(a)");
    CHECK_STR(query(dsn_of("keep.db", "?mode=rwc"), "select * from mine"), "[]");
    lyger_pool_request_end(pool);
    CHECK_FAILS(query(dsn_of("keep.db", "?mode=rwc"), "select * from mine"), LYGER_E_QUERY, "no such table");
    query(dsn_of("keep.db", "?mode=rwc"), "pragma case_sensitive_like = on");
    lyger_pool_request_end(pool);
    CHECK_STR(query(dsn_of("keep.db", "?mode=rwc"), "select 'a' like 'A' x"), "[{\"x\":1}]");
    static const char *const left[] = {"attach ':memory:' as mine", "create temp view mine as select 1 a",
                                       "create temp trigger mine after insert on t begin select 1; end",
                                       "create temp table yours(a); create index temp.mine on yours(a)"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        query(dsn_of("keep.db", "?mode=rwc"), left[i]);
        lyger_pool_request_end(pool);
        CHECK_INT(lyger_pool_connections(pool), 0);
    }
    end();
}

static void gate_keeps_files_out(void)
{
    begin();
    char path[200], sql[300];
    snprintf(path, sizeof path, "%s/gate.db", directory);
    query(dsn_of("gate.db", "?mode=rwc"), "create table t(a)");
    query(dsn_of("secret.db", "?mode=rwc"), "create table t(a)");
    allowed = path;
    CHECK_STR(query(dsn_of("gate.db", ""), "select * from t"), "[]");
    /* Also when it is open already. */
    CHECK_FAILS(query(dsn_of("secret.db", "?mode=rwc"), "select * from t"), LYGER_E_QUERY, "open_basedir");
    snprintf(sql, sizeof sql, "attach '%s/secret.db' as s", directory);
    CHECK_FAILS(query(dsn_of("gate.db", ""), sql), LYGER_E_QUERY, "open_basedir");
    snprintf(sql, sizeof sql, "attach 'file:%s/secret.db' as s", directory);
    CHECK_FAILS(query(dsn_of("gate.db", ""), sql), LYGER_E_QUERY, "open_basedir");
    snprintf(sql, sizeof sql, "attach '%s/' || 'secret.db' as s", directory);
    CHECK_FAILS(query(dsn_of("gate.db", ""), sql), LYGER_E_QUERY, "open_basedir");
    snprintf(sql, sizeof sql, "vacuum into '%s/copy.db'", directory);
    CHECK_FAILS(query(dsn_of("gate.db", ""), sql), LYGER_E_QUERY, "");
    snprintf(sql, sizeof sql, "%s/copy.db", directory);
    CHECK(access(sql, F_OK) != 0);
    CHECK_FAILS(query(dsn_of("gate.db", ""), "pragma temp_store_directory = '/'"), LYGER_E_QUERY,
                "not authorized");
    CHECK_STR(query(dsn_of("gate.db", ""), "attach ':memory:' as m"), "[]");
    end();
}

static void child_of_a_fork_opens_its_own(void)
{
    begin();
    query(dsn_of("fork.db", "?mode=rwc"), "create table t(a)");
    pid_t child = fork();
    if (child == 0) {
        bool ok = strcmp(query(dsn_of("fork.db", "?mode=rwc"), "insert into t values (1)"), "[]") == 0 &&
                  lyger_pool_connections(pool) == 1;
        lyger_pool_free(pool);
        _exit(ok && !case_failed ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    CHECK_STR(query(dsn_of("fork.db", "?mode=rwc"), "select * from t"), "[{\"a\":1}]");
    end();
}

/* The hook forks inside SQLite, in the middle of a write: the child must not roll the parent's transaction
 * back. */
static void fork_inside_a_statement_harms_nothing(void)
{
    begin();
    const char *sql =
        "insert into t select n from (with recursive r(n) as (select 1 union all select n + 1 from r where "
        "n < 100000) select n from r)";
    query(dsn_of("inside.db", "?mode=rwc"), "create table t(a)");
    pid_t self = getpid();
    wish = FORK;
    query(dsn_of("inside.db", "?mode=rwc"), sql);
    if (getpid() != self) { /* the child, back from the statement */
        bool told = error.status == LYGER_E_QUERY && strstr(error.message, "forked");
        bool gone = lyger_pool_connections(pool) == 0;
        lyger_pool_free(pool);
        _exit(told && gone ? 17 : 1);
    }
    CHECK_INT(child_said, 17);
    CHECK_INT(error.status, LYGER_OK);
    CHECK_STR(query(dsn_of("inside.db", ""), "select count(*) c from t"), "[{\"c\":100000}]");
    CHECK_STR(query(dsn_of("inside.db", ""), "pragma integrity_check"), "[{\"integrity_check\":\"ok\"}]");
    end();
}

static void versions_are_known(void)
{
    CHECK(lyger_query_version("sqlite", LYGER_QUERY_LOADED) &&
          lyger_query_version("sqlite", LYGER_QUERY_LOADED)[0] == '3');
    CHECK(lyger_query_version("sqlite", LYGER_QUERY_HEADER) &&
          lyger_query_version("sqlite", LYGER_QUERY_HEADER)[0] == '3');
}

static void missing_and_unusable_libraries_name_the_package(void)
{
    lyger_sqlite_api api;
    CHECK_INT(lyger_sqlite_load_from("libsqlite-not-there.so.0", &api, &error), LYGER_E_QUERY);
    CHECK(strstr(error.message, "libsqlite3-0") && strstr(error.message, "cannot be loaded"));
    CHECK_INT(lyger_sqlite_load_from("libm.so.6", &api, &error), LYGER_E_QUERY);
    CHECK(strstr(error.message, "libsqlite3-0") && strstr(error.message, "sqlite3_bind_blob64"));
    CHECK_INT(lyger_sqlite_load(&error), LYGER_OK);
    CHECK(strcmp(lyger_query_version("sqlite", LYGER_QUERY_LOADED), sqlite3_libversion()) == 0);
}

int main(void)
{
    char command[100];
    if (!mkdtemp(directory)) {
        return EXIT_FAILURE;
    }
    RUN(missing_and_unusable_libraries_name_the_package);
    RUN(values_follow_their_storage_class);
    RUN(options_change_numbers_and_rows);
    RUN(large_results_come_back_whole);
    RUN(facts_tell_what_a_statement_did);
    RUN(parameters_are_bound_by_position_and_name);
    RUN(bad_statements_say_why);
    RUN(text_that_is_not_utf8_names_column_and_row);
    RUN(bad_dsns_say_what_this_build_has);
    RUN(missing_file_is_made_unless_it_must_exist);
    RUN(path_is_only_a_path);
    RUN(dsn_may_be_a_path_or_a_uri);
    RUN(databases_in_memory_have_names);
    RUN(replaced_file_is_opened_again);
    RUN(open_transaction_is_rolled_back_and_reported);
    RUN(endless_statement_stops_in_time_and_when_asked);
    RUN(hook_that_queries_the_busy_memory_database_is_told);
    RUN(locked_database_is_waited_for_within_the_time_limit);
    RUN(sink_that_leaves_loses_nothing);
    RUN(request_end_forgets_what_the_request_left);
    RUN(gate_keeps_files_out);
    RUN(child_of_a_fork_opens_its_own);
    RUN(fork_inside_a_statement_harms_nothing);
    RUN(versions_are_known);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) ? EXIT_FAILURE : finish();
}
