/*
 * The FFI door of the cache's locks and leases.
 */
#include "door.h"

/* The cache when the arguments are right; NULL with an error, or, for a lease only, without an error when the
 * cache is switched off: then the caller computes its value without a lease. */
static lyger_cache *enter(const char *key, size_t key_len, int kind, lyger_error *error)
{
    if (kind != LYGER_CACHE_LOCK && kind != LYGER_CACHE_LEASE) {
        lyger_fail(error, LYGER_E_ARGUMENT, "kind must be 0 or 1, %d given", kind);
    }
    bool valid = error->status == LYGER_OK && lyger_abi_valid_key(key, key_len, error);
    lyger_cache *opened = valid ? lyger_abi_usable_cache(error) : NULL;
    if (!opened && kind == LYGER_CACHE_LOCK && error->status == LYGER_OK) {
        lyger_fail(error, LYGER_E_CACHE, "the cache is switched off: there is nothing to lock with");
    }
    return opened;
}

static int taken(const lyger_error *error, uint64_t got, unsigned long long *token)
{
    *token = got;
    return error->status != LYGER_OK ? -1 : got != 0;
}

int lyger_ffi_cache_lock(const char *key, size_t key_len, unsigned long ttl, unsigned long long *token)
{
    lyger_error *error = lyger_abi_enter();
    uint64_t got = 0;
    if (!token) {
        lyger_fail(error, LYGER_E_ARGUMENT, "token is NULL");
        return -1;
    }
    if (ttl < 1 || ttl > LYGER_CACHE_TTL_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "ttl must be 1 to %u seconds, %lu given", LYGER_CACHE_TTL_MAX,
                   ttl);
    }
    lyger_cache *opened = error->status == LYGER_OK ? enter(key, key_len, LYGER_CACHE_LOCK, error) : NULL;
    if (opened) {
        lyger_cache_lock(opened, key, key_len, (uint32_t)ttl, &got, error);
    }
    return taken(error, got, token);
}

int lyger_ffi_cache_lease(const char *key, size_t key_len, unsigned long long *token)
{
    lyger_error *error = lyger_abi_enter();
    uint64_t got = 0;
    if (!token) {
        lyger_fail(error, LYGER_E_ARGUMENT, "token is NULL");
        return -1;
    }
    lyger_cache *opened = enter(key, key_len, LYGER_CACHE_LEASE, error);
    if (!opened) {
        *token = 0;
        return error->status != LYGER_OK ? -1 : 1;
    }
    lyger_cache_lease(opened, key, key_len, &got, error);
    return taken(error, got, token);
}

int lyger_ffi_cache_give_back(const char *key, size_t key_len, int kind, unsigned long long token)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = enter(key, key_len, kind, error);
    bool held = false;
    if (opened && token) {
        lyger_cache_give_back(opened, key, key_len, (lyger_cache_kind)kind, token, &held, error);
    }
    return error->status != LYGER_OK ? -1 : held;
}

int lyger_ffi_cache_wait(const char *key, size_t key_len, int kind, unsigned long milliseconds)
{
    lyger_error *error = lyger_abi_enter();
    if (milliseconds > UINT32_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "milliseconds must be at most %u, %lu given", UINT32_MAX,
                   milliseconds);
        return -1;
    }
    lyger_cache *opened = enter(key, key_len, kind, error);
    if (opened) {
        lyger_cache_wait(opened, key, key_len, (lyger_cache_kind)kind, (uint32_t)milliseconds, error);
    }
    return error->status != LYGER_OK ? -1 : 1;
}

void lyger_ffi_cache_end_request(void)
{
    lyger_abi_enter();
    if (lyger_abi_cache()) {
        lyger_cache_end_request(lyger_abi_cache());
    }
}
