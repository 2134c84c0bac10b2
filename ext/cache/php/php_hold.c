/*
 * The native door's locks, and values that one process computes for all.
 */
#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "cache/system/os.h"
#include "php_far.h"
#include "php_hold.h"
#include "php_value.h"

#include "zend_exceptions.h"

#define SLICE 100u     /* ms of waiting between two looks whether PHP wants to stop */
#define WAIT_MAX 86400 /* seconds */

static bool wait_is_valid(double wait, uint32_t argument)
{
    if (wait >= 0 && wait <= WAIT_MAX) { /* neither is true of NAN */
        return true;
    }
    zend_argument_value_error(argument, "must be between 0 and %d seconds, %.*H given", WAIT_MAX, -1, wait);
    return false;
}

uint64_t php_lyger_end_of_wait(double wait)
{
    return lyger_os_milliseconds() + (uint64_t)(wait * 1000);
}

bool php_lyger_may_go_on(void)
{
    lyger_error error;
    if (!lyger_interrupted(&php_lyger_interrupt)) {
        return true;
    }
    lyger_fail(&error, LYGER_E_INTERRUPTED, "interrupted");
    php_lyger_throw(&error);
    return false;
}

php_lyger_waited php_lyger_wait_a_while(lyger_cache *cache, const zend_string *key, lyger_cache_kind kind,
                                        uint64_t end)
{
    uint64_t now = lyger_os_milliseconds();
    lyger_error error;
    if (now >= end) {
        return PHP_LYGER_WAITED_ENOUGH;
    }
    uint32_t slice = end - now < SLICE ? (uint32_t)(end - now) : SLICE;
    if (lyger_cache_wait(cache, ZSTR_VAL(key), ZSTR_LEN(key), kind, slice, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        return PHP_LYGER_WAITED_IN_VAIN;
    }
    return php_lyger_may_go_on() ? PHP_LYGER_WAITED : PHP_LYGER_WAITED_IN_VAIN;
}

/* ---- locks ---- */

static lyger_cache *cache_for_locks(void)
{
    return php_lyger_needed_cache("there is nothing to lock with");
}

typedef struct lock_claim {
    zend_string *key;
    uint32_t ttl;
    zend_string *token; /* the caller's own, or NULL */
} lock_claim;

/* One attempt; false with an exception or, when somebody has the lock, without one. */
static bool try_lock(lyger_cache *cache, const lock_claim *wanted, lyger_cache_token *made)
{
    const char *key = ZSTR_VAL(wanted->key);
    size_t key_len = ZSTR_LEN(wanted->key);
    lyger_error error;
    lyger_status status;
    uint64_t number = 0;
    bool got = false;
    if (wanted->token) {
        status = lyger_cache_lock_as(cache, key, key_len, wanted->ttl, ZSTR_VAL(wanted->token),
                                     ZSTR_LEN(wanted->token), &got, &error);
    } else {
        status = lyger_cache_lock(cache, key, key_len, wanted->ttl, &number, &error);
        lyger_cache_token_text(number, made);
        got = number != 0;
    }
    if (status != LYGER_OK) {
        php_lyger_throw(&error);
        return false;
    }
    return got;
}

/* Takes a lock, waiting until `end`: its token, or null when the time is over or with an exception. */
static void lock(const lock_claim *wanted, double wait, zval *return_value)
{
    lyger_cache *cache = cache_for_locks();
    uint64_t end = php_lyger_end_of_wait(wait);
    lyger_cache_token made;
    if (!cache) {
        RETURN_THROWS();
    }
    while (!try_lock(cache, wanted, &made)) {
        if (EG(exception) ||
            php_lyger_wait_a_while(cache, wanted->key, LYGER_CACHE_LOCK, end) != PHP_LYGER_WAITED) {
            RETURN_NULL();
        }
    }
    if (wanted->token) {
        RETURN_STR_COPY(wanted->token);
    }
    RETURN_STRINGL(made.bytes, made.len);
}

static bool token_is_valid(const zend_string *token, uint32_t argument)
{
    if (!token || ZSTR_LEN(token) - 1 < LYGER_CACHE_TOKEN_MAX) {
        return true;
    }
    zend_argument_value_error(argument, "must be 1 to %u bytes long, %zu given", LYGER_CACHE_TOKEN_MAX,
                              ZSTR_LEN(token));
    return false;
}

ZEND_FUNCTION(lyger_cache_lock)
{
    lock_claim wanted = {0};
    zend_long ttl;
    double wait = 0;

    ZEND_PARSE_PARAMETERS_START(2, 4)
        Z_PARAM_STR(wanted.key)
        Z_PARAM_LONG(ttl)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(wait)
        Z_PARAM_STR_OR_NULL(wanted.token)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(wanted.key, 1) || !php_lyger_ttl_is_valid(ttl, 2) ||
        !wait_is_valid(wait, 3) || !token_is_valid(wanted.token, 4)) {
        RETURN_THROWS();
    }
    wanted.ttl = (uint32_t)ttl;
    if (php_lyger_is_far(wanted.key)) {
        php_lyger_far_lock(wanted.key, wanted.token, wanted.ttl, wait, return_value);
        return;
    }
    lock(&wanted, wait, return_value);
}

