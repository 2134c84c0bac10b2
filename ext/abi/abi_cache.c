/*
 * The FFI door of the cache.
 */
#include "door.h"

#include "abi_json.h"
#include "jsonout/jsonout.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SIZE ((size_t)64 << 20) /* bytes, as lyger.cache_size */

/* Guards the variables below, but for reads of cache. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(lyger_cache *) cache;
static size_t cache_bytes = DEFAULT_SIZE;
static char *cache_path;  /* or the pool's name, when cache_is_own */
static bool cache_is_own; /* opened by lyger_cache_open_own() */
/* Why the configuration that was asked for last failed, "" otherwise. Until another succeeds there is no
 * cache: one of this process alone would look like the shared one that was meant. */
static char refused[LYGER_ERROR_MESSAGE_SIZE];

lyger_cache *lyger_abi_cache(void)
{
    return atomic_load_explicit(&cache, memory_order_acquire);
}

/* Bytes from a text such as 67108864, 64M or 1G. */
static bool read_size(const char *text, size_t *bytes)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (errno || end == text || text[0] == '-' || *(unit ? end + 1 : end) || number > SIZE_MAX >> shift) {
        return false;
    }
    *bytes = (size_t)number << shift;
    return true;
}

/* For a cache that nobody configured: LYGER_CACHE_PATH and LYGER_CACHE_SIZE of the environment. */
static lyger_cache *open_as_environment_says(lyger_error *error)
{
    const char *path = getenv("LYGER_CACHE_PATH"), *size = getenv("LYGER_CACHE_SIZE");
    size_t bytes = cache_bytes;
    if (size && size[0] && !read_size(size, &bytes)) {
        lyger_fail(error, LYGER_E_CACHE,
                   "LYGER_CACHE_SIZE must be a number of bytes, with K, M or G behind it or without, \"%s\" "
                   "given",
                   size);
        return NULL;
    }
    char *copy = path && path[0] ? lyger_abi_copy(path, strlen(path), error) : NULL;
    if (bytes == 0 || error->status != LYGER_OK) {
        cache_bytes = bytes == 0 ? 0 : cache_bytes;
        free(copy);
        return NULL;
    }
    lyger_cache *opened = lyger_cache_open(bytes, copy, error);
    if (!opened) {
        free(copy);
        return NULL;
    }
    cache_path = copy;
    cache_bytes = bytes;
    return opened;
}

static lyger_cache *open_cache(lyger_error *error)
{
    pthread_mutex_lock(&opening);
    lyger_cache *opened = lyger_abi_cache();
    if (!opened && refused[0]) {
        lyger_fail(error, LYGER_E_CACHE, "there is no cache, because it could not be configured: %s",
                   refused);
    } else if (!opened && cache_bytes > 0) {
        opened = open_as_environment_says(error);
        atomic_store_explicit(&cache, opened, memory_order_release);
    }
    pthread_mutex_unlock(&opening);
    return opened;
}

lyger_cache *lyger_abi_usable_cache(lyger_error *error)
{
    lyger_cache *opened = lyger_abi_cache();
    return opened ? opened : open_cache(error);
}

/* Opens the cache with these settings, unless it is open with them; name is a path or, with `own`, the pool's
 * name. */
static int configure(size_t bytes, const char *path, bool own)
{
    lyger_error *error = lyger_abi_enter();
    char *copy = path && path[0] ? lyger_abi_copy(path, strlen(path), error) : NULL;
    if (error->status != LYGER_OK) {
        return -1;
    }
    pthread_mutex_lock(&opening);
    if (lyger_abi_cache()) {
        bool same = bytes == cache_bytes && own == cache_is_own &&
                    strcmp(copy ? copy : "", cache_path ? cache_path : "") == 0;
        if (!same || (!own && !copy)) {
            lyger_fail(error, LYGER_E_CACHE, "the cache is in use already and cannot be configured any more");
        }
        free(copy);
    } else {
        lyger_cache *opened = bytes == 0 ? NULL
                              : own      ? lyger_cache_open_own(copy ? copy : "", bytes, error)
                                         : lyger_cache_open(bytes, copy, error);
        if (error->status == LYGER_OK) {
            free(cache_path);
            cache_path = copy;
            cache_bytes = bytes;
            cache_is_own = own;
            refused[0] = '\0';
            atomic_store_explicit(&cache, opened, memory_order_release);
        } else {
            free(copy);
            snprintf(refused, sizeof refused, "%s", error->message);
        }
    }
    pthread_mutex_unlock(&opening);
    return error->status == LYGER_OK ? 1 : -1;
}

