/*
 * Locks of all machines, and values that one process of all machines computes.
 */
#include "php_far.h"
#include "php_hold.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "cache/system/os.h"

#include "zend_exceptions.h"

#define NAP_FIRST 2u /* ms between the first two looks at the server; grows by half each time */
#define NAP_MOST 50u /* ms */

/* The server does not tell when a lock is free, so it is asked again and again. */
typedef struct patience {
    uint64_t end;
    uint32_t nap; /* ms */
} patience;

static php_lyger_waited wait_for_others(patience *p)
{
    uint64_t now = lyger_os_milliseconds();
    uint32_t chance = 0;
    if (now >= p->end) {
        return PHP_LYGER_WAITED_ENOUGH;
    }
    lyger_os_random(&chance, sizeof chance, NULL); /* so that those who wait do not ask at once */
    uint64_t nap = p->nap + chance % (p->nap + 1);
    nap = nap < p->end - now ? nap : p->end - now;
    lyger_os_nap((uint32_t)nap * 1000);
    p->nap = p->nap * 3 / 2 < NAP_MOST ? p->nap * 3 / 2 : NAP_MOST;
    return php_lyger_may_go_on() ? PHP_LYGER_WAITED : PHP_LYGER_WAITED_IN_VAIN;
}

/* 16 hexadecimal digits. */
static bool make_digits(char digits[17])
{
    uint64_t number = 0;
    lyger_error error;
    if (!php_lyger_far_went_well(lyger_os_random(&number, sizeof number, &error), &error)) {
        return false;
    }
    snprintf(digits, 17, "%016" PRIx64, number);
    return true;
}

/* ---- locks ---- */

void php_lyger_far_lock(zend_string *key, zend_string *token, uint32_t ttl, double wait, zval *return_value)
{
    patience p = {php_lyger_end_of_wait(wait), NAP_FIRST};
    lyger_far *far = php_lyger_far();
    char digits[17];
    lyger_far_key bearer = {digits, 16};
    lyger_error error;
    bool got = false;
    RETVAL_NULL();
    if (token) {
        bearer = php_lyger_far_key(token);
    }
    if (!far || (!token && !make_digits(digits))) {
        return;
    }
    do {
        if (!php_lyger_far_went_well(lyger_far_lock(far, php_lyger_far_key(key), bearer, ttl, &got, &error),
                                     &error)) {
            return;
        }
    } while (!got && wait_for_others(&p) == PHP_LYGER_WAITED);
    if (got && token) {
        RETURN_STR_COPY(token);
    }
    if (got) {
        RETURN_STRINGL(bearer.bytes, bearer.len);
    }
}

void php_lyger_far_unlock(zend_string *key, zend_string *token, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_key bearer = {token ? ZSTR_VAL(token) : NULL, token ? ZSTR_LEN(token) : 0};
    lyger_error error;
    bool held = false;
    RETURN_BOOL(far &&
                php_lyger_far_went_well(lyger_far_unlock(far, php_lyger_far_key(key), bearer, &held, &error),
                                        &error) &&
                held);
}

void php_lyger_far_lock_extend(zend_string *key, zend_string *token, uint32_t ttl, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_error error;
    bool held = false;
    RETURN_BOOL(far &&
                php_lyger_far_went_well(lyger_far_lock_extend(far, php_lyger_far_key(key),
                                                              php_lyger_far_key(token), ttl, &held, &error),
                                        &error) &&
                held);
}

void php_lyger_far_lock_owner(zend_string *key, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_bytes token;
    lyger_error error;
    if (far &&
        php_lyger_far_went_well(lyger_far_lock_owner(far, php_lyger_far_key(key), &token, &error), &error) &&
        token.bytes) {
        RETURN_STRINGL(token.bytes, token.len);
    }
    RETURN_NULL();
}

/* ---- remembering ---- */

/*
 * Two leases: this machine's (lyger_cache_lease()), so that one process of the machine asks the server, and
 * then the server's. The server's is a token that begins with the machine's name: whoever has the machine's
 * lease knows that a process of this machine which is named by the server's is gone, and takes over.
 */
typedef struct leases {
    const php_lyger_far_remembrance *r;
    lyger_far *far;
    uint64_t local; /* 0: not held */
    bool held;      /* the server's */
    char token[40];
    size_t machine_len, token_len;
} leases;

