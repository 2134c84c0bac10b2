#include "php_far.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_cache.h"
#include "php_value.h"

#include "ext/standard/info.h"
#include "ext/standard/php_var.h"

const lyger_far_prefixes *php_lyger_far_prefixes;

/* The settings as they were read, of all threads. */
static struct {
    char *backend, *prefixes_text, *classes_text;
    lyger_far_address address;
    lyger_far_prefixes prefixes;
    bool all_classes;
    HashTable classes; /* names in lower case */
    lyger_error error; /* what is wrong with the settings */
} config;

/* ---- settings ---- */

static const char *text_of(const char *setting)
{
    return setting ? setting : "";
}

/* Reads "Some\Name Other" or "*". */
static void read_classes(const char *text)
{
    static const char blanks[] = " ,\t\r\n";
    config.all_classes = false;
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t len = strcspn(text, blanks);
        zend_string *name = zend_string_init(text, len, true);
        zend_str_tolower(ZSTR_VAL(name), len);
        config.all_classes |= zend_string_equals_literal(name, "*");
        zend_hash_add_empty_element(&config.classes, name);
        zend_string_release(name);
        text += len;
    }
}

static void forget(void)
{
    if (config.backend) {
        free(config.backend);
        free(config.prefixes_text);
        free(config.classes_text);
        zend_hash_destroy(&config.classes);
    }
    memset(&config, 0, sizeof config);
    php_lyger_far_prefixes = NULL;
}

/* With a setting that cannot be read every key counts as far, so that every call says what is wrong, and none
 * takes this machine's cache for that of all. */
static void refuse(const char *setting, const lyger_error *why, int level)
{
    lyger_fail(&config.error, LYGER_E_CACHE, "%s: %s", setting, why->message);
    lyger_far_prefixes_read("*", 1, &config.prefixes, NULL);
    zend_error(level, "lyger: %s", config.error.message);
}

static void read_settings(int level)
{
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    lyger_error error;
    forget();
    config.backend = strdup(text_of(set->backend));
    config.prefixes_text = strdup(text_of(set->far_prefixes));
    config.classes_text = strdup(text_of(set->far_classes));
    zend_hash_init(&config.classes, 0, NULL, NULL, true);
    read_classes(config.classes_text);
    if (!config.backend[0]) {
        return;
    }
    if (lyger_far_prefixes_read(config.prefixes_text, strlen(config.prefixes_text), &config.prefixes,
                                &error) != LYGER_OK) {
        refuse("lyger.cache_far_prefixes", &error, level);
    } else if (lyger_far_address_read(config.backend, strlen(config.backend), &config.address, &error) !=
               LYGER_OK) {
        refuse("lyger.cache_backend", &error, level);
    }
    php_lyger_far_prefixes = &config.prefixes;
}

void php_lyger_far_thread_end(php_lyger_cache_globals *globals)
{
    lyger_far_free(globals->far);
    globals->far = NULL;
}

void php_lyger_far_module_start(void)
{
    read_settings(E_CORE_WARNING);
}

void php_lyger_far_module_stop(void)
{
#ifndef ZTS
    php_lyger_far_thread_end(&LYGER_G(cache)); /* the address goes with the settings */
#endif
    forget();
}

/* Under FPM a pool has settings of its own, which its processes get after they were forked. Threads have
 * those of the first. */
void php_lyger_far_request_start(void)
{
#ifndef ZTS
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    if (EXPECTED(!php_lyger_far_prefixes) && EXPECTED(!text_of(set->backend)[0])) {
        return;
    }
    if (!config.backend || strcmp(config.backend, text_of(set->backend)) != 0 ||
        strcmp(config.prefixes_text, text_of(set->far_prefixes)) != 0 ||
        strcmp(config.classes_text, text_of(set->far_classes)) != 0) {
        php_lyger_far_thread_end(&LYGER_G(cache));
        read_settings(E_WARNING);
    }
#endif
}

void php_lyger_far_request_stop(void)
{
    if (LYGER_G(cache).far) {
        lyger_far_rest(LYGER_G(cache).far);
    }
}

void php_lyger_far_info(void)
{
    if (php_lyger_far_prefixes) {
        bool right = config.error.status == LYGER_OK;
        const char *hiredis = lyger_far_hiredis();
        php_info_print_table_row(2, "Cache backend", right ? config.address.shown : config.error.message);
        php_info_print_table_row(2, "hiredis", hiredis ? hiredis : "not loaded yet");
    }
}

void php_lyger_far_add_info(zval *array)
{
    lyger_far_figures figures = {0};
    zval backend;
    if (!php_lyger_far_prefixes) {
        return;
    }
    if (LYGER_G(cache).far) {
        lyger_far_describe(LYGER_G(cache).far, &figures);
    }
    array_init(&backend);
    add_assoc_string(&backend, "server", config.address.shown);
    add_assoc_bool(&backend, "connected", figures.connected);
    add_assoc_long(&backend, "connections", (zend_long)figures.connections);
    add_assoc_long(&backend, "commands", (zend_long)figures.commands);
    add_assoc_long(&backend, "failures", (zend_long)figures.failures);
    add_assoc_double(&backend, "left_alone", (double)figures.waits_ms / 1000);
    add_assoc_zval(array, "backend", &backend);
}

