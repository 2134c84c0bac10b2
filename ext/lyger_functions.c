/*
 * The functions that belong to no room: greeting and system information.
 */
#include "php_lyger.h"
#include "lyger_error.h"
#include "lyger_string.h"
#include "cache/php/php_cache.h"
#include "http/php_queue.h"

#include "about.h"

ZEND_FUNCTION(lyger_hello_world)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_STRINGL(lyger_greeting, lyger_greeting_length);
}

ZEND_FUNCTION(lyger_last_error)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_STRING(LYGER_G(last_error));
}

ZEND_FUNCTION(lyger_system_info)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_lyger_string text;
    php_lyger_string_init(&text);
    lyger_about_write(
        &(lyger_about){.door = "native",
                       .php_version = PHP_VERSION,
                       .cache = php_lyger_cache(),
                       .answers = strcmp(php_lyger_server_state(), "worker") == 0,
                       .port = php_lyger_queue_port(),
                       .server = php_lyger_queue_port() ? "listening" : php_lyger_server_state()},
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
