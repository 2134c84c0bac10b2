/*
 * The native door's batches: many entries in one call.
 */
#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_far.h"
#include "php_value.h"

#include "ext/json/php_json_parser.h"

/* The key as a string the caller releases; NULL with an exception that names the element. */
static zend_string *batch_key(zval *key, uint32_t position)
{
    ZVAL_DEREF(key);
    if (Z_TYPE_P(key) != IS_STRING && Z_TYPE_P(key) != IS_LONG) {
        zend_argument_type_error(1, "must hold keys of type string or int, %s given at element %u",
                                 zend_zval_type_name(key), position);
        return NULL;
    }
    zend_string *string = zval_get_string(key);
    if (ZSTR_LEN(string) - 1 >= LYGER_CACHE_KEY_MAX) {
        zend_argument_value_error(1, "must hold keys of 1 to %u bytes, %zu given at element %u",
                                  LYGER_CACHE_KEY_MAX, ZSTR_LEN(string), position);
        zend_string_release(string);
        return NULL;
    }
    return string;
}

static void put_value(zval *array, zend_string *name, zval *value, bool found, zval *otherwise)
{
    if (!found && otherwise) {
        ZVAL_COPY(value, otherwise);
    } else if (!found) {
        ZVAL_NULL(value);
    }
    zend_symtable_update(Z_ARRVAL_P(array), name, value);
}

/* With a backend: the names that are far are asked for in one turn. */
static void get_batch_far(zend_string **names, uint32_t count, zval *otherwise, zval *return_value)
{
    zend_string **raw = safe_emalloc(count + 1, sizeof *raw, 0);
    bool goes_on = php_lyger_far_prefetch(names, count, raw);
    for (uint32_t i = 0; i < count; i++) {
        zval value;
        bool found = false;
        if (goes_on && php_lyger_is_far(names[i])) {
            found = raw[i] && php_lyger_far_unpack(names[i], ZSTR_VAL(raw[i]), ZSTR_LEN(raw[i]), &value);
        } else if (goes_on) {
            lyger_cache *cache = php_lyger_usable_cache();
            found = cache && php_lyger_value_fetch(cache, names[i], &value) == LYGER_CACHE_HIT;
        }
        if (raw[i]) {
            zend_string_release(raw[i]);
        }
        if (goes_on) {
            put_value(return_value, names[i], &value, found, otherwise);
            goes_on = !EG(exception) && !php_lyger_memory_limit_reached();
        }
    }
    efree(raw);
}

static void get_names_far(HashTable *keys, zval *otherwise, zval *return_value)
{
    zend_string **names = safe_emalloc(zend_hash_num_elements(keys) + 1, sizeof *names, 0);
    uint32_t count = 0;
    zval *key;
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        if (!(names[count] = batch_key(key, count))) {
            break;
        }
        count++;
    }
    ZEND_HASH_FOREACH_END();
    if (!EG(exception)) {
        get_batch_far(names, count, otherwise, return_value);
    }
    while (count > 0) {
        zend_string_release(names[--count]);
    }
    efree(names);
}

