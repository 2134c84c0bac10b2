/*
 * Stored values as JSON: what PHP's serialize() and the flat form of arrays become, and what has no form
 * there.
 */
#include "check.h"

#include "cache/array_form.h"
#include "abi/abi_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static lyger_error error;

/* The JSON of a value, "" when it is refused; valid until the next call. */
static const char *json_of(lyger_cache_value value)
{
    static char text[8192];
    lyger_buffer buffer;
    lyger_error_clear(&error);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    bool whole = lyger_abi_put_json(&buffer.sink, &value, &error);
    CHECK(whole == (error.status == LYGER_OK));
    snprintf(text, sizeof text, "%.*s", whole ? (int)lyger_buffer_length(&buffer) : 0,
             whole ? buffer.start : "");
    lyger_buffer_free(&buffer);
    return text;
}

static const char *json_of_bytes(lyger_cache_type type, const char *bytes, size_t len)
{
    char *exact = malloc(len ? len : 1); /* so that ASan sees a read beyond it */
    memcpy(exact, bytes, len);
    const char *text = json_of((lyger_cache_value){.type = type, .bytes = exact, .len = len});
    free(exact);
    return text;
}

static const char *serialized(const char *text)
{
    return json_of_bytes(LYGER_CACHE_SERIALIZED, text, strlen(text));
}

static void refused(const char *serialized_text, const char *why)
{
    CHECK_STR(serialized(serialized_text), "");
    CHECK_INT(error.status, LYGER_E_CACHE);
    CHECK(strstr(error.message, why) != NULL);
}

static void scalars_are_what_they_are(void)
{
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_NULL}), "null");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_BOOL, .as.integer = 1}), "true");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_BOOL}), "false");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_INT, .as.integer = INT64_MIN}),
              "-9223372036854775808");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_FLOAT, .as.number = 3}), "3.0");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_FLOAT, .as.number = -0.25}), "-0.25");
    CHECK_STR(json_of((lyger_cache_value){.type = LYGER_CACHE_FLOAT, .as.number = NAN}), "");
    CHECK(strstr(error.message, "an infinity or NAN") != NULL);
    CHECK_STR(json_of_bytes(LYGER_CACHE_STRING, "a\"b\n", 4), "\"a\\\"b\\n\"");
    CHECK_STR(json_of_bytes(LYGER_CACHE_STRING, "", 0), "\"\"");
    CHECK_STR(json_of_bytes(LYGER_CACHE_STRING, "ok\xFF", 3), "");
    CHECK(strstr(error.message, "not UTF-8 (at byte 2 of 3)") != NULL);
    for (int type = LYGER_CACHE_IGBINARY; type <= LYGER_CACHE_ARRAY_IN_PLACE + 1; type++) {
        CHECK_STR(json_of_bytes((lyger_cache_type)type, "bytes", 5), "");
        CHECK(strstr(error.message, "only PHP reads") != NULL);
    }
}

static void serialized_arrays_are_arrays_or_objects(void)
{
    CHECK_STR(serialized("a:0:{}"), "[]");
    CHECK_STR(serialized("a:2:{i:0;s:1:\"a\";i:1;b:1;}"), "[\"a\",true]");
    CHECK_STR(serialized("a:2:{i:1;s:1:\"a\";i:0;b:0;}"), "{\"1\":\"a\",\"0\":false}");
    CHECK_STR(serialized("a:2:{i:0;N;s:2:\"to\";i:-5;}"), "{\"0\":null,\"to\":-5}");
    CHECK_STR(serialized("a:1:{s:0:\"\";a:1:{i:0;a:1:{i:1;i:1;}}}"), "{\"\":[{\"1\":1}]}");
    CHECK_STR(serialized("a:1:{s:3:\"\";}\";i:0;}"), "{\"\\\";}\":0}");
    CHECK_STR(serialized("a:1:{i:-9223372036854775808;i:9223372036854775807;}"),
              "{\"-9223372036854775808\":9223372036854775807}");
    CHECK_STR(serialized("a:5:{i:0;d:0.1;i:1;d:5;i:2;d:1.0E+25;i:3;d:-0;i:4;d:1.0E-7;}"),
              "[0.1,5.0,1.0E+25,-0.0,1.0E-7]");
    CHECK_STR(serialized("N;"), "null");
    CHECK_STR(serialized("s:2:\"hi\";"), "\"hi\"");
}

