/*
 * Frameless functions, which came with PHP 8.4: the engine calls the handler from the opcode, without a
 * frame. The generator of PHP 8.2, which makes the arginfo, does not know them, so this file has their
 * entries.
 */
#include "php_boundary.h"

#include "lyger_compat.h"

#ifdef PHP_LYGER_FRAMELESS

static ZEND_FRAMELESS_FUNCTION(lyger_probe_frameless_nothing, 0)
{
    ZVAL_NULL(return_value);
}

static ZEND_FRAMELESS_FUNCTION(lyger_probe_frameless_double, 1)
{
    zend_long value;

    Z_FLF_PARAM_LONG(1, value);
    RETVAL_LONG(lyger_boundary_double(value));
flf_clean:;
}

static ZEND_FRAMELESS_FUNCTION(lyger_probe_frameless_text_in, 1)
{
    zend_string *text;
    zval converted;

    Z_FLF_PARAM_STR(1, text, converted);
    RETVAL_LONG(lyger_boundary_text_in(ZSTR_VAL(text), ZSTR_LEN(text)));
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, converted);
}

static ZEND_FRAMELESS_FUNCTION(lyger_probe_frameless_digits, 1)
{
    zend_string *bytes;
    zval converted;

    Z_FLF_PARAM_STR(1, bytes, converted);
    RETVAL_LONG((zend_long)lyger_boundary_digits(ZSTR_VAL(bytes), ZSTR_LEN(bytes)));
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, converted);
}

/* Where the engine needs a frame (a call through a variable, or with an observer), it calls the function of
 * the same name without "frameless". */
ZEND_FUNCTION(lyger_probe_nothing);
ZEND_FUNCTION(lyger_probe_double);
ZEND_FUNCTION(lyger_probe_text_in);
ZEND_FUNCTION(lyger_probe_digits);

static const zend_frameless_function_info nothing_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_nothing, 0), 0},
    {NULL, 0},
};

static const zend_frameless_function_info double_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_double, 1), 1},
    {NULL, 0},
};

static const zend_frameless_function_info text_in_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_text_in, 1), 1},
    {NULL, 0},
};

static const zend_frameless_function_info digits_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_digits, 1), 1},
    {NULL, 0},
};

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_nothing, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_double, 0, 1, IS_LONG, 0)
ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_bytes, 0, 1, IS_LONG, 0)
ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define FRAMELESS(name, arginfo, handlers)                                                                   \
    ZEND_RAW_FENTRY("lyger_probe_frameless_" #name, zif_lyger_probe_##name, arginfo, 0, handlers, NULL)

static const zend_function_entry functions[] = {
    FRAMELESS(nothing, arginfo_nothing, nothing_handlers) FRAMELESS(double, arginfo_double, double_handlers)
        FRAMELESS(text_in, arginfo_bytes, text_in_handlers) FRAMELESS(digits, arginfo_bytes, digits_handlers)
            ZEND_FE_END};

static zend_result add_functions(int module_number)
{
    (void)module_number;
    return zend_register_functions(NULL, functions, NULL, MODULE_PERSISTENT);
}

/* At the module's end the engine removes only the functions in the module's own list, so this removes the
 * others. */
static void remove_functions(void)
{
    zend_unregister_functions(functions, -1, NULL);
}

const php_lyger_room php_lyger_boundary_room = {.module_start = add_functions,
                                                .module_stop = remove_functions};
#else
const php_lyger_room php_lyger_boundary_room = {.module_start = NULL};
#endif