int lyger_ffi_cache_configure(size_t bytes, const char *path)
{
    return configure(bytes, path, false);
}

int lyger_ffi_cache_share(size_t bytes, const char *pool)
{
    return configure(bytes, pool, true);
}

void lyger_abi_close_cache(void)
{
    pthread_mutex_lock(&opening);
    lyger_cache *opened = atomic_exchange(&cache, NULL);
    if (opened) {
        lyger_cache_close(opened);
    }
    free(cache_path);
    cache_path = NULL;
    cache_is_own = false;
    refused[0] = '\0';
    cache_bytes = DEFAULT_SIZE;
    pthread_mutex_unlock(&opening);
}

/* ---- arguments ---- */

bool lyger_abi_valid_key(const char *key, size_t len, lyger_error *error)
{
    if (!key) {
        lyger_fail(error, LYGER_E_ARGUMENT, "key is NULL");
    } else if (len == 0 || len > LYGER_CACHE_KEY_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "key must be 1 to %u bytes long, %zu given", LYGER_CACHE_KEY_MAX,
                   len);
    }
    return error->status == LYGER_OK;
}

bool lyger_abi_valid_ttl(unsigned long ttl, lyger_error *error)
{
    if (ttl > LYGER_CACHE_TTL_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "ttl must be at most %u seconds, %lu given", LYGER_CACHE_TTL_MAX,
                   ttl);
    }
    return error->status == LYGER_OK;
}

static uint64_t read_little_endian(const char *bytes)
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--) {
        number = number << 8 | (unsigned char)bytes[i];
    }
    return number;
}

static void write_little_endian(char *bytes, uint64_t number)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = (char)(number >> (8 * i) & 0xFF);
    }
}

/* Makes a value of the type and bytes of lyger.h. */
static bool unpack_value(int type, const char *bytes, size_t len, lyger_cache_value *value,
                         lyger_error *error)
{
    static const size_t sizes[] = {0, 1, 8, 8};
    /* The native door trusts the bytes of the types above these: this door must not store them. */
    if (type < 0 || type > (int)LYGER_CACHE_SERIALIZED) {
        lyger_fail(error, LYGER_E_ARGUMENT, "type must be 0 to %d, %d given", (int)LYGER_CACHE_SERIALIZED,
                   type);
        return false;
    }
    if (!bytes && (len > 0 || type != LYGER_CACHE_NULL)) {
        lyger_fail(error, LYGER_E_ARGUMENT, "value is NULL");
        return false;
    }
    if (type < LYGER_CACHE_STRING && len != sizes[type]) {
        lyger_fail(error, LYGER_E_ARGUMENT, "value must have %zu bytes for type %d, %zu given", sizes[type],
                   type, len);
        return false;
    }
    *value = (lyger_cache_value){.type = (lyger_cache_type)type, .bytes = bytes, .len = len};
    if (type == LYGER_CACHE_BOOL) {
        value->as.integer = bytes[0] != 0;
    } else if (type == LYGER_CACHE_INT) {
        value->as.integer = (int64_t)read_little_endian(bytes);
    } else if (type == LYGER_CACHE_FLOAT) {
        uint64_t bits = read_little_endian(bytes);
        memcpy(&value->as.number, &bits, sizeof bits);
    }
    return true;
}

/* ---- storing ---- */

