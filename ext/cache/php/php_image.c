#include "php_image.h"

#include "lyger_compat.h"

#define DEPTH_MAX 512
#define KEYS_SHARED 256         /* power of two */
#define LARGE ((size_t)1 << 20) /* bytes from which an image grows by quarters */
#define IN_PLACE_STRING (GC_STRING | (IS_STR_INTERNED << GC_FLAGS_SHIFT))

/* An image being made in scratch; offsets are from its beginning. */
typedef struct image_maker {
    smart_str *scratch;
    uint32_t *places; /* see lyger_cache_image */
    size_t place_count, place_most, place_room;
    /* Keys repeat in lists of rows: a key that was written lately is shared. It is known by its address,
     * which stays while the array that is being stored holds the key. */
    struct {
        const zend_string *key;
        uint64_t offset;
    } keys[KEYS_SHARED];
} image_maker;

static size_t aligned(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

/* Appends room for len bytes; the offset where they begin. The memory doubles, since PHP's own strings grow
 * by pages. */
static inline uint64_t extend(smart_str *scratch, size_t len)
{
    size_t at = scratch->s ? ZSTR_LEN(scratch->s) : 0;
    if (!scratch->s || scratch->a - at < aligned(len)) {
        smart_str_alloc(scratch, MAX(aligned(len), at < LARGE ? at : at / 4), false);
    }
    ZSTR_LEN(scratch->s) = at + aligned(len);
    return at;
}

static inline void *at_offset(const smart_str *scratch, uint64_t offset)
{
    return ZSTR_VAL(scratch->s) + offset;
}

/* Makes room for so many more calls of point(), beside those for which room was made before. */
static void expect_places(image_maker *maker, size_t count)
{
    maker->place_most += count;
    if (maker->place_room < maker->place_most) {
        maker->place_room = MAX(maker->place_room * 2, maker->place_most);
        maker->places = safe_erealloc(maker->places, maker->place_room, sizeof *maker->places, 0);
    }
}

/* Makes the word at `place` the address of `offset`. */
static inline void point(image_maker *maker, uint64_t place, uint64_t offset)
{
    maker->places[maker->place_count++] = (uint32_t)place;
    *(uint64_t *)at_offset(maker->scratch, place) = offset;
}

static inline void fill_head(zend_string *head, zend_string *string)
{
    GC_SET_REFCOUNT(head, 1);
    GC_TYPE_INFO(head) = IN_PLACE_STRING;
    ZSTR_H(head) = zend_string_hash_val(string);
    ZSTR_LEN(head) = ZSTR_LEN(string);
}

static uint64_t put_string(smart_str *image, zend_string *string)
{
    size_t size = _ZSTR_STRUCT_SIZE(ZSTR_LEN(string));
    uint64_t at = extend(image, size);
    zend_string *copy = at_offset(image, at);
    *(uint64_t *)((char *)copy + aligned(size) - 8) = 0; /* the bytes behind the text */
    fill_head(copy, string);
    memcpy(ZSTR_VAL(copy), ZSTR_VAL(string), ZSTR_LEN(string));
    return at;
}

static inline uint64_t put_key(image_maker *maker, zend_string *key)
{
    size_t kept = ((uintptr_t)key >> 4) & (KEYS_SHARED - 1);
    if (maker->keys[kept].key != key) {
        maker->keys[kept].offset = put_string(maker->scratch, key);
        maker->keys[kept].key = key;
    }
    return maker->keys[kept].offset;
}

static bool put_array(image_maker *maker, HashTable *array, uint64_t *at, unsigned depth);

/* Writes the value into the zval at that offset, which says what is `next` to it in its array. */
static bool put_value(image_maker *maker, zval *value, uint64_t at, uint32_t next, unsigned depth)
{
    smart_str *image = maker->scratch;
    zval *to = at_offset(image, at);
    uint64_t target;
    Z_NEXT_P(to) = next;
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_UNDEF:
    case IS_NULL:
    case IS_FALSE:
    case IS_TRUE:
    case IS_LONG:
    case IS_DOUBLE:
        to->value = value->value;
        Z_TYPE_INFO_P(to) = Z_TYPE_P(value);
        return true;
    case IS_STRING:
        target = put_string(image, Z_STR_P(value));
        break;
    case IS_ARRAY:
        if (zend_hash_num_elements(Z_ARRVAL_P(value)) == 0 &&
            Z_ARRVAL_P(value)->nNextFreeElement == ZEND_LONG_MIN) {
            Z_ARR_P(to) = (zend_array *)&zend_empty_array;
            Z_TYPE_INFO_P(to) = IS_ARRAY;
            return true;
        }
        if (!put_array(maker, Z_ARRVAL_P(value), &target, depth + 1)) {
            return false;
        }
        break;
    default:
        return false;
    }
    Z_TYPE_INFO_P((zval *)at_offset(image, at)) = Z_TYPE_P(value);
    point(maker, at + offsetof(zval, value), target);
    return true;
}

