/*
 * The functions that belong to no room: greeting, system information, and the probes of the boundary report.
 */
#include "php_lyger.h"
#include "lyger_compat.h"
#include "lyger_error.h"
#include "lyger_string.h"
#include "cache/php_cache.h"

#include "base/about.h"

ZEND_FUNCTION(lyger_hello_world)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_STRINGL(lyger_greeting, lyger_greeting_length);
}

ZEND_FUNCTION(lyger_system_info)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_lyger_string text;
    php_lyger_string_init(&text);
    lyger_about_write(&(lyger_about){.door = "native",
                                     .php_version = PHP_VERSION,
                                     .cache = php_lyger_cache(),
                                     .server = php_lyger_server_state()},
                      &text.sink);
    RETURN_STR(php_lyger_string_finish(&text));
}

ZEND_METHOD(Lyger_Exception_QueryException, getSqlState)
{
    ZEND_PARSE_PARAMETERS_NONE();

    zval buffer;
    RETURN_COPY_DEREF(zend_read_property(php_lyger_exception.query, Z_OBJ_P(ZEND_THIS), ZEND_STRL("sqlState"),
                                         true, &buffer));
}

ZEND_METHOD(Lyger_Exception_QueryException, getPosition)
{
    ZEND_PARSE_PARAMETERS_NONE();

    zval buffer;
    RETURN_COPY_DEREF(zend_read_property(php_lyger_exception.query, Z_OBJ_P(ZEND_THIS), ZEND_STRL("position"),
                                         true, &buffer));
}

#ifdef LYGER_BOUNDARY
ZEND_FUNCTION(lyger_probe_nothing)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_FUNCTION(lyger_probe_double)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG(lyger_core_double(value));
}

static zend_string *reverse(const zend_string *text)
{
    zend_string *reversed = zend_string_alloc(ZSTR_LEN(text), 0);
    lyger_core_reverse(ZSTR_VAL(reversed), ZSTR_VAL(text), ZSTR_LEN(text));
    return reversed;
}

ZEND_FUNCTION(lyger_probe_reverse)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_STR(reverse(text));
}

#ifdef PHP_LYGER_FRAMELESS
ZEND_FRAMELESS_FUNCTION(lyger_probe_nothing, 0)
{
    ZVAL_NULL(return_value);
}

ZEND_FRAMELESS_FUNCTION(lyger_probe_double, 1)
{
    zend_long value;

    Z_FLF_PARAM_LONG(1, value);

    ZVAL_LONG(return_value, lyger_core_double(value));
flf_clean:;
}

ZEND_FRAMELESS_FUNCTION(lyger_probe_reverse, 1)
{
    zend_string *text;
    zval converted;

    Z_FLF_PARAM_STR(1, text, converted);

    ZVAL_STR(return_value, reverse(text));
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, converted);
}
#endif
#endif
