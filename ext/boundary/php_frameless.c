/*
 * Frameless functions, which came with PHP 8.4: the engine calls the handler from the opcode, without a
 * frame. The generator of PHP 8.2, which makes the arginfo, does not know them, so their entries are written
 * here.
 */
#include "php_boundary.h"

#include "lyger_compat.h"

#ifdef PHP_LYGER_FRAMELESS

/* ---- as any function, where the engine has to have a frame: through a variable, or with an observer ---- */

ZEND_FUNCTION(lyger_probe_frameless_nothing)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_FUNCTION(lyger_probe_frameless_double)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG(lyger_boundary_double(value));
}

/* ---- frameless ---- */

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

static const zend_frameless_function_info nothing_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_nothing, 0), 0},
    {NULL, 0},
};

static const zend_frameless_function_info double_handlers[] = {
    {ZEND_FRAMELESS_FUNCTION_NAME(lyger_probe_frameless_double, 1), 1},
    {NULL, 0},
};

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_nothing, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_double, 0, 1, IS_LONG, 0)
ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry functions[] = {
    ZEND_FRAMELESS_FE(lyger_probe_frameless_nothing, arginfo_nothing, 0, nothing_handlers, NULL)
        ZEND_FRAMELESS_FE(lyger_probe_frameless_double, arginfo_double, 0, double_handlers, NULL)
            ZEND_FE_END};

static zend_result add_functions(int module_number)
{
    (void)module_number;
    return zend_register_functions(NULL, functions, NULL, MODULE_PERSISTENT);
}

/* The engine takes away only what the module's own list has. */
static void remove_functions(void)
{
    zend_unregister_functions(functions, -1, NULL);
}

const php_lyger_room php_lyger_boundary_room = {.module_start = add_functions,
                                                .module_stop = remove_functions};
#else
const php_lyger_room php_lyger_boundary_room = {.module_start = NULL};
#endif
