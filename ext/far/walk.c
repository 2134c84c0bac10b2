/*
 * Many keys of the server at once.
 */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 512 /* keys that the server looks at for one reply */

/* The prefix as a pattern of SCAN: every byte that means something there is escaped. */
static void put_pattern(lyger_far *far, lyger_far_key prefix, lyger_buffer *pattern)
{
    lyger_far_key parts[] = {{far->address->prefix, far->address->prefix_len}, prefix};
    lyger_buffer_reset(pattern);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (size_t j = 0; j < parts[i].len; j++) {
            char byte = parts[i].bytes[j];
            if (byte && strchr("*?[]\\^-", byte)) {
                far->out_failed |= !lyger_sink_put_char(&pattern->sink, '\\');
            }
            far->out_failed |= !lyger_sink_put_char(&pattern->sink, byte);
        }
    }
    far->out_failed |= !lyger_sink_put_char(&pattern->sink, '*');
}

static void put_scan(lyger_far *far, lyger_far_key prefix, uint64_t cursor)
{
    lyger_buffer pattern;
    char digits[24];
    lyger_buffer_init(&pattern, &lyger_malloc_allocator);
    lyger_far_begin(far);
    put_pattern(far, prefix, &pattern);
    lyger_far_command(far, 6);
    lyger_far_text(far, "SCAN");
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)cursor);
    lyger_far_text(far, digits);
    lyger_far_text(far, "MATCH");
    lyger_far_word(far, pattern.start, lyger_buffer_length(&pattern));
    lyger_far_text(far, "COUNT");
    lyger_far_number(far, STEP);
    lyger_buffer_free(&pattern);
}

/* The cursor of SCAN's reply: decimal digits. */
static bool read_cursor(const lyger_far_reply *reply, uint64_t *cursor)
{
    char digits[24];
    char *end;
    if (reply->kind != LYGER_FAR_STRING || reply->len == 0 || reply->len >= sizeof digits) {
        return false;
    }
    memcpy(digits, reply->bytes, reply->len);
    digits[reply->len] = '\0';
    errno = 0;
    *cursor = strtoull(digits, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool is_ours(const lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                    const lyger_far_reply *name, lyger_far_key *key)
{
    size_t before = far->address->prefix_len;
    if (name->kind != LYGER_FAR_STRING || name->len < before + prefix.len || name->len == before ||
        memcmp(name->bytes, far->address->prefix, before) != 0) {
        return false;
    }
    *key = (lyger_far_key){name->bytes + before, name->len - before};
    return (!prefix.len || memcmp(key->bytes, prefix.bytes, prefix.len) == 0) &&
           key->len <= LYGER_CACHE_KEY_MAX && lyger_far_key_allowed(*key, NULL) == LYGER_OK &&
           lyger_far_claims(prefixes, key->bytes, key->len);
}

lyger_status lyger_far_walk_on(lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                               lyger_far_walk *walk, void (*visit)(lyger_far_key key, void *context),
                               void *context, bool *more, lyger_error *error)
{
    lyger_far_reply reply, cursor, names;
    *more = false;
    if (walk->begun && walk->cursor == 0) {
        return LYGER_OK;
    }
    put_scan(far, prefix, walk->cursor);
    lyger_status status = lyger_far_ask(far, true, &reply, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (reply.kind != LYGER_FAR_ARRAY || reply.count != 2) {
        return lyger_far_strange(far, error);
    }
    lyger_far_reply_read(far->protocol, reply.elements[0], &cursor);
    lyger_far_reply_read(far->protocol, reply.elements[1], &names);
    if (!read_cursor(&cursor, &walk->cursor) || names.kind != LYGER_FAR_ARRAY) {
        return lyger_far_strange(far, error);
    }
    walk->begun = true;
    *more = true;
    for (size_t i = 0; i < names.count; i++) {
        lyger_far_reply name;
        lyger_far_key key;
        lyger_far_reply_read(far->protocol, names.elements[i], &name);
        if (is_ours(far, prefixes, prefix, &name, &key)) {
            visit(key, context);
        }
    }
    return LYGER_OK;
}

/* Keys of one step, copied: the reply they were in is gone when they are removed. */
typedef struct gathered {
    lyger_buffer text;
    lyger_far_key keys[STEP * 4];
    size_t count;
    bool failed;
} gathered;

static void gather(lyger_far_key key, void *context)
{
    gathered *g = context;
    /* SCAN may give more keys than asked for. Those that do not fit are found by the next walk. */
    g->failed |=
        g->count == sizeof g->keys / sizeof *g->keys || !lyger_sink_put(&g->text.sink, key.bytes, key.len);
    if (!g->failed) {
        g->keys[g->count++].len = key.len;
    }
}

static lyger_status purge_step(lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                               lyger_far_walk *walk, gathered *g, bool *more, lyger_error *error)
{
    uint64_t there;
    size_t at = 0;
    lyger_buffer_reset(&g->text);
    g->count = 0;
    lyger_status status = lyger_far_walk_on(far, prefixes, prefix, walk, gather, g, more, error);
    for (size_t i = 0; i < g->count; i++) {
        g->keys[i].bytes = g->text.start + at;
        at += g->keys[i].len;
    }
    if (status == LYGER_OK && g->count) {
        status = lyger_far_delete_many(far, g->keys, g->count, &there, error);
    }
    return status;
}

lyger_status lyger_far_purge(lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                             lyger_error *error)
{
    lyger_far_walk walk = {0};
    lyger_status status = LYGER_E_MEMORY;
    bool more = true;
    gathered *g = calloc(1, sizeof *g);
    if (!g) {
        return lyger_fail(error, status, "out of memory for the keys to remove");
    }
    lyger_buffer_init(&g->text, &lyger_malloc_allocator);
    do {
        g->failed = false;
        lyger_far_walk before = walk;
        status = purge_step(far, prefixes, prefix, &walk, g, &more, error);
        if (g->failed && g->count) {
            walk = before; /* what did not fit is found again, without what is removed now */
        } else if (g->failed) {
            status = lyger_fail(error, LYGER_E_MEMORY, "out of memory for the keys to remove");
        }
    } while (status == LYGER_OK && more);
    lyger_buffer_free(&g->text);
    free(g);
    return status;
}
