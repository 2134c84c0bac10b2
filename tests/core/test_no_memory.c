/*
 * Out of memory at every point: each operation is run with its first allocation failing, then its second, and
 * so on until it gets through; once with only that one failing and once with all from there on. It must end
 * in success with the right result or in a clean error, without a crash and, under ASan, without a leak.
 * Allocations of the core are caught by the linker, those of SQLite through its own hooks.
 *
 * Linked with: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
 */
#define _GNU_SOURCE /* mkdtemp */

#include "no_memory.h"
#include "http_limits.h"

#include "cache/cache.h"
#include "server/front/access_log.h"
#include "server/front/compress.h"
#include "server/front/metrics.h"
#include "server/worker/cache_metrics.h"
#include "server/front/static.h"
#include "server/front/status.h"
#include "server/supervisor/watch.h"
#include "jsonout/jsonout.h"
#include "query/query.h"

#include "abi/lyger.h"

#include <sqlite3.h>
#include <unistd.h>

/* SQLite asks how large what it has is. */
static void *sqlite_malloc(int size)
{
    size_t *block = fails() ? NULL : __real_malloc((size_t)size + sizeof *block);
    if (!block) {
        return NULL;
    }
    *block = (size_t)size;
    return block + 1;
}

static void sqlite_free(void *pointer)
{
    if (pointer) {
        free((size_t *)pointer - 1);
    }
}

static void *sqlite_realloc(void *pointer, int size)
{
    size_t *block = fails() ? NULL : __real_realloc((size_t *)pointer - 1, (size_t)size + sizeof *block);
    if (!block) {
        return NULL;
    }
    *block = (size_t)size;
    return block + 1;
}

static int sqlite_size(void *pointer)
{
    return pointer ? (int)((size_t *)pointer)[-1] : 0;
}