static bool put_packed(image_maker *maker, const HashTable *array, uint64_t data, unsigned depth)
{
    for (uint32_t i = 0; i < array->nNumUsed; i++) {
        if (!put_value(maker, &array->arPacked[i], data + i * sizeof(zval), 0, depth)) {
            return false;
        }
    }
    return true;
}

static bool put_buckets(image_maker *maker, const HashTable *array, uint64_t data, unsigned depth)
{
    smart_str *image = maker->scratch;
    for (uint32_t i = 0; i < array->nNumUsed; i++) {
        const Bucket *from = &array->arData[i];
        uint64_t at = data + i * sizeof(Bucket);
        Bucket *to = at_offset(image, at);
        to->h = from->h;
        to->key = NULL;
        if (from->key) {
            uint64_t key = put_key(maker, from->key);
            point(maker, at + offsetof(Bucket, key), key);
        }
        if (!put_value(maker, (zval *)&from->val, at + offsetof(Bucket, val), Z_NEXT(from->val), depth)) {
            return false;
        }
    }
    return true;
}

/* Writes an array without holes among its buckets, in the engine's own layout of hash and buckets, up to the
 * last bucket in use. */
static bool put_whole_array(image_maker *maker, HashTable *array, uint64_t *at, unsigned depth)
{
    smart_str *image = maker->scratch;
    bool packed = HT_IS_PACKED(array);
    uint32_t mask = packed ? HT_MIN_MASK : array->nTableMask;
    size_t hash_size = HT_HASH_SIZE(mask);
    size_t data_size = array->nNumUsed * (packed ? sizeof(zval) : sizeof(Bucket));
    *at = extend(image, sizeof(HashTable));
    uint64_t hash = extend(image, hash_size + data_size), data = hash + hash_size;
    HashTable *copy = at_offset(image, *at);
    memset(copy, 0, sizeof *copy);
    expect_places(maker, 1 + 2 * (size_t)array->nNumUsed);
    GC_SET_REFCOUNT(copy, 2); /* an array with more than one reference is separated before it is written to */
    GC_TYPE_INFO(copy) = GC_ARRAY | (GC_IMMUTABLE << GC_FLAGS_SHIFT);
    HT_FLAGS(copy) = HASH_FLAG_STATIC_KEYS | (packed ? HASH_FLAG_PACKED : 0);
    copy->nTableMask = mask;
    copy->nNumUsed = array->nNumUsed;
    copy->nNumOfElements = array->nNumOfElements;
    copy->nTableSize = array->nTableSize;
    copy->nNextFreeElement = array->nNextFreeElement;
    copy->pDestructor = ZVAL_PTR_DTOR;
    point(maker, *at + offsetof(HashTable, arData), data);
    if (packed) {
        memset(at_offset(image, hash), 0xFF, hash_size);
        return put_packed(maker, array, data, depth);
    }
    memcpy(at_offset(image, hash), HT_GET_DATA_ADDR(array), hash_size);
    return put_buckets(maker, array, data, depth);
}

