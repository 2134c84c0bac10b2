#include "check.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/lyger.h"
#include "cache/cache.h"

#define DSN "sqlite::memory:"

/* Compares a returned string and frees it. */
static void check_text(char *text, const char *expected)
{
    CHECK_STR(text, expected);
    lyger_free_string(text);
}

static void check_failed(int status, const char *word)
{
    CHECK_INT(lyger_ffi_error_status(), status);
    if (!strstr(lyger_last_error(), word)) {
        CHECK_STR(lyger_last_error(), word);
    }
}

static void check_fine(void)
{
    CHECK_STR(lyger_last_error(), "");
    CHECK_INT(lyger_ffi_error_status(), 0);
}

/* ---- basics ---- */

static void nothing_is_wrong_before_the_first_call(void)
{
    check_fine();
    CHECK_STR(lyger_ffi_error_sqlstate(), "");
    CHECK_INT(lyger_ffi_error_position(), 0);
    CHECK_INT(lyger_ffi_error_code(), 0);
}

static void greeting_and_information_are_texts(void)
{
    char greeting[64];
    snprintf(greeting, sizeof greeting, "Hello from lyger %s", lyger_ffi_version());
    check_text(lyger_hello_world(), greeting);
    char *info = lyger_system_info();
    CHECK(strstr(info, "\"door\":\"ffi\"") && strstr(info, "\"server\":\"off\""));
    lyger_free_string(info);
    lyger_free_string(NULL);
    check_fine();
}

static void engine_pointers_are_never_looked_at(void)
{
    lyger_free_engine(NULL);
    lyger_free_engine((void *)1);
    lyger_free_engine((void *)~(uintptr_t)0);
}

static void computation_is_the_sum(void)
{
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
        sum += sqrt(i) * sin(i);
    }
    CHECK(fabs(lyger_heavy_computation(1000) - sum) < 1e-9);
    CHECK(lyger_heavy_computation(0) == 0);
    check_fine();
}

/* ---- cache ---- */

static void strings_round_trip_through_the_cache(void)
{
    lyger_cache_clear();
    lyger_cache_set("key", "value");
    check_fine();
    check_text(lyger_cache_get("key"), "value");
    check_text(lyger_cache_get("other"), "");
    check_fine();
    lyger_cache_set("empty", "");
    CHECK_INT(lyger_cache_size(), 2);
    check_text(lyger_cache_get("empty"), "");
    lyger_cache_delete("key");
    check_text(lyger_cache_get("key"), "");
    CHECK_INT(lyger_cache_size(), 1);
    lyger_cache_clear();
    CHECK_INT(lyger_cache_size(), 0);
}