ZEND_FUNCTION(lyger_cache_get_batch)
{
    HashTable *keys;
    zval *otherwise = NULL, *key;
    uint32_t position = 0;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ARRAY_HT(keys)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(otherwise)
    ZEND_PARSE_PARAMETERS_END();

    if (UNEXPECTED(php_lyger_far_prefixes)) {
        array_init_size(return_value, zend_hash_num_elements(keys));
        get_names_far(keys, otherwise, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    array_init_size(return_value, zend_hash_num_elements(keys));
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        zval value;
        zend_string *name = batch_key(key, position++);
        if (!name) {
            RETURN_THROWS();
        }
        bool found = cache && php_lyger_value_fetch(cache, name, &value) == LYGER_CACHE_HIT;
        put_value(return_value, name, &value, found, otherwise);
        zend_string_release(name);
        if (EG(exception) || php_lyger_memory_limit_reached()) {
            return;
        }
    }
    ZEND_HASH_FOREACH_END();
}

static bool batch_keys_are_valid(HashTable *keys)
{
    uint32_t position = 0;
    zval *key;
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        zend_string *name = batch_key(key, position++);
        if (!name) {
            return false;
        }
        zend_string_release(name);
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* Removes those of the keys that are on the server; how many there were. */
static zend_long delete_far(HashTable *keys)
{
    zend_string **names = safe_emalloc(zend_hash_num_elements(keys) + 1, sizeof *names, 0);
    lyger_far_key *far = safe_emalloc(zend_hash_num_elements(keys) + 1, sizeof *far, 0);
    uint32_t count = 0;
    zval *key;
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        zend_string *name = batch_key(key, 0);
        if (php_lyger_is_far(name)) {
            names[count] = name;
            far[count++] = php_lyger_far_key(name);
        } else {
            zend_string_release(name);
        }
    }
    ZEND_HASH_FOREACH_END();
    zend_long sum = php_lyger_far_delete_many(far, count);
    while (count > 0) {
        zend_string_release(names[--count]);
    }
    efree(names);
    efree(far);
    return sum;
}

ZEND_FUNCTION(lyger_cache_delete_batch)
{
    HashTable *keys;
    zval *key;
    zend_long sum = 0;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(keys)
    ZEND_PARSE_PARAMETERS_END();

    if (!batch_keys_are_valid(keys)) {
        RETURN_THROWS();
    }
    if (UNEXPECTED(php_lyger_far_prefixes)) {
        sum = delete_far(keys);
        if (EG(exception)) {
            RETURN_THROWS();
        }
    }
    lyger_cache *cache = php_lyger_usable_cache();
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        lyger_error error;
        bool there = false;
        zend_string *name = batch_key(key, 0);
        lyger_status status = cache && !php_lyger_is_far(name)
                                  ? lyger_cache_remove(cache, ZSTR_VAL(name), ZSTR_LEN(name), &there, &error)
                                  : LYGER_OK;
        zend_string_release(name);
        if (status != LYGER_OK) {
            php_lyger_throw(&error);
            RETURN_THROWS();
        }
        sum += there;
    }
    ZEND_HASH_FOREACH_END();
    RETURN_LONG(sum);
}

/* One element of a batch, packed before any element is stored. */
typedef struct batch_item {
    zend_string *key;
    zval value; /* kept, because code of the application that serialises another element might release it */
    lyger_cache_value packed;
    lyger_far_form form; /* instead, when it is far */
    bool far;
    smart_str scratch;
} batch_item;

/* The key and the value of a [key, value] pair in JSON; *value belongs to the pair. */
static zend_string *read_pair(zval *pair, uint32_t position, zval **value)
{
    zval *key = Z_TYPE_P(pair) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(pair), ZEND_STRL("key")) : NULL;
    *value = key ? zend_hash_str_find(Z_ARRVAL_P(pair), ZEND_STRL("value")) : NULL;
    if (!*value) {
        zend_argument_value_error(1,
                                  "must be the JSON text of a map or of a list of pairs with \"key\" and "
                                  "\"value\"; element %u is not one",
                                  position);
        return NULL;
    }
    return batch_key(key, position);
}

static zend_string *read_key(zend_string *name, zend_ulong index, uint32_t position)
{
    zval key;
    if (name) {
        ZVAL_STR(&key, name);
    } else {
        ZVAL_LONG(&key, (zend_long)index);
    }
    return batch_key(&key, position);
}

static bool pack_item(batch_item *item, zval *value, uint32_t position)
{
    const char *reason = php_lyger_value_unstorable(value);
    ZVAL_COPY_DEREF(&item->value, value);
    if (reason) {
        zend_argument_type_error(1, "must not be or contain %s, as element %u does", reason, position);
        return false;
    }
    item->far = php_lyger_is_far(item->key);
    return item->far ? php_lyger_far_pack(&item->value, 1, &item->form, &item->scratch)
                     : php_lyger_value_pack(&item->value, 1, &item->packed, &item->scratch);
}

/* Reads and packs every element; false with an exception. *count of items are to be freed in either case. */
static bool read_batch(HashTable *source, bool pairs, batch_item *items, uint32_t *count)
{
    zend_string *name;
    zend_ulong index;
    zval *value;
    ZEND_HASH_FOREACH_KEY_VAL(source, index, name, value)
    {
        uint32_t position = *count;
        batch_item *item = &items[position];
        memset(item, 0, sizeof *item);
        item->key = pairs ? read_pair(value, position, &value) : read_key(name, index, position);
        if (!item->key) {
            return false;
        }
        ++*count;
        if (!pack_item(item, value, position)) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* Stores those of the items that are for the server. */
static zend_long store_far(const batch_item *items, uint32_t count, uint32_t ttl)
{
    lyger_far_key *keys = safe_emalloc(count + 1, sizeof *keys, 0);
    lyger_far_form *forms = safe_emalloc(count + 1, sizeof *forms, 0);
    size_t far_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].far) {
            keys[far_count] = php_lyger_far_key(items[i].key);
            forms[far_count++] = items[i].form;
        }
    }
    zend_long sum = php_lyger_far_set_many(keys, forms, far_count, ttl);
    efree(keys);
    efree(forms);
    return sum;
}