static int sqlite_round_up(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_begin(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void sqlite_end(void *context)
{
    (void)context;
}

/* ---- cache ---- */

static char directory[] = "/tmp/lyger-no-memory-XXXXXX";

static char *room(void *context, size_t len)
{
    char **bytes = context;
    free(*bytes);
    *bytes = malloc(len + 1);
    return *bytes;
}

static void use_cache(lyger_cache *cache)
{
    lyger_cache_value text = {.type = LYGER_CACHE_STRING, .bytes = "some text", .len = 9}, found;
    char *bytes = NULL;
    lyger_cache_room into = {room, &bytes};
    bool yes;
    int64_t number;
    uint64_t token = 0;
    if (done(lyger_cache_store(cache, "a", 1, &text, 0, 0, LYGER_CACHE_REPLACE, &yes, &error))) {
        lyger_cache_found outcome = lyger_cache_fetch(cache, "a", 1, &found, &into);
        CHECK(outcome == LYGER_CACHE_HIT || (failed && outcome == LYGER_CACHE_NO_ROOM));
        CHECK(outcome != LYGER_CACHE_HIT || (found.len == 9 && memcmp(bytes, "some text", 9) == 0));
    }
    free(bytes);
    if (done(lyger_cache_add_integer(cache, "n", 1, 5, 0, &number, &error))) {
        CHECK_INT(number, 5);
    }
    done(lyger_cache_retime(cache, "a", 1, 60, &yes, &error));
    if (done(lyger_cache_lock(cache, "l", 1, 60, &token, &error)) && token) {
        done(lyger_cache_give_back(cache, "l", 1, LYGER_CACHE_LOCK, token, &yes, &error));
        CHECK(yes);
    }
    if (done(lyger_cache_lease(cache, "l", 1, &token, &error)) && token) {
        done(lyger_cache_give_back(cache, "l", 1, LYGER_CACHE_LEASE, token, &yes, &error));
    }
    lyger_cache_class_facts classes[LYGER_CACHE_CLASSES];
    lyger_cache_facts facts;
    done(lyger_cache_describe_classes(cache, classes, &error));
    lyger_cache_describe(cache, &facts);
    done(lyger_cache_remove(cache, "a", 1, &yes, &error));
    done(lyger_cache_purge(cache, "", 0, &error));
    lyger_cache_end_request(cache);
}

static void do_a_cache_of_its_own(void)
{
    lyger_error_clear(&error);
    lyger_cache *cache = lyger_cache_open((size_t)1 << 20, NULL, &error);
    if (done(cache ? LYGER_OK : error.status)) {
        use_cache(cache);
    }
    lyger_cache_close(cache);
}

static void do_a_cache_in_a_file(void)
{
    char path[80];
    snprintf(path, sizeof path, "%s/segment", directory);
    lyger_error_clear(&error);
    lyger_cache *cache = lyger_cache_open((size_t)1 << 20, path, &error);
    if (done(cache ? LYGER_OK : error.status)) {
        use_cache(cache);
    }
    lyger_cache_close(cache);
}

CASE(a_cache_of_its_own)
CASE(a_cache_in_a_file)

/* ---- queries ---- */

static const lyger_pool_settings pool_settings = {2, 5, NULL, NULL, 0, 0, false};
static lyger_pool *pool;

static lyger_status run(const char *sql, const lyger_param *params, size_t count, lyger_result **result)
{
    return lyger_query_run(pool, &(lyger_query){"sqlite::memory:", 15, sql, strlen(sql), params, count, NULL},
                           result, &error);
}

static const char rows_sql[] =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40) "
    "select i, 'text ' || i as text, i * 0.5 as half, x'00FF' as blob, ? as given, null as "
    "none from n";

static const char first_row[] = "[{\"i\":1,\"text\":\"text 1\",\"half\":0.5,\"blob\":\"AP8=\","
                                "\"given\":\"a \\\"word\\\"\",\"none\":null},";

static void check_rows(lyger_buffer *buffer)
{
    size_t len = lyger_buffer_length(buffer);
    CHECK(len > 2000 && buffer->start[0] == '[' && buffer->start[len - 1] == ']');
    CHECK(memcmp(buffer->start, first_row, sizeof first_row - 1) == 0);
}

static void read_rows(lyger_result *result)
{
    lyger_cursor cursor = {0};
    lyger_value values[6];
    int64_t sum = 0;
    while (lyger_result_read(result, &cursor, values)) {
        sum += values[0].integer;
    }
    CHECK_INT(sum, 820);
    CHECK_INT(lyger_result_describe(result)->rows, 40);
}

static void do_a_query_and_its_json(void)
{
    const lyger_param given = {.type = LYGER_PARAM_TEXT, .text = {"a \"word\"", 8}};
    lyger_result *result = NULL;
    lyger_buffer buffer;
    lyger_error_clear(&error);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    pool = lyger_pool_new(&pool_settings);
    if (pool && done(run(rows_sql, &given, 1, &result))) {
        if (done(lyger_result_write_json(result, &buffer.sink, &error))) {
            check_rows(&buffer);
        }
        read_rows(result);
    }
    lyger_result_free(result);
    lyger_buffer_reset(&buffer);
    if (pool && done(lyger_query_write_json(
                    pool, &(lyger_query){"sqlite::memory:", 15, rows_sql, strlen(rows_sql), &given, 1, NULL},
                    &buffer.sink, &error))) {
        check_rows(&buffer);
    }
    lyger_buffer_free(&buffer);
    lyger_pool_request_end(pool);
    lyger_pool_free(pool);
}

static void do_a_query_that_is_sent(void)
{
    lyger_result *result = NULL;
    lyger_error_clear(&error);
    pool = lyger_pool_new(&pool_settings);
    if (pool &&
        done(lyger_query_send(pool, &(lyger_query){"sqlite::memory:", 15, "select 1 as a", 13, NULL, 0, NULL},
                              &result, &error))) {
        done(lyger_result_await(result, &error));
    }
    lyger_result_free(result);
    lyger_pool_free(pool);
}

static int count_rows(void)
{
    lyger_result *result = NULL;
    lyger_cursor cursor = {0};
    lyger_value value = {0};
    if (run("select count(*) from t", NULL, 0, &result) == LYGER_OK) {
        lyger_result_read(result, &cursor, &value);
    }
    lyger_result_free(result);
    return (int)value.integer;
}

/* What a transaction says is what there is then. */
static void do_a_transaction(void)
{
    const char *dsn = "sqlite::memory:";
    lyger_result *result = NULL;
    lyger_error_clear(&error);
    long kept = pause_failing();
    pool = lyger_pool_new(&pool_settings);
    CHECK_INT(run("create table t(a)", NULL, 0, &result), LYGER_OK);
    lyger_result_free(result);
    countdown = kept;
    bool begun = done(lyger_transaction_begin(pool, dsn, 15, NULL, &error));
    result = NULL;
    bool stored = begun && done(run("insert into t values (1), (2)", NULL, 0, &result));
    lyger_result_free(result);
    bool ended = begun && done(lyger_transaction_end(pool, dsn, 15, stored, &error));
    kept = pause_failing();
    if (begun && !ended) {
        lyger_transaction_abandon(pool, dsn, 15); /* the database was in its memory */
    } else {
        CHECK_INT(count_rows(), ended && stored ? 2 : 0);
    }
    lyger_pool_free(pool);
    countdown = kept;
}

CASE(a_query_and_its_json)
CASE(a_query_that_is_sent)
CASE(a_transaction)

/* ---- JSON ---- */

static void do_json(void)
{
    lyger_buffer buffer;
    size_t bad;
    char long_text[600];
    memset(long_text, '"', sizeof long_text);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    bool written = true;
    for (int i = 0; i < 20 && written; i++) {
        written = lyger_json_put_string(&buffer.sink, long_text, sizeof long_text, &bad) == LYGER_JSON_OK &&
                  lyger_json_put_double(&buffer.sink, 0.1) && lyger_json_put_int(&buffer.sink, INT64_MIN) &&
                  lyger_json_put_base64(&buffer.sink, long_text, sizeof long_text);
    }
    CHECK(written || failed);
    CHECK(!written || lyger_buffer_length(&buffer) == 20 * (1202 + 3 + 20 + 802));
    char *text = lyger_buffer_detach(&buffer);
    CHECK(text || failed);
    free(text);
    lyger_buffer_free(&buffer);
}

CASE(json)

/* ---- HTTP ---- */

static lyger_server_config config;

static void parse(lyger_http_request *request, const char *head)
{
    lyger_http_request_init(request);
    CHECK_INT(lyger_http_parse(request, head, strlen(head), &default_limits), LYGER_HTTP_DONE);
}

static void do_the_hub_of_a_server(void)
{
    const char *head = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    lyger_hub_settings settings = {.workers = 2, .requests = 4, .room = 4096, .ring = 65536};
    lyger_hub *hub = NULL, *again = NULL;
    lyger_http_request request;
    const lyger_hub_request *taken;
    lyger_hub_frame frame;
    char *body;
    size_t room_for;
    lyger_error_clear(&error);
    parse(&request, head);
    if (!done(lyger_hub_new(&settings, &hub, &error)) || !done(lyger_hub_serve(hub, &error))) {
        lyger_hub_free(hub);
        return;
    }
    int place = lyger_hub_place(hub, 1);
    lyger_hub_placed(hub, (uint32_t)place, getpid());
    lyger_worker *worker = lyger_hub_join(hub, (uint32_t)place);
    CHECK(worker || failed);
    lyger_hub_slot *slot = lyger_hub_reserve(hub);
    CHECK(lyger_hub_fill(hub, slot, &request, head, 0, &body, &room_for) && lyger_hub_submit(hub, slot));
    if (worker) {
        CHECK_INT(lyger_hub_take(worker, 0, &taken), LYGER_TAKEN);
        lyger_hub_head(worker, 200, 2, "", 0);
        lyger_hub_data(worker, "ok", 2);
        lyger_hub_complete(worker);
        CHECK(lyger_hub_next(hub, &frame) && frame.kind == LYGER_HUB_HEAD);
        lyger_hub_leave(worker);
    }
    int descriptor = dup(lyger_hub_descriptor(hub));
    lyger_status status = lyger_hub_open(descriptor, dup(lyger_hub_doorbell(hub)), &again, &error);
    if (done(status)) {
        lyger_hub_free(again);
    } else {
        close(descriptor);
        close(descriptor + 1);
    }
    lyger_hub_free(hub);
}

static void do_static_files(void)
{
    static lyger_static_plan plan;
    static const char *const heads[] = {
        "GET /plain.txt HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /plain.txt HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
        "GET /plain.txt HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\n\r\n",
        "GET /missing HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    lyger_static *files = NULL;
    lyger_error_clear(&error);
    config.document_root = directory;
    config.compress = true;
    if (done(lyger_static_new(&config, &files, &error))) {
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
            lyger_http_request request;
            parse(&request, heads[i]);
            if (lyger_static_decide(files, &request, heads[i], 1000, &plan)) {
                CHECK(plan.status == 200 || plan.status == 206 || (failed && plan.status >= 500));
                if (plan.descriptor >= 0) {
                    close(plan.descriptor);
                }
            } else {
                CHECK(i == 3 || failed);
            }
        }
    }
    lyger_static_free(files);
    lyger_compress_forget();
}

static void do_figures(void)
{
    static lyger_metrics metrics;
    lyger_buffer buffer;
    lyger_error_clear(&error);
    long kept = pause_failing();
    lyger_hub_settings settings = {.workers = 2, .requests = 4, .room = 4096, .ring = 65536};
    lyger_hub *hub = NULL;
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_OK);
    CHECK_INT(lyger_hub_serve(hub, &error), LYGER_OK);
    lyger_cache *cache = lyger_cache_open((size_t)1 << 20, NULL, &error);
    countdown = kept;
    lyger_metrics_init(&metrics);
    lyger_metrics_tick(&metrics, hub, lyger_hub_now());
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    CHECK(lyger_metrics_write(&metrics, &config, hub, &buffer.sink) || failed);
    lyger_buffer_reset(&buffer);
    CHECK(lyger_cache_write_metrics(cache, &buffer.sink) || failed);
    lyger_buffer_reset(&buffer);
    CHECK(lyger_status_write(&metrics, &config, hub, &buffer.sink) || failed);
    lyger_buffer_free(&buffer);
    kept = pause_failing();
    lyger_cache_close(cache);
    lyger_hub_free(hub);
    countdown = kept;
}

