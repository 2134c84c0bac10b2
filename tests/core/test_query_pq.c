/*
 * The PostgreSQL backend against a server of its own (scripts/postgres), or the one that LYGER_TEST_PG names.
 */
#include "pg_server.h"

#include "query/limits.h"
#include "query/pq/pq.h"
#include "query/query.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char dsn[200], ascii_dsn[240];
static lyger_pool *pool;
static lyger_error error;
static int child_said;
static enum { CARRY_ON, STOP, FORK, NEST } wish;
static lyger_status nested;

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
        nested = lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), "select 1", 8, NULL, 0, NULL},
                                 &result, &own);
        lyger_result_free(result);
    }
    return wish == STOP;
}

static const lyger_interrupt interrupt = {on_interrupt, NULL};

static void begin(unsigned connections)
{
    pool = lyger_pool_new(&(lyger_pool_settings){connections, 2, &interrupt, NULL, 0, 0, false});
    wish = CARRY_ON;
}

static void end(void)
{
    lyger_pool_free(pool);
    pool = NULL;
}

static char *query_with(const char *to, const char *sql, const lyger_param *params, size_t count,
                        const lyger_query_options *options)
{
    static char text[8192];
    lyger_buffer buffer;
    lyger_result *result = NULL;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    lyger_status status = lyger_query_run(
        pool, &(lyger_query){to, strlen(to), sql, strlen(sql), params, count, options}, &result, &error);
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

static const char *query(const char *sql)
{
    return query_with(dsn, sql, NULL, 0, NULL);
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

static void libpq_is_loaded_on_first_use_only(void)
{
    CHECK(lyger_query_version("libpq", LYGER_QUERY_LOADED) == NULL);
    CHECK(lyger_query_version("libpq", LYGER_QUERY_HEADER) != NULL);
    begin(2);
    CHECK(lyger_query_version("libpq", LYGER_QUERY_LOADED) == NULL);
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]");
    CHECK(lyger_query_version("libpq", LYGER_QUERY_LOADED) != NULL);
    end();
}

static void missing_and_unusable_libraries_name_the_package(void)
{
    lyger_pq pq;
    CHECK_INT(lyger_pq_load_from("libpq-not-there.so.5", &pq, &error), LYGER_E_QUERY);
    CHECK(strstr(error.message, "libpq5") && strstr(error.message, "cannot be loaded"));
    CHECK_INT(lyger_pq_load_from("libm.so.6", &pq, &error), LYGER_E_QUERY);
    CHECK(strstr(error.message, "libpq5") && strstr(error.message, "PQlibVersion"));
}

/* The server compares: as text, or as jsonb where only white space differs. */
static void json_is_row_to_json_s(void)
{
    static const char *const expressions[] = {
        "true, false, null::bool",
        "1::int2, (-2)::int4, 9223372036854775807::int8, null::int",
        "1.5::float4, 0.1::float8, 1e300::float8, 'NaN'::float8, 'Infinity'::float8, '-Infinity'::float4, "
        "'-0'::float8",
        "123456789012345678901234567890.123456789::numeric, 'NaN'::numeric, 'Infinity'::numeric, "
        "1.00::numeric",
        "'plain'::text, 'q\"b\\'::varchar, E'\\u0001\\t\\n\\r\\b\\f\\u007f'::text, "
        "'\u00e9\u20ac\U0001F600'::text, 'ab'::char(5), ''::text",
        "'2020-02-29'::date, 'infinity'::date, '-infinity'::date, '0044-03-15 BC'::date, '10000-01-01'::date",
        "'2020-02-29 12:34:56.789'::timestamp, 'infinity'::timestamp, '0044-03-15 01:02:03 BC'::timestamp, "
        "'10000-01-01'::timestamp",
        "'2020-02-29 12:34:56+02'::timestamptz, '-infinity'::timestamptz, '0044-03-15 01:02:03 "
        "BC'::timestamptz, '1880-01-01'::timestamptz",
        "'12:34:56'::time, '12:34:56+02'::timetz, '1 year 2 days 03:04:05'::interval",
        "'{\"a\": [1, 2.50, null], \"b\": \"\\u00e9\"}'::json, '{\"z\":1,\"a\":[]}'::jsonb, 'null'::json, "
        "'\"x\"'::jsonb",
        "'{}'::int[], '{1,NULL,3}'::int[], '{{1,2},{3,4}}'::int8[], '[2:3]={1,2}'::int2[], "
        "'{1.50,NaN}'::numeric[]",
        "'{a,\"b c\",\"\",NULL,\"NULL\",\"q\\\"\\\\\",\"{}\"}'::text[], array[E'\\n\\u0001', "
        "'\u00e9']::varchar[], '{t,f}'::bool[]",
        "array['2020-01-01'::date, 'infinity'], array['2020-01-01 00:00:00+02'::timestamptz], "
        "array['{\"a\": 1}'::json, 'null', null], array['[1, 2]'::jsonb], array['(1,1),(0,0)'::box, "
        "'(2,2),(1,1)'], array['1 day'::interval]",
        "'1 2'::int2vector, '25 26'::oidvector, '\\x00ff'::bytea, "
        "'00000000-0000-0000-0000-00000000000f'::uuid, '1.2.3.4/32'::inet",
        "'(1,2)'::point, '[1,5)'::int4range, '{[1,2),[4,5)}'::int4multirange, array['[1,2)'::int8range], "
        "'101'::bit(3), '$1.50'::money, 'x'::name, 7::oid",
    };
    static const char *const settings[] = {
        "select 1",
        "set datestyle to 'German, DMY'",
        "set datestyle to 'SQL, MDY'",
        "set timezone to 'Asia/Kathmandu'",
        "set timezone to 'America/St_Johns'",
        "set timezone to '-11:30:20'",
    };
    begin(1);
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        query(settings[s]);
        for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
            char sql[1000], ours[4096];
            snprintf(sql, sizeof sql, "select * from (select %s) x", expressions[i]);
            lyger_copy_text(ours, sizeof ours, query(sql), strlen(query(sql)));
            CHECK_INT(error.status, LYGER_OK);
            lyger_param param = {.type = LYGER_PARAM_TEXT, .text = {ours, strlen(ours)}};
            snprintf(sql, sizeof sql,
                     "select row_to_json(x)::text = ($1::json->0)::text or row_to_json(x)::jsonb = "
                     "($1::jsonb->0) and "
                     "row_to_json(x)::jsonb::text = ($1::jsonb->0)::text same from (select %s) x",
                     expressions[i]);
            const char *same = query_with(dsn, sql, &param, 1, NULL);
            if (strcmp(same, "[{\"same\":true}]") != 0) {
                printf("# %s\n# ours: %s\n# %s %s\n", expressions[i], ours, same, error.message);
                CHECK(!"same as row_to_json");
            }
        }
    }
    end();
}