static void any_bytes_and_types_round_trip(void)
{
    static const struct {
        int type;
        size_t len;
        const char *bytes, *text;
    } values[] = {
        {0, 0, "", ""},
        {1, 1, "\1", "1"},
        {1, 1, "\0", ""},
        {2, 8, "\x2A\0\0\0\0\0\0\0", "42"},
        {2, 8, "\0\0\0\0\0\0\0\x80", "-9223372036854775808"},
        {3, 8, "\0\0\0\0\0\0\xF8\x3F", "1.5"},
        {3, 8, "\0\0\0\0\0\0\xF0\xFF", "-INF"},
        {3, 8, "\0\0\0\0\0\0\xF8\x7F", "NAN"},
        {4, 5, "a\0b\xFF\n", "a"},
        {4, 0, "", ""},
        {5, 4, "i:1;", "i:1;"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int type = -1;
        char *bytes = NULL;
        size_t len = 99;
        CHECK_INT(lyger_ffi_cache_store("k\0k", 3, values[i].type, values[i].bytes, values[i].len, 0), 1);
        CHECK_INT(lyger_ffi_cache_fetch("k\0k", 3, &type, &bytes, &len), 1);
        CHECK_INT(type, values[i].type);
        CHECK_INT(len, values[i].len);
        CHECK(bytes && memcmp(bytes, values[i].bytes, len) == 0 && bytes[len] == '\0');
        lyger_free_string(bytes);
        CHECK_INT(lyger_ffi_cache_store("k", 1, values[i].type, values[i].bytes, values[i].len, 0), 1);
        check_text(lyger_cache_get("k"), values[i].text);
    }
    lyger_cache_clear();
}

static void cache_functions_answer_yes_and_no(void)
{
    long long sum = 0;
    lyger_cache_clear();
    CHECK_INT(lyger_ffi_cache_insert("a", 1, 4, "1", 1, 0), 1);
    CHECK_INT(lyger_ffi_cache_insert("a", 1, 4, "2", 1, 0), 0);
    check_text(lyger_cache_get("a"), "1");
    CHECK_INT(lyger_ffi_cache_contains("a", 1), 1);
    CHECK_INT(lyger_ffi_cache_contains("b", 1), 0);
    CHECK_INT(lyger_ffi_cache_retime("a", 1, 1000), 1);
    CHECK_INT(lyger_ffi_cache_retime("b", 1, 1000), 0);
    CHECK_INT(lyger_ffi_cache_remove("a", 1), 1);
    CHECK_INT(lyger_ffi_cache_remove("a", 1), 0);
    CHECK_INT(lyger_ffi_cache_add_integer("n", 1, 5, 0, &sum), 1);
    CHECK_INT(lyger_ffi_cache_add_integer("n", 1, -7, 0, &sum), 1);
    CHECK_INT(sum, -2);
    CHECK_INT(lyger_ffi_cache_store("pre/1", 5, 4, "", 0, 0), 1);
    CHECK_INT(lyger_ffi_cache_purge("pre/", 4), 1);
    CHECK_INT(lyger_ffi_cache_contains("pre/1", 5), 0);
    CHECK_INT(lyger_ffi_cache_contains("n", 1), 1);
    check_fine();
    char *facts = lyger_ffi_cache_facts();
    CHECK(facts && strncmp(facts, "{\"enabled\":true,\"path\":\"\",\"shards\":", 35) == 0);
    CHECK(facts && strstr(facts, "\"entries\":1,"));
    lyger_free_string(facts);
}

static void what_the_cache_cannot_do_is_said(void)
{
    static char key[65536];
    long long sum;
    memset(key, 'k', sizeof key);
    CHECK_INT(lyger_ffi_cache_store(key, 65535, 4, "v", 1, 0), 1);
    CHECK_INT(lyger_ffi_cache_store(key, 65536, 4, "v", 1, 0), -1);
    check_failed(2, "65536 given");
    CHECK_INT(lyger_ffi_cache_store("k", 0, 4, "v", 1, 0), -1);
    check_failed(2, "key must be");
    CHECK_INT(lyger_ffi_cache_store("k", 1, 6, "v", 1, 0), -1);
    check_failed(2, "type must be");
    CHECK_INT(lyger_ffi_cache_store("k", 1, -1, "v", 1, 0), -1);
    CHECK_INT(lyger_ffi_cache_store("k", 1, 2, "v", 1, 0), -1);
    check_failed(2, "8 bytes");
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, "v", 1, 4294967296ul), -1);
    check_failed(2, "ttl must be");
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, key, sizeof key, 0), 1);
    CHECK_INT(lyger_ffi_cache_store("text", 4, 4, "v", 1, 0), 1);
    CHECK_INT(lyger_ffi_cache_add_integer("text", 4, 1, 0, &sum), -1);
    CHECK_INT(lyger_ffi_error_status(), 6);
    CHECK_INT(lyger_ffi_cache_configure(1 << 20, NULL), -1);
    check_failed(6, "in use");
    lyger_cache_set("", "v");
    check_failed(2, "key must be");
    lyger_cache_set("k", "v");
    check_fine();
}

static void cache_can_be_configured_and_switched_off(void)
{
    char *value = NULL;
    int type;
    size_t len;
    lyger_ffi_close();
    CHECK_INT(lyger_ffi_cache_configure(1, NULL), -1);
    CHECK(lyger_ffi_error_status() != 0);
    CHECK_INT(lyger_ffi_cache_configure(4 << 20, "/nowhere/at/all"), -1);
    CHECK_INT(lyger_ffi_error_status(), 6);
    /* Not on a cache of this process alone, that would look like the one that was meant. */
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, "v", 1, 0), -1);
    check_failed(6, "/nowhere/at/all");
    lyger_cache_set("k", "v");
    check_failed(6, "could not be configured");
    check_text(lyger_cache_get("k"), "");
    CHECK_INT(lyger_ffi_cache_configure(0, NULL), 1);
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, "v", 1, 0), 0);
    CHECK_INT(lyger_ffi_cache_fetch("k", 1, &type, &value, &len), 0);
    CHECK_INT(lyger_cache_size(), 0);
    check_fine();
    check_text(lyger_cache_get("k"), "");
    lyger_ffi_close();
    CHECK_INT(lyger_ffi_cache_configure(4 << 20, NULL), 1);
    lyger_cache_set("k", "v");
    check_text(lyger_cache_get("k"), "v");
    lyger_ffi_close();
    check_text(lyger_cache_get("k"), ""); /* another cache, with the defaults */
}

