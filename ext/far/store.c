/*
 * Entries on the server.
 */
#include "link.h"

#include <stdlib.h>
#include <string.h>

static void word_of_form(lyger_far *far, const lyger_far_form *form)
{
    lyger_far_word_of_two(far, form->head, form->head_len, form->bytes, form->len);
}

/* ---- reading ---- */

static lyger_status bytes_of(lyger_far *far, const lyger_far_reply *reply, lyger_far_bytes *found,
                             lyger_error *error)
{
    *found = (lyger_far_bytes){0};
    if (reply->kind == LYGER_FAR_STRING) {
        *found = (lyger_far_bytes){reply->bytes, reply->len};
    } else if (reply->kind != LYGER_FAR_NIL) {
        return lyger_far_strange(far, error);
    }
    return LYGER_OK;
}

/* The reply of that number, which must be an integer. */
static lyger_status integer_at(lyger_far *far, size_t number, int64_t *integer, lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_reply_at(far, number, &reply, error);
    if (status == LYGER_OK && reply.kind != LYGER_FAR_INTEGER) {
        return lyger_far_strange(far, error);
    }
    *integer = reply.integer;
    return status;
}

static lyger_status ask_integer(lyger_far *far, bool reads, int64_t *integer, lyger_error *error)
{
    lyger_status status = lyger_far_exchange_all(far, 1, reads, error);
    return status == LYGER_OK ? integer_at(far, 0, integer, error) : status;
}

static void one_key(lyger_far *far, const char *command, lyger_far_key key)
{
    lyger_far_begin(far);
    lyger_far_command(far, 2);
    lyger_far_text(far, command);
    lyger_far_name(far, "", key);
}

lyger_status lyger_far_get(lyger_far *far, lyger_far_key key, lyger_far_bytes *found, lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_key_allowed(key, error);
    if (status != LYGER_OK) {
        return status;
    }
    one_key(far, "GET", key);
    status = lyger_far_ask(far, true, &reply, error);
    return status == LYGER_OK ? bytes_of(far, &reply, found, error) : status;
}

lyger_status lyger_far_has(lyger_far *far, lyger_far_key key, bool *there, lyger_error *error)
{
    int64_t count = 0;
    lyger_status status = lyger_far_key_allowed(key, error);
    if (status != LYGER_OK) {
        return status;
    }
    one_key(far, "EXISTS", key);
    status = ask_integer(far, true, &count, error);
    *there = status == LYGER_OK && count != 0;
    return status;
}

static lyger_status keys_allowed(const lyger_far_key *keys, size_t count, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    for (size_t i = 0; i < count && status == LYGER_OK; i++) {
        status = lyger_far_key_allowed(keys[i], error);
    }
    return status;
}

/* GET for each key and not one MGET, which calls a key with another type of Redis's absent. */
lyger_status lyger_far_get_many(lyger_far *far, const lyger_far_key *keys, size_t count,
                                lyger_far_bytes *found, lyger_error *error)
{
    lyger_status status = keys_allowed(keys, count, error);
    lyger_far_begin(far);
    for (size_t i = 0; i < count; i++) {
        lyger_far_command(far, 2);
        lyger_far_text(far, "GET");
        lyger_far_name(far, "", keys[i]);
    }
    if (status == LYGER_OK) {
        status = lyger_far_exchange_all(far, count, true, error);
    }
    for (size_t i = 0; i < count && status == LYGER_OK; i++) {
        lyger_far_reply reply;
        status = lyger_far_reply_at(far, i, &reply, error);
        if (status == LYGER_OK) {
            status = bytes_of(far, &reply, &found[i], error);
        }
    }
    return status;
}

lyger_status lyger_far_inspect(lyger_far *far, lyger_far_key key, lyger_far_details *details,
                               lyger_error *error)
{
    lyger_far_reply begins;
    int64_t len = 0;
    lyger_status status = lyger_far_key_allowed(key, error);
    memset(details, 0, sizeof *details);
    one_key(far, "STRLEN", key);
    lyger_far_command(far, 2);
    lyger_far_text(far, "PTTL");
    lyger_far_name(far, "", key);
    lyger_far_command(far, 4);
    lyger_far_text(far, "GETRANGE");
    lyger_far_name(far, "", key);
    lyger_far_number(far, 0);
    lyger_far_number(far, (int64_t)sizeof details->begins - 1);
    if (status == LYGER_OK) {
        status = lyger_far_exchange_all(far, 3, true, error);
    }
    if (status == LYGER_OK) {
        status = integer_at(far, 0, &len, error);
    }
    if (status == LYGER_OK) {
        status = integer_at(far, 1, &details->left, error);
    }
    if (status == LYGER_OK) {
        status = lyger_far_reply_at(far, 2, &begins, error);
    }
    if (status != LYGER_OK) {
        return status;
    }
    if (begins.kind != LYGER_FAR_STRING || begins.len > sizeof details->begins) {
        return lyger_far_strange(far, error);
    }
    details->there = details->left != -2; /* PTTL: there is no such key */
    details->len = (uint64_t)len;
    details->begins_len = begins.len;
    memcpy(details->begins, begins.bytes, begins.len);
    return LYGER_OK;
}