static void duplicate_columns_and_rows_without_columns_stay(void)
{
    begin(1);
    CHECK_STR(query("select 1 a, 2 a"), "[{\"a\":1,\"a\":2}]");
    CHECK_STR(query("select"), "[{}]");
    CHECK_STR(query("select 1 a where false"), "[]");
    CHECK_STR(query("select 1 as \"q\"\"\u00e9\""), "[{\"q\\\"\u00e9\":1}]");
    lyger_query_options arrays = {.rows_as_arrays = true, .bigint = LYGER_STRING};
    CHECK_STR(query_with(dsn, "select 1::int8, null, '{2}'::int8[]", NULL, 0, &arrays),
              "[[\"1\",null,[\"2\"]]]");
    end();
}

static void parameters_are_bound(void)
{
    begin(1);
    lyger_param list[] = {{.type = LYGER_PARAM_INT, .integer = INT64_MIN},
                          {.type = LYGER_PARAM_TEXT, .text = {"'; drop table x; --", 19}},
                          {.type = LYGER_PARAM_FLOAT, .real = 0.1},
                          {.type = LYGER_PARAM_BOOL, .boolean = true},
                          {.type = LYGER_PARAM_NULL},
                          {.type = LYGER_PARAM_FLOAT, .real = -__builtin_inf()}};
    const char *expected =
        "[{\"a\":-9223372036854775808,\"b\":\"'; drop table x; --\",\"c\":0.1,\"d\":true,\"e\":null,"
        "\"f\":\"-Infinity\"}]";
    CHECK_STR(query_with(dsn,
                         "select $1::int8 a, $2::text b, $3::float8 c, $4::bool d, $5::int e, $6::float8 f",
                         list, 6, NULL),
              expected);
    CHECK_STR(query_with(dsn, "select ?::int8 a, ?::text b, ?::float8 c, ?::bool d, ?::int e, ?::float8 f",
                         list, 6, NULL),
              expected);
    CHECK_STR(query_with(dsn, "select '[\"x\"]'::jsonb ?? 'x' a", NULL, 0, NULL), "[{\"a\":true}]");
    CHECK_STR(query_with(dsn, "select '[\"x\"]'::jsonb ? 'x' a, $1::int8 b", list, 1, NULL),
              "[{\"a\":true,\"b\":-9223372036854775808}]");
    CHECK_FAILS(query_with(dsn, "select ?, ?", list, 1, NULL), LYGER_E_ARGUMENT,
                "takes 2 parameters, 1 given");
    CHECK_FAILS(query_with(dsn, "select $1", list, 2, NULL), LYGER_E_ARGUMENT, "takes 1 parameter, 2 given");
    lyger_param named = {.name = "x", .name_len = 1, .type = LYGER_PARAM_NULL};
    CHECK_STR(query_with(dsn, "select :x::int a", &named, 1, NULL), "[{\"a\":null}]");
    CHECK_FAILS(query_with(dsn, "select $1", &named, 1, NULL), LYGER_E_ARGUMENT, "by position");
    CHECK_FAILS(query_with(dsn, "select :y", &named, 1, NULL), LYGER_E_ARGUMENT, "\":y\" has no value");
    end();
}