static void what_json_has_no_form_for_is_an_error(void)
{
    refused("O:8:\"stdClass\":0:{}", "an object");
    refused("a:1:{i:0;O:8:\"stdClass\":0:{}}", "an object");
    refused("a:1:{i:0;E:7:\"Suit:Up\";}", "an object");
    refused("a:1:{i:0;C:1:\"X\":0:{}}", "an object");
    refused("a:2:{i:0;a:0:{}i:1;R:2;}", "a reference");
    refused("a:2:{i:0;a:0:{}i:1;r:2;}", "a reference");
    refused("a:1:{i:0;d:INF;}", "an infinity or NAN");
    refused("a:1:{i:0;d:-INF;}", "an infinity or NAN");
    refused("a:1:{i:0;d:NAN;}", "an infinity or NAN");
    refused("a:1:{s:1:\"\xC3\";i:0;}", "not UTF-8 (at byte 0 of 1)");
    refused("a:1:{i:0;s:2:\"a\xC3\";}", "not UTF-8 (at byte 1 of 2)");
}

static void damaged_texts_are_errors(void)
{
    static const char *const texts[] = {
        "",
        "a",
        "x:1;",
        "N:",
        "i:;",
        "i:1",
        "i:-;",
        "i:01;",
        "i:9223372036854775808;",
        "i:-9223372036854775809;",
        "i:18446744073709551617;",
        "i:1;i:2;",
        "d:;",
        "d:1,5;",
        "d:abc;",
        "d:N;",
        "b:;",
        "s:5:\"hell\";",
        "s:4:\"hello\";",
        "s:-1:\"\";",
        "s:1:'a';",
        "s:1:\"a\"",
        "a:1:{}",
        "a:0:{",
        "a:1:{i:0;i:1;",
        "a:-1:{}",
        "a:1:{b:1;i:1;}",
        "a:1:{a:0:{}i:1;}",
        "a:1:{N;i:1;}",
        "a:99999999999:{i:0;i:0;}",
        "a:18446744073709551615:{i:0;i:0;}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        refused(texts[i], "damaged");
    }
    const char *whole = "a:3:{i:0;s:5:\"hello\";i:1;a:1:{s:1:\"k\";d:1.5;}i:2;N;}";
    CHECK_STR(serialized(whole), "[\"hello\",{\"k\":1.5},null]");
    for (size_t len = 0; len < strlen(whole); len++) {
        CHECK_STR(json_of_bytes(LYGER_CACHE_SERIALIZED, whole, len), "");
        CHECK(strstr(error.message, "damaged") != NULL);
    }
}

/* A writer of the flat form, as php_array.c writes it. */
static char flat[65536];
static size_t flat_len;

static void put(const void *bytes, size_t len)
{
    memset(flat + flat_len, 0, aligned_to_word(len));
    memcpy(flat + flat_len, bytes, len);
    flat_len += aligned_to_word(len);
}

static void begin_array(uint32_t count, uint32_t kind)
{
    array_head head = {count, kind, count};
    put(&head, sizeof head);
}

static void element(uint32_t kind, uint32_t tag, const char *name, uint64_t index, uint64_t payload)
{
    element_head head = {tag | (name ? KEY_IS_NAME : 0), name ? (uint32_t)strlen(name) : 0, payload, index};
    put(&head, kind == KIND_PACKED ? PACKED_HEAD : sizeof head);
    if (name) {
        put(name, strlen(name));
    }
}

