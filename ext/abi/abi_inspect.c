/*
 * The FFI door's look inside the cache: figures as JSON, keys.
 */
#include "door.h"

#include "cache/figures.h"
#include "jsonout/jsonout.h"

#include <stdio.h>
#include <string.h>

/* ---- figures ---- */

/* "name":value,… */
static bool put_figures(lyger_sink *sink, const lyger_cache_figure *figures, size_t count)
{
    bool fits = true;
    for (size_t i = 0; fits && i < count; i++) {
        char text[64], number[LYGER_INT_SIZE];
        int len = snprintf(text, sizeof text, "%s\"%s\":%.*s", i ? "," : "", figures[i].name,
                           (int)lyger_format_uint(number, figures[i].value), number);
        fits = lyger_sink_put(sink, text, (size_t)len);
    }
    return fits;
}

static bool put_object(lyger_sink *sink, bool first, const lyger_cache_figure *figures, size_t count)
{
    return lyger_sink_put(sink, first ? "{" : ",{", first ? 1 : 2) && put_figures(sink, figures, count) &&
           lyger_sink_put_char(sink, '}');
}

/* Writes the object of the facts but for its closing brace. */
static bool put_facts(lyger_sink *sink, bool enabled, const lyger_cache_facts *facts)
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    size_t count = lyger_cache_name_facts(facts, figures);
    size_t bad, valid = lyger_utf8_valid(facts->path, strlen(facts->path));
    /* JSON cannot hold a path that is not UTF-8: the path is written up to the first ill-formed byte. */
    return lyger_sink_put_literal(sink, "{\"enabled\":") &&
           lyger_sink_put(sink, enabled ? "true" : "false", enabled ? 4 : 5) &&
           lyger_sink_put_literal(sink, ",\"path\":") &&
           lyger_json_put_string(sink, facts->path, valid, &bad) == LYGER_JSON_OK &&
           lyger_sink_put_char(sink, ',') && put_figures(sink, figures, count);
}

static bool put_shards(lyger_sink *sink, lyger_cache *opened, uint32_t count)
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    bool fits = lyger_sink_put_literal(sink, ",\"shard_list\":[");
    for (uint32_t i = 0; fits && i < count; i++) {
        lyger_cache_shard_facts facts;
        lyger_cache_describe_shard(opened, i, &facts);
        fits = put_object(sink, i == 0, figures, lyger_cache_name_shard(&facts, figures));
    }
    return fits && lyger_sink_put_char(sink, ']');
}

static bool put_classes(lyger_sink *sink, const lyger_cache_class_facts classes[LYGER_CACHE_CLASSES])
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    bool fits = lyger_sink_put_literal(sink, ",\"size_classes\":["), first = true;
    for (uint32_t i = 0; fits && i < LYGER_CACHE_CLASSES; i++) {
        size_t count = lyger_cache_name_class(&classes[i], i, figures);
        if (count) {
            fits = put_object(sink, first, figures, count);
            first = false;
        }
    }
    return fits && lyger_sink_put_char(sink, ']');
}

static char *describe_cache(bool detailed)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = lyger_abi_usable_cache(error);
    lyger_cache_facts facts = {.path = ""};
    lyger_cache_class_facts classes[LYGER_CACHE_CLASSES] = {0};
    lyger_buffer text;
    if (opened) {
        lyger_cache_describe(opened, &facts);
    }
    if (opened && detailed) {
        lyger_cache_describe_classes(opened, classes, error);
    }
    if (error->status != LYGER_OK) {
        return NULL;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_sink *sink = &text.sink;
    bool whole = put_facts(sink, opened != NULL, &facts) &&
                 (!detailed || (put_shards(sink, opened, facts.shards) && put_classes(sink, classes))) &&
                 lyger_sink_put_char(sink, '}');
    return lyger_abi_finish(&text, whole, NULL, error);
}

static char *describe_entry(const lyger_cache_details *details, lyger_error *error)
{
    char text[256];
    int len =
        snprintf(text, sizeof text, "{\"type\":\"%s\",\"bytes\":%llu,\"ttl\":%llu,\"age\":%llu,\"hits\":%u}",
                 lyger_cache_type_name(details), (unsigned long long)details->bytes,
                 (unsigned long long)((details->left + 999) / 1000),
                 (unsigned long long)(details->age / 1000), details->hits);
    return lyger_abi_copy(text, (size_t)len, error);
}

int lyger_ffi_cache_entry(const char *key, size_t key_len, char **json)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_details details;
    if (!json) {
        lyger_fail(error, LYGER_E_ARGUMENT, "json is NULL");
        return -1;
    }
    *json = NULL;
    lyger_cache *opened = lyger_abi_valid_key(key, key_len, error) ? lyger_abi_usable_cache(error) : NULL;
    if (opened && lyger_cache_inspect(opened, key, key_len, &details)) {
        *json = describe_entry(&details, error);
    }
    return error->status != LYGER_OK ? -1 : *json != NULL;
}

char *lyger_ffi_cache_facts(void)
{
    return describe_cache(false);
}

char *lyger_ffi_cache_details(void)
{
    return describe_cache(true);
}

/* ---- keys ---- */

typedef struct key_list {
    lyger_buffer text;
    bool whole;
} key_list;

static bool put_key(const char *key, size_t key_len, void *context)
{
    key_list *list = context;
    char length[4];
    for (int i = 0; i < 4; i++) {
        length[i] = (char)(key_len >> (8 * i) & 0xFF);
    }
    list->whole = lyger_sink_put(&list->text.sink, length, sizeof length) &&
                  lyger_sink_put(&list->text.sink, key, key_len);
    return list->whole;
}

/* A cursor is the walk's two numbers. A cursor that lyger did not give out ends or repeats a walk, and does
 * no harm. */
static lyger_cache_walk walk_at(unsigned long long cursor)
{
    return (lyger_cache_walk){.shard = (uint32_t)(cursor >> 32), .bucket = (uint32_t)cursor & INT32_MAX};
}

/* Takes one step, which is short: the caller handles time limits and signals between two calls. */
int lyger_ffi_cache_walk(unsigned long long *cursor, const char *prefix, size_t prefix_len, char **keys,
                         size_t *keys_len)
{
    lyger_error *error = lyger_abi_enter();
    if (!cursor || !keys || !keys_len || (!prefix && prefix_len > 0)) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL",
                   !cursor     ? "cursor"
                   : !keys     ? "keys"
                   : !keys_len ? "keys_len"
                               : "prefix");
        return -1;
    }
    *keys = NULL;
    *keys_len = 0;
    lyger_cache *opened = lyger_abi_usable_cache(error);
    lyger_cache_walk walk = walk_at(*cursor);
    key_list list = {.whole = true};
    if (error->status != LYGER_OK) {
        return -1;
    }
    lyger_buffer_init(&list.text, &lyger_malloc_allocator);
    bool more =
        opened && lyger_cache_walk_on(opened, &walk, prefix ? prefix : "", prefix_len, put_key, &list);
    *keys = lyger_abi_finish(&list.text, list.whole, keys_len, error);
    if (!*keys) {
        return -1;
    }
    *cursor = (unsigned long long)walk.shard << 32 | walk.bucket;
    return more;
}
