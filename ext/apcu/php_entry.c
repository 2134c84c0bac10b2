/*
 * APCu's functions for entries: storing, fetching, deleting, counting, computing once.
 */
#include "php_apcu.h"

#include "lyger_compat.h"
#include "lyger_error.h"

#include <time.h>

#define WAIT_SLICE 100u /* ms between looks whether PHP is to do something else */

/* ---- storing ---- */

/* For how many milliseconds from now an entry of this ttl lives: APCu's entries live until the second after
 * the one in which their ttl is over. 0: not at all. ttl is not 0. */
static uint64_t lifetime_of(int64_t created, zend_long ttl)
{
    struct timespec now;
    if (ttl > (zend_long)LYGER_CACHE_TTL_MAX) {
        return UINT64_MAX;
    }
    timespec_get(&now, TIME_UTC);
    int64_t left = (created + ttl + 1 - (int64_t)now.tv_sec) * 1000 - (int64_t)(now.tv_nsec / 1000000);
    return left > 0 ? (uint64_t)left : 0;
}

/* Stores what lives no moment: the entry that was there is gone, as if it had expired. */
static bool store_expired(lyger_cache *cache, const zend_string *key, lyger_cache_mode mode,
                          lyger_error *error)
{
    bool there;
    if (mode == LYGER_CACHE_IF_ABSENT) {
        return !lyger_cache_contains(cache, ZSTR_VAL(key), ZSTR_LEN(key));
    }
    if (lyger_cache_remove(cache, ZSTR_VAL(key), ZSTR_LEN(key), &there, error) != LYGER_OK) {
        php_lyger_apcu_warn(error);
        return false;
    }
    return true;
}

static bool store_packed(lyger_cache *cache, const zend_string *key, const lyger_cache_value *packed,
                         zend_long ttl, lyger_cache_mode mode)
{
    lyger_error error;
    bool stored = false;
    int64_t now = php_lyger_apcu_now();
    lyger_cache_account account = {.created = (uint32_t)now, .modified = (uint32_t)now, .ttl = ttl};
    uint64_t lifetime = ttl ? lifetime_of(now, ttl) : 0;
    if (UNEXPECTED(ttl && !lifetime)) {
        return store_expired(cache, key, mode, &error);
    }
    if (lyger_cache_store_account(cache, ZSTR_VAL(key), ZSTR_LEN(key), packed, lifetime, &account, mode,
                                  &stored, &error) != LYGER_OK) {
        php_lyger_apcu_warn(&error);
        return false;
    }
    return stored;
}

static void refuse_key(const zend_string *key)
{
    php_error_docref(NULL, E_WARNING, "A key of %zu bytes is too long for the cache, which takes %u",
                     ZSTR_LEN(key), LYGER_CACHE_KEY_MAX);
}

static bool store(lyger_cache *cache, zend_string *key, zval *value, zend_long ttl, lyger_cache_mode mode)
{
    lyger_cache_value packed;
    smart_str scratch = {0};
    bool stored = false;
    zend_string *name = php_lyger_apcu_key(key);
    if (!name) {
        refuse_key(key);
        return false;
    }
    if (php_lyger_apcu_pack(value, &packed, &scratch)) {
        stored = store_packed(cache, name, &packed, ttl, mode);
    }
    smart_str_free(&scratch);
    return stored;
}

/* Stores every pair; return_value becomes the keys that were not stored. */
static void store_all(lyger_cache *cache, HashTable *pairs, zend_long ttl, lyger_cache_mode mode,
                      zval *return_value)
{
    zend_ulong index;
    zend_string *name;
    zval *value, failed;
    ZVAL_LONG(&failed, -1);
    array_init(return_value);
    ZEND_HASH_FOREACH_KEY_VAL(pairs, index, name, value)
    {
        zend_string *key = name ? zend_string_copy(name) : zend_long_to_str((zend_long)index);
        if (!cache || !store(cache, key, value, ttl, mode)) {
            zend_symtable_update(Z_ARRVAL_P(return_value), key, &failed);
        }
        zend_string_release(key);
    }
    ZEND_HASH_FOREACH_END();
}

/* value may be NULL: not given. */
static void store_any(zval *key, zval *value, zend_long ttl, lyger_cache_mode mode, zval *return_value)
{
    lyger_cache *cache = php_lyger_apcu_cache();
    if (EXPECTED(Z_TYPE_P(key) == IS_STRING)) {
        RETURN_BOOL(value && cache && store(cache, Z_STR_P(key), value, ttl, mode));
    }
    if (Z_TYPE_P(key) == IS_ARRAY) {
        store_all(cache, Z_ARRVAL_P(key), ttl, mode, return_value);
        return;
    }
    php_error_docref(NULL, E_WARNING,
                     "apc_store expects key parameter to be a string or an array of key/value pairs.");
    RETURN_FALSE;
}