static void locks_and_leases_check_what_they_are_given(void)
{
    unsigned long long token = 7, other = 7;
    CHECK_INT(lyger_ffi_cache_lock("k", 1, 4294967296ul, &token), -1);
    check_failed(2, "ttl must be");
    CHECK_INT(token, 0);
    CHECK_INT(lyger_ffi_cache_lock("endless", 7, 0, &token), 1);
    CHECK_INT(lyger_ffi_cache_give_back("endless", 7, 0, token), 1);
    CHECK_INT(lyger_ffi_cache_lock("k", 1, 1, NULL), -1);
    check_failed(2, "token is NULL");
    CHECK_INT(lyger_ffi_cache_lease("k", 1, NULL), -1);
    check_failed(2, "token is NULL");
    CHECK_INT(lyger_ffi_cache_lock(NULL, 1, 1, &token), -1);
    check_failed(2, "key is NULL");
    CHECK_INT(lyger_ffi_cache_lock("k", 1, 4294967295ul, &token), 1);
    CHECK_INT(lyger_ffi_cache_lock("k", 1, 1, &other), 0);
    CHECK_INT(other, 0);
    for (int kind = -1; kind <= 2; kind += 3) {
        CHECK_INT(lyger_ffi_cache_give_back("k", 1, kind, token), -1);
        check_failed(2, "kind must be");
        CHECK_INT(lyger_ffi_cache_wait("k", 1, kind, 0), -1);
        check_failed(2, "kind must be");
    }
    CHECK_INT(lyger_ffi_cache_wait("nobody's", 8, 0, 4294967295ul), 1);
    CHECK_INT(lyger_ffi_cache_wait("nobody's", 8, 0, 4294967296ul), -1);
    check_failed(2, "milliseconds must be");
    CHECK_INT(lyger_ffi_cache_give_back("k", 1, 0, token + 1), 0);
    CHECK_INT(lyger_ffi_cache_give_back("k", 1, 0, 0), 0);
    CHECK_INT(lyger_ffi_cache_give_back("k", 1, 0, token), 1);
    CHECK_INT(lyger_ffi_cache_give_back("k", 1, 0, token), 0);
    check_fine();
}

static void values_are_fetched_into_memory_of_the_caller(void)
{
    char buffer[16] = "untouched";
    long long sum;
    lyger_ffi_close();
    lyger_cache_set("text", "hello");
    CHECK_INT(lyger_ffi_cache_get_into("text", 4, buffer, 4), 5);
    CHECK(memcmp(buffer, "untouched", 9) == 0);
    CHECK_INT(lyger_ffi_cache_get_into("text", 4, NULL, 0), 5);
    CHECK_INT(lyger_ffi_cache_get_into("text", 4, buffer, 5), 5);
    CHECK(memcmp(buffer, "helloched", 9) == 0);
    CHECK_INT(lyger_ffi_cache_add_integer("n", 1, -120, 0, &sum), 1);
    CHECK_INT(lyger_ffi_cache_get_into("n", 1, buffer, 3), 4);
    CHECK_INT(lyger_ffi_cache_get_into("n", 1, buffer, sizeof buffer), 4);
    CHECK(memcmp(buffer, "-120o", 5) == 0);
    CHECK_INT(lyger_ffi_cache_store("yes", 3, 1, "\1", 1, 0), 1);
    CHECK_INT(lyger_ffi_cache_get_into("yes", 3, buffer, sizeof buffer), 1);
    CHECK_INT(buffer[0], '1');
    CHECK_INT(lyger_ffi_cache_store("null", 4, 0, "", 0, 0), 1);
    CHECK_INT(lyger_ffi_cache_get_into("null", 4, buffer, sizeof buffer), 0);
    CHECK_INT(lyger_ffi_cache_get_into("gone", 4, buffer, sizeof buffer), -1);
    check_fine();
    CHECK_INT(lyger_ffi_cache_get_into("text", 4, NULL, 5), -2);
    check_failed(2, "buffer is NULL");
    CHECK_INT(lyger_ffi_cache_get_into("", 0, buffer, 5), -2);
    check_failed(2, "key must be");
}

static void values_of_every_type_are_json(void)
{
    static const char list[] = "a:2:{i:0;d:2;i:1;a:1:{s:1:\"k\";s:1:\"\"\";}}";
    char *json = NULL;
    size_t len = 1;
    lyger_ffi_close();
    lyger_cache_set("text", "hello");
    CHECK_INT(lyger_ffi_cache_get_json("text", 4, &json, &len), 1);
    CHECK_INT(len, 7);
    check_text(json, "\"hello\"");
    CHECK_INT(lyger_ffi_cache_store("list", 4, 5, list, sizeof list - 1, 0), 1);
    CHECK_INT(lyger_ffi_cache_get_json("list", 4, &json, &len), 1);
    check_text(json, "[2.0,{\"k\":\"\\\"\"}]");
    CHECK_INT(lyger_ffi_cache_store("null", 4, 0, "", 0, 0), 1);
    CHECK_INT(lyger_ffi_cache_get_json("null", 4, &json, &len), 1);
    check_text(json, "null");
    CHECK_INT(lyger_ffi_cache_get_json("gone", 4, &json, &len), 0);
    CHECK(json == NULL && len == 0);
    check_fine();
    CHECK_INT(lyger_ffi_cache_store("object", 6, 5, "O:1:\"A\":0:{}", 12, 0), 1);
    CHECK_INT(lyger_ffi_cache_get_json("object", 6, &json, &len), -1);
    check_failed(6, "an object");
    CHECK(json == NULL && len == 0);
    CHECK_INT(lyger_ffi_cache_get_json(NULL, 4, &json, &len), -1);
    check_failed(2, "key is NULL");
    CHECK_INT(lyger_ffi_cache_get_json("text", 4, NULL, &len), -1);
    check_failed(2, "json is NULL");
    CHECK_INT(lyger_ffi_cache_get_json("text", 4, &json, NULL), -1);
    check_failed(2, "json_len is NULL");
}

