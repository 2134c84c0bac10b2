#include "php_apcu.h"

#include "lyger_ini.h"

#include "ext/standard/info.h"
#include "php_ini.h"
#include "zend_interfaces.h"

#include "stubs/apcu_arginfo.h"

#include <time.h>

#define SIZE_LEAST Z_L(1048576) /* bytes; APCu takes a smaller apc.shm_size for megabytes */

zend_string *php_lyger_apcu_empty_key;

static bool registered;

/* ---- settings ---- */

/* clang-format off */
/* Those without a variable are there for whoever reads them; docs/apcu.md says what is of no effect. */
PHP_INI_BEGIN()
    STD_PHP_INI_BOOLEAN("apc.enabled", "1", PHP_INI_SYSTEM, OnUpdateBool,
                        apcu.enabled, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("apc.enable_cli", "0", PHP_INI_SYSTEM, OnUpdateBool,
                        apcu.enable_cli, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_BOOLEAN("apc.use_request_time", "0", PHP_INI_ALL, OnUpdateBool,
                        apcu.use_request_time, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("apc.ttl", "0", PHP_INI_SYSTEM, OnUpdateLong,
                      apcu.ttl, zend_lyger_globals, lyger_globals)
    STD_PHP_INI_ENTRY("apc.serializer", "php", PHP_INI_SYSTEM, OnUpdateStringUnempty,
                      apcu.serializer, zend_lyger_globals, lyger_globals)
    PHP_INI_ENTRY("apc.shm_size", "32M", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.shm_segments", "1", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.entries_hint", "4096", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.gc_ttl", "3600", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.smart", "0", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.expunge_threshold", "0.5", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.mmap_file_mask", NULL, PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.mmap_hugepage_size", "0", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.slam_defense", "0", PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.preload_path", NULL, PHP_INI_SYSTEM, NULL)
    PHP_INI_ENTRY("apc.coredump_unmap", "0", PHP_INI_SYSTEM, NULL)
PHP_INI_END()
/* clang-format on */

static zend_string *configured(const char *name, size_t len)
{
    zval *value = cfg_get_entry(name, len);
    return value && Z_TYPE_P(value) == IS_STRING ? Z_STR_P(value) : NULL;
}

/* Whether ext/apcu is loaded. All modules are known before the first of them starts. */
static bool has_real_apcu(void)
{
    return zend_hash_str_exists(&module_registry, ZEND_STRL("apcu")) ||
           zend_hash_str_exists(CG(function_table), ZEND_STRL("apcu_fetch"));
}

void php_lyger_apcu_take_size(void)
{
    const zend_string *api = configured(ZEND_STRL("lyger.apcu_api"));
    const zend_string *size = configured(ZEND_STRL("apc.shm_size"));
    zend_long bytes;
    if (!api || !zend_ini_parse_bool((zend_string *)api) || !size || has_real_apcu() ||
        configured(ZEND_STRL("lyger.cache_size"))) {
        return;
    }
    if (!php_lyger_read_size(size, &bytes) || bytes <= 0) {
        zend_error(E_CORE_WARNING,
                   "apc.shm_size must be a size such as 64M, \"%s\" given; lyger.cache_size stays as it is",
                   ZSTR_VAL(size));
        return;
    }
    if (bytes < SIZE_LEAST) {
        bytes *= SIZE_LEAST;
    }
    zend_string *text = zend_long_to_str(bytes);
    zval value;
    ZVAL_NEW_STR(&value, zend_string_init(ZSTR_VAL(text), ZSTR_LEN(text), true));
    zend_string_release(text);
    if (!zend_hash_str_add(php_ini_get_configuration_hash(), ZEND_STRL("lyger.cache_size"), &value)) {
        zend_string_free(Z_STR(value));
    }
}

/* ---- what the other files share ---- */

int64_t php_lyger_apcu_now(void)
{
    return UNEXPECTED(LYGER_G(apcu).use_request_time) ? (int64_t)sapi_get_request_time()
                                                      : (int64_t)time(NULL);
}

void php_lyger_apcu_warn(const lyger_error *error)
{
    php_error_docref(NULL, E_WARNING, "%s", error->message);
}

zend_string *php_lyger_apcu_key_shown(const char *key, size_t len)
{
    const zend_string *empty = php_lyger_apcu_empty_key;
    bool is_empty = len == ZSTR_LEN(empty) && memcmp(key, ZSTR_VAL(empty), len) == 0;
    return is_empty ? ZSTR_EMPTY_ALLOC() : zend_string_init(key, len, false);
}

/* ---- life ---- */

static LYGER_AT_START zend_result module_start(int module_number)
{
    registered = false;
    if (!LYGER_G(apcu).api) {
        return SUCCESS;
    }
    if (has_real_apcu()) {
        zend_error(E_CORE_WARNING,
                   "lyger.apcu_api=1 is without effect: the extension apcu is loaded, and its functions "
                   "stay; load only one of the two");
        return SUCCESS;
    }
    if (zend_register_ini_entries(ini_entries, module_number) == FAILURE ||
        zend_register_functions(NULL, ext_functions, CG(function_table), MODULE_PERSISTENT) == FAILURE) {
        return FAILURE;
    }
    registered = true;
    register_apcu_symbols(module_number);
    php_lyger_apcu_iterator_register(register_class_APCUIterator(zend_ce_iterator));
    php_lyger_apcu_empty_key = zend_new_interned_string(
        zend_string_init(ZEND_STRL("\0lyger: the empty key of APCu's functions\xFF"), true));
    return SUCCESS;
}

static LYGER_AT_START void module_stop(void)
{
    if (registered) {
        zend_unregister_functions(ext_functions, -1, NULL);
        registered = false;
    }
}

static void info(void)
{
    php_info_print_table_row(2, "APCu's functions",
                             registered          ? "lyger's (lyger.apcu_api=1)"
                             : LYGER_G(apcu).api ? "refused: the extension apcu is loaded"
                                                 : "off");
}

const php_lyger_room php_lyger_apcu_room = {
    .module_start = module_start,
    .module_stop = module_stop,
    .info = info,
};