static bool valid_stale(unsigned long stale, lyger_error *error)
{
    if (stale > LYGER_CACHE_STALE_MAX) {
        lyger_fail(error, LYGER_E_ARGUMENT, "stale must be at most %u seconds, %lu given",
                   LYGER_CACHE_STALE_MAX, stale);
    }
    return error->status == LYGER_OK;
}

static int store(const char *key, size_t key_len, int type, const char *bytes, size_t len, unsigned long ttl,
                 unsigned long stale, lyger_cache_mode mode)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_value value;
    bool stored = false;
    if (!lyger_abi_valid_key(key, key_len, error) || !lyger_abi_valid_ttl(ttl, error) ||
        !valid_stale(stale, error) || !unpack_value(type, bytes, len, &value, error)) {
        return -1;
    }
    lyger_cache *opened = lyger_abi_usable_cache(error);
    if (opened) {
        lyger_cache_store(opened, key, key_len, &value, (uint32_t)ttl, (uint32_t)stale, mode, &stored, error);
    }
    return error->status != LYGER_OK ? -1 : stored;
}

int lyger_ffi_cache_store(const char *key, size_t key_len, int type, const char *value, size_t value_len,
                          unsigned long ttl)
{
    return store(key, key_len, type, value, value_len, ttl, 0, LYGER_CACHE_REPLACE);
}

int lyger_ffi_cache_store_stale(const char *key, size_t key_len, int type, const char *value,
                                size_t value_len, unsigned long ttl, unsigned long stale)
{
    return store(key, key_len, type, value, value_len, ttl, stale, LYGER_CACHE_REPLACE);
}

int lyger_ffi_cache_insert(const char *key, size_t key_len, int type, const char *value, size_t value_len,
                           unsigned long ttl)
{
    return store(key, key_len, type, value, value_len, ttl, 0, LYGER_CACHE_IF_ABSENT);
}

int lyger_ffi_cache_exchange(const char *key, size_t key_len, unsigned long long number, long long integer,
                             int type, const char *bytes, size_t len, unsigned long ttl)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_version version = {number, integer};
    lyger_cache_value value;
    bool stored = false;
    if (!lyger_abi_valid_key(key, key_len, error) || !lyger_abi_valid_ttl(ttl, error) ||
        !unpack_value(type, bytes, len, &value, error)) {
        return -1;
    }
    lyger_cache *opened = lyger_abi_usable_cache(error);
    if (opened) {
        lyger_cache_exchange(opened, key, key_len, &version, &value, (uint32_t)ttl, &stored, error);
    }
    return error->status != LYGER_OK ? -1 : stored;
}

void lyger_cache_set(const char *key, const char *value)
{
    store(key, key ? strlen(key) : 0, LYGER_CACHE_STRING, value, value ? strlen(value) : 0, 0, 0,
          LYGER_CACHE_REPLACE);
}

int lyger_ffi_cache_add_integer(const char *key, size_t key_len, long long by, unsigned long ttl,
                                long long *result)
{
    lyger_error *error = lyger_abi_enter();
    int64_t sum = 0;
    if (!lyger_abi_valid_key(key, key_len, error) || !lyger_abi_valid_ttl(ttl, error)) {
        return -1;
    }
    if (!result) {
        lyger_fail(error, LYGER_E_ARGUMENT, "result is NULL");
        return -1;
    }
    lyger_cache *opened = lyger_abi_usable_cache(error);
    if (opened && lyger_cache_add_integer(opened, key, key_len, by, (uint32_t)ttl, &sum, error) == LYGER_OK) {
        *result = sum;
        return 1;
    }
    return error->status != LYGER_OK ? -1 : 0;
}

/* ---- fetching ---- */

/* Where the bytes of a fetched value go: memory for the caller, with room for a NUL. */
static char *make_room(void *context, size_t len)
{
    char **room = context;
    free(*room);
    *room = malloc(len + 1);
    return *room;
}

typedef lyger_cache_found fetcher(lyger_cache *, const char *, size_t, lyger_cache_value *,
                                  lyger_cache_version *, const lyger_cache_room *);

