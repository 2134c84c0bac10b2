#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_array.h"
#include "php_value.h"

#include "ext/json/php_json_parser.h"
#include "ext/standard/file.h"
#include "ext/standard/info.h"

static lyger_cache *process_cache;
static lyger_error open_error; /* why process_cache is NULL although it is switched on */

lyger_cache *php_lyger_cache(void)
{
    return process_cache;
}

/* The cache, or NULL when switched off; when it could not be opened, NULL with an exception. */
static zend_always_inline lyger_cache *usable_cache(void)
{
    if (UNEXPECTED(!process_cache) && open_error.status != LYGER_OK) {
        php_lyger_throw(&open_error);
    }
    return process_cache;
}

lyger_cache *php_lyger_usable_cache(void)
{
    return usable_cache();
}

/* Stores one value; false without an exception when the cache is off or the key was there. */
static bool store(zend_string *key, zval *value, uint32_t value_argument, uint32_t ttl, lyger_cache_mode mode)
{
    lyger_cache *cache = usable_cache();
    lyger_cache_value packed;
    smart_str scratch = {0};
    lyger_error error;
    bool stored = false;
    if (!cache) {
        return false;
    }
    if (php_lyger_value_pack(value, value_argument, &packed, &scratch) &&
        lyger_cache_store(cache, ZSTR_VAL(key), ZSTR_LEN(key), &packed, ttl, 0, mode, &stored, &error) !=
            LYGER_OK) {
        php_lyger_throw(&error);
    }
    smart_str_free(&scratch);
    return stored;
}

static void set(zend_string *key, zval *value, zend_long ttl, lyger_cache_mode mode, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 3)) {
        RETURN_THROWS();
    }
    RETURN_BOOL(store(key, value, 2, (uint32_t)ttl, mode));
}

static void set_or_add(INTERNAL_FUNCTION_PARAMETERS, lyger_cache_mode mode)
{
    zend_string *key;
    zval *value;
    zend_long ttl = 0;

    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_STR(key)
        Z_PARAM_ZVAL(value)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    set(key, value, ttl, mode, return_value);
}

ZEND_FUNCTION(lyger_cache_set)
{
    set_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_REPLACE);
}

ZEND_FUNCTION(lyger_cache_add)
{
    set_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_IF_ABSENT);
}

static zend_always_inline void get(zend_string *key, zval *otherwise, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    lyger_cache *cache = usable_cache();
    if (cache && EXPECTED(php_lyger_value_fetch(cache, key, return_value) != LYGER_CACHE_MISS)) {
        return;
    }
    if (otherwise) {
        RETURN_COPY(otherwise);
    }
    RETURN_EMPTY_STRING();
}

ZEND_FUNCTION(lyger_cache_get)
{
    zend_string *key;
    zval *otherwise = NULL;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(otherwise)
    ZEND_PARSE_PARAMETERS_END();

    get(key, otherwise, return_value);
}

