#include "php_array.h"

#include "cache/array_form.h"
#include "lyger_compat.h"

#define LARGE ((size_t)1 << 20) /* bytes; a shorter array cannot take PHP past twice its memory_limit */
#define NAME_LENGTH_KEPT 64

static void put_bytes(smart_str *text, const char *bytes, size_t len)
{
    static const char zeros[8] = {0};
    smart_str_appendl(text, bytes, len);
    smart_str_appendl(text, zeros, aligned_to_word(len) - len);
}

static bool encode(HashTable *array, smart_str *text, unsigned depth);

static bool describe_element(zval *value, element_head *head)
{
    switch (Z_TYPE_P(value)) {
    case IS_NULL:
        head->tag = TAG_NULL;
        return true;
    case IS_FALSE:
        head->tag = TAG_FALSE;
        return true;
    case IS_TRUE:
        head->tag = TAG_TRUE;
        return true;
    case IS_LONG:
        head->tag = TAG_INT;
        head->payload = (uint64_t)Z_LVAL_P(value);
        return true;
    case IS_DOUBLE:
        head->tag = TAG_FLOAT;
        memcpy(&head->payload, &Z_DVAL_P(value), sizeof head->payload);
        return true;
    case IS_STRING:
        head->tag = TAG_STRING;
        head->payload = Z_STRLEN_P(value);
        return true;
    case IS_ARRAY:
        head->tag = TAG_ARRAY;
        return true;
    default:
        return false;
    }
}

static bool encode_element(zval *value, zend_string *name, zend_ulong index, bool packed, smart_str *text,
                           unsigned depth)
{
    element_head head = {0};
    ZVAL_DEREF(value);
    if (!describe_element(value, &head) || (name && ZSTR_LEN(name) > UINT32_MAX)) {
        return false;
    }
    if (name) {
        head.tag |= KEY_IS_NAME;
        head.name_len = (uint32_t)ZSTR_LEN(name);
        head.key = zend_string_hash_val(name);
    } else {
        head.key = index;
    }
    smart_str_appendl(text, (const char *)&head, packed ? PACKED_HEAD : sizeof head);
    if (name) {
        put_bytes(text, ZSTR_VAL(name), ZSTR_LEN(name));
    }
    if (Z_TYPE_P(value) == IS_STRING) {
        if (Z_STRLEN_P(value) > LARGE && !php_lyger_memory_allows(ZSTR_LEN(text->s) + Z_STRLEN_P(value))) {
            return false;
        }
        put_bytes(text, Z_STRVAL_P(value), Z_STRLEN_P(value));
    }
    if (UNEXPECTED(php_lyger_memory_limit_reached())) {
        return false;
    }
    return Z_TYPE_P(value) != IS_ARRAY || encode(Z_ARRVAL_P(value), text, depth + 1);
}