static bool put_array(image_maker *maker, HashTable *array, uint64_t *at, unsigned depth)
{
    bool whole;
    if (depth > DEPTH_MAX || GC_IS_RECURSIVE(array) || (HT_FLAGS(array) & HASH_FLAG_UNINITIALIZED) ||
        (maker->scratch->s && ZSTR_LEN(maker->scratch->s) > UINT32_MAX / 2)) {
        return false;
    }
    if (!HT_IS_PACKED(array) && !HT_IS_WITHOUT_HOLES(array)) {
        HashTable *dense = zend_array_dup(array);
        zend_hash_rehash(dense);
        whole = put_whole_array(maker, dense, at, depth);
        zend_array_destroy(dense);
        return whole;
    }
    GC_TRY_PROTECT_RECURSION(array);
    whole = put_whole_array(maker, array, at, depth);
    GC_TRY_UNPROTECT_RECURSION(array);
    return whole;
}

/* Describes an image, whose first head_len bytes are at the beginning of scratch, as a value of this type;
 * appends the lyger_cache_image that says how to put it together to scratch. */
static void describe_image(smart_str *scratch, size_t head_len, const image_maker *maker,
                           lyger_cache_type type, lyger_cache_value *value)
{
    size_t places_len = maker ? maker->place_count * sizeof *maker->places : 0;
    uint64_t places = extend(scratch, places_len), image_at = extend(scratch, sizeof(lyger_cache_image));
    lyger_cache_image *image = at_offset(scratch, image_at);
    *image = (lyger_cache_image){0};
    if (places_len) {
        memcpy(at_offset(scratch, places), maker->places, places_len);
    }
    image->places = at_offset(scratch, places);
    image->place_count = places_len / sizeof *image->places;
    image->head = ZSTR_VAL(scratch->s);
    image->head_len = head_len;
    value->type = type;
    value->image = image;
}

void php_lyger_image_of_string(zend_string *string, lyger_cache_value *value, smart_str *scratch)
{
    uint64_t head = extend(scratch, _ZSTR_HEADER_SIZE);
    fill_head(at_offset(scratch, head), string);
    describe_image(scratch, _ZSTR_HEADER_SIZE, NULL, LYGER_CACHE_STRING_IN_PLACE, value);
    value->bytes = ZSTR_VAL(string);
    value->len = ZSTR_LEN(string) + 1;
}

bool php_lyger_image_of_array(HashTable *array, lyger_cache_value *value, smart_str *scratch)
{
    image_maker maker = {.scratch = scratch};
    uint64_t at;
    bool whole = put_array(&maker, array, &at, 0);
    if (whole) {
        size_t len = ZSTR_LEN(scratch->s);
        describe_image(scratch, 0, &maker, LYGER_CACHE_ARRAY_IN_PLACE, value);
        value->bytes = ZSTR_VAL(scratch->s);
        value->len = len;
    } else {
        smart_str_free(scratch);
    }
    if (maker.places) {
        efree(maker.places);
    }
    return whole;
}

void php_lyger_image_use(const lyger_cache_value *value, zval *result)
{
    if (value->type == LYGER_CACHE_STRING_IN_PLACE) {
        ZVAL_INTERNED_STR(result, (zend_string *)(void *)value->bytes);
    } else {
        Z_ARR_P(result) = (zend_array *)(void *)value->bytes;
        Z_TYPE_INFO_P(result) = IS_ARRAY;
    }
}

/* ---- copying ---- */

/* A copy of an image, whose pointers still lead to where the image lay. */
typedef struct image_copy {
    const char *bytes;
    size_t len;
    uintptr_t at;
} image_copy;

/* What a pointer of the image leads to, in the copy; NULL when the image has no `size` bytes there. */
static const void *follow(const image_copy *from, const void *pointer, size_t size)
{
    uintptr_t offset = (uintptr_t)pointer - from->at;
    return offset <= from->len && size <= from->len - offset ? from->bytes + offset : NULL;
}