static void parameters_are_as_many_as_the_protocol_counts(void)
{
    enum { MOST = 65535 };
    static char sql[3 * MOST + 40];
    lyger_param *params = calloc(MOST + 1, sizeof *params);
    begin(1);
    for (size_t count = MOST; params && count <= MOST + 1; count++) {
        size_t len = (size_t)snprintf(sql, sizeof sql, "select 5 in (?");
        for (size_t i = 1; i < count; i++) {
            len += (size_t)snprintf(sql + len, sizeof sql - len, ",?");
        }
        snprintf(sql + len, sizeof sql - len, ") a");
        for (size_t i = 0; i < count; i++) {
            params[i] = (lyger_param){.type = LYGER_PARAM_INT, .integer = (int64_t)i};
        }
        if (count == MOST) {
            CHECK_STR(query_with(dsn, sql, params, count, NULL), "[{\"a\":true}]");
        } else {
            CHECK_FAILS(query_with(dsn, sql, params, count, NULL), LYGER_E_ARGUMENT,
                        "at most 65535 parameters");
        }
    }
    free(params);
    end();
}

static void lists_are_arrays(void)
{
    enum { MANY = 20000 };
    static lyger_param numbers[MANY];
    lyger_param texts[] = {{.type = LYGER_PARAM_TEXT, .text = {"a\"\\", 3}}, {.type = LYGER_PARAM_NULL}};
    for (int i = 0; i < MANY; i++) {
        numbers[i] = (lyger_param){.type = LYGER_PARAM_INT, .integer = i};
    }
    lyger_param params[] = {{.type = LYGER_PARAM_LIST, .list = {texts, 2}},
                            {.type = LYGER_PARAM_TEXT, .text = {"between", 7}},
                            {.type = LYGER_PARAM_LIST, .list = {numbers, MANY}},
                            {.type = LYGER_PARAM_LIST, .list = {NULL, 0}}};
    begin(1);
    CHECK_STR(query_with(dsn,
                         "select to_jsonb($1::text[]) a, $2 b, (select sum(n) from unnest($3::int[]) n) c, "
                         "$4::int[] d, 20 = any($3::int[]) e",
                         params, 4, NULL),
              "[{\"a\":[\"a\\\"\\\\\", null],\"b\":\"between\",\"c\":199990000,\"d\":[],\"e\":true}]");
    lyger_param rows[] = {params[0], params[3]};
    params[3].list.items = rows;
    params[3].list.count = 2;
    CHECK_FAILS(query_with(dsn, "select $1::text[], $2, $3::int[], $4::text[]", params, 4, NULL),
                LYGER_E_ARGUMENT, "parameter 4, element [1] is a list of 0");
    CHECK_FAILS(query_with(dsn, "select $1, $2, $3, $4", params, 4, NULL), LYGER_E_ARGUMENT,
                "parameter 1 is a list, but the statement takes \"text\" there");
    CHECK_FAILS(query_with(dsn, "select nowhere, $1::text[]", params, 1, NULL), LYGER_E_QUERY,
                "column \"nowhere\" does not exist");
    CHECK_STR(error.sqlstate, "42703");
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]");
    end();
}

