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
    lyger_cache *opened =
        lyger_abi_valid_ttl(ttl, error) ? enter(key, key_len, LYGER_CACHE_LOCK, error) : NULL;
    if (opened) {
        lyger_cache_lock(opened, key, key_len, (uint32_t)ttl, &got, error);
    }
    return taken(error, got, token);
}

static bool valid_token(const char *token, size_t len, lyger_error *error)
{
    if (!token) {
        lyger_fail(error, LYGER_E_ARGUMENT, "token is NULL");
    } else if (len < 1 || len > LYGER_CACHE_TOKEN_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "token must be 1 to %u bytes long, %zu given",
                   LYGER_CACHE_TOKEN_MAX, len);
    }
    return error->status == LYGER_OK;
}

int lyger_ffi_cache_lock_as(const char *key, size_t key_len, unsigned long ttl, const char *token,
                            size_t token_len)
{
    lyger_error *error = lyger_abi_enter();
    bool valid = lyger_abi_valid_ttl(ttl, error) && valid_token(token, token_len, error), got = false;
    lyger_cache *opened = valid ? enter(key, key_len, LYGER_CACHE_LOCK, error) : NULL;
    if (opened) {
        lyger_cache_lock_as(opened, key, key_len, (uint32_t)ttl, token, token_len, &got, error);
    }
    return error->status != LYGER_OK ? -1 : got;
}

int lyger_ffi_cache_unlock(const char *key, size_t key_len, const char *token, size_t token_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = enter(key, key_len, LYGER_CACHE_LOCK, error);
    bool held = false;
    if (opened) {
        lyger_cache_unlock(opened, key, key_len, token, token_len, &held, error);
    }
    return error->status != LYGER_OK ? -1 : held;
}

int lyger_ffi_cache_lock_extend(const char *key, size_t key_len, const char *token, size_t token_len,
                                unsigned long ttl)
{
    lyger_error *error = lyger_abi_enter();
    bool valid = lyger_abi_valid_ttl(ttl, error), held = false;
    if (valid && !token) {
        lyger_fail(error, LYGER_E_ARGUMENT, "token is NULL");
        return -1;
    }
    lyger_cache *opened = valid ? enter(key, key_len, LYGER_CACHE_LOCK, error) : NULL;
    if (opened) {
        lyger_cache_lock_extend(opened, key, key_len, token, token_len, (uint32_t)ttl, &held, error);
    }
    return error->status != LYGER_OK ? -1 : held;
}

int lyger_ffi_cache_lock_owner(const char *key, size_t key_len, char **token, size_t *token_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_token found = {0};
    if (!token || !token_len) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", !token ? "token" : "token_len");
        return -1;
    }
    *token = NULL;
    *token_len = 0;
    lyger_cache *opened = enter(key, key_len, LYGER_CACHE_LOCK, error);
    if (opened && lyger_cache_lock_owner(opened, key, key_len, &found, error) == LYGER_OK && found.len) {
        *token = lyger_abi_copy(found.bytes, found.len, error);
        *token_len = found.len;
    }
    return error->status != LYGER_OK ? -1 : *token != NULL;
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