/* ---- the connection ---- */

lyger_far *php_lyger_far(void)
{
    lyger_error error;
    if (config.error.status != LYGER_OK) {
        php_lyger_throw(&config.error);
        return NULL;
    }
    if (UNEXPECTED(!LYGER_G(cache).far)) {
        LYGER_G(cache).far = lyger_far_make(&config.address, &error);
        if (!LYGER_G(cache).far) {
            php_lyger_throw(&error);
        }
    }
    return LYGER_G(cache).far;
}

bool php_lyger_far_went_well(lyger_status status, const lyger_error *error)
{
    if (EXPECTED(status == LYGER_OK)) {
        return true;
    }
    php_lyger_throw(error);
    return false;
}

/* ---- values ---- */

/* An object in value that would not be read again, NULL: there is none. Arrays are not recursive here. */
static zend_object *find_forbidden(zval *value)
{
    zend_object *found = NULL;
    zval *element;
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_OBJECT) {
        zend_string *name = zend_string_tolower(Z_OBJCE_P(value)->name);
        found = zend_hash_exists(&config.classes, name) ? NULL : Z_OBJ_P(value);
        zend_string_release(name);
    } else if (Z_TYPE_P(value) == IS_ARRAY) {
        ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), element)
        {
            if (!found) {
                found = find_forbidden(element);
            }
        }
        ZEND_HASH_FOREACH_END();
    }
    return found;
}

/* What is written does not depend on the setting serialize_precision: a float comes back as it was. */
static bool serialize(zval *value, smart_str *scratch)
{
    php_serialize_data_t data;
    zend_long precision = PG(serialize_precision);
    PG(serialize_precision) = -1;
    zend_try
    {
        PHP_VAR_SERIALIZE_INIT(data);
        php_var_serialize(scratch, value, &data);
        PHP_VAR_SERIALIZE_DESTROY(data);
    }
    zend_catch
    {
        PG(serialize_precision) = precision;
        zend_bailout();
    }
    zend_end_try();
    PG(serialize_precision) = precision;
    return !EG(exception) && scratch->s;
}

bool php_lyger_far_pack(zval *value, uint32_t argument, lyger_far_form *form, smart_str *scratch)
{
    lyger_cache_value packed = {0};
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_LONG) {
        packed.type = LYGER_CACHE_INT;
        packed.as.integer = Z_LVAL_P(value);
    } else if (Z_TYPE_P(value) == IS_STRING) {
        packed.type = LYGER_CACHE_STRING;
        packed.bytes = Z_STRVAL_P(value);
        packed.len = Z_STRLEN_P(value);
    } else {
        const char *reason = php_lyger_value_unstorable(value);
        zend_object *forbidden = reason || config.all_classes ? NULL : find_forbidden(value);
        if (reason) {
            zend_argument_type_error(argument, "must not be or contain %s", reason);
        } else if (forbidden) {
            zend_argument_type_error(argument,
                                     "must not be or contain an object of class %s, which "
                                     "lyger.cache_far_classes does not name",
                                     ZSTR_VAL(forbidden->ce->name));
        }
        if (reason || forbidden || !serialize(value, scratch)) {
            return false;
        }
        packed.type = LYGER_CACHE_SERIALIZED;
        packed.bytes = ZSTR_VAL(scratch->s);
        packed.len = ZSTR_LEN(scratch->s);
    }
    lyger_far_encode(&packed, form);
    return true;
}

bool php_lyger_far_unpack(const zend_string *key, const char *bytes, size_t len, zval *return_value)
{
    lyger_cache_value value;
    const char *why = lyger_far_decode(bytes, len, &value);
    if (why) {
        ZVAL_NULL(return_value);
        php_lyger_value_give_up(key, why);
        return false;
    }
    return php_lyger_value_make(key, &value, config.all_classes ? NULL : &config.classes, return_value) ==
           LYGER_CACHE_HIT;
}

/* ---- entries ---- */

bool php_lyger_far_get(zend_string *key, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_bytes found;
    lyger_error error;
    return far &&
           php_lyger_far_went_well(lyger_far_get(far, php_lyger_far_key(key), &found, &error), &error) &&
           found.bytes && php_lyger_far_unpack(key, found.bytes, found.len, return_value);
}

bool php_lyger_far_take(zend_string *key, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_bytes found;
    lyger_error error;
    return far &&
           php_lyger_far_went_well(lyger_far_take(far, php_lyger_far_key(key), &found, &error), &error) &&
           found.bytes && php_lyger_far_unpack(key, found.bytes, found.len, return_value);
}