/* ---- writing ---- */

static void put_set(lyger_far *far, lyger_far_key key, const lyger_far_form *form, uint32_t ttl,
                    bool if_absent)
{
    lyger_far_command(far, 3u + (ttl ? 2u : 0u) + (if_absent ? 1u : 0u));
    lyger_far_text(far, "SET");
    lyger_far_name(far, "", key);
    word_of_form(far, form);
    if (ttl) {
        lyger_far_text(far, "EX");
        lyger_far_number(far, ttl);
    }
    if (if_absent) {
        lyger_far_text(far, "NX");
    }
}

lyger_status lyger_far_set(lyger_far *far, lyger_far_key key, const lyger_far_form *form, uint32_t ttl,
                           bool if_absent, bool *stored, lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_key_allowed(key, error);
    *stored = false;
    if (status != LYGER_OK) {
        return status;
    }
    lyger_far_begin(far);
    put_set(far, key, form, ttl, if_absent);
    status = lyger_far_ask(far, false, &reply, error);
    if (status == LYGER_OK && reply.kind != LYGER_FAR_STATUS && reply.kind != LYGER_FAR_NIL) {
        return lyger_far_strange(far, error);
    }
    *stored = status == LYGER_OK && reply.kind == LYGER_FAR_STATUS;
    return status;
}

lyger_status lyger_far_set_many(lyger_far *far, const lyger_far_key *keys, const lyger_far_form *forms,
                                size_t count, uint32_t ttl, uint64_t *stored, lyger_error *error)
{
    lyger_status status = keys_allowed(keys, count, error);
    *stored = 0;
    lyger_far_begin(far);
    for (size_t i = 0; i < count; i++) {
        put_set(far, keys[i], &forms[i], ttl, false);
    }
    if (status == LYGER_OK) {
        status = lyger_far_exchange_all(far, count, false, error);
    }
    for (size_t i = 0; i < count && status == LYGER_OK; i++) {
        lyger_far_reply reply;
        status = lyger_far_reply_at(far, i, &reply, error);
        *stored += status == LYGER_OK;
    }
    return status;
}

/* Appended to what removes a key: whoever computes its value may not store it any more. */
static void put_cancel_lease(lyger_far *far, lyger_far_key key)
{
    lyger_far_command(far, 2);
    lyger_far_text(far, "DEL");
    lyger_far_name(far, LYGER_FAR_LEASES, key);
}

/* The lease goes first: a lease that is taken between the two is of someone who asks after this call began.
 */
lyger_status lyger_far_delete_many(lyger_far *far, const lyger_far_key *keys, size_t count, uint64_t *there,
                                   lyger_error *error)
{
    lyger_status status = keys_allowed(keys, count, error);
    *there = 0;
    lyger_far_begin(far);
    for (size_t i = 0; i < count; i++) {
        put_cancel_lease(far, keys[i]);
        lyger_far_command(far, 2);
        lyger_far_text(far, "UNLINK");
        lyger_far_name(far, "", keys[i]);
    }
    if (status == LYGER_OK) {
        status = lyger_far_exchange_all(far, 2 * count, false, error);
    }
    for (size_t i = 0; i < 2 * count && status == LYGER_OK; i++) {
        int64_t removed = 0;
        status = integer_at(far, i, &removed, error);
        *there += i % 2 == 1 && status == LYGER_OK && removed != 0;
    }
    return status;
}