static zend_long store_items(const batch_item *items, uint32_t count, uint32_t ttl)
{
    lyger_cache *cache = php_lyger_usable_cache();
    zend_long sum = 0;
    for (uint32_t i = 0; cache && i < count; i++) {
        lyger_error error;
        bool stored;
        if (items[i].far) {
            continue;
        }
        if (lyger_cache_store(cache, ZSTR_VAL(items[i].key), ZSTR_LEN(items[i].key), &items[i].packed, ttl, 0,
                              LYGER_CACHE_REPLACE, &stored, &error) != LYGER_OK) {
            php_lyger_throw(&error);
            break;
        }
        sum += stored;
    }
    return UNEXPECTED(php_lyger_far_prefixes) && !EG(exception) ? sum + store_far(items, count, ttl) : sum;
}

static zend_long store_batch(HashTable *source, bool pairs, uint32_t ttl)
{
    batch_item *items = safe_emalloc(zend_hash_num_elements(source) + 1, sizeof *items, 0);
    uint32_t count = 0;
    zend_long stored = 0;
    if (read_batch(source, pairs, items, &count)) {
        stored = store_items(items, count, ttl);
    }
    for (uint32_t i = 0; i < count; i++) {
        zend_string_release(items[i].key);
        smart_str_free(&items[i].scratch);
        zval_ptr_dtor(&items[i].value);
    }
    efree(items);
    return stored;
}

static const char *json_error_text(php_json_error_code code)
{
    switch (code) {
    case PHP_JSON_ERROR_DEPTH:
        return "nested too deeply";
    case PHP_JSON_ERROR_CTRL_CHAR:
        return "control character in a string";
    case PHP_JSON_ERROR_UTF8:
        return "not UTF-8";
    case PHP_JSON_ERROR_UTF16:
        return "a lone surrogate";
    default:
        return "syntax error";
    }
}

/* Decodes the JSON text of a batch; false with an exception that says where it went wrong. */
static bool decode_batch(zend_string *text, zval *batch)
{
    php_json_parser parser;
    php_json_parser_init(&parser, batch, ZSTR_VAL(text), ZSTR_LEN(text), PHP_JSON_OBJECT_AS_ARRAY,
                         PHP_JSON_PARSER_DEFAULT_DEPTH);
    ZVAL_NULL(batch);
    if (php_json_parse(&parser)) {
        const char *at = (const char *)parser.scanner.token;
        zend_argument_value_error(1, "must be JSON: %s near byte %zu",
                                  json_error_text(php_json_parser_error_code(&parser)),
                                  (size_t)(at - ZSTR_VAL(text)));
        return false;
    }
    if (Z_TYPE_P(batch) != IS_ARRAY) {
        zend_argument_value_error(1, "must be the JSON text of an object or an array, %s given",
                                  zend_zval_type_name(batch));
        zval_ptr_dtor(batch);
        return false;
    }
    return true;
}

ZEND_FUNCTION(lyger_cache_set_batch)
{
    HashTable *items = NULL;
    zend_string *text = NULL;
    zend_long ttl = 0;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ARRAY_HT_OR_STR(items, text)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_ttl_is_valid(ttl, 2)) {
        RETURN_THROWS();
    }
    if (items) {
        RETURN_LONG(store_batch(items, false, (uint32_t)ttl));
    }
    zval batch;
    if (!decode_batch(text, &batch)) {
        RETURN_THROWS();
    }
    /* A JSON object is a map even if its names are 0, 1, 2, …, which make a list of the decoded array. */
    bool pairs = ZSTR_VAL(text)[strspn(ZSTR_VAL(text), " \t\r\n")] == '[';
    ZVAL_LONG(return_value, store_batch(Z_ARRVAL(batch), pairs, (uint32_t)ttl));
    zval_ptr_dtor(&batch);
}