static void store_or_add(INTERNAL_FUNCTION_PARAMETERS, lyger_cache_mode mode)
{
    zval *key, *value = NULL;
    zend_long ttl = 0;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_ZVAL(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(value)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    store_any(key, value, ttl, mode, return_value);
}

ZEND_FUNCTION(apcu_store)
{
    store_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_REPLACE);
}

ZEND_FUNCTION(apcu_add)
{
    store_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_IF_ABSENT);
}

/* ---- fetching ---- */

static zend_always_inline bool fetch(lyger_cache *cache, zend_string *key, zval *return_value)
{
    zend_string *name = php_lyger_apcu_key(key);
    if (UNEXPECTED(!cache) || UNEXPECTED(!name)) {
        return false;
    }
    glance result = php_lyger_value_glance(cache, name, return_value);
    return EXPECTED(result == GLANCE_HIT) ||
           (result == GLANCE_AGAIN && php_lyger_apcu_fetch(cache, name, return_value, false));
}

static void fetch_all(lyger_cache *cache, HashTable *keys, zval *return_value)
{
    zval *key, value;
    array_init(return_value);
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        ZVAL_DEREF(key);
        if (Z_TYPE_P(key) != IS_STRING) {
            php_error_docref(NULL, E_WARNING, "apc_fetch() expects a string or array of strings.");
            continue;
        }
        if (UNEXPECTED(EG(exception))) {
            break; /* thrown by the object of an earlier key */
        }
        ZVAL_NULL(&value);
        if (fetch(cache, Z_STR_P(key), &value)) {
            /* As APCu does it: "7" stays a string here. */
            zend_hash_update(Z_ARRVAL_P(return_value), Z_STR_P(key), &value);
        }
    }
    ZEND_HASH_FOREACH_END();
}

/* Fetches one or many; whether there was something to fetch. key may become a string. */
static zend_always_inline bool fetch_any(zval *key, zval *return_value)
{
    lyger_cache *cache = php_lyger_apcu_cache();
    if (EXPECTED(Z_TYPE_P(key) == IS_STRING)) {
        return fetch(cache, Z_STR_P(key), return_value);
    }
    if (Z_TYPE_P(key) == IS_ARRAY) {
        fetch_all(cache, Z_ARRVAL_P(key), return_value);
        return true;
    }
    convert_to_string(key);
    return !EG(exception) && fetch(cache, Z_STR_P(key), return_value);
}

ZEND_FUNCTION(apcu_fetch)
{
    zval *key, *success = NULL;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ZVAL(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(success)
    ZEND_PARSE_PARAMETERS_END();

    bool found = fetch_any(key, return_value);
    if (success) {
        ZEND_TRY_ASSIGN_REF_BOOL(success, found);
    }
    if (!found) {
        RETURN_FALSE;
    }
}

static bool exists(lyger_cache *cache, zend_string *key)
{
    const zend_string *name = php_lyger_apcu_key(key);
    return cache && name && lyger_cache_contains(cache, ZSTR_VAL(name), ZSTR_LEN(name));
}

/* Whether a key is there, or which of many. keys may become a string. */
static void exists_any(zval *keys, zval *return_value)
{
    lyger_cache *cache = php_lyger_apcu_cache();
    zval *key, yes;
    if (Z_TYPE_P(keys) != IS_ARRAY) {
        convert_to_string(keys);
        RETURN_BOOL(!EG(exception) && exists(cache, Z_STR_P(keys)));
    }
    ZVAL_TRUE(&yes);
    array_init(return_value);
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(keys), key)
    {
        ZVAL_DEREF(key);
        if (Z_TYPE_P(key) != IS_STRING) {
            php_error_docref(NULL, E_WARNING, "apc_exists() expects a string or array of strings.");
        } else if (exists(cache, Z_STR_P(key))) {
            zend_hash_update(Z_ARRVAL_P(return_value), Z_STR_P(key), &yes);
        }
    }
    ZEND_HASH_FOREACH_END();
}

ZEND_FUNCTION(apcu_exists)
{
    zval *keys;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ZVAL(keys)
    ZEND_PARSE_PARAMETERS_END();

    exists_any(keys, return_value);
}

#ifdef PHP_LYGER_FRAMELESS
/* The argument is the caller's variable, which code of the application (__unserialize(), a handler of
 * warnings) may change meanwhile: a copy is used. apcu_store() has a frame: for an argument that is not given
 * the compiler would take its default, and that of $value is none. */
