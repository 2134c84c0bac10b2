/*
 * The server's functions in a build without it (--without-lyger-uv, or not on Linux).
 */
#include "php_lyger.h"
#include "lyger_error.h"
#include "http/php_queue.h"

#include "zend_exceptions.h"
#include "ext/standard/info.h"

static void refuse(void)
{
    zend_throw_exception(php_lyger_throwable(php_lyger_exception.server),
                         "This build of lyger has no HTTP server (it needs Linux, libuv and zlib)", 0);
}

bool php_lyger_client_left(void)
{
    return false;
}

const char *php_lyger_server_state(void)
{
    return "off";
}

ZEND_FUNCTION(lyger_start_server)
{
    refuse();
}

ZEND_FUNCTION(lyger_stop_server)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_lyger_queue_stop();
}

ZEND_FUNCTION(lyger_handle_request)
{
    refuse();
}

ZEND_FUNCTION(lyger_finish_request)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_FALSE;
}

ZEND_FUNCTION(lyger_serve_scripts)
{
    refuse();
}

ZEND_FUNCTION(lyger_restart_to_serve)
{
    refuse();
}

static void info(void)
{
    php_info_print_table_row(2, "HTTP server", "not built in");
}

const php_lyger_room php_lyger_server_room = {.info = info};