static void lists_are_of_what_the_statement_takes(void)
{
    lyger_param boxes[] = {{.type = LYGER_PARAM_TEXT, .text = {"(1,1),(0,0)", 11}},
                           {.type = LYGER_PARAM_TEXT, .text = {"(3,3),(2,2)", 11}}};
    lyger_param bytes[] = {{.type = LYGER_PARAM_BYTES, .text = {"\0\377", 2}}};
    lyger_param documents[] = {{.type = LYGER_PARAM_TEXT, .text = {"{\"a\": 1}", 8}}};
    lyger_param params[] = {{.type = LYGER_PARAM_LIST, .list = {boxes, 2}},
                            {.type = LYGER_PARAM_LIST, .list = {bytes, 1}},
                            {.type = LYGER_PARAM_LIST, .list = {documents, 1}},
                            {.type = LYGER_PARAM_LIST, .list = {documents, 1}},
                            {.type = LYGER_PARAM_BYTES, .text = {"\0a", 2}}};
    begin(1);
    CHECK_STR(
        query_with(dsn,
                   "select ($1::box[])[2]::text b, encode(($2::bytea[])[1], 'hex') h, ($3::jsonb[])[1] d, "
                   "$4::jsonb j, encode($5::bytea, 'hex') r",
                   params, 5, NULL),
        "[{\"b\":\"(3,3),(2,2)\",\"h\":\"00ff\",\"d\":{\"a\": 1},\"j\":[\"{\\\"a\\\": "
        "1}\"],\"r\":\"0061\"}]");
    CHECK_FAILS(query_with(dsn, "select $1::int", params + 4, 1, NULL), LYGER_E_ARGUMENT,
                "is of bytes, but the statement takes \"int4\" there");
    end();
}

static void large_parameters_and_results_do_not_deadlock(void)
{
    begin(1);
    size_t len = 8u << 20;
    char *big = malloc(len + 1);
    memset(big, 'x', len);
    big[len] = '\0';
    lyger_param param = {.type = LYGER_PARAM_TEXT, .text = {big, len}};
    CHECK_STR(query_with(dsn, "select length($1::text) n", &param, 1, NULL), "[{\"n\":8388608}]");
    free(big);
    lyger_result *result;
    const char *sql = "select repeat('y', 1000) t from generate_series(1, 20000)";
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL},
                              &result, &error),
              LYGER_OK);
    CHECK_INT(lyger_result_describe(result)->rows, 20000);
    lyger_result_free(result);
    end();
}

static void facts_tell_what_a_statement_did(void)
{
    static const struct {
        const char *sql, *tag;
        uint64_t affected, rows;
    } steps[] = {
        {"drop table if exists facts", "DROP TABLE", 0, 0},
        {"create table facts as select generate_series(1, 4) a", "SELECT 4", 4, 0},
        {"insert into facts values (5), (6) returning a", "INSERT 0 2", 2, 2},
        {"select a, a::text b, a::numeric(10, 2) c from facts", "SELECT 6", 0, 6},
        {"update facts set a = 0 where a > 4", "UPDATE 2", 2, 0},
        {"delete from facts", "DELETE 6", 6, 0},
        {"drop table facts", "DROP TABLE", 0, 0},
    };
    begin(1);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        lyger_result *result = NULL;
        CHECK_INT(lyger_query_run(
                      pool,
                      &(lyger_query){dsn, strlen(dsn), steps[i].sql, strlen(steps[i].sql), NULL, 0, NULL},
                      &result, &error),
                  LYGER_OK);
        const lyger_result_facts *facts = lyger_result_describe(result);
        CHECK_STR(facts->tag, steps[i].tag);
        CHECK_INT(facts->affected, steps[i].affected);
        CHECK_INT(facts->rows, steps[i].rows);
        if (i == 3) {
            CHECK_STR(facts->columns[0].type, "int4");
            CHECK_STR(facts->columns[1].type, "text");
            CHECK_STR(facts->columns[2].type, "numeric");
        }
        lyger_result_free(result);
    }
    end();
}

static void errors_carry_sqlstate_and_position(void)
{
    begin(1);
    lyger_param param = {.type = LYGER_PARAM_INT, .integer = 1};
    CHECK_FAILS(query("select '\u00e9', nosuch"), LYGER_E_QUERY, "\"nosuch\" does not exist");
    CHECK_STR(error.sqlstate, "42703");
    CHECK_INT(error.position, 13);
    CHECK_FAILS(query_with(dsn, "select ?::int, nosuch", &param, 1, NULL), LYGER_E_QUERY, "nosuch");
    CHECK_INT(error.position, 16); /* in the statement as it was given */
    CHECK_FAILS(query("select 1/0"), LYGER_E_QUERY, "division by zero");
    CHECK_STR(error.sqlstate, "22012");
    CHECK_FAILS(query("select no_such_function(1)"), LYGER_E_QUERY, "does not exist; No function matches");
    CHECK_FAILS(query("do $$ begin raise 'primary' using detail = 'more', hint = 'do'; end $$"),
                LYGER_E_QUERY, "primary; more; do");
    CHECK_FAILS(query("select 1; select 2"), LYGER_E_QUERY, "multiple commands");
    CHECK_FAILS(query("copy (select 1) to stdout"), LYGER_E_QUERY, "COPY");
    query("create table if not exists copied(a int)");
    CHECK_FAILS(query("copy copied from stdin"), LYGER_E_QUERY, "COPY");
    CHECK_FAILS(query(""), LYGER_E_QUERY, "empty");
    CHECK_FAILS(query("-- nothing"), LYGER_E_QUERY, "empty");
    CHECK_FAILS(query("begin"), LYGER_E_QUERY, "left a transaction open");
    CHECK_STR(error.sqlstate, "25000");
    CHECK_STR(query("do $$ begin raise notice 'never printed'; end $$"), "[]");
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]");
    end();
}