static bool name_holder(leases *l)
{
    char digits[17], machine[17];
    if (!make_digits(digits) || !make_digits(machine)) {
        return false;
    }
    if (l->r->cache) { /* without a cache nothing is known of this machine's other processes */
        snprintf(machine, sizeof machine, "%016" PRIx64, lyger_cache_identity(l->r->cache));
    }
    l->machine_len = (size_t)snprintf(l->token, sizeof l->token, "%s:", machine);
    l->token_len = l->machine_len + (size_t)snprintf(l->token + l->machine_len,
                                                     sizeof l->token - l->machine_len, "%s", digits);
    return true;
}

static lyger_far_key token_of(const leases *l)
{
    return (lyger_far_key){l->token, l->token_len};
}

static void give_back(leases *l)
{
    lyger_error error;
    bool held;
    if (l->held) { /* what cannot be given back now ends with its time */
        lyger_far_lease_give_back(l->far, php_lyger_far_key(l->r->key), token_of(l), &error);
        l->held = false;
    }
    if (l->local) {
        lyger_cache_give_back(l->r->cache, ZSTR_VAL(l->r->key), ZSTR_LEN(l->r->key), LYGER_CACHE_LEASE,
                              l->local, &held, NULL);
        l->local = 0;
    }
}

/* Whether there is an answer: the stored value, or an exception. */
static bool answered(const leases *l, zval *return_value)
{
    return php_lyger_far_get(l->r->key, return_value) || EG(exception) || php_lyger_memory_limit_reached();
}

/* Tries to get what is missing of both leases; false with an exception. */
static bool try_leases(leases *l)
{
    const php_lyger_far_remembrance *r = l->r;
    lyger_error error;
    if (r->cache && !l->local &&
        !php_lyger_far_went_well(
            lyger_cache_lease(r->cache, ZSTR_VAL(r->key), ZSTR_LEN(r->key), &l->local, &error), &error)) {
        return false;
    }
    if (r->cache && !l->local) {
        return true;
    }
    return php_lyger_far_went_well(lyger_far_lease(l->far, php_lyger_far_key(r->key),
                                                   (lyger_far_key){l->token, l->machine_len}, token_of(l),
                                                   &l->held, &error),
                                   &error);
}

static void keep(leases *l, zval *value)
{
    lyger_far_form form;
    smart_str scratch = {0};
    lyger_error error;
    bool stored;
    if (!php_lyger_far_pack(value, 2, &form, &scratch)) {
        php_lyger_blame_compute();
    } else if (php_lyger_far_went_well(lyger_far_lease_store(l->far, php_lyger_far_key(l->r->key),
                                                             token_of(l), &form, l->r->ttl, &stored, &error),
                                       &error)) {
        l->held = false; /* storing gives it back, and what was not stored was not held any more */
    }
    smart_str_free(&scratch);
}

static void compute(leases *l, zval *return_value)
{
    zend_try
    {
        php_lyger_call_compute(l->r->compute, l->r->compute_cache, return_value);
        if (!EG(exception)) {
            keep(l, return_value);
        }
    }
    zend_catch
    {
        give_back(l);
        zend_bailout();
    }
    zend_end_try();
}

static php_lyger_waited wait_for_value(const leases *l, patience *p)
{
    return l->r->cache && !l->local
               ? php_lyger_wait_a_while(l->r->cache, l->r->key, LYGER_CACHE_LEASE, p->end)
               : wait_for_others(p);
}

void php_lyger_far_remember(const php_lyger_far_remembrance *r, zval *return_value)
{
    leases l = {.r = r, .far = php_lyger_far()};
    patience p = {php_lyger_end_of_wait(r->wait), NAP_FIRST};
    php_lyger_waited outcome = PHP_LYGER_WAITED;
    bool over = !l.far || answered(&l, return_value) || !name_holder(&l);
    while (!over && outcome == PHP_LYGER_WAITED) {
        over = !try_leases(&l);
        if (!over && l.held) {
            /* Whoever had the lease until now may have stored the value since this process looked. */
            if (!answered(&l, return_value)) {
                compute(&l, return_value);
            }
            over = true;
        } else if (!over) {
            outcome = wait_for_value(&l, &p);
            over = outcome == PHP_LYGER_WAITED && answered(&l, return_value);
        }
    }
    give_back(&l);
    if (outcome == PHP_LYGER_WAITED_ENOUGH) {
        php_lyger_refuse_to_wait(r->key, r->wait);
    }
}
