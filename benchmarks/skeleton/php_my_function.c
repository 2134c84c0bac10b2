/* The native door: parse the arguments, call the core, return. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"

#include "my_function.h"

/* What PHP knows of the function: the type it returns, its required arguments and their types. */
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_my_function, 0, 1, IS_LONG, 0)
ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_FUNCTION(my_function)
{
    zend_string *data;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(data)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG(my_function_core(ZSTR_VAL(data), ZSTR_LEN(data)));
}

static const zend_function_entry my_function_functions[] = {ZEND_FE(my_function, arginfo_my_function)
                                                                ZEND_FE_END};

zend_module_entry my_function_module_entry = {
    STANDARD_MODULE_HEADER,    "my_function", my_function_functions, NULL, NULL, NULL, NULL, NULL, "0.1.0",
    STANDARD_MODULE_PROPERTIES};

#ifdef COMPILE_DL_MY_FUNCTION
ZEND_GET_MODULE(my_function)
#endif