static void environment_names_the_cache(void)
{
    char path[] = "/tmp/lyger-test-abi-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    setenv("LYGER_CACHE_PATH", path, 1);
    setenv("LYGER_CACHE_SIZE", "2M", 1);
    lyger_ffi_close();
    lyger_cache_set("k", "v");
    check_fine();
    lyger_ffi_close();
    check_text(lyger_cache_get("k"), "v"); /* from the file */
    char *facts = lyger_ffi_cache_facts();
    CHECK(facts && strstr(facts, path) && strstr(facts, "2097152"));
    lyger_free_string(facts);
    lyger_ffi_close();
    setenv("LYGER_CACHE_SIZE", "many", 1);
    lyger_cache_set("k", "v");
    check_failed(6, "LYGER_CACHE_SIZE must be");
    setenv("LYGER_CACHE_SIZE", "99999999999G", 1);
    lyger_cache_set("k", "v");
    check_failed(6, "LYGER_CACHE_SIZE must be");
    setenv("LYGER_CACHE_SIZE", "0", 1);
    lyger_cache_set("k", "v"); /* switched off */
    check_fine();
    lyger_ffi_close();
    unlink(path);
    unsetenv("LYGER_CACHE_PATH");
    unsetenv("LYGER_CACHE_SIZE");
}

static void what_only_the_native_door_reads_is_an_error(void)
{
    char path[] = "/tmp/lyger-test-abi-XXXXXX", *value;
    int type;
    size_t len;
    bool stored = false;
    close(mkstemp(path));
    unlink(path);
    lyger_error error;
    lyger_cache *native = lyger_cache_open(4 << 20, path, &error);
    lyger_cache_value array = {.type = LYGER_CACHE_ARRAY, .bytes = "bytes", .len = 5};
    CHECK(native && lyger_cache_store(native, "array", 5, &array, 0, 0, LYGER_CACHE_REPLACE, &stored,
                                      &error) == LYGER_OK);
    lyger_cache_close(native);
    lyger_ffi_close();
    CHECK_INT(lyger_ffi_cache_configure(4 << 20, path), 1);
    CHECK_INT(lyger_ffi_cache_contains("array", 5), 1);
    char small[2];
    CHECK_INT(lyger_ffi_cache_get_into("array", 5, small, sizeof small), -2);
    check_failed(6, "only the native door");
    CHECK_INT(lyger_ffi_cache_fetch("array", 5, &type, &value, &len), -1);
    check_failed(6, "native door");
    check_text(lyger_cache_get("array"), "");
    check_failed(6, "native door");
    char *facts = lyger_ffi_cache_facts();
    CHECK(facts && strstr(facts, path));
    lyger_free_string(facts);
    lyger_ffi_close();
    unlink(path);
}

/* ---- queries ---- */

static void rows_become_json(void)
{
    unsigned long handle =
        lyger_db_query(DSN, "SELECT 1 AS a, 'x\"y' AS b, NULL AS c UNION ALL SELECT 2, '', 1.5");
    CHECK(handle > 0);
    check_fine();
    const char *json = "[{\"a\":1,\"b\":\"x\\\"y\",\"c\":null},{\"a\":2,\"b\":\"\",\"c\":1.5}]";
    check_text(lyger_jsonify_result(handle), json);
    size_t len = 0;
    check_text(lyger_ffi_result_json(handle, &len), json);
    CHECK_INT(len, strlen(json));
    char *facts = lyger_ffi_result_facts(handle);
    CHECK(facts && strncmp(facts, "{\"rows\":2,\"columns\":[{\"name\":\"a\",", 33) == 0);
    lyger_free_string(facts);
    lyger_free_result(handle);
    check_text(lyger_jsonify_result(handle), "[]");
    check_failed(5, "not the handle");
}