static lyger_cache_found fetch_fresh(lyger_cache *opened, const char *key, size_t key_len,
                                     lyger_cache_value *value, lyger_cache_version *version,
                                     const lyger_cache_room *room)
{
    (void)version;
    return lyger_cache_fetch(opened, key, key_len, value, room);
}

static lyger_cache_found fetch_stale(lyger_cache *opened, const char *key, size_t key_len,
                                     lyger_cache_value *value, lyger_cache_version *version,
                                     const lyger_cache_room *room)
{
    (void)version;
    return lyger_cache_fetch_stale(opened, key, key_len, value, room);
}

static void only_native_reads(lyger_error *error)
{
    lyger_fail(error, LYGER_E_CACHE, "the value is in a form that only the native door reads");
}

/* Finds the value and, for those that have any, its bytes in *room, which the caller frees in any case. */
static lyger_cache_found find_any_value(const char *key, size_t key_len, fetcher *fetch,
                                        lyger_cache_value *value, lyger_cache_version *version, char **room,
                                        lyger_error *error)
{
    *room = NULL;
    if (!lyger_abi_valid_key(key, key_len, error)) {
        return LYGER_CACHE_MISS;
    }
    lyger_cache *opened = lyger_abi_usable_cache(error);
    if (!opened) {
        return LYGER_CACHE_MISS;
    }
    lyger_cache_found found =
        fetch(opened, key, key_len, value, version, &(lyger_cache_room){make_room, room});
    if (found == LYGER_CACHE_NO_ROOM) {
        lyger_fail(error, LYGER_E_MEMORY, "no memory for the value");
    }
    return found;
}

/* find_any_value() for who takes its bytes as they are. */
static lyger_cache_found find_value(const char *key, size_t key_len, fetcher *fetch, lyger_cache_value *value,
                                    lyger_cache_version *version, char **room, lyger_error *error)
{
    lyger_cache_found found = find_any_value(key, key_len, fetch, value, version, room, error);
    if (found == LYGER_CACHE_HIT && value->type > LYGER_CACHE_SERIALIZED) {
        only_native_reads(error);
        return LYGER_CACHE_MISS;
    }
    return found;
}

/* Encodes a fetched value as lyger.h says; takes over room. */
static char *pack_value(const lyger_cache_value *value, char *room, size_t *len, lyger_error *error)
{
    char bytes[8] = {0};
    *len = 0;
    if (value->type == LYGER_CACHE_STRING || value->type == LYGER_CACHE_SERIALIZED) {
        *len = value->len;
    } else if (value->type == LYGER_CACHE_BOOL) {
        bytes[0] = value->as.integer != 0;
        *len = 1;
    } else if (value->type != LYGER_CACHE_NULL) {
        uint64_t bits;
        memcpy(&bits, &value->as, sizeof bits);
        write_little_endian(bytes, bits);
        *len = 8;
    }
    if (room) {
        room[*len] = '\0';
        return room;
    }
    return lyger_abi_copy(bytes, *len, error);
}

static int fetch_packed(const char *key, size_t key_len, fetcher *fetch, int *type, char **value,
                        size_t *value_len, lyger_cache_version *version)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_value found;
    char *room;
    if (!type || !value || !value_len) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", !type ? "type" : !value ? "value" : "value_len");
        return -1;
    }
    *value = NULL;
    *value_len = 0;
    *type = LYGER_CACHE_NULL;
    if (find_value(key, key_len, fetch, &found, version, &room, error) == LYGER_CACHE_HIT) {
        *type = (int)found.type;
        *value = pack_value(&found, room, value_len, error);
        return *value ? 1 : -1;
    }
    free(room);
    return error->status != LYGER_OK ? -1 : 0;
}

int lyger_ffi_cache_fetch(const char *key, size_t key_len, int *type, char **value, size_t *value_len)
{
    return fetch_packed(key, key_len, fetch_fresh, type, value, value_len, NULL);
}

int lyger_ffi_cache_fetch_stale(const char *key, size_t key_len, int *type, char **value, size_t *value_len)
{
    return fetch_packed(key, key_len, fetch_stale, type, value, value_len, NULL);
}

