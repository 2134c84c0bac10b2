#include "lyger_ini.h"

#include "php_ini.h"

LYGER_AT_START bool php_lyger_read_size(const zend_string *text, zend_long *bytes)
{
    /* "64MB" and "64MiB" are what people write; PHP knows K, M and G. */
    const char *at = ZSTR_VAL(text);
    size_t len = ZSTR_LEN(text);
    if (len > 2 && (at[len - 1] | 0x20) == 'b' && at[len - 2] > '9') {
        len -= at[len - 2] == 'i' && at[len - 3] > '9' ? 2 : 1;
    }
    zend_string *number = zend_string_init(at, len, false), *problem = NULL;
    *bytes = zend_ini_parse_quantity(number, &problem);
    zend_string_release(number);
    if (problem) {
        zend_string_release(problem);
    }
    return len > 0 && !problem;
}

/* Refuses a value, with a warning. While an entry has no value yet, its default follows. */
static zend_result refuse(const zend_ini_entry *entry, const zend_string *given, const char *rule)
{
    zend_error(E_WARNING, "%s must be %s, \"%s\" given%s", ZSTR_VAL(entry->name), rule, ZSTR_VAL(given),
               entry->value ? "" : "; its default is used");
    return FAILURE;
}

static LYGER_AT_START ZEND_INI_MH(update_size)
{
    (void)mh_arg3;
    (void)stage;
    zend_long bytes;
    if (!php_lyger_read_size(new_value, &bytes) || bytes < 0) {
        return refuse(entry, new_value, "a size such as 64M or 1G (bytes, or with K, M or G)");
    }
    *(zend_long *)ZEND_INI_GET_ADDR() = bytes;
    return SUCCESS;
}

/* Accepts a whole number of at least `least`. */
static zend_result update_at_least(zend_ini_entry *entry, zend_string *value, void *mh_arg1, void *mh_arg2,
                                   int stage, zend_long least)
{
    zend_string *problem = NULL;
    char rule[64];
    zend_long number = zend_ini_parse_quantity(value, &problem);
    if (problem || number < least) {
        if (problem) {
            zend_string_release(problem);
        }
        snprintf(rule, sizeof rule, "a whole number of at least " ZEND_LONG_FMT, least);
        return refuse(entry, value, rule);
    }
    return OnUpdateLong(entry, value, mh_arg1, mh_arg2, NULL, stage);
}

static ZEND_INI_MH(update_from_zero)
{
    (void)mh_arg3;
    return update_at_least(entry, new_value, mh_arg1, mh_arg2, stage, 0);
}

static ZEND_INI_MH(update_from_one)
{
    (void)mh_arg3;
    return update_at_least(entry, new_value, mh_arg1, mh_arg2, stage, 1);
}

/* "auto" or "off"; a php.ini's off without quotes is the empty string. */
static ZEND_INI_MH(update_prepare)
{
    bool *never = (bool *)ZEND_INI_GET_ADDR();
    (void)mh_arg3, (void)stage;
    bool off = ZSTR_LEN(new_value) == 0 || zend_string_equals_literal_ci(new_value, "off") ||
               zend_string_equals_literal(new_value, "0");
    if (!off && !zend_string_equals_literal_ci(new_value, "auto")) {
        return refuse(entry, new_value, "auto or off");
    }
    *never = off;
    return SUCCESS;
}

/* The mode of the cache's file: users other than the owner and a group may do nothing with it. */
static ZEND_INI_MH(update_mode)
{
    const char *mode = ZSTR_VAL(new_value);
    bool shared = strcmp(mode, "0660") == 0 || strcmp(mode, "660") == 0;
    if (!shared && strcmp(mode, "0600") != 0 && strcmp(mode, "600") != 0) {
        zend_error(E_WARNING, "%s must be 0600 or 0660, \"%s\" given", ZSTR_VAL(entry->name), mode);
        return FAILURE;
    }
    zend_long *to = (zend_long *)ZEND_INI_GET_ADDR();
    *to = shared ? 0660 : 0600;
    return SUCCESS;
}

/* phpinfo() shows that there is a backend, not its password. */
static ZEND_INI_DISP(display_backend)
{
    (void)type;
    bool set = ini_entry->value && ZSTR_LEN(ini_entry->value) > 0;
    php_printf("%s", set ? "set" : "no value");
}

/* clang-format off */
PHP_INI_BEGIN()
    STD_PHP_INI_ENTRY("lyger.cache_size", "64M", PHP_INI_SYSTEM, update_size,
                      cache.size, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.cache_path", "", PHP_INI_SYSTEM, OnUpdateString,
                      cache.path, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.cache_mode", "0600", PHP_INI_SYSTEM, update_mode,
                      cache.mode, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.cache_group", "", PHP_INI_SYSTEM, OnUpdateString,
                      cache.group, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY_EX("lyger.cache_backend", "", PHP_INI_SYSTEM, OnUpdateString,
                         cache.backend, zend_lyger_globals, lyger_globals, display_backend)
    STD_PHP_INI_ENTRY("lyger.cache_far_prefixes", "*", PHP_INI_SYSTEM, OnUpdateString,
                      cache.far_prefixes, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.cache_far_classes", "", PHP_INI_SYSTEM, OnUpdateString,
                      cache.far_classes, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.cache_zero_copy", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        cache.zero_copy, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.session_wait", "0", PHP_INI_ALL, update_from_zero,
                      cache.session_wait, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.apcu_api", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        apcu.api, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.core_alias", "1", PHP_INI_SYSTEM, OnUpdateBool,
                        core_alias, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_max_connections", "8", PHP_INI_SYSTEM, update_from_one,
                      query.max_connections, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_connect_timeout", "5", PHP_INI_SYSTEM, update_from_one,
                      query.connect_timeout, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_statement_timeout", "0", PHP_INI_ALL, update_from_zero,
                      query.statement_timeout, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_prepare", "auto", PHP_INI_SYSTEM, update_prepare,
                      query.never_prepare, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.frankenphp_api", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        server.frankenphp_api, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.serve", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        server.serve, zend_lyger_globals, lyger_globals)
PHP_INI_END()
/* clang-format on */

LYGER_AT_START zend_result php_lyger_ini_register(int module_number)
{
    return zend_register_ini_entries(ini_entries, module_number);
}

void php_lyger_ini_unregister(int module_number)
{
    zend_unregister_ini_entries(module_number);
}
