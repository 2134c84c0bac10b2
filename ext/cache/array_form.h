/*
 * The flat form of PHP's arrays in the cache (LYGER_CACHE_ARRAY), which cache/php/php_array.c writes and
 * reads:
 *
 *     array   = array_head, element…
 *     element = element_head without its key, bytes of a string, content of an array      kind PACKED: keys
 * are 0, 1, 2, … | element_head, bytes of the name, bytes of a string, content of an array   kind MIXED
 *
 * Every item starts at a multiple of 8, so that it can be read in whole words. Numbers are the machine's own:
 * a segment is never another machine's.
 */
#ifndef LYGER_CACHE_ARRAY_FORM_H
#define LYGER_CACHE_ARRAY_FORM_H

#include <stddef.h>
#include <stdint.h>

enum { TAG_NULL, TAG_FALSE, TAG_TRUE, TAG_INT, TAG_FLOAT, TAG_STRING, TAG_ARRAY };
enum { KIND_PACKED, KIND_MIXED };
#define KEY_IS_NAME 0x100u /* beside the tag of a value in a mixed array */
#define DEPTH_MAX 512

typedef struct array_head {
    uint32_t count, kind;
    int64_t next_index;
} array_head;

typedef struct element_head {
    uint32_t tag; /* | KEY_IS_NAME */
    uint32_t name_len;
    uint64_t payload; /* the number, the length of the string, 0 */
    uint64_t key;     /* PHP's hash of the name, or the index; absent in packed arrays */
} element_head;

#define PACKED_HEAD offsetof(element_head, key)

static inline size_t aligned_to_word(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

#endif