int lyger_ffi_cache_fetch_version(const char *key, size_t key_len, int *type, char **value, size_t *value_len,
                                  unsigned long long *number)
{
    lyger_cache_version version = {0};
    if (!number) {
        lyger_fail(lyger_abi_enter(), LYGER_E_ARGUMENT, "number is NULL");
        return -1;
    }
    int found = fetch_packed(key, key_len, lyger_cache_fetch_version, type, value, value_len, &version);
    *number = version.number;
    return found;
}

static int take(const char *key, size_t key_len, int *type, char **value, size_t *value_len)
{
    for (;;) {
        lyger_cache_version version;
        int found = fetch_packed(key, key_len, lyger_cache_fetch_version, type, value, value_len, &version);
        if (found != 1) {
            return found;
        }
        int taken = lyger_ffi_cache_remove_version(key, key_len, version.number, version.integer);
        if (taken == 1) {
            return 1;
        }
        free(*value);
        *value = NULL;
        if (taken < 0) {
            return -1;
        }
    }
}

int lyger_ffi_cache_take(const char *key, size_t key_len, int *type, char **value, size_t *value_len)
{
    int taken = take(key, key_len, type, value, value_len);
    if (taken >= 0 && lyger_abi_cache()) {
        lyger_cache_count_read(lyger_abi_cache(), taken == 1);
    }
    return taken;
}

static size_t write_float(char text[LYGER_DOUBLE_SIZE], double number)
{
    if (isfinite(number)) {
        return lyger_format_double(text, number, false);
    }
    const char *name = isnan(number) ? "NAN" : number > 0 ? "INF" : "-INF"; /* as PHP writes them */
    memcpy(text, name, strlen(name));
    return strlen(name);
}

/* A value that has no bytes of its own as text; its length. */
static size_t write_scalar(char text[LYGER_DOUBLE_SIZE], const lyger_cache_value *value)
{
    if (value->type == LYGER_CACHE_INT) {
        return lyger_format_int(text, value->as.integer);
    }
    if (value->type == LYGER_CACHE_FLOAT) {
        return write_float(text, value->as.number);
    }
    text[0] = '1';
    return value->type == LYGER_CACHE_BOOL && value->as.integer ? 1 : 0;
}

char *lyger_cache_get(const char *key)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_value found;
    char text[LYGER_DOUBLE_SIZE], *room;
    if (find_value(key, key ? strlen(key) : 0, fetch_fresh, &found, NULL, &room, error) != LYGER_CACHE_HIT) {
        free(room);
        return lyger_abi_copy("", 0, error->status == LYGER_OK ? error : NULL);
    }
    if (room) {
        room[found.len] = '\0';
        return room;
    }
    return lyger_abi_copy(text, write_scalar(text, &found), error);
}

typedef struct caller_buffer {
    char *bytes;
    size_t size;
} caller_buffer;

static char *room_of_caller(void *context, size_t len)
{
    const caller_buffer *buffer = context;
    return len <= buffer->size ? buffer->bytes : NULL;
}

long long lyger_ffi_cache_get_into(const char *key, size_t key_len, char *buffer, size_t size)
{
    lyger_error *error = lyger_abi_enter();
    char text[LYGER_DOUBLE_SIZE];
    lyger_cache_value found;
    if (!buffer && size > 0) {
        lyger_fail(error, LYGER_E_ARGUMENT, "buffer is NULL");
        return -2;
    }
    lyger_cache *opened = lyger_abi_valid_key(key, key_len, error) ? lyger_abi_usable_cache(error) : NULL;
    if (!opened) {
        return error->status != LYGER_OK ? -2 : -1;
    }
    caller_buffer room = {buffer, size};
    if (lyger_cache_fetch(opened, key, key_len, &found, &(lyger_cache_room){room_of_caller, &room}) ==
        LYGER_CACHE_MISS) {
        return -1;
    }
    if (found.type > LYGER_CACHE_SERIALIZED) {
        return only_native_reads(error), -2;
    }
    if (found.type >= LYGER_CACHE_STRING) {
        return (long long)found.len;
    }
    size_t len = write_scalar(text, &found);
    if (len > 0 && len <= size) {
        memcpy(buffer, text, len);
    }
    return (long long)len;
}