ZEND_FRAMELESS_FUNCTION(apcu_fetch, 1)
{
    zval key;
    ZVAL_COPY_DEREF(&key, arg1);
    if (!fetch_any(&key, return_value)) {
        ZVAL_FALSE(return_value);
    }
    zval_ptr_dtor(&key);
}

ZEND_FRAMELESS_FUNCTION(apcu_exists, 1)
{
    zval key;
    ZVAL_COPY_DEREF(&key, arg1);
    exists_any(&key, return_value);
    zval_ptr_dtor(&key);
}
#endif

/* ---- deleting ---- */

bool php_lyger_apcu_delete(lyger_cache *cache, zend_string *key)
{
    const zend_string *name = php_lyger_apcu_key(key);
    lyger_error error;
    bool there = false;
    if (cache && name &&
        lyger_cache_remove(cache, ZSTR_VAL(name), ZSTR_LEN(name), &there, &error) != LYGER_OK) {
        php_lyger_apcu_warn(&error);
    }
    return there;
}

static void refuse_to_delete(void)
{
    php_error_docref(NULL, E_WARNING,
                     "apc_delete() expects a string, array of strings, or APCIterator instance");
}

/* Deletes every key; return_value becomes those that were not there. */
static void delete_all(lyger_cache *cache, HashTable *keys, zval *return_value)
{
    zval *key;
    array_init(return_value);
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        ZVAL_DEREF(key);
        if (Z_TYPE_P(key) != IS_STRING) {
            refuse_to_delete();
        } else if (php_lyger_apcu_delete(cache, Z_STR_P(key))) {
            continue;
        }
        Z_TRY_ADDREF_P(key);
        add_next_index_zval(return_value, key);
    }
    ZEND_HASH_FOREACH_END();
}

ZEND_FUNCTION(apcu_delete)
{
    zval *keys;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ZVAL(keys)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_apcu_cache();
    switch (Z_TYPE_P(keys)) {
    case IS_STRING:
        RETURN_BOOL(php_lyger_apcu_delete(cache, Z_STR_P(keys)));
    case IS_ARRAY:
        delete_all(cache, Z_ARRVAL_P(keys), return_value);
        return;
    case IS_OBJECT:
        RETURN_BOOL(php_lyger_apcu_iterator_delete(Z_OBJ_P(keys)));
    default:
        refuse_to_delete();
        RETURN_FALSE;
    }
}

/* ---- counting ---- */

/* Adds to the integer of a key, or makes it. False when there is no integer to add to. */
static bool add(lyger_cache *cache, zend_string *key, zend_long step, zend_long ttl, int64_t *result)
{
    zend_string *name = php_lyger_apcu_key(key);
    lyger_error error;
    lyger_cache_updated updated;
    lyger_cache_update update = {.operand = step, .modified = (uint32_t)php_lyger_apcu_now()};
    lyger_cache_value first = {.type = LYGER_CACHE_INT, .as.integer = step};
    if (!name) {
        refuse_key(key);
        return false;
    }
    for (;;) {
        if (lyger_cache_update_integer(cache, ZSTR_VAL(name), ZSTR_LEN(name), &update, &updated, result,
                                       &error) != LYGER_OK) {
            php_lyger_apcu_warn(&error);
            return false;
        }
        if (updated != LYGER_CACHE_NO_ENTRY) {
            return updated == LYGER_CACHE_UPDATED;
        }
        if (ttl < 0) {
            return false; /* it would be gone at once */
        }
        if (store_packed(cache, name, &first, ttl, LYGER_CACHE_IF_ABSENT)) {
            *result = step;
            return true;
        }
        /* Another process made it meanwhile; or the cache had no room, of which PHP has been warned. */
        if (!lyger_cache_contains(cache, ZSTR_VAL(name), ZSTR_LEN(name))) {
            return false;
        }
    }
}

static void add_step(INTERNAL_FUNCTION_PARAMETERS, bool negate)
{
    zend_string *key;
    zend_long step = 1, ttl = 0;
    zval *success = NULL;
    int64_t result;

    ZEND_PARSE_PARAMETERS_START(1, 4)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(step)
        Z_PARAM_ZVAL(success)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (negate) {
        step = (zend_long)(0 - (zend_ulong)step);
    }
    lyger_cache *cache = php_lyger_apcu_cache();
    bool added = cache && add(cache, key, step, ttl, &result);
    if (success) {
        ZEND_TRY_ASSIGN_REF_BOOL(success, added);
    }
    if (added) {
        RETURN_LONG((zend_long)result);
    }
    RETURN_FALSE;
}