static void rows_are_read_again_and_end_after_the_last(void)
{
    unsigned long handle = lyger_db_query(DSN, "SELECT 7");
    for (int i = 0; i < 2; i++) {
        unsigned long long row = 0;
        char *rows = NULL;
        size_t len = 0;
        CHECK_INT(lyger_ffi_result_rows(handle, &row, &rows, &len), 1);
        CHECK_INT(row, 1);
        CHECK_INT(len, 9);
        CHECK(rows && memcmp(rows, "\2\7\0\0\0\0\0\0\0", 9) == 0);
        lyger_free_string(rows);
        CHECK_INT(lyger_ffi_result_rows(handle, &row, &rows, &len), 0);
        CHECK_INT(lyger_ffi_result_rows(handle, &row, NULL, &len), -1);
        check_failed(2, "NULL");
        row = ~0ull;
        CHECK_INT(lyger_ffi_result_rows(handle, &row, &rows, &len), 0);
    }
    lyger_free_result(handle);
    check_fine();
}

static void stale_and_forged_handles_are_errors(void)
{
    unsigned long first = lyger_db_query(DSN, "SELECT 1"), second;
    lyger_free_result(first);
    second = lyger_db_query(DSN, "SELECT 2");
    const unsigned long wrong[] = {0,    first,     second + 1,           second ^ 1ul << 40,
                                   ~0ul, ~0ul >> 1, (unsigned long)&first};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        check_text(lyger_jsonify_result(wrong[i]), "[]");
        check_failed(5, "not the handle");
        CHECK(lyger_ffi_result_json(wrong[i], NULL) == NULL);
        CHECK(lyger_ffi_result_facts(wrong[i]) == NULL);
        CHECK_INT(lyger_ffi_result_free(wrong[i]), -1);
        lyger_free_result(wrong[i]);
    }
    check_text(lyger_jsonify_result(second), "[{\"2\":2}]");
    CHECK_INT(lyger_ffi_result_free(second), 1);
    CHECK_INT(lyger_ffi_result_free(second), -1);
}

static void failures_name_their_reason(void)
{
    CHECK_INT(lyger_db_query("oracle:x", "SELECT 1"), 0);
    CHECK_INT(lyger_ffi_error_status(), 7);
    CHECK_INT(lyger_db_query(DSN, "SELEC 1"), 0);
    check_failed(7, "SELEC");
    CHECK_INT(lyger_db_query("sqlite:/nowhere/at/all", "SELECT 1"), 0);
    CHECK_INT(lyger_ffi_error_status(), 7);
    CHECK_INT(strlen(lyger_ffi_error_sqlstate()) % 5, 0);
    CHECK(lyger_ffi_error_position() >= 0);
    CHECK(lyger_ffi_db_query_json(DSN, strlen(DSN), "x\0y", 3, NULL, 0, 0, 0, 0, 0, NULL) == NULL);
    CHECK(lyger_ffi_error_status() != 0);
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT 1", 8, NULL, 0, 3, 0, 0, 0), 0);
    check_failed(2, "bigint");
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT 1", 8, NULL, 0, 0, 0, 0, NAN), 0);
    check_failed(2, "timeout");
    lyger_free_result(lyger_db_query(DSN, "SELECT 1"));
    check_fine();
}

static size_t pack(char *to, int type, const char *name, const char *value, size_t len)
{
    size_t name_len = strlen(name);
    memset(to, 0, 9);
    to[0] = (char)type;
    to[1] = (char)name_len;
    to[5] = (char)len;
    to[6] = (char)(len >> 8);
    memcpy(to + 9, name, name_len);
    memcpy(to + 9 + name_len, value, len);
    return 9 + name_len + len;
}