ZEND_FUNCTION(lyger_cache_delete)
{
    zend_string *key;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    lyger_cache *cache = usable_cache();
    bool there = false;
    lyger_error error;
    if (cache && lyger_cache_remove(cache, ZSTR_VAL(key), ZSTR_LEN(key), &there, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(there);
}

static void has(zend_string *key, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    lyger_cache *cache = usable_cache();
    RETURN_BOOL(cache && lyger_cache_contains(cache, ZSTR_VAL(key), ZSTR_LEN(key)));
}

ZEND_FUNCTION(lyger_cache_has)
{
    zend_string *key;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    has(key, return_value);
}

#ifdef PHP_LYGER_FRAMELESS
/* Values are packed and unpacked by code of the application where they are objects: what it could take away
 * is kept. */
ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 1)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    zend_string_addref(key);
    get(key, NULL, return_value);
    zend_string_release(key);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 2)
{
    zend_string *key;
    zval text, otherwise;

    Z_FLF_PARAM_STR(1, key, text);

    zend_string_addref(key);
    ZVAL_COPY(&otherwise, arg2);
    get(key, &otherwise, return_value);
    zval_ptr_dtor(&otherwise);
    zend_string_release(key);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_has, 1)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    has(key, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

static void set_kept(zend_string *key, zval *value, zend_long ttl, zval *return_value)
{
    zval kept;
    zend_string_addref(key);
    ZVAL_COPY(&kept, value);
    set(key, &kept, ttl, LYGER_CACHE_REPLACE, return_value);
    zval_ptr_dtor(&kept);
    zend_string_release(key);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 2)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    set_kept(key, arg2, 0, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 3)
{
    zend_string *key;
    zend_long ttl;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);
    Z_FLF_PARAM_LONG(3, ttl);

    set_kept(key, arg2, ttl, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}
#endif

ZEND_FUNCTION(lyger_cache_clear)
{
    zend_string *prefix = NULL;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_STR(prefix)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = usable_cache();
    lyger_error error;
    if (cache && lyger_cache_purge(cache, prefix ? ZSTR_VAL(prefix) : "", prefix ? ZSTR_LEN(prefix) : 0,
                                   &error) != LYGER_OK) {
        php_lyger_throw(&error);
    }
}

ZEND_FUNCTION(lyger_cache_size)
{
    ZEND_PARSE_PARAMETERS_NONE();

    lyger_cache *cache = usable_cache();
    RETURN_LONG(cache ? (zend_long)lyger_cache_count(cache) : 0);
}

ZEND_FUNCTION(lyger_cache_touch)
{
    zend_string *key;
    zend_long ttl;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(key)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 2)) {
        RETURN_THROWS();
    }
    lyger_cache *cache = usable_cache();
    bool there = false;
    lyger_error error;
    if (cache &&
        lyger_cache_retime(cache, ZSTR_VAL(key), ZSTR_LEN(key), (uint32_t)ttl, &there, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(there);
}

static void add_integer(INTERNAL_FUNCTION_PARAMETERS, bool negate)
{
    zend_string *key;
    zend_long by = 1, ttl = 0;
    int64_t result;
    lyger_error error;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(by)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 3)) {
        RETURN_THROWS();
    }
    if (negate && by == ZEND_LONG_MIN) {
        zend_argument_value_error(2, "must be greater than " ZEND_LONG_FMT, by);
        RETURN_THROWS();
    }
    lyger_cache *cache = usable_cache();
    if (!cache) {
        lyger_fail(&error, LYGER_E_CACHE,
                   "the cache is switched off (lyger.cache_size=0): there is nowhere to count");
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    if (lyger_cache_add_integer(cache, ZSTR_VAL(key), ZSTR_LEN(key), negate ? -by : by, (uint32_t)ttl,
                                &result, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_LONG((zend_long)result);
}

ZEND_FUNCTION(lyger_cache_increment)
{
    add_integer(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

ZEND_FUNCTION(lyger_cache_decrement)
{
    add_integer(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

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

    lyger_cache *cache = usable_cache();
    array_init_size(return_value, zend_hash_num_elements(keys));
    ZEND_HASH_FOREACH_VAL(keys, key)
    {
        zval value;
        zend_string *name = batch_key(key, position++);
        if (!name) {
            RETURN_THROWS();
        }
        if (!cache || php_lyger_value_fetch(cache, name, &value) == LYGER_CACHE_MISS) {
            if (otherwise) {
                ZVAL_COPY(&value, otherwise);
            } else {
                ZVAL_NULL(&value);
            }
        }
        zend_symtable_update(Z_ARRVAL_P(return_value), name, &value);
        zend_string_release(name);
    }
    ZEND_HASH_FOREACH_END();
}

/* One element of a batch: a key and a value that the batch owns. */
typedef struct batch_item {
    zend_string *key;
    zval *value;
} batch_item;

static bool pair_to_item(zval *pair, uint32_t position, batch_item *item)
{
    ZVAL_DEREF(pair);
    zval *key = Z_TYPE_P(pair) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(pair), ZEND_STRL("key")) : NULL;
    zval *value = key ? zend_hash_str_find(Z_ARRVAL_P(pair), ZEND_STRL("value")) : NULL;
    if (!value) {
        zend_argument_value_error(
            1, "must be a map or a list of pairs with \"key\" and \"value\"; element %u is not", position);
        return false;
    }
    item->value = value;
    item->key = batch_key(key, position);
    return item->key != NULL;
}

static bool map_to_item(zend_string *name, zend_ulong index, zval *value, uint32_t position, batch_item *item)
{
    zval key;
    if (name) {
        ZVAL_STR(&key, name);
    } else {
        ZVAL_LONG(&key, (zend_long)index);
    }
    item->value = value;
    item->key = batch_key(&key, position);
    return item->key != NULL;
}

/* Checks every element before anything is stored; false with an exception. Fills *count items. */
static bool read_batch(HashTable *source, bool pairs, batch_item *items, uint32_t *count)
{
    zend_string *name;
    zend_ulong index;
    zval *value;
    ZEND_HASH_FOREACH_KEY_VAL(source, index, name, value)
    {
        batch_item *item = &items[*count];
        if (pairs ? !pair_to_item(value, *count, item) : !map_to_item(name, index, value, *count, item)) {
            return false;
        }
        ++*count;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static zend_long store_batch(HashTable *source, bool pairs, uint32_t ttl)
{
    batch_item *items = safe_emalloc(zend_hash_num_elements(source) + 1, sizeof *items, 0);
    uint32_t count = 0;
    zend_long stored = 0;
    if (read_batch(source, pairs, items, &count)) {
        for (uint32_t i = 0; i < count && !EG(exception); i++) {
            stored += store(items[i].key, items[i].value, 1, ttl, LYGER_CACHE_REPLACE);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        zend_string_release(items[i].key);
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
        RETURN_LONG(store_batch(items, zend_array_is_list(items), (uint32_t)ttl));
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

/* A cache that cannot be opened is reported at start-up and by every call; PHP itself still starts. */
static zend_result module_start(int module_number)
{
    (void)module_number;
    lyger_error_clear(&open_error);
    if (LYGER_G(cache).size == 0) {
        return SUCCESS;
    }
    const char *path = LYGER_G(cache).path;
    if (path && *path && php_check_open_basedir_ex(path, 0) != 0) {
        lyger_fail(&open_error, LYGER_E_CACHE, "lyger.cache_path \"%s\" is not within open_basedir", path);
    } else {
        process_cache = lyger_cache_open((size_t)LYGER_G(cache).size, path, &open_error);
    }
    if (!process_cache) {
        zend_error(E_CORE_WARNING, "lyger: %s", open_error.message);
    }
    return SUCCESS;
}

static void module_stop(void)
{
    lyger_cache_close(process_cache);
    process_cache = NULL;
}

static void unpin(void)
{
    if (process_cache) {
        lyger_cache_unpin(process_cache);
    }
}

/*
 * Every value of the request is gone, but for the names of stream wrappers and filters that it registered:
 * PHP forgets those a little later, and no hook comes after that. Where there are any, the next request
 * unpins.
 */
static void request_gone(void)
{
    if (!FG(stream_wrappers) && !FG(stream_filters)) {
        unpin();
    }
}

static void request_stop(void)
{
    php_lyger_array_request_stop();
    if (process_cache) {
        lyger_cache_end_request(process_cache);
    }
}

static void info(void)
{
    php_info_print_table_row(2, "Shared cache",
                             process_cache                   ? "on"
                             : open_error.status == LYGER_OK ? "off"
                                                             : open_error.message);
}

const php_lyger_room php_lyger_cache_room = {
    .module_start = module_start,
    .module_stop = module_stop,
    .request_start = unpin,
    .request_stop = request_stop,
    .request_gone = request_gone,
    .info = info,
};