lyger_status lyger_far_take(lyger_far *far, lyger_far_key key, lyger_far_bytes *found, lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_key_allowed(key, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_far_begin(far);
    put_cancel_lease(far, key);
    lyger_far_command(far, 2);
    lyger_far_text(far, "GETDEL");
    lyger_far_name(far, "", key);
    status = lyger_far_exchange_all(far, 2, false, error);
    if (status == LYGER_OK) {
        status = lyger_far_reply_at(far, 1, &reply, error);
    }
    return status == LYGER_OK ? bytes_of(far, &reply, found, error) : status;
}

lyger_status lyger_far_touch(lyger_far *far, lyger_far_key key, uint32_t ttl, bool *there, lyger_error *error)
{
    int64_t count = 0;
    lyger_status status = lyger_far_key_allowed(key, error);
    *there = false;
    if (status != LYGER_OK) {
        return status;
    }
    lyger_far_begin(far);
    lyger_far_command(far, ttl ? 3 : 2);
    lyger_far_text(far, ttl ? "EXPIRE" : "PERSIST");
    lyger_far_name(far, "", key);
    if (ttl) {
        lyger_far_number(far, ttl);
    }
    lyger_far_command(far, 2); /* PERSIST says 0 of a key that has no end, too */
    lyger_far_text(far, "EXISTS");
    lyger_far_name(far, "", key);
    status = lyger_far_exchange_all(far, 2, false, error);
    if (status == LYGER_OK) {
        status = integer_at(far, ttl ? 0 : 1, &count, error);
    }
    *there = status == LYGER_OK && count != 0;
    return status;
}

/* ---- counting ---- */

static lyger_status not_counted(lyger_far *far, const lyger_far_reply *reply, lyger_error *error)
{
    static const char no_integer[] = "ERR value is not an integer", over[] = "ERR increment or decrement";
    if (reply->len >= sizeof no_integer - 1 && memcmp(reply->bytes, no_integer, sizeof no_integer - 1) == 0) {
        return lyger_fail(error, LYGER_E_CACHE, "the value is not an integer");
    }
    if (reply->len >= sizeof over - 1 && memcmp(reply->bytes, over, sizeof over - 1) == 0) {
        return lyger_fail(error, LYGER_E_CACHE, "the sum is beyond 64 bits");
    }
    return lyger_far_refused(far, reply, error);
}

static void put_increment(lyger_far *far, lyger_far_key key, int64_t by)
{
    lyger_far_command(far, 3);
    lyger_far_text(far, "INCRBY");
    lyger_far_name(far, "", key);
    lyger_far_number(far, by);
}

/* A counter that is new gets its ttl in the same transaction, or one that lost its maker would stay. */
static void put_increment_with_ttl(lyger_far *far, lyger_far_key key, int64_t by, uint32_t ttl)
{
    static const lyger_far_form zero = {.head = "0", .head_len = 1, .bytes = ""};
    lyger_far_command(far, 1);
    lyger_far_text(far, "MULTI");
    put_set(far, key, &zero, ttl, true);
    put_increment(far, key, by);
    lyger_far_command(far, 1);
    lyger_far_text(far, "EXEC");
}

lyger_status lyger_far_increment(lyger_far *far, lyger_far_key key, int64_t by, uint32_t ttl, int64_t *result,
                                 lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_key_allowed(key, error);
    size_t count = ttl ? 4 : 1;
    if (status != LYGER_OK) {
        return status;
    }
    lyger_far_begin(far);
    if (ttl) {
        put_increment_with_ttl(far, key, by, ttl);
    } else {
        put_increment(far, key, by);
    }
    status = lyger_far_exchange_all(far, count, false, error);
    if (status != LYGER_OK) {
        return status;
    }
    for (size_t i = 0; i + 1 < count; i++) { /* what was refused within a transaction, EXEC does not repeat */
        status = lyger_far_reply_at(far, i, &reply, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    lyger_far_reply_read(far->protocol, far->replies[count - 1], &reply);
    if (ttl && reply.kind == LYGER_FAR_ARRAY && reply.count == 2) {
        lyger_far_reply_read(far->protocol, reply.elements[1], &reply);
    }
    if (reply.kind == LYGER_FAR_ERROR) {
        return not_counted(far, &reply, error);
    }
    if (reply.kind != LYGER_FAR_INTEGER) {
        return lyger_far_strange(far, error);
    }
    *result = reply.integer;
    return LYGER_OK;
}

/* ---- comparing ---- */

lyger_status lyger_far_exchange(lyger_far *far, lyger_far_key key, const lyger_far_bytes *expected,
                                const lyger_far_form *form, uint32_t ttl, bool *done, lyger_error *error)
{
    static const char set[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                              "if ARGV[3]=='0' then redis.call('SET',KEYS[1],ARGV[2]) "
                              "else redis.call('SET',KEYS[1],ARGV[2],'EX',ARGV[3]) end return 1";
    static const char remove[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                                 "redis.call('DEL',KEYS[1],KEYS[2]) return 1";
    int64_t answer = 0;
    lyger_status status = lyger_far_key_allowed(key, error);
    *done = false;
    if (status != LYGER_OK) {
        return status;
    }
    lyger_far_begin(far);
    lyger_far_command(far, form ? 7 : 6);
    lyger_far_text(far, "EVAL");
    lyger_far_text(far, form ? set : remove);
    lyger_far_number(far, form ? 1 : 2);
    lyger_far_name(far, "", key);
    if (!form) {
        lyger_far_name(far, LYGER_FAR_LEASES, key);
    }
    lyger_far_word(far, expected->bytes, expected->len);
    if (form) {
        word_of_form(far, form);
        lyger_far_number(far, ttl);
    }
    status = ask_integer(far, false, &answer, error);
    *done = status == LYGER_OK && answer == 1;
    return status;
}
