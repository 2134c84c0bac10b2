/*
 * Locks and leases on the server: keys of their own, each with its holder's token as the value.
 */
#include "link.h"

#include <string.h>

/* EVAL of a script with so many keys and other words; they follow. */
static void put_script(lyger_far *far, const char *script, size_t keys, size_t others)
{
    lyger_far_begin(far);
    lyger_far_command(far, 3 + keys + others);
    lyger_far_text(far, "EVAL");
    lyger_far_text(far, script);
    lyger_far_number(far, (int64_t)keys);
}

static lyger_status ask_yes(lyger_far *far, bool *yes, lyger_error *error)
{
    lyger_far_reply reply;
    lyger_status status = lyger_far_ask(far, false, &reply, error);
    *yes = false;
    if (status == LYGER_OK && reply.kind != LYGER_FAR_INTEGER) {
        return lyger_far_strange(far, error);
    }
    *yes = status == LYGER_OK && reply.integer != 0;
    return status;
}

/* ---- locks ---- */

lyger_status lyger_far_lock(lyger_far *far, lyger_far_key key, lyger_far_key token, uint32_t ttl, bool *got,
                            lyger_error *error)
{
    static const char script[] = "local h=redis.call('GET',KEYS[1]) if h and h~=ARGV[1] then return 0 end "
                                 "if ARGV[2]=='0' then redis.call('SET',KEYS[1],ARGV[1]) "
                                 "else redis.call('SET',KEYS[1],ARGV[1],'EX',ARGV[2]) end return 1";
    put_script(far, script, 1, 2);
    lyger_far_name(far, LYGER_FAR_LOCKS, key);
    lyger_far_word(far, token.bytes, token.len);
    lyger_far_number(far, ttl);
    return ask_yes(far, got, error);
}

lyger_status lyger_far_unlock(lyger_far *far, lyger_far_key key, lyger_far_key token, bool *held,
                              lyger_error *error)
{
    static const char script[] =
        "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) "
        "end return 0";
    if (token.bytes) {
        put_script(far, script, 1, 1);
        lyger_far_name(far, LYGER_FAR_LOCKS, key);
        lyger_far_word(far, token.bytes, token.len);
    } else {
        lyger_far_begin(far);
        lyger_far_command(far, 2);
        lyger_far_text(far, "DEL");
        lyger_far_name(far, LYGER_FAR_LOCKS, key);
    }
    return ask_yes(far, held, error);
}

lyger_status lyger_far_lock_extend(lyger_far *far, lyger_far_key key, lyger_far_key token, uint32_t ttl,
                                   bool *held, lyger_error *error)
{
    static const char script[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                                 "if ARGV[2]=='0' then redis.call('PERSIST',KEYS[1]) "
                                 "else redis.call('EXPIRE',KEYS[1],ARGV[2]) end return 1";
    put_script(far, script, 1, 2);
    lyger_far_name(far, LYGER_FAR_LOCKS, key);
    lyger_far_word(far, token.bytes, token.len);
    lyger_far_number(far, ttl);
    return ask_yes(far, held, error);
}

lyger_status lyger_far_lock_owner(lyger_far *far, lyger_far_key key, lyger_far_bytes *token,
                                  lyger_error *error)
{
    lyger_far_reply reply;
    lyger_far_begin(far);
    lyger_far_command(far, 2);
    lyger_far_text(far, "GET");
    lyger_far_name(far, LYGER_FAR_LOCKS, key);
    lyger_status status = lyger_far_ask(far, true, &reply, error);
    *token = (lyger_far_bytes){0};
    if (status == LYGER_OK && reply.kind == LYGER_FAR_STRING) {
        *token = (lyger_far_bytes){reply.bytes, reply.len};
    }
    return status;
}

/* ---- leases ---- */

lyger_status lyger_far_lease(lyger_far *far, lyger_far_key key, lyger_far_key machine, lyger_far_key token,
                             bool *got, lyger_error *error)
{
    static const char script[] =
        "local h=redis.call('GET',KEYS[1]) if h and string.sub(h,1,#ARGV[1])~=ARGV[1] then return 0 end "
        "redis.call('SET',KEYS[1],ARGV[2],'EX',ARGV[3]) return 1";
    put_script(far, script, 1, 3);
    lyger_far_name(far, LYGER_FAR_LEASES, key);
    lyger_far_word(far, machine.bytes, machine.len);
    lyger_far_word(far, token.bytes, token.len);
    lyger_far_number(far, LYGER_FAR_LEASE_S);
    return ask_yes(far, got, error);
}

lyger_status lyger_far_lease_store(lyger_far *far, lyger_far_key key, lyger_far_key token,
                                   const lyger_far_form *form, uint32_t ttl, bool *stored, lyger_error *error)
{
    static const char script[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                                 "if ARGV[3]=='0' then redis.call('SET',KEYS[2],ARGV[2]) "
                                 "else redis.call('SET',KEYS[2],ARGV[2],'EX',ARGV[3]) end "
                                 "redis.call('DEL',KEYS[1]) return 1";
    put_script(far, script, 2, 3);
    lyger_far_name(far, LYGER_FAR_LEASES, key);
    lyger_far_name(far, "", key);
    lyger_far_word(far, token.bytes, token.len);
    lyger_far_word_of_two(far, form->head, form->head_len, form->bytes, form->len);
    lyger_far_number(far, ttl);
    return ask_yes(far, stored, error);
}

lyger_status lyger_far_lease_give_back(lyger_far *far, lyger_far_key key, lyger_far_key token,
                                       lyger_error *error)
{
    static const char script[] = "if redis.call('GET',KEYS[1])==ARGV[1] then redis.call('DEL',KEYS[1]) end "
                                 "return 1";
    bool yes;
    put_script(far, script, 1, 1);
    lyger_far_name(far, LYGER_FAR_LEASES, key);
    lyger_far_word(far, token.bytes, token.len);
    return ask_yes(far, &yes, error);
}