static void do_compressed_bodies(void)
{
    static char text[20000];
    lyger_buffer buffer;
    memset(text, 'a', sizeof text);
    for (int coding = LYGER_CODING_GZIP; coding < LYGER_CODINGS; coding++) {
        if (!lyger_compress_available((lyger_coding)coding)) {
            continue;
        }
        lyger_buffer_init(&buffer, &lyger_malloc_allocator);
        lyger_compressor *compressor = lyger_compress_begin((lyger_coding)coding);
        CHECK(compressor || failed);
        bool whole = compressor &&
                     lyger_compress_run(compressor, text, sizeof text, LYGER_COMPRESS_FLUSH, &buffer.sink) &&
                     lyger_compress_run(compressor, "b", 1, LYGER_COMPRESS_END, &buffer.sink);
        CHECK(whole || failed);
        lyger_compress_end(compressor);
        lyger_buffer_free(&buffer);
    }
    lyger_compress_forget();
}

static void do_the_access_log(void)
{
    char path[80];
    lyger_access_log *log = NULL;
    lyger_access_entry entry = {
        .address = "192.0.2.1", .method = {"GET", 3}, .target = {"/", 1}, .minor = 1, .status = 200};
    snprintf(path, sizeof path, "%s/log", directory);
    config.access_log = path;
    lyger_error_clear(&error);
    if (done(lyger_access_log_open(&config, -1, &log, &error))) {
        for (int i = 0; i < 500; i++) {
            lyger_access_log_add(log, &entry);
        }
        lyger_access_log_reopen(log, -1);
    }
    lyger_access_log_close(log);
    config.access_log = NULL;
}