static void parameters_are_bound(void)
{
    char params[256];
    size_t len = 0, json_len = 0;
    len += pack(params + len, 0, "", "", 0);
    len += pack(params + len, 2, "", "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    len += pack(params + len, 3, "", "\0\0\0\0\0\0\xF8\x3F", 8);
    len += pack(params + len, 4, "", "it's", 4);
    const char *query = "SELECT ? AS a, ? AS b, ? AS c, ? AS d";
    char *json =
        lyger_ffi_db_query_json(DSN, strlen(DSN), query, strlen(query), params, len, 0, 0, 0, 0, &json_len);
    CHECK_STR(json, "[{\"a\":null,\"b\":-2,\"c\":1.5,\"d\":\"it's\"}]");
    CHECK(json && json_len == strlen(json));
    lyger_free_string(json);
    len = pack(params, 6, "", "\0\xff", 2);
    len += pack(params + len, 8, "", "\0\0\0\0\0\0\0\0\7\0\0\0\x10\x0e\0\0", 16);
    query = "SELECT hex(?) AS a, ? AS b";
    check_text(lyger_ffi_db_query_json(DSN, strlen(DSN), query, strlen(query), params, len, 0, 0, 0, 0, NULL),
               "[{\"a\":\"00FF\",\"b\":\"1970-01-01 00:00:00.000007+00:00\"}]");
    len = pack(params, 4, "two", "2", 1);
    len += pack(params + len, 4, "one", "", 0);
    query = "SELECT :one AS a, :two AS b";
    check_text(lyger_ffi_db_query_json(DSN, strlen(DSN), query, strlen(query), params, len, 0, 0, 1, 0, NULL),
               "[[\"\",\"2\"]]");
    query = "CREATE TABLE bound (a)";
    CHECK_INT(lyger_ffi_db_execute(DSN, strlen(DSN), query, strlen(query), NULL, 0, 0), 0);
    query = "INSERT INTO bound VALUES (:one), (:two), (3)";
    CHECK_INT(lyger_ffi_db_execute(DSN, strlen(DSN), query, strlen(query), params, len, 0), 3);
    check_fine();
    lyger_ffi_request_end(); /* which ends the database in memory */
    CHECK_INT(lyger_ffi_db_execute(DSN, strlen(DSN), query, strlen(query), params, len, 0), -1);
    check_failed(7, "bound");
}

static void lists_are_unpacked_and_refused_where_there_are_no_arrays(void)
{
    char list[1024], params[1024];
    size_t len = pack(list, 4, "", "one", 3);
    len += pack(list + len, 5, "", "", 0);
    size_t packed = pack(params, 5, "", list, len);
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, params, packed, 0, 0, 0, 0), 0);
    check_failed(2, "parameter 1 is a list: SQLite has no arrays");
    pack(list, 4, "", "\0ne", 3);
    packed = pack(params, 5, "", list, len);
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, params, packed, 0, 0, 0, 0), 0);
    check_failed(2, "parameter 1, element [0] holds a NUL byte");
    for (size_t cut = 1; cut < len; cut++) { /* lists that end within an element */
        char *copy = malloc(9 + cut);
        packed = pack(copy, 5, "", list, cut);
        CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, copy, packed, 0, 0, 0, 0), 0);
        check_failed(2, cut == 12 ? "NUL byte" : "end within parameter");
        free(copy);
    }
    packed = pack(list, 0, "", "", 0);
    for (int depth = 0; depth < 65; depth++) {
        packed = pack(params, 5, "", list, packed);
        memcpy(list, params, packed);
    }
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, params, packed, 0, 0, 0, 0), 0);
    check_failed(2, "nest more than 64 lists");
    packed = pack(list, 0, "", "", 0);
    for (int depth = 0; depth < 64; depth++) {
        packed = pack(params, 5, "", list, packed);
        memcpy(list, params, packed);
    }
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, params, packed, 0, 0, 0, 0), 0);
    check_failed(2, "SQLite has no arrays");
}

static void broken_parameters_are_refused(void)
{
    char params[64];
    size_t len = pack(params, 4, "n", "text", 4);
    for (size_t cut = 1; cut < len; cut++) {
        char *copy = malloc(cut); /* its end is where ASan looks */
        memcpy(copy, params, cut);
        CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT :n", 9, copy, cut, 0, 0, 0, 0), 0);
        check_failed(2, "parameter 1");
        free(copy);
    }
    for (int byte = 0; byte < 9; byte++) { /* every type and length made absurd */
        char broken[64];
        memcpy(broken, params, len);
        broken[byte] = (char)0xFF;
        CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT :n", 9, broken, len, 0, 0, 0, 0), 0);
        check_failed(2, "parameter 1");
    }
    len = pack(params, 2, "", "1234567", 7);
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT ?", 8, params, len, 0, 0, 0, 0), 0);
    check_failed(2, "type 2");
}

/* ---- arguments ---- */