int lyger_ffi_cache_get_json(const char *key, size_t key_len, char **json, size_t *json_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache_value found;
    lyger_buffer text;
    char *room;
    if (!json || !json_len) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", !json ? "json" : "json_len");
        return -1;
    }
    *json = NULL;
    *json_len = 0;
    if (find_any_value(key, key_len, fetch_fresh, &found, NULL, &room, error) == LYGER_CACHE_HIT) {
        lyger_buffer_init(&text, &lyger_malloc_allocator);
        *json = lyger_abi_finish(&text, lyger_abi_put_json(&text.sink, &found, error), json_len, error);
    }
    free(room);
    return error->status != LYGER_OK ? -1 : *json != NULL;
}

/* ---- the rest ---- */

int lyger_ffi_cache_contains(const char *key, size_t key_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = lyger_abi_valid_key(key, key_len, error) ? lyger_abi_usable_cache(error) : NULL;
    return error->status != LYGER_OK ? -1 : opened && lyger_cache_contains(opened, key, key_len);
}

int lyger_ffi_cache_remove(const char *key, size_t key_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = lyger_abi_valid_key(key, key_len, error) ? lyger_abi_usable_cache(error) : NULL;
    bool there = false;
    if (opened) {
        lyger_cache_remove(opened, key, key_len, &there, error);
    }
    return error->status != LYGER_OK ? -1 : there;
}

int lyger_ffi_cache_remove_version(const char *key, size_t key_len, unsigned long long number,
                                   long long integer)
{
    lyger_error *error = lyger_abi_enter();
    lyger_cache *opened = lyger_abi_valid_key(key, key_len, error) ? lyger_abi_usable_cache(error) : NULL;
    lyger_cache_version version = {number, integer};
    bool there = false;
    if (opened) {
        lyger_cache_remove_version(opened, key, key_len, &version, &there, error);
    }
    return error->status != LYGER_OK ? -1 : there;
}

void lyger_cache_delete(const char *key)
{
    lyger_ffi_cache_remove(key, key ? strlen(key) : 0);
}

int lyger_ffi_cache_retime(const char *key, size_t key_len, unsigned long ttl)
{
    lyger_error *error = lyger_abi_enter();
    bool valid = lyger_abi_valid_key(key, key_len, error) && lyger_abi_valid_ttl(ttl, error);
    lyger_cache *opened = valid ? lyger_abi_usable_cache(error) : NULL;
    bool there = false;
    if (opened) {
        lyger_cache_retime(opened, key, key_len, (uint32_t)ttl, &there, error);
    }
    return error->status != LYGER_OK ? -1 : there;
}

int lyger_ffi_cache_purge(const char *prefix, size_t prefix_len)
{
    lyger_error *error = lyger_abi_enter();
    if (!prefix && prefix_len > 0) {
        lyger_fail(error, LYGER_E_ARGUMENT, "prefix is NULL");
        return -1;
    }
    lyger_cache *opened = lyger_abi_usable_cache(error);
    if (opened) {
        lyger_cache_purge(opened, prefix ? prefix : "", prefix_len, error);
    }
    return error->status != LYGER_OK ? -1 : opened != NULL;
}

void lyger_cache_clear(void)
{
    lyger_ffi_cache_purge("", 0);
}

unsigned long lyger_cache_size(void)
{
    lyger_cache *opened = lyger_abi_usable_cache(lyger_abi_enter());
    return opened ? (unsigned long)lyger_cache_count(opened) : 0;
}

void lyger_abi_lock_cache(void)
{
    pthread_mutex_lock(&opening);
}

void lyger_abi_unlock_cache(void)
{
    pthread_mutex_unlock(&opening);
}