ZEND_FUNCTION(apcu_inc)
{
    add_step(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

ZEND_FUNCTION(apcu_dec)
{
    add_step(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

ZEND_FUNCTION(apcu_cas)
{
    zend_string *key;
    zend_long old, new;
    lyger_error error;
    lyger_cache_updated updated = LYGER_CACHE_NO_ENTRY;
    int64_t result;

    ZEND_PARSE_PARAMETERS_START(3, 3)
        Z_PARAM_STR(key)
        Z_PARAM_LONG(old)
        Z_PARAM_LONG(new)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_apcu_cache();
    const zend_string *name = php_lyger_apcu_key(key);
    lyger_cache_update update = {
        .operand = new, .expected = old, .compares = true, .modified = (uint32_t)php_lyger_apcu_now()};
    if (cache && name &&
        lyger_cache_update_integer(cache, ZSTR_VAL(name), ZSTR_LEN(name), &update, &updated, &result,
                                   &error) != LYGER_OK) {
        php_lyger_apcu_warn(&error);
        RETURN_FALSE;
    }
    RETURN_BOOL(updated == LYGER_CACHE_UPDATED);
}

/* ---- computing once ---- */

typedef struct computation {
    lyger_cache *cache;
    zend_string *key;  /* as the application gave it */
    zend_string *name; /* as the cache has it; NULL when it cannot have it */
    zend_fcall_info compute;
    zend_fcall_info_cache compute_cache;
    zend_long ttl;
    uint64_t lease; /* the token while this process computes, 0 for none */
} computation;

static void give_back(const computation *c)
{
    bool held;
    if (c->lease) {
        lyger_cache_give_back(c->cache, ZSTR_VAL(c->name), ZSTR_LEN(c->name), LYGER_CACHE_LEASE, c->lease,
                              &held, NULL);
    }
}

static void call_and_store(computation *c, zval *return_value)
{
    zval argument;
    ZVAL_STR_COPY(&argument, c->key);
    c->compute.retval = return_value;
    c->compute.param_count = 1;
    c->compute.params = &argument;
    zend_result called = zend_call_function(&c->compute, &c->compute_cache);
    zval_ptr_dtor(&argument);
    if (Z_ISREF_P(return_value)) {
        zend_unwrap_reference(return_value);
    }
    if (called == SUCCESS && !EG(exception)) {
        store(c->cache, c->key, return_value, c->ttl, LYGER_CACHE_IF_ABSENT);
    }
}

/* Calls the callback and stores its result; the lease is given back also when a fatal error goes on. */
static void compute(computation *c, zval *return_value)
{
    zend_try
    {
        call_and_store(c, return_value);
    }
    zend_catch
    {
        give_back(c);
        zend_bailout();
    }
    zend_end_try();
    give_back(c);
}

/*
 * Waits until this process is to compute, alone if that is possible: not when it computes this key already,
 * further down, or when processes wait for each other in a circle. False when the answer is there, or an
 * exception.
 */
static bool is_to_compute(computation *c, zval *return_value)
{
    lyger_error error;
    const char *key = ZSTR_VAL(c->name);
    size_t len = ZSTR_LEN(c->name);
    for (;;) {
        if (lyger_cache_lease(c->cache, key, len, &c->lease, &error) != LYGER_OK) {
            c->lease = 0;
            return true;
        }
        /* Another process may have stored the value since this one looked. */
        if (php_lyger_apcu_fetch(c->cache, c->name, return_value, true) || EG(exception)) {
            give_back(c);
            return false;
        }
        if (c->lease ||
            lyger_cache_wait(c->cache, key, len, LYGER_CACHE_LEASE, WAIT_SLICE, &error) != LYGER_OK) {
            return true;
        }
        if (lyger_interrupted(&php_lyger_interrupt)) {
            lyger_fail(&error, LYGER_E_INTERRUPTED, "interrupted");
            php_lyger_throw(&error);
            return false;
        }
    }
}

ZEND_FUNCTION(apcu_entry)
{
    computation c = {0};

    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_STR(c.key)
        Z_PARAM_FUNC(c.compute, c.compute_cache)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(c.ttl)
    ZEND_PARSE_PARAMETERS_END();

    c.cache = php_lyger_apcu_cache();
    c.name = php_lyger_apcu_key(c.key);
    if (!c.cache || fetch(c.cache, c.key, return_value) || EG(exception)) {
        return;
    }
    ZVAL_NULL(return_value);
    if (!c.name || is_to_compute(&c, return_value)) {
        compute(&c, return_value);
    }
    if (EG(exception)) {
        zval_ptr_dtor(return_value);
        RETVAL_NULL();
    }
}