static void do_watching_a_directory(void)
{
    lyger_watch *watch = NULL;
    uint64_t due;
    lyger_error_clear(&error);
    if (done(lyger_watch_new(directory, &watch, &error))) {
        lyger_watch_changed(watch, lyger_hub_now(), &due);
    }
    lyger_watch_free(watch);
}

CASE(the_hub_of_a_server)
CASE(static_files)
CASE(figures)
CASE(compressed_bodies)
CASE(the_access_log)
CASE(watching_a_directory)

/* ---- the FFI door ---- */

static void do_the_ffi_door(void)
{
    char *text = lyger_hello_world();
    CHECK(text || failed);
    lyger_free_string(text);
    text = lyger_system_info();
    CHECK(text || failed);
    lyger_free_string(text);
    lyger_cache_set("key", "value");
    text = lyger_cache_get("key");
    CHECK(failed || (text && strcmp(text, "value") == 0));
    lyger_free_string(text);
    lyger_cache_delete("key");
    unsigned long handle = lyger_db_query("sqlite::memory:", "select 1 as a union all select 2");
    CHECK(handle || failed);
    text = lyger_jsonify_result(handle);
    CHECK(failed || (text && strcmp(text, "[{\"a\":1},{\"a\":2}]") == 0));
    lyger_free_string(text);
    lyger_free_result(handle);
}

CASE(the_ffi_door)

int main(void)
{
    static const sqlite3_mem_methods methods = {sqlite_malloc,   sqlite_free,  sqlite_realloc, sqlite_size,
                                                sqlite_round_up, sqlite_begin, sqlite_end,     NULL};
    char command[96], path[80];
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK || sqlite3_initialize() != SQLITE_OK ||
        !mkdtemp(directory)) {
        return EXIT_FAILURE;
    }
    snprintf(path, sizeof path, "%s/plain.txt", directory);
    FILE *file = fopen(path, "w");
    for (int i = 0; file && i < 500; i++) {
        fputs("the same line again and again\n", file);
    }
    if (!file || fclose(file) != 0) {
        return EXIT_FAILURE;
    }
    lyger_server_defaults(&config);
    RUN(a_cache_of_its_own);
    RUN(a_cache_in_a_file);
    RUN(a_query_and_its_json);
    RUN(a_query_that_is_sent);
    RUN(a_transaction);
    RUN(json);
    RUN(the_hub_of_a_server);
    RUN(static_files);
    RUN(figures);
    RUN(compressed_bodies);
    RUN(the_access_log);
    RUN(watching_a_directory);
    RUN(the_ffi_door);
    printf("# %ld points in all\n", points);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) == 0 ? finish() : EXIT_FAILURE;
}