static void null_arguments_are_errors_and_never_crash(void)
{
    int type;
    char *value;
    size_t len;
    lyger_cache_set(NULL, "v");
    check_failed(2, "key is NULL");
    lyger_cache_set("k", NULL);
    check_failed(2, "value is NULL");
    check_text(lyger_cache_get(NULL), "");
    check_failed(2, "key is NULL");
    lyger_cache_delete(NULL);
    check_failed(2, "key is NULL");
    CHECK_INT(lyger_db_query(NULL, "SELECT 1"), 0);
    check_failed(2, "dsn is NULL");
    CHECK_INT(lyger_db_query(DSN, NULL), 0);
    check_failed(2, "query is NULL");
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), "SELECT 1", 8, NULL, 5, 0, 0, 0, 0), 0);
    check_failed(2, "params is NULL");
    CHECK_INT(lyger_ffi_db_execute(NULL, 5, NULL, 5, NULL, 5, 0), -1);
    CHECK(lyger_ffi_db_query_json(NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, NULL) == NULL);
    CHECK_INT(lyger_ffi_cache_store(NULL, 1, 4, "v", 1, 0), -1);
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, NULL, 1, 0), -1);
    CHECK_INT(lyger_ffi_cache_store("k", 1, 4, NULL, 0, 0), -1);
    CHECK_INT(lyger_ffi_cache_store("k", 1, 0, NULL, 0, 0), 1);
    CHECK_INT(lyger_ffi_cache_insert(NULL, 1, 4, NULL, 1, 0), -1);
    CHECK_INT(lyger_ffi_cache_fetch(NULL, 1, &type, &value, &len), -1);
    CHECK_INT(lyger_ffi_cache_fetch("k", 1, NULL, &value, &len), -1);
    CHECK_INT(lyger_ffi_cache_fetch("k", 1, &type, NULL, &len), -1);
    CHECK_INT(lyger_ffi_cache_fetch("k", 1, &type, &value, NULL), -1);
    CHECK_INT(lyger_ffi_cache_contains(NULL, 1), -1);
    CHECK_INT(lyger_ffi_cache_remove(NULL, 1), -1);
    CHECK_INT(lyger_ffi_cache_retime(NULL, 1, 1), -1);
    CHECK_INT(lyger_ffi_cache_add_integer("n", 1, 1, 0, NULL), -1);
    CHECK_INT(lyger_ffi_cache_purge(NULL, 1), -1);
    CHECK_INT(lyger_ffi_db_configure(0, 5, 0), -1);
    CHECK_INT(lyger_ffi_db_configure(8, 0, 0), -1);
    CHECK_INT(lyger_ffi_db_configure(8, 5, -1), -1);
    CHECK_INT(lyger_ffi_db_configure(8, 5, 0), 1);
    lyger_free_string(NULL);
    lyger_free_result(0);
    check_fine();
}

/* The default of lyger_ffi_db_configure() is for statements that have no limit of their own. */
static void statements_have_a_default_time_limit(void)
{
    static const char slow[] =
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000000) "
        "select count(*) c from n";
    size_t len;
    CHECK_INT(lyger_ffi_db_configure(8, 5, 0.05), 1);
    CHECK_INT(lyger_ffi_db_query(DSN, strlen(DSN), slow, strlen(slow), NULL, 0, 0, 0, 0, 0), 0);
    check_failed(LYGER_E_TIMEOUT, "time limit");
    CHECK(!lyger_ffi_db_query_json(DSN, strlen(DSN), slow, strlen(slow), NULL, 0, 0, 0, 0, 0, &len));
    check_failed(LYGER_E_TIMEOUT, "time limit");
    unsigned long sent = lyger_ffi_db_send(DSN, strlen(DSN), slow, strlen(slow), NULL, 0, 0, 0, 0, 0);
    CHECK(sent != 0);
    CHECK(!lyger_ffi_result_json(sent, &len));
    check_failed(LYGER_E_TIMEOUT, "time limit");
    lyger_free_result(sent);
    CHECK_INT(lyger_ffi_db_configure(8, 5, 600), 1);
    CHECK(!lyger_ffi_db_query_json(DSN, strlen(DSN), slow, strlen(slow), NULL, 0, 0, 0, 0, 0.05, &len));
    check_failed(LYGER_E_TIMEOUT, "time limit");
    CHECK_INT(lyger_ffi_db_configure(8, 5, 0), 1);
}

/* ---- server ---- */

static void server_starts_answers_and_stops(void)
{
    char answer[1024] = "";
    size_t len = 0;
    ssize_t count;
    lyger_start_server(0);
    check_fine();
    CHECK(lyger_ffi_server_port() > 0);
    char *info = lyger_system_info();
    CHECK(strstr(info, "\"server\":\"listening\""));
    lyger_free_string(info);
    lyger_start_server(0);
    check_failed(8, "running");
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lyger_ffi_server_port())};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    CHECK_INT(send(fd, "GET /health HTTP/1.0\r\n\r\n", 24, MSG_NOSIGNAL), 24);
    while ((count = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0) {
        len += (size_t)count;
    }
    close(fd);
    CHECK(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(answer, "\r\n\r\n{\"status\":\"ok\","));
    lyger_stop_server();
    lyger_stop_server();
    check_fine();
    CHECK_INT(lyger_ffi_server_port(), 0);
}

static void taken_port_is_an_error(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET};
    socklen_t size = sizeof any;
    CHECK(bind(fd, (struct sockaddr *)&any, size) == 0 && listen(fd, 1) == 0);
    getsockname(fd, (struct sockaddr *)&any, &size);
    lyger_start_server(ntohs(any.sin_port));
    check_failed(8, "cannot listen");
    close(fd);
}

/* ---- threads and processes ---- */