static void make_flat(void)
{
    double half = 0.5;
    uint64_t bits;
    memcpy(&bits, &half, sizeof bits);
    flat_len = 0;
    begin_array(5, KIND_MIXED);
    element(KIND_MIXED, TAG_INT, "int", 0, (uint64_t)-7);
    element(KIND_MIXED, TAG_FLOAT, "a longer name", 0, bits);
    element(KIND_MIXED, TAG_STRING, NULL, 12, 5);
    put("hello", 5);
    element(KIND_MIXED, TAG_ARRAY, "list", 0, 0);
    begin_array(4, KIND_PACKED);
    element(KIND_PACKED, TAG_NULL, NULL, 0, 0);
    element(KIND_PACKED, TAG_TRUE, NULL, 0, 0);
    element(KIND_PACKED, TAG_FALSE, NULL, 0, 0);
    element(KIND_PACKED, TAG_STRING, NULL, 0, 0);
    element(KIND_MIXED, TAG_ARRAY, NULL, (uint64_t)-1, 0);
    begin_array(2, KIND_MIXED); /* a list all the same */
    element(KIND_MIXED, TAG_INT, NULL, 0, 1);
    element(KIND_MIXED, TAG_INT, NULL, 1, 2);
}

static void flat_arrays_are_arrays_or_objects(void)
{
    make_flat();
    CHECK_STR(
        json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len),
        "{\"int\":-7,\"a longer name\":0.5,\"12\":\"hello\",\"list\":[null,true,false,\"\"],\"-1\":[1,2]}");
    flat_len = 0;
    begin_array(0, KIND_PACKED);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "[]");
    flat_len = 0;
    begin_array(2, KIND_MIXED);
    element(KIND_MIXED, TAG_INT, NULL, 0, 1);
    element(KIND_MIXED, TAG_INT, NULL, 2, 2);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "{\"0\":1,\"2\":2}");
}

static void damaged_flat_arrays_are_errors(void)
{
    make_flat();
    size_t whole = flat_len;
    for (size_t len = 0; len < whole; len++) {
        CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, len), "");
        CHECK(strstr(error.message, "damaged") != NULL);
    }
    put("and more", 8);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "");
    flat_len = 0;
    begin_array(1, KIND_MIXED + 1);
    element(KIND_MIXED, TAG_INT, NULL, 0, 1);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "");
    flat_len = 0;
    begin_array(1, KIND_PACKED);
    element(KIND_PACKED, TAG_ARRAY + 1, NULL, 0, 1);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "");
    flat_len = 0;
    begin_array(1, KIND_PACKED);
    element(KIND_PACKED, TAG_STRING, NULL, 0, UINT64_MAX - 3);
    CHECK_STR(json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len), "");
    CHECK(strstr(error.message, "damaged") != NULL);
}

static void nesting_has_its_limit(void)
{
    for (unsigned depth = DEPTH_MAX; depth <= DEPTH_MAX + 1; depth++) {
        flat_len = 0;
        for (unsigned i = 1; i < depth; i++) {
            begin_array(1, KIND_MIXED);
            element(KIND_MIXED, TAG_ARRAY, NULL, 0, 0);
        }
        begin_array(0, KIND_PACKED);
        const char *json = json_of_bytes(LYGER_CACHE_ARRAY, flat, flat_len);
        CHECK_INT(strlen(json), depth == DEPTH_MAX ? 2 * depth : 0);
        CHECK((depth > DEPTH_MAX) == (strstr(error.message, "deeper than 512") != NULL));
    }
}

static bool refuse(lyger_sink *sink, size_t bytes)
{
    (void)sink;
    (void)bytes;
    return false;
}

static void sink_that_refuses_is_no_error_of_the_value(void)
{
    char room[150];
    make_flat();
    lyger_cache_value value = {.type = LYGER_CACHE_ARRAY, .bytes = flat, .len = flat_len};
    bool whole = false;
    for (size_t size = 0; size <= sizeof room; size++) {
        lyger_sink sink = {.pos = room, .end = room + size, .more = refuse};
        lyger_error_clear(&error);
        bool before = whole;
        whole = lyger_abi_put_json(&sink, &value, &error);
        CHECK_INT(error.status, LYGER_OK);
        CHECK(sink.pos <= room + size && (whole || !before) && (!whole || size > 80));
    }
    CHECK(whole);
}

int main(void)
{
    RUN(scalars_are_what_they_are);
    RUN(serialized_arrays_are_arrays_or_objects);
    RUN(what_json_has_no_form_for_is_an_error);
    RUN(damaged_texts_are_errors);
    RUN(flat_arrays_are_arrays_or_objects);
    RUN(damaged_flat_arrays_are_errors);
    RUN(nesting_has_its_limit);
    RUN(sink_that_refuses_is_no_error_of_the_value);
    return finish();
}