static bool encode_elements(HashTable *array, bool packed, smart_str *text, unsigned depth)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    ZEND_HASH_FOREACH_KEY_VAL(array, index, name, value)
    {
        if (!encode_element(value, name, index, packed, text, depth)) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool encode(HashTable *array, smart_str *text, unsigned depth)
{
    if (depth > DEPTH_MAX || GC_IS_RECURSIVE(array)) {
        return false;
    }
    bool packed = HT_IS_PACKED(array) && HT_IS_WITHOUT_HOLES(array);
    array_head head = {zend_hash_num_elements(array), packed ? KIND_PACKED : KIND_MIXED,
                       array->nNextFreeElement};
    smart_str_appendl(text, (const char *)&head, sizeof head);
    GC_TRY_PROTECT_RECURSION(array);
    bool whole = encode_elements(array, packed, text, depth);
    GC_TRY_UNPROTECT_RECURSION(array);
    return whole;
}

bool php_lyger_array_encode(HashTable *array, smart_str *text)
{
    return encode(array, text, 0);
}

/*
 * Names repeat: the rows of a list have the same keys, and so have the entries of a cache. A name that was
 * decoded lately is shared instead of copied: each place of the table keeps the last name with its hash.
 */
LYGER_AT_START void php_lyger_array_request_stop(void)
{
    zend_string **names = LYGER_G(cache).names;
    if (!LYGER_G(cache).names_kept) {
        return;
    }
    LYGER_G(cache).names_kept = false;
    for (size_t i = 0; i < PHP_LYGER_NAMES_KEPT; i++) {
        if (names[i]) {
            zend_string_release_ex(names[i], false);
            names[i] = NULL;
        }
    }
}

static zend_string *take_name(const char *bytes, size_t len, zend_ulong hash)
{
    zend_string **kept = &LYGER_G(cache).names[hash & (PHP_LYGER_NAMES_KEPT - 1)];
    if (*kept && ZSTR_H(*kept) == hash && ZSTR_LEN(*kept) == len &&
        memcmp(ZSTR_VAL(*kept), bytes, len) == 0) {
        GC_ADDREF(*kept);
        return *kept;
    }
    zend_string *name = zend_string_init(bytes, len, false);
    /* The hash in a damaged segment may be wrong, and a wrong hash must not reach a hash table. */
    if (zend_string_hash_val(name) != hash || len > NAME_LENGTH_KEPT || LYGER_G(request_over)) {
        return name;
    }
    if (*kept) {
        zend_string_release_ex(*kept, false);
    }
    GC_ADDREF(name);
    *kept = name;
    LYGER_G(cache).names_kept = true;
    return name;
}

/* The bytes that are left to read. */
typedef struct array_source {
    const char *at, *end;
    bool large; /* memory_limit is looked at while the array is read */
} array_source;

static const char *take_bytes(array_source *from, uint64_t len)
{
    const char *bytes = from->at;
    size_t left = (size_t)(from->end - from->at);
    if (len > left || aligned_to_word((size_t)len) > left) {
        return NULL;
    }
    from->at += aligned_to_word((size_t)len);
    return bytes;
}

static bool decode(array_source *from, zval *result, unsigned depth);

static bool take_value(array_source *from, const element_head *head, zval *value, unsigned depth)
{
    const char *bytes;
    if (UNEXPECTED(from->large) && php_lyger_memory_limit_reached()) {
        return false;
    }
    switch (head->tag & ~KEY_IS_NAME) {
    case TAG_NULL:
        ZVAL_NULL(value);
        return true;
    case TAG_FALSE:
        ZVAL_FALSE(value);
        return true;
    case TAG_TRUE:
        ZVAL_TRUE(value);
        return true;
    case TAG_INT:
        ZVAL_LONG(value, (zend_long)head->payload);
        return true;
    case TAG_FLOAT:
        Z_TYPE_INFO_P(value) = IS_DOUBLE;
        memcpy(&Z_DVAL_P(value), &head->payload, sizeof head->payload);
        return true;
    case TAG_STRING:
        bytes = take_bytes(from, head->payload);
        if (!bytes) {
            return false;
        }
        ZVAL_STRINGL_FAST(value, bytes, (size_t)head->payload);
        return true;
    case TAG_ARRAY:
        return decode(from, value, depth + 1);
    default:
        return false;
    }
}

static bool decode_packed(array_source *from, uint32_t count, HashTable *array, unsigned depth)
{
    bool whole = true;
    zend_hash_real_init_packed(array);
    ZEND_HASH_FILL_PACKED(array)
    {
        for (uint32_t i = 0; i < count; i++) {
            element_head head;
            const char *bytes = take_bytes(from, PACKED_HEAD);
            if (bytes) {
                memcpy(&head, bytes, PACKED_HEAD);
            }
            zval value;
            if (!bytes || !take_value(from, &head, &value, depth)) {
                whole = false;
                break;
            }
            ZEND_HASH_FILL_SET(&value);
            ZEND_HASH_FILL_NEXT();
        }
    }
    ZEND_HASH_FILL_END();
    return whole;
}

/* Reads one element of a mixed array. False, with nothing added, when the array has its key already or the
 * bytes end. */
static bool decode_mixed(array_source *from, HashTable *array, unsigned depth)
{
    element_head head;
    zval value;
    const char *bytes = take_bytes(from, sizeof head), *name_bytes = NULL;
    if (!bytes) {
        return false;
    }
    memcpy(&head, bytes, sizeof head);
    if (head.tag & KEY_IS_NAME) {
        name_bytes = take_bytes(from, head.name_len);
        if (!name_bytes) {
            return false;
        }
    }
    if (!take_value(from, &head, &value, depth)) {
        return false;
    }
    zval *added;
    if (name_bytes) {
        zend_string *name = take_name(name_bytes, head.name_len, (zend_ulong)head.key);
        added = zend_hash_add_new(array, name, &value);
        zend_string_release_ex(name, false);
    } else {
        added = zend_hash_index_add_new(array, (zend_ulong)head.key, &value);
    }
    if (!added) {
        zval_ptr_dtor_nogc(&value);
    }
    return added != NULL;
}

static bool decode(array_source *from, zval *result, unsigned depth)
{
    array_head head;
    const char *bytes = take_bytes(from, sizeof head);
    if (!bytes || depth > DEPTH_MAX) {
        return false;
    }
    memcpy(&head, bytes, sizeof head);
    size_t least = head.kind == KIND_PACKED ? PACKED_HEAD : sizeof(element_head);
    if (head.kind > KIND_MIXED || head.count > (size_t)(from->end - from->at) / least) {
        return false;
    }
    if (head.count == 0 && head.next_index == ZEND_LONG_MIN) {
        ZVAL_EMPTY_ARRAY(result);
        return true;
    }
    if (UNEXPECTED(from->large) && !php_lyger_memory_allows_array(head.count, head.kind == KIND_PACKED)) {
        return false;
    }
    HashTable *array = zend_new_array(head.count);
    bool whole = true;
    if (head.kind == KIND_PACKED) {
        whole = decode_packed(from, head.count, array, depth);
    } else {
        zend_hash_real_init_mixed(array);
        for (uint32_t i = 0; i < head.count && whole; i++) {
            whole = decode_mixed(from, array, depth);
        }
    }
    if (!whole) {
        zend_array_destroy(array);
        return false;
    }
    if (array->nNextFreeElement < (zend_long)head.next_index) {
        array->nNextFreeElement = (zend_long)head.next_index;
    }
    ZVAL_ARR(result, array);
    return true;
}

bool php_lyger_array_decode(const char *bytes, size_t len, zval *result)
{
    array_source from = {bytes, bytes + len, len > LARGE};
    zval array;
    if (!decode(&from, &array, 0)) {
        return false;
    }
    if (from.at != from.end) {
        zval_ptr_dtor(&array);
        return false;
    }
    ZVAL_COPY_VALUE(result, &array);
    return true;
}