void php_lyger_far_set(zend_string *key, zval *value, uint32_t ttl, bool if_absent, zval *return_value)
{
    lyger_far_form form;
    smart_str scratch = {0};
    lyger_error error;
    bool stored = false;
    if (php_lyger_far_pack(value, 2, &form, &scratch)) {
        lyger_far *far = php_lyger_far(); /* packing runs code of the application */
        if (far) {
            php_lyger_far_went_well(
                lyger_far_set(far, php_lyger_far_key(key), &form, ttl, if_absent, &stored, &error), &error);
        }
    }
    smart_str_free(&scratch);
    RETURN_BOOL(stored);
}

void php_lyger_far_delete(zend_string *key, zval *return_value)
{
    lyger_far_key one = php_lyger_far_key(key);
    RETURN_BOOL(php_lyger_far_delete_many(&one, 1) > 0);
}

void php_lyger_far_has(zend_string *key, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_error error;
    bool there = false;
    RETURN_BOOL(far &&
                php_lyger_far_went_well(lyger_far_has(far, php_lyger_far_key(key), &there, &error), &error) &&
                there);
}

void php_lyger_far_touch(zend_string *key, uint32_t ttl, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_error error;
    bool there = false;
    RETURN_BOOL(
        far &&
        php_lyger_far_went_well(lyger_far_touch(far, php_lyger_far_key(key), ttl, &there, &error), &error) &&
        there);
}

void php_lyger_far_add_integer(zend_string *key, zend_long by, uint32_t ttl, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_error error;
    int64_t result = 0;
    if (far && php_lyger_far_went_well(
                   lyger_far_increment(far, php_lyger_far_key(key), by, ttl, &result, &error), &error)) {
        RETURN_LONG((zend_long)result);
    }
}

/* A copy of what the server has, and whether that is the expected value; the caller releases it. */
static bool is_expected(lyger_far *far, zend_string *key, zval *expected, zend_string **copy)
{
    lyger_far_bytes found;
    lyger_error error;
    zval current;
    *copy = NULL;
    if (!php_lyger_far_went_well(lyger_far_get(far, php_lyger_far_key(key), &found, &error), &error) ||
        !found.bytes) {
        return false;
    }
    *copy = zend_string_init(found.bytes, found.len, false);
    if (!php_lyger_far_unpack(key, ZSTR_VAL(*copy), ZSTR_LEN(*copy), &current)) {
        return false;
    }
    bool same = zend_is_identical(&current, expected);
    zval_ptr_dtor(&current);
    return same && !EG(exception);
}

/* Nothing is locked between reading and replacing: the server compares the bytes that were read. */
void php_lyger_far_exchange(zend_string *key, zval *expected, zval *value, uint32_t ttl, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_form form;
    smart_str scratch = {0};
    zend_string *copy = NULL;
    bool done = false, goes_on = far && (!value || php_lyger_far_pack(value, 3, &form, &scratch));
    while (goes_on && !done && is_expected(far, key, expected, &copy)) {
        lyger_far_bytes bytes = {ZSTR_VAL(copy), ZSTR_LEN(copy)};
        lyger_error error;
        goes_on = php_lyger_far_went_well(
            lyger_far_exchange(far, php_lyger_far_key(key), &bytes, value ? &form : NULL, ttl, &done, &error),
            &error);
        zend_string_release(copy);
        copy = NULL;
    }
    if (copy) {
        zend_string_release(copy);
    }
    smart_str_free(&scratch);
    RETURN_BOOL(done);
}

/* The type of a value of which these are the first bytes. */
static const char *type_name(const lyger_far_details *details)
{
    lyger_cache_value value;
    if (lyger_far_decode(details->begins, details->begins_len, &value)) {
        return "unknown";
    }
    if (value.type == LYGER_CACHE_SERIALIZED) {
        switch (value.len ? value.bytes[0] : '\0') {
        case 'N':
            return "null";
        case 'b':
            return "bool";
        case 'd':
            return "float";
        case 'a':
            return "array";
        default:
            return "object";
        }
    }
    return value.type == LYGER_CACHE_INT && details->len == details->begins_len ? "int" : "string";
}

void php_lyger_far_entry(zend_string *key, zval *return_value)
{
    lyger_far *far = php_lyger_far();
    lyger_far_details details;
    lyger_error error;
    if (!far ||
        !php_lyger_far_went_well(lyger_far_inspect(far, php_lyger_far_key(key), &details, &error), &error) ||
        !details.there) {
        RETURN_NULL();
    }
    array_init(return_value);
    add_assoc_string(return_value, "type", type_name(&details));
    add_assoc_long(return_value, "bytes", (zend_long)details.len);
    add_assoc_long(return_value, "ttl", details.left < 0 ? 0 : (zend_long)((details.left + 999) / 1000));
}