static void *work(void *argument)
{
    const char *name = argument;
    for (int i = 0; i < 200; i++) {
        char value[32];
        snprintf(value, sizeof value, "%s %d", name, i);
        lyger_cache_set(name, value);
        char *found = lyger_cache_get(name);
        unsigned long handle = lyger_db_query(DSN, "SELECT 7 AS n");
        char *json = lyger_jsonify_result(handle);
        lyger_free_result(handle);
        bool right = strcmp(found, value) == 0 && strcmp(json, "[{\"n\":7}]") == 0;
        lyger_free_string(found);
        lyger_free_string(json);
        lyger_db_query("nothing", name); /* each thread has its own error */
        if (!right || lyger_last_error()[0] == '\0') {
            return argument;
        }
    }
    return NULL;
}

static void threads_work_side_by_side(void)
{
    static char names[4][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    lyger_cache_size();
    for (int i = 0; i < 4; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, work, names[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        CHECK(wrong == NULL);
    }
    check_fine();
}

static int failed_elsewhere;

static void *fail_here(void *argument)
{
    (void)argument;
    bool fine = lyger_last_error()[0] == '\0';
    lyger_cache_set(NULL, "v");
    return fine && strstr(lyger_last_error(), "key is NULL") ? NULL : &failed_elsewhere;
}

static void error_of_a_thread_is_its_own(void)
{
    pthread_t thread;
    void *wrong;
    CHECK_INT(lyger_db_query(DSN, NULL), 0);
    CHECK_INT(pthread_create(&thread, NULL, fail_here, NULL), 0);
    pthread_join(thread, &wrong);
    CHECK(wrong == NULL);
    check_failed(2, "query is NULL");
}

static void forked_child_shares_the_cache_and_works(void)
{
    int status = -1;
    lyger_cache_set("from", "parent");
    unsigned long handle = lyger_db_query(DSN, "SELECT 1 AS one");
    pid_t child = fork();
    if (child == 0) {
        char *from = lyger_cache_get("from"), *json = lyger_jsonify_result(handle);
        bool right = strcmp(from, "parent") == 0 && strcmp(json, "[{\"one\":1}]") == 0;
        unsigned long own = lyger_db_query(DSN, "SELECT 2");
        lyger_free_string(from);
        lyger_free_string(json);
        lyger_cache_set("from", "child");
        lyger_free_result(own);
        lyger_ffi_close();
        _exit(right && own ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    check_text(lyger_cache_get("from"), "child");
    check_text(lyger_jsonify_result(handle), "[{\"one\":1}]");
    lyger_free_result(handle);
}

static void closing_frees_all_and_leaves_handles_stale(void)
{
    unsigned long handle = lyger_db_query(DSN, "SELECT 1");
    lyger_start_server(0);
    lyger_ffi_close();
    check_fine();
    CHECK_INT(lyger_ffi_server_port(), 0);
    check_text(lyger_jsonify_result(handle), "[]");
    check_failed(5, "not the handle");
    unsigned long next = lyger_db_query(DSN, "SELECT 2");
    CHECK(next != 0 && next != handle);
    lyger_ffi_close();
    lyger_ffi_close();
}

int main(void)
{
    RUN(nothing_is_wrong_before_the_first_call);
    RUN(greeting_and_information_are_texts);
    RUN(engine_pointers_are_never_looked_at);
    RUN(computation_is_the_sum);
    RUN(strings_round_trip_through_the_cache);
    RUN(any_bytes_and_types_round_trip);
    RUN(cache_functions_answer_yes_and_no);
    RUN(what_the_cache_cannot_do_is_said);
    RUN(cache_can_be_configured_and_switched_off);
    RUN(locks_and_leases_check_what_they_are_given);
    RUN(values_are_fetched_into_memory_of_the_caller);
    RUN(values_of_every_type_are_json);
    RUN(environment_names_the_cache);
    RUN(what_only_the_native_door_reads_is_an_error);
    RUN(rows_become_json);
    RUN(rows_are_read_again_and_end_after_the_last);
    RUN(stale_and_forged_handles_are_errors);
    RUN(failures_name_their_reason);
    RUN(parameters_are_bound);
    RUN(lists_are_unpacked_and_refused_where_there_are_no_arrays);
    RUN(broken_parameters_are_refused);
    RUN(null_arguments_are_errors_and_never_crash);
    RUN(statements_have_a_default_time_limit);
    RUN(server_starts_answers_and_stops);
    RUN(taken_port_is_an_error);
    RUN(threads_work_side_by_side);
    RUN(error_of_a_thread_is_its_own);
    RUN(forked_child_shares_the_cache_and_works);
    RUN(closing_frees_all_and_leaves_handles_stale);
    lyger_ffi_close();
    return finish();
}
