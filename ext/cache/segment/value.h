/*
 * What the whole room calls a cache, a value, a version of an entry, and their limits. Callers get it with
 * cache.h.
 */
#ifndef LYGER_CACHE_VALUE_H
#define LYGER_CACHE_VALUE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LYGER_CACHE_KEY_MAX 65535u             /* bytes; the least is 1 */
#define LYGER_CACHE_TTL_MAX 4294967295u        /* seconds; 0 means no expiry */
#define LYGER_CACHE_STALE_MAX 1000000u         /* seconds */
#define LYGER_CACHE_SIZE_MIN ((size_t)1 << 20) /* bytes of a whole segment */

typedef struct lyger_cache lyger_cache;

/* Part of the segment's layout and of the FFI door: never renumbered. */
typedef enum lyger_cache_type {
    LYGER_CACHE_NULL = 0,
    LYGER_CACHE_BOOL = 1,
    LYGER_CACHE_INT = 2,
    LYGER_CACHE_FLOAT = 3,
    LYGER_CACHE_STRING = 4,     /* bytes as they are */
    LYGER_CACHE_SERIALIZED = 5, /* bytes in PHP's serialize() format */
    LYGER_CACHE_ARRAY = 6,      /* bytes in the form of php_array.h; not for other PHP versions */
    LYGER_CACHE_IGBINARY = 7,   /* bytes in the format of the extension igbinary */
    /* Forms that PHP uses where they lie (php_image.h), only in anonymous segments. */
    LYGER_CACHE_STRING_IN_PLACE = 8,
    LYGER_CACHE_ARRAY_IN_PLACE = 9,
} lyger_cache_type;

#define LYGER_CACHE_IN_PLACE LYGER_CACHE_STRING_IN_PLACE /* types from here on can be pinned */
#define LYGER_CACHE_TYPE_LAST LYGER_CACHE_ARRAY_IN_PLACE

/* How a value that is used in place is put together: head comes before the bytes, and the 8-byte words at
 * places, which hold offsets, get the addresses of those offsets in the stored value. */
typedef struct lyger_cache_image {
    const char *head;
    size_t head_len;
    const uint32_t *places;
    size_t place_count;
} lyger_cache_image;

typedef struct lyger_cache_value {
    lyger_cache_type type;
    union {
        int64_t integer; /* INT, and BOOL as 0 or 1 */
        double number;   /* FLOAT */
    } as;
    const char *bytes; /* from STRING on; not owned */
    size_t len;
    const lyger_cache_image *image; /* only looked at when a value of an in-place type is stored */
} lyger_cache_value;

/*
 * A value where it lies in the segment. Its type and length are right, but its bytes may be overwritten at
 * any moment: copy them, then ask lyger_cache_confirm() whether the copy is whole, and only then look at it.
 */
typedef struct lyger_cache_sight {
    lyger_cache_value value;
    /* What lyger_cache_confirm() compares; of no use to callers. */
    const void *entry, *slot;
    uint64_t stamp, word;
} lyger_cache_sight;

/*
 * Tells a state of an entry from all others. An entry never changes but for its time to live and, if it is an
 * integer, its value: the number of the entry and that value say it all.
 */
typedef struct lyger_cache_version {
    uint64_t number;
    int64_t integer; /* 0 when it is of another type */
} lyger_cache_version;

/* What is kept beside an entry for those who ask when it came: APCu's functions (ext/apcu). Seconds of the
 * caller's clock. */
typedef struct lyger_cache_account {
    uint32_t created;
    uint32_t modified; /* lyger_cache_update_integer() changes it */
    int64_t ttl; /* as the caller gave it, for whoever asks; how long the entry lives is lifetime, below */
} lyger_cache_account;

#define LYGER_CACHE_TOKEN_MAX 64u    /* bytes; the least is 1 */
#define LYGER_CACHE_TOKEN_DIGITS 16u /* of a number, hexadecimal */

#endif