static void passwords_stay_out_of_messages(void)
{
    static const char *const dsns[] = {
        "postgres://u:hush@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 user=u password=hush",
        "postgres://u:hu%zzsh@h/x",
        "postgres://u:hush@h:notaport/x",
        "postgres://u:hush@h/x?unknown=hush",
        "host=h password='hush",
        "password=hush host",
        "postgres://u:hush@127.0.0.1:1/x?sslmode=hushhush",
    };
    begin(1);
    for (size_t i = 0; i < sizeof dsns / sizeof *dsns; i++) {
        CHECK_STR(query_with(dsns[i], "select 1", NULL, 0, NULL), "");
        CHECK_INT(error.status, LYGER_E_QUERY);
        if (i + 1 < sizeof dsns / sizeof *dsns) { /* the last one is a wrong sslmode, quoted on purpose */
            CHECK(!strstr(error.message, "hush") && !strstr(error.message, "zz"));
        }
        CHECK(strlen(error.message) > 20);
    }
    char said[300]; /* by the server */
    snprintf(said, sizeof said, "%s%cpassword=hush&dbname=ahushb", dsn, strchr(dsn, '?') ? '&' : '?');
    CHECK_FAILS(query_with(said, "select 1", NULL, 0, NULL), LYGER_E_QUERY, "\"a***b\" does not exist");
    CHECK_FAILS(query_with("host=127.0.0.1 port=1", "select 1", NULL, 0, NULL), LYGER_E_QUERY,
                "port 1 failed");
    CHECK_STR(error.sqlstate, "08001");
    end();
}

/* A listening socket that never answers. */
static void silent_server_is_given_up_in_time(void)
{
    begin(1);
    FILE *listener =
        popen("exec python3 -c \"import socket,time; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); "
              "print(s.getsockname()[1], flush=True); time.sleep(20)\" & echo $!; wait",
              "r");
    int process = 0, port = 0;
    CHECK_INT(fscanf(listener, "%d %d", &process, &port), 2);
    char silent[100];
    snprintf(silent, sizeof silent, "host=127.0.0.1 port=%d connect_timeout=1", port);
    int64_t start = lyger_now_ms();
    CHECK_FAILS(query_with(silent, "select 1", NULL, 0, NULL), LYGER_E_TIMEOUT, "connecting");
    CHECK(lyger_now_ms() - start < 1900);
    wish = STOP;
    start = lyger_now_ms();
    CHECK_FAILS(query_with(silent, "select 1", NULL, 0, NULL), LYGER_E_INTERRUPTED, "interrupted");
    CHECK(lyger_now_ms() - start < 900);
    kill(process, SIGKILL);
    pclose(listener);
    end();
}

static void statement_is_cancelled_and_its_connection_used_again(void)
{
    begin(1);
    char first[100];
    lyger_query_options options = {.timeout = 0.2};
    lyger_copy_text(first, sizeof first, query("select pg_backend_pid() p"), 99);
    int64_t start = lyger_now_ms();
    CHECK_FAILS(query_with(dsn, "select pg_sleep(20)", NULL, 0, &options), LYGER_E_TIMEOUT, "time limit");
    CHECK_STR(error.sqlstate, "57014");
    wish = STOP;
    CHECK_FAILS(query("select pg_sleep(20)"), LYGER_E_INTERRUPTED, "interrupted");
    wish = CARRY_ON;
    CHECK(lyger_now_ms() - start < 5000);
    CHECK_STR(query("select pg_backend_pid() p"), first);
    end();
}