ZEND_FUNCTION(lyger_cache_unlock)
{
    zend_string *key, *token;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(key)
        Z_PARAM_STR_OR_NULL(token)
    ZEND_PARSE_PARAMETERS_END();

    bool valid = php_lyger_key_is_valid(key, 1);
    if (valid && php_lyger_is_far(key)) {
        php_lyger_far_unlock(key, token, return_value);
        return;
    }
    lyger_cache *cache = valid ? cache_for_locks() : NULL;
    lyger_error error;
    bool held = false;
    if (!cache) {
        RETURN_THROWS();
    }
    if (lyger_cache_unlock(cache, ZSTR_VAL(key), ZSTR_LEN(key), token ? ZSTR_VAL(token) : NULL,
                           token ? ZSTR_LEN(token) : 0, &held, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(held);
}

ZEND_FUNCTION(lyger_cache_lock_extend)
{
    zend_string *key, *token;
    zend_long ttl;

    ZEND_PARSE_PARAMETERS_START(3, 3)
        Z_PARAM_STR(key)
        Z_PARAM_STR(token)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    bool valid = php_lyger_key_is_valid(key, 1) && php_lyger_ttl_is_valid(ttl, 3);
    if (valid && php_lyger_is_far(key)) {
        php_lyger_far_lock_extend(key, token, (uint32_t)ttl, return_value);
        return;
    }
    lyger_cache *cache = valid ? cache_for_locks() : NULL;
    lyger_error error;
    bool held = false;
    if (!cache) {
        RETURN_THROWS();
    }
    if (lyger_cache_lock_extend(cache, ZSTR_VAL(key), ZSTR_LEN(key), ZSTR_VAL(token), ZSTR_LEN(token),
                                (uint32_t)ttl, &held, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(held);
}

ZEND_FUNCTION(lyger_cache_lock_owner)
{
    zend_string *key;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    bool valid = php_lyger_key_is_valid(key, 1);
    if (valid && php_lyger_is_far(key)) {
        php_lyger_far_lock_owner(key, return_value);
        return;
    }
    lyger_cache *cache = valid ? cache_for_locks() : NULL;
    lyger_cache_token token;
    lyger_error error;
    if (!cache) {
        RETURN_THROWS();
    }
    if (lyger_cache_lock_owner(cache, ZSTR_VAL(key), ZSTR_LEN(key), &token, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    if (token.len) {
        RETURN_STRINGL(token.bytes, token.len);
    }
}

/* ---- remembering ---- */

typedef struct remembrance {
    lyger_cache *cache;
    zend_string *key;
    zend_fcall_info compute;
    zend_fcall_info_cache compute_cache;
    uint32_t ttl, stale;
    double wait;
    uint64_t lease;  /* the token while this process computes */
    bool unreadable; /* the stored value cannot be read, and PHP has been warned of it */
} remembrance;

/* Gives back the lease. When its shard cannot be locked now, the end of the request tries again. */
static void give_back(const remembrance *r)
{
    bool held;
    lyger_cache_give_back(r->cache, ZSTR_VAL(r->key), ZSTR_LEN(r->key), LYGER_CACHE_LEASE, r->lease, &held,
                          NULL);
}

typedef enum turn {
    TURN_OVER, /* a value is there, or an exception */
    TURN_OURS, /* this process has the lease */
    TURN_OF_OTHERS
} turn;

/* Whether there is an answer: the stored value, or an exception that ends the script. */
static bool fetch(remembrance *r, zval *return_value)
{
    lyger_cache_found found = r->unreadable ? php_lyger_value_fetch_again(r->cache, r->key, return_value)
                                            : php_lyger_value_fetch(r->cache, r->key, return_value);
    r->unreadable |= found == LYGER_CACHE_NO_ROOM;
    return found == LYGER_CACHE_HIT || EG(exception) || php_lyger_memory_limit_reached();
}

static turn take_turn(remembrance *r, zval *return_value)
{
    lyger_error error;
    if (fetch(r, return_value)) {
        return TURN_OVER;
    }
    if (lyger_cache_lease(r->cache, ZSTR_VAL(r->key), ZSTR_LEN(r->key), &r->lease, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        return TURN_OVER;
    }
    if (!r->lease) {
        bool served =
            r->stale && php_lyger_value_fetch_stale(r->cache, r->key, return_value) == LYGER_CACHE_HIT;
        return served ? TURN_OVER : TURN_OF_OTHERS;
    }
    /* The process that had the lease until now may have stored the value since this process looked. */
    if (fetch(r, return_value)) {
        give_back(r);
        return TURN_OVER;
    }
    return TURN_OURS;
}

void php_lyger_blame_compute(void)
{
    static const char said[] = "Argument #2 ($compute) must not be or contain ";
    if (!EG(exception) || EG(exception)->ce != zend_ce_type_error) {
        return; /* thrown by an object while it was serialised */
    }
    zval rv, *message = zend_read_property_ex(zend_ce_type_error, EG(exception), ZSTR_KNOWN(ZEND_STR_MESSAGE),
                                              true, &rv);
    const char *found = Z_TYPE_P(message) == IS_STRING ? strstr(Z_STRVAL_P(message), said) : NULL;
    if (found) {
        zend_string *reason = zend_string_init(found + sizeof said - 1, strlen(found) - sizeof said + 1, 0);
        zend_clear_exception();
        zend_argument_type_error(2, "must not return what is or contains %s", ZSTR_VAL(reason));
        zend_string_release(reason);
    }
}

static void keep(const remembrance *r, zval *value)
{
    lyger_cache_value packed;
    smart_str scratch = {0};
    lyger_error error;
    bool stored;
    if (!php_lyger_value_pack(value, 2, &packed, &scratch)) {
        php_lyger_blame_compute();
    } else if (lyger_cache_store(r->cache, ZSTR_VAL(r->key), ZSTR_LEN(r->key), &packed, r->ttl, r->stale,
                                 LYGER_CACHE_REPLACE, &stored, &error) != LYGER_OK) {
        php_lyger_throw(&error);
    }
    smart_str_free(&scratch);
}

void php_lyger_call_compute(zend_fcall_info *compute, zend_fcall_info_cache *cache, zval *return_value)
{
    compute->retval = return_value;
    zend_call_function(compute, cache);
    if (Z_ISREF_P(return_value)) {
        zend_unwrap_reference(return_value);
    }
}

/* Calls the callback and stores its result. The lease is given back before a fatal error goes on, because
 * what PHP does after that may take its time. */
static void compute(remembrance *r, zval *return_value)
{
    zend_try
    {
        php_lyger_call_compute(&r->compute, &r->compute_cache, return_value);
        if (!EG(exception)) {
            keep(r, return_value);
        }
    }
    zend_catch
    {
        give_back(r);
        zend_bailout();
    }
    zend_end_try();
    give_back(r);
}

void php_lyger_refuse_to_wait(const zend_string *key, double wait)
{
    lyger_error error;
    zend_string *shown = php_lyger_key_shown(key);
    lyger_fail(&error, LYGER_E_CACHE,
               "the value of \"%s\" is being computed by another process, and was not there in %g seconds",
               ZSTR_VAL(shown), wait);
    zend_string_release(shown);
    php_lyger_throw(&error);
}

static void remember(remembrance *r, zval *return_value)
{
    uint64_t end = php_lyger_end_of_wait(r->wait);
    php_lyger_waited outcome;
    do {
        turn whose = take_turn(r, return_value);
        if (whose == TURN_OURS) {
            compute(r, return_value);
        }
        if (whose != TURN_OF_OTHERS) {
            return;
        }
        outcome = php_lyger_wait_a_while(r->cache, r->key, LYGER_CACHE_LEASE, end);
    } while (outcome == PHP_LYGER_WAITED);
    if (outcome == PHP_LYGER_WAITED_ENOUGH) {
        php_lyger_refuse_to_wait(r->key, r->wait);
    }
}

/* A key on the server has no stale value: those who do not compute wait. */
static void remember_far(remembrance *r, zval *return_value)
{
    php_lyger_far_remembrance far = {.cache = r->cache,
                                     .key = r->key,
                                     .compute = &r->compute,
                                     .compute_cache = &r->compute_cache,
                                     .ttl = r->ttl,
                                     .wait = r->wait};
    php_lyger_far_remember(&far, return_value);
}

static bool stale_is_valid(zend_long stale, zend_long ttl)
{
    if (stale < 0 || stale > (zend_long)LYGER_CACHE_STALE_MAX) {
        zend_argument_value_error(4, "must be between 0 and %u seconds, " ZEND_LONG_FMT " given",
                                  LYGER_CACHE_STALE_MAX, stale);
    } else if (stale > 0 && ttl == 0) {
        zend_argument_value_error(4, "must be 0 when argument #3 ($ttl) is: such a value is never stale");
    } else {
        return true;
    }
    return false;
}

ZEND_FUNCTION(lyger_cache_remember)
{
    remembrance r = {.wait = 30};
    zend_long ttl = 0, stale = 0;

    ZEND_PARSE_PARAMETERS_START(2, 5)
        Z_PARAM_STR(r.key)
        Z_PARAM_FUNC(r.compute, r.compute_cache)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(ttl)
        Z_PARAM_LONG(stale)
        Z_PARAM_DOUBLE(r.wait)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(r.key, 1) || !php_lyger_ttl_is_valid(ttl, 3) || !stale_is_valid(stale, ttl) ||
        !wait_is_valid(r.wait, 5)) {
        RETURN_THROWS();
    }
    r.ttl = (uint32_t)ttl;
    r.stale = (uint32_t)stale;
    r.cache = php_lyger_usable_cache();
    if (!EG(exception) && php_lyger_is_far(r.key)) {
        remember_far(&r, return_value);
    } else if (r.cache) {
        remember(&r, return_value);
    } else if (!EG(exception)) {
        php_lyger_call_compute(&r.compute, &r.compute_cache, return_value);
    }
    if (EG(exception)) {
        zval_ptr_dtor(return_value);
        RETVAL_NULL();
    }
}
