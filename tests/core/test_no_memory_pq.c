/*
 * Out of memory at every point of the PostgreSQL paths, against a real server: see no_memory.h. Allocations
 * of the core are caught by the linker; libpq's own are its own.
 *
 * Linked with: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
 */
#define _GNU_SOURCE /* mkdtemp */

#include "no_memory.h"
#include "pg_server.h"

#include "query/query.h"

static char dsn[200];
static lyger_pool *pool;
static const lyger_pool_settings settings = {2, 5, NULL, NULL, 0, 0, false};

/* A number and a text for $1 and $2, and everything whose reading allocates: an own type, arrays, nested
 * ones, long text. */
static const char rows_sql[] =
    "SELECT g AS n, repeat('x', 3000) AS long, ARRAY[1, NULL, g] AS list, ROW(g, $2::text, ARRAY[ROW(1, "
    "'a')::memory_pair])::memory_deep AS deep, "
    "'{\"a\":1}'::jsonb AS j, now() IS NOT NULL AS t FROM generate_series(1, $1::int) AS g";

static lyger_status run(const char *sql, const lyger_param *given, uint32_t count, lyger_result **result)
{
    return lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), given, count, NULL},
                           result, &error);
}

static void check_rows(lyger_buffer *buffer)
{
    const char *text = buffer->start;
    size_t len = lyger_buffer_length(buffer);
    CHECK(len > 9000 && text[0] == '[' && text[len - 1] == ']');
    CHECK(memmem(text, len,
                 "\"list\":[1,null,3],\"deep\":{\"n\":3,\"word\":\"b\\\"c\",\"pairs\":[{\"x\":1,\"y\":\"a\"}]"
                 "},\"j\":{\"a\": 1},\"t\":true}]",
                 87) != NULL);
}

static const lyger_param given[] = {{.type = LYGER_PARAM_TEXT, .text = {"3", 1}},
                                    {.type = LYGER_PARAM_TEXT, .text = {"b\"c", 3}}};

static void query(void)
{
    lyger_result *result = NULL;
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    if (done(run(rows_sql, given, 2, &result)) &&
        done(lyger_result_write_json(result, &buffer.sink, &error))) {
        check_rows(&buffer);
    }
    lyger_result_free(result);
    lyger_buffer_reset(&buffer);
    lyger_error_clear(&error);
    if (done(lyger_query_write_json(
            pool, &(lyger_query){dsn, strlen(dsn), rows_sql, strlen(rows_sql), given, 2, NULL}, &buffer.sink,
            &error))) {
        check_rows(&buffer);
    }
    lyger_buffer_free(&buffer);
}

static void do_connecting_and_a_query(void)
{
    lyger_error_clear(&error);
    pool = lyger_pool_new(&settings);
    if (pool) {
        query();
        lyger_pool_request_end(pool);
    }
    lyger_pool_free(pool);
}

/* With a connection that is there and knows the types; a request's end may have to close it. */
static void do_a_query_on_a_kept_connection(void)
{
    lyger_error_clear(&error);
    query();
    lyger_pool_request_end(pool);
}

static void do_two_queries_side_by_side(void)
{
    lyger_result *results[2] = {NULL, NULL};
    lyger_error_clear(&error);
    for (int i = 0; i < 2; i++) {
        if (done(lyger_query_send(
                pool, &(lyger_query){dsn, strlen(dsn), rows_sql, strlen(rows_sql), given, 2, NULL},
                &results[i], &error))) {
            done(lyger_result_await(results[i], &error));
        }
        lyger_error_clear(&error);
    }
    lyger_result_free(results[0]);
    lyger_result_free(results[1]);
    lyger_pool_request_end(pool);
}

static void do_an_error_of_the_server(void)
{
    lyger_result *result = NULL;
    lyger_error_clear(&error);
    lyger_status status = run("SELECT 1 / ($1::int - 3), $2::text", given, 2, &result);
    CHECK(status != LYGER_OK && error.message[0] != '\0');
    lyger_result_free(result);
    lyger_pool_request_end(pool);
}

CASE(connecting_and_a_query)

static void kept(const char *name, void (*operation)(void))
{
    current = name;
    pool = lyger_pool_new(&settings);
    CHECK(pool != NULL);
    at_every_allocation(operation);
    lyger_pool_free(pool);
}

static void a_query_on_a_kept_connection(void)
{
    kept(__func__, do_a_query_on_a_kept_connection);
}

static void two_queries_side_by_side(void)
{
    kept(__func__, do_two_queries_side_by_side);
}

static void an_error_of_the_server(void)
{
    kept(__func__, do_an_error_of_the_server);
}

int main(void)
{
    lyger_result *result = NULL;
    if (!pg_server_start(dsn, sizeof dsn)) {
        return EXIT_FAILURE;
    }
    pool = lyger_pool_new(&settings);
    const char *const setup[] = {"DROP TYPE IF EXISTS memory_deep, memory_pair",
                                 "CREATE TYPE memory_pair AS (x int, y text)",
                                 "CREATE TYPE memory_deep AS (n int, word text, pairs memory_pair[])"};
    for (size_t i = 0; i < sizeof setup / sizeof *setup; i++) {
        if (run(setup[i], NULL, 0, &result) != LYGER_OK) {
            printf("not ok %s\n", error.message);
        }
        lyger_result_free(result);
        result = NULL;
    }
    lyger_pool_free(pool);
    RUN(connecting_and_a_query);
    RUN(a_query_on_a_kept_connection);
    RUN(two_queries_side_by_side);
    RUN(an_error_of_the_server);
    printf("# %ld points in all\n", points);
    pg_server_stop();
    return finish();
}