static void terminated_backend_heals(void)
{
    begin(2);
    char kill_first[200];
    lyger_pool *mine = pool;
    const char *backend = query("select pg_backend_pid() p");
    snprintf(kill_first, sizeof kill_first, "select pg_terminate_backend(%d) t",
             atoi(backend + strlen("[{\"p\":")));
    begin(1);
    CHECK_STR(query(kill_first), "[{\"t\":true}]");
    /* Until the server says so the backend is there; then the first pool finds its connection dead. */
    char gone[200];
    snprintf(gone, sizeof gone, "select count(*) c from pg_stat_activity where pid = %d",
             atoi(kill_first + strlen("select pg_terminate_backend(")));
    while (strcmp(query(gone), "[{\"c\":0}]") != 0) {
        usleep(1000);
    }
    end();
    pool = mine;
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]");
    CHECK_FAILS(query("select pg_terminate_backend(pg_backend_pid())"), LYGER_E_QUERY, "terminat");
    CHECK_STR(error.sqlstate, "57P01");
    CHECK_STR(query("select 2 a"), "[{\"a\":2}]");
    CHECK_INT(lyger_pool_connections(pool), 1);
    end();
}

static void session_state_ends_with_the_request(void)
{
    begin(1);
    query("set application_name to 'somebody'");
    query("create temp table mine as select 1 a");
    query("prepare p as select 1");
    query("select pg_advisory_lock(42)");
    CHECK_STR(query("show application_name"), "[{\"application_name\":\"somebody\"}]");
    lyger_pool_request_end(pool);
    CHECK_STR(query("show application_name"), "[{\"application_name\":\"lyger\"}]");
    CHECK_FAILS(query("select * from mine"), LYGER_E_QUERY, "mine");
    CHECK_STR(query("select count(*) c from pg_locks where locktype = 'advisory'"), "[{\"c\":0}]");
    CHECK_STR(query("select count(*) c from pg_prepared_statements"), "[{\"c\":0}]");
    query("set client_encoding to 'LATIN1'");
    CHECK_STR(query("select '\u00e9' a, length('\u00e9') l"), "[{\"a\":\"\u00e9\",\"l\":1}]");
    CHECK_INT(lyger_pool_connections(pool), 1);
    end();
}

/* Without a PREPARE, after which DISCARD ALL cleans instead. */
static void session_state_ends_without_discard_all_too(void)
{
    begin(1);
    query("drop table if exists lyger_counted");
    query("drop role if exists lyger_low");
    query("create role lyger_low");
    query("create table lyger_counted (id serial)");
    query("insert into lyger_counted default values");
    CHECK_STR(query("select lastval() l"), "[{\"l\":1}]");
    query("create temp table mine as select 1 a");
    query("select pg_advisory_lock(42)");
    query("declare held cursor with hold for select 1");
    query("do $$ begin execute 'listen channel'; end $$");
    query("set session authorization lyger_low");
    query("set role lyger_low");
    CHECK_STR(query("select current_user::text u, session_user::text s"),
              "[{\"u\":\"lyger_low\",\"s\":\"lyger_low\"}]");
    lyger_pool_request_end(pool);
    CHECK_STR(query("select current_user <> 'lyger_low' u, session_user <> 'lyger_low' s"),
              "[{\"u\":true,\"s\":true}]");
    CHECK_FAILS(query("select * from mine"), LYGER_E_QUERY, "mine");
    CHECK_STR(query("select count(*) c from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"),
              "[{\"c\":0}]");
    CHECK_STR(query("select count(*) c from pg_cursors where name = 'held'"), "[{\"c\":0}]");
    CHECK_STR(query("select count(*) c from pg_listening_channels()"), "[{\"c\":0}]");
    CHECK_FAILS(query("select lastval()"), LYGER_E_QUERY, "lastval");
    CHECK_INT(lyger_pool_connections(pool), 1);
    query("drop table lyger_counted");
    query("drop role lyger_low");
    end();
}

static void connections_are_capped(void)
{
    begin(1);
    wish = NEST;
    nested = LYGER_OK;
    CHECK_STR(query("select 1 a from pg_sleep(0.2)"), "[{\"a\":1}]");
    CHECK_INT(nested, LYGER_E_QUERY);
    end();
    begin(2);
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]"); /* so that connecting does not ask the hook */
    wish = NEST;
    CHECK_STR(query("select 1 a from pg_sleep(0.2)"), "[{\"a\":1}]");
    CHECK_INT(nested, LYGER_OK);
    CHECK_INT(lyger_pool_connections(pool), 2);
    end();
}

