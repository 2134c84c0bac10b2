/*
 * The native door's keys that live on a server (lyger.cache_backend, ext/far): the functions of the cache ask
 * php_lyger_is_far() first, and leave such a key to these. php_far.c has the settings, the connection and
 * single entries, php_far_many.c batches, clearing and keys, php_far_hold.c locks and remembering.
 */
#ifndef PHP_LYGER_FAR_H
#define PHP_LYGER_FAR_H

#include "php_lyger.h"
#include "zend_smart_str.h"

/* Which keys are on the server; NULL without a backend. */
extern const lyger_far_prefixes *php_lyger_far_prefixes;

/* One comparison, and not more, where there is no backend. */
static zend_always_inline bool php_lyger_is_far(const zend_string *key)
{
    return UNEXPECTED(php_lyger_far_prefixes != NULL) &&
           lyger_far_claims(php_lyger_far_prefixes, ZSTR_VAL(key), ZSTR_LEN(key));
}

static inline lyger_far_key php_lyger_far_key(const zend_string *key)
{
    return (lyger_far_key){ZSTR_VAL(key), ZSTR_LEN(key)};
}

/* This thread's connection; NULL with an exception that says why there is none. */
lyger_far *php_lyger_far(void);

/* Throws unless status is LYGER_OK, which it tells. */
bool php_lyger_far_went_well(lyger_status status, const lyger_error *error);

/* The hooks of the room. */
void php_lyger_far_module_start(void);
void php_lyger_far_module_stop(void);
void php_lyger_far_request_start(void);
void php_lyger_far_request_stop(void);
void php_lyger_far_info(void);

/* As php_lyger_value_pack(), for the server. form uses packed and scratch. */
bool php_lyger_far_pack(zval *value, uint32_t argument, lyger_far_form *form, smart_str *scratch);

/* Makes return_value of what the server has stored; false, with a warning, when it cannot be read. */
bool php_lyger_far_unpack(const zend_string *key, const char *bytes, size_t len, zval *return_value);

/* ---- the functions of entries; return_value is false, null or undefined where they throw ---- */

bool php_lyger_far_get(zend_string *key, zval *return_value);
bool php_lyger_far_take(zend_string *key, zval *return_value);
void php_lyger_far_set(zend_string *key, zval *value, uint32_t ttl, bool if_absent, zval *return_value);
void php_lyger_far_delete(zend_string *key, zval *return_value);
void php_lyger_far_has(zend_string *key, zval *return_value);
void php_lyger_far_touch(zend_string *key, uint32_t ttl, zval *return_value);
void php_lyger_far_add_integer(zend_string *key, zend_long by, uint32_t ttl, zval *return_value);
/* value NULL: removes. */
void php_lyger_far_exchange(zend_string *key, zval *expected, zval *value, uint32_t ttl, zval *return_value);
void php_lyger_far_entry(zend_string *key, zval *return_value);
void php_lyger_far_add_info(zval *array);

/* ---- many at once ---- */

/* The stored bytes of those of the names that are far, in *raw (NULL where there is none, or the name is
 * near), which has room for all. False with an exception. */
bool php_lyger_far_prefetch(zend_string **names, uint32_t count, zend_string **raw);

/* What was packed for the server; how many were stored. */
zend_long php_lyger_far_set_many(const lyger_far_key *keys, const lyger_far_form *forms, size_t count,
                                 uint32_t ttl);
zend_long php_lyger_far_delete_many(const lyger_far_key *keys, size_t count);
void php_lyger_far_clear(const zend_string *prefix);

/* ---- locks; token NULL: one is made, or for unlocking, whoever has it ---- */

void php_lyger_far_lock(zend_string *key, zend_string *token, uint32_t ttl, double wait, zval *return_value);
void php_lyger_far_unlock(zend_string *key, zend_string *token, zval *return_value);
void php_lyger_far_lock_extend(zend_string *key, zend_string *token, uint32_t ttl, zval *return_value);
void php_lyger_far_lock_owner(zend_string *key, zval *return_value);

/* ---- remembering ---- */

typedef struct php_lyger_far_remembrance {
    lyger_cache *cache; /* whose leases keep this machine's processes in a row; NULL: there is none */
    zend_string *key;
    zend_fcall_info *compute;
    zend_fcall_info_cache *compute_cache;
    uint32_t ttl;
    double wait;
} php_lyger_far_remembrance;

void php_lyger_far_remember(const php_lyger_far_remembrance *r, zval *return_value);

#endif
