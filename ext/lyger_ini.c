#include "lyger_ini.h"

#include "php_ini.h"

/* A whole number of at least `least`; PHP reports a refused value itself and keeps the old one. */
static zend_result update_at_least(zend_ini_entry *entry, zend_string *value, void *mh_arg1, void *mh_arg2,
                                   int stage, zend_long least)
{
    zend_string *message = NULL;
    zend_long number = zend_ini_parse_quantity(value, &message);
    if (message || number < least) {
        if (message) {
            zend_string_release(message);
        }
        zend_error(E_WARNING, "%s must be a whole number of at least " ZEND_LONG_FMT ", \"%s\" given",
                   ZSTR_VAL(entry->name), least, ZSTR_VAL(value));
        return FAILURE;
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

/* clang-format off */
PHP_INI_BEGIN()
    STD_PHP_INI_ENTRY("lyger.cache_size", "64M", PHP_INI_SYSTEM, update_from_zero,
                      cache.size, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.cache_path", "", PHP_INI_SYSTEM, OnUpdateString,
                      cache.path, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.cache_zero_copy", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        cache.zero_copy, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.core_alias", "1", PHP_INI_SYSTEM, OnUpdateBool,
                        core_alias, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_max_connections", "8", PHP_INI_SYSTEM, update_from_one,
                      query.max_connections, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_connect_timeout", "5", PHP_INI_SYSTEM, update_from_one,
                      query.connect_timeout, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("lyger.db_statement_timeout", "0", PHP_INI_ALL, update_from_zero,
                      query.statement_timeout, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.frankenphp_api", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        server.frankenphp_api, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("lyger.serve", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        server.serve, zend_lyger_globals, lyger_globals)
PHP_INI_END()
/* clang-format on */

zend_result php_lyger_ini_register(int module_number)
{
    return zend_register_ini_entries(ini_entries, module_number);
}

void php_lyger_ini_unregister(int module_number)
{
    zend_unregister_ini_entries(module_number);
}