/* The server refuses to send such text to a client that asked for UTF8, and says so itself. */
static void sql_ascii_text_that_is_not_utf8_is_a_clear_error(void)
{
    begin(1);
    query("drop database if exists lyger_ascii");
    CHECK_STR(query("create database lyger_ascii encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template "
                    "template0"),
              "[]");
    CHECK_STR(query_with(ascii_dsn, "select 'plain' a", NULL, 0, NULL), "[{\"a\":\"plain\"}]");
    CHECK_FAILS(query_with(ascii_dsn, "select 'ab' || chr(233) t", NULL, 0, NULL), LYGER_E_QUERY,
                "invalid byte sequence for encoding \"UTF8\": 0xe9");
    CHECK_STR(error.sqlstate, "22021");
    CHECK_STR(query_with(ascii_dsn, "select 'still there' a", NULL, 0, NULL), "[{\"a\":\"still there\"}]");
    end();
    begin(1);
    query("drop database lyger_ascii with (force)");
    end();
}

static void child_of_a_fork_leaves_the_parents_session_alone(void)
{
    begin(2);
    char mine[100];
    query("create temp table parents as select 1 a");
    lyger_copy_text(mine, sizeof mine, query("select pg_backend_pid() p"), 99);
    pid_t child = fork();
    if (child == 0) {
        bool other = strcmp(query("select pg_backend_pid() p"), mine) != 0 && error.status == LYGER_OK;
        lyger_pool_free(pool);
        _exit(other ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    CHECK_STR(query("select a from parents"), "[{\"a\":1}]");
    CHECK_STR(query("select pg_backend_pid() p"), mine);
    end();
}

static void fork_inside_a_statement_leaves_it_to_the_parent(void)
{
    begin(2);
    pid_t self = getpid();
    query("select 1");
    wish = FORK;
    const char *result = query("select 1 a from pg_sleep(0.3)");
    if (getpid() != self) {
        bool told = error.status == LYGER_E_QUERY && strstr(error.message, "forked");
        bool works = strcmp(query("select 2 a"), "[{\"a\":2}]") == 0;
        lyger_pool_free(pool);
        _exit(told && works ? 17 : 1);
    }
    CHECK_STR(result, "[{\"a\":1}]");
    CHECK_INT(child_said, 17);
    end();
}

static jmp_buf out_of_memory;

static bool leave(lyger_sink *sink, size_t bytes)
{
    (void)sink, (void)bytes;
    longjmp(out_of_memory, 1);
}

static void sink_that_leaves_loses_nothing(void)
{
    begin(1);
    char room[30];
    lyger_sink sink = {room, room + sizeof room, leave};
    const char *sql = "select array[repeat('\"', 10)] a, 'and more than the sink takes' b";
    if (!setjmp(out_of_memory)) {
        lyger_query_write_json(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL}, &sink,
                               &error);
        CHECK(!"reached");
    }
    lyger_pool_request_end(pool);
    CHECK_INT(lyger_pool_connections(pool), 0);
    CHECK_STR(query("select 1 a"), "[{\"a\":1}]");
    end();
}

static long backend_pid(void)
{
    const char *text = query("select pg_backend_pid() p");
    return strtol(strchr(text, ':') + 1, NULL, 10);
}

/* Writes while the rows arrive, as dbQueryJson does. */
static const char *written(const char *sql)
{
    static char text[8192];
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

static void rows_are_written_while_they_arrive(void)
{
    begin(1);
    CHECK_STR(written("select n, null z from generate_series(1, 3) n"),
              "[{\"n\":1,\"z\":null},{\"n\":2,\"z\":null},{\"n\":3,\"z\":null}]");
    CHECK_STR(written("select 1 a where false"), "[]");
    CHECK_STR(written("set application_name to 'x'"), "[]");
    long pid = backend_pid();
    CHECK_FAILS(written("select 10 / (n - 3) from generate_series(1, 5) n"), LYGER_E_QUERY,
                "division by zero");
    CHECK_FAILS(written("select no_such_thing"), LYGER_E_QUERY, "no_such_thing");
    CHECK_FAILS(written("copy pg_class to stdout"), LYGER_E_QUERY, "COPY");
    CHECK_STR(written("select 1 a"), "[{\"a\":1}]");
    CHECK(backend_pid() != pid); /* COPY costs the connection, errors do not */
    pid = backend_pid();
    CHECK_FAILS(written("select 1 / 0"), LYGER_E_QUERY, "division");
    CHECK_INT(backend_pid(), pid);
    end();
}

static int prepared_statements(void)
{
    const char *text = query("select count(*) c from pg_prepared_statements where name like 'lyger%'");
    return atoi(strchr(text, ':') + 1);
}

static void statements_that_come_again_are_prepared(void)
{
    static const char sql[] = "select $1::int + 1 n";
    lyger_param param = {.type = LYGER_PARAM_INT, .integer = 41};
    begin(1);
    for (int i = 0; i < 12; i++) {
        CHECK_STR(query_with(dsn, sql, &param, 1, NULL), "[{\"n\":42}]");
    }
    CHECK(prepared_statements() >= 1);
    /* They outlive the request, which cleans everything else. */
    query("set search_path to pg_catalog");
    lyger_pool_request_end(pool);
    CHECK_STR(query_with(dsn, sql, &param, 1, NULL), "[{\"n\":42}]");
    CHECK(prepared_statements() >= 1);
    CHECK_STR(query("show search_path"), "[{\"search_path\":\"\\\"$user\\\", public\"}]");
    /* Somebody takes them away, as a pooler does that gives another server connection. */
    query("deallocate all");
    CHECK_STR(query_with(dsn, sql, &param, 1, NULL), "[{\"n\":42}]");
    CHECK_STR(written("select 1 a"), "[{\"a\":1}]");
    end();
}

static void worn_connections_are_replaced(void)
{
    pool = lyger_pool_new(&(lyger_pool_settings){2, 2, &interrupt, NULL, 0.05, 0, false});
    long first = backend_pid();
    CHECK_INT(backend_pid(), first);
    usleep(80000);
    CHECK(backend_pid() != first);
    end();
    pool = lyger_pool_new(&(lyger_pool_settings){2, 2, &interrupt, NULL, 0, 0.2, false});
    first = backend_pid();
    usleep(80000);
    CHECK_INT(backend_pid(), first);
    usleep(150000);
    CHECK(backend_pid() != first);
    CHECK_INT(lyger_pool_connections(pool), 1);
    end();
}

static void plan_that_no_longer_fits_is_made_anew(void)
{
    begin(1);
    query("drop table if exists changing");
    query("create table changing (a int)");
    query("insert into changing values (1)");
    for (int i = 0; i < 12; i++) {
        CHECK_STR(query("select * from changing"), "[{\"a\":1}]");
        CHECK_STR(written("select * from changing c"), "[{\"a\":1}]");
    }
    query("alter table changing add b text default 'x'");
    CHECK_STR(query("select * from changing"), "[{\"a\":1,\"b\":\"x\"}]");
    CHECK_STR(written("select * from changing c"), "[{\"a\":1,\"b\":\"x\"}]");
    query("drop table changing");
    end();
}

static void errors_of_a_prepared_statement_are_its_own(void)
{
    begin(1);
    for (int i = 0; i < 12; i++) {
        CHECK_FAILS(query("select 1 / 0"), LYGER_E_QUERY, "division by zero");
        CHECK_FAILS(query("selec 1"), LYGER_E_QUERY, "syntax error");
        CHECK_INT(error.position, 1);
    }
    end();
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    const char *database = strrchr(dsn, '/');
    snprintf(ascii_dsn, sizeof ascii_dsn, "%.*s/lyger_ascii", (int)(database - dsn), dsn);
    RUN(libpq_is_loaded_on_first_use_only);
    RUN(missing_and_unusable_libraries_name_the_package);
    RUN(json_is_row_to_json_s);
    RUN(duplicate_columns_and_rows_without_columns_stay);
    RUN(parameters_are_bound);
    RUN(parameters_are_as_many_as_the_protocol_counts);
    RUN(lists_are_arrays);
    RUN(lists_are_of_what_the_statement_takes);
    RUN(large_parameters_and_results_do_not_deadlock);
    RUN(facts_tell_what_a_statement_did);
    RUN(errors_carry_sqlstate_and_position);
    RUN(passwords_stay_out_of_messages);
    RUN(silent_server_is_given_up_in_time);
    RUN(statement_is_cancelled_and_its_connection_used_again);
    RUN(terminated_backend_heals);
    RUN(session_state_ends_with_the_request);
    RUN(session_state_ends_without_discard_all_too);
    RUN(connections_are_capped);
    RUN(sql_ascii_text_that_is_not_utf8_is_a_clear_error);
    RUN(child_of_a_fork_leaves_the_parents_session_alone);
    RUN(fork_inside_a_statement_leaves_it_to_the_parent);
    RUN(sink_that_leaves_loses_nothing);
    RUN(rows_are_written_while_they_arrive);
    RUN(statements_that_come_again_are_prepared);
    RUN(worn_connections_are_replaced);
    RUN(plan_that_no_longer_fits_is_made_anew);
    RUN(errors_of_a_prepared_statement_are_its_own);
    pg_server_stop();
    return finish();
}