static zend_string *copy_string(const image_copy *from, const zend_string *pointer)
{
    const zend_string *string = follow(from, pointer, _ZSTR_HEADER_SIZE);
    if (!string || !follow(from, pointer, _ZSTR_HEADER_SIZE + ZSTR_LEN(string) + 1)) {
        return NULL;
    }
    zend_string *copy = zend_string_init_fast(ZSTR_VAL(string), ZSTR_LEN(string));
    if (!ZSTR_IS_INTERNED(copy)) {
        ZSTR_H(copy) = ZSTR_H(string);
    }
    return copy;
}

static bool copy_array(const image_copy *from, const zend_array *pointer, zval *result, unsigned depth);

static bool copy_value(const image_copy *from, const zval *value, zval *result, unsigned depth)
{
    switch (Z_TYPE_P(value)) {
    case IS_STRING: {
        zend_string *string = copy_string(from, Z_STR_P(value));
        if (!string) {
            return false;
        }
        ZVAL_STR(result, string);
        return true;
    }
    case IS_ARRAY:
        return copy_array(from, Z_ARR_P(value), result, depth + 1);
    default:
        result->value = value->value;
        Z_TYPE_INFO_P(result) = Z_TYPE_P(value);
        return Z_TYPE_P(value) < IS_STRING;
    }
}

static bool copy_elements(const image_copy *from, const zend_array *array, HashTable *copy, unsigned depth)
{
    bool packed = HT_IS_PACKED(array);
    size_t size = packed ? sizeof(zval) : sizeof(Bucket);
    const char *data = follow(from, array->arData, array->nNumUsed * size);
    for (uint32_t i = 0; data && i < array->nNumUsed; i++, data += size) {
        const Bucket *bucket = (const void *)data; /* a packed array has only the bucket's value */
        const zval *value = &bucket->val;
        zval element;
        if (Z_TYPE_P(value) == IS_UNDEF) {
            continue;
        }
        if (php_lyger_memory_limit_reached() || !copy_value(from, value, &element, depth)) {
            return false;
        }
        if (packed || !bucket->key) {
            zend_hash_index_add_new(copy, packed ? i : bucket->h, &element);
            continue;
        }
        zend_string *key = copy_string(from, bucket->key);
        if (!key) {
            zval_ptr_dtor_nogc(&element);
            return false;
        }
        zend_hash_add_new(copy, key, &element);
        zend_string_release(key);
    }
    return data != NULL;
}

static bool copy_array(const image_copy *from, const zend_array *pointer, zval *result, unsigned depth)
{
    if (pointer == &zend_empty_array) {
        ZVAL_EMPTY_ARRAY(result);
        return true;
    }
    const zend_array *array = follow(from, pointer, sizeof *array);
    if (!array || depth > DEPTH_MAX ||
        !php_lyger_memory_allows_array(array->nNumOfElements, HT_IS_PACKED(array))) {
        return false;
    }
    HashTable *copy = zend_new_array(array->nNumOfElements);
    if (!HT_IS_PACKED(array)) {
        zend_hash_real_init_mixed(copy);
    }
    if (!copy_elements(from, array, copy, depth)) {
        zend_array_destroy(copy);
        return false;
    }
    copy->nNextFreeElement = array->nNextFreeElement;
    ZVAL_ARR(result, copy);
    return true;
}

bool php_lyger_image_copy(lyger_cache_type type, const char *bytes, size_t len, const void *at, zval *result)
{
    image_copy from = {bytes, len, (uintptr_t)at};
    zval value;
    if (type == LYGER_CACHE_ARRAY_IN_PLACE) {
        ZVAL_UNDEF(result);
        return copy_array(&from, at, result, 0);
    }
    Z_STR(value) = (zend_string *)(uintptr_t)at;
    Z_TYPE_INFO(value) = IS_STRING;
    return copy_value(&from, &value, result, 0);
}
