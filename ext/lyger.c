/*
 * Module entry. MINIT is an ordered list of rooms, MSHUTDOWN the same list reversed.
 */
#include "php_lyger.h"
#include "lyger_compat.h"
#include "lyger_engine.h"
#include "lyger_error.h"
#include "lyger_ini.h"
#ifdef LYGER_BOUNDARY
#include "boundary/php_boundary.h"
#endif
#include "apcu/php_apcu.h"
#include "base/memory.h"
#include "cache/php/php_cache.h"
#include "http/php_queue.h"
#include "query/php_query.h"

#include "ext/json/php_json.h"
#include "ext/standard/info.h"
#include "ext/spl/spl_exceptions.h"
#include "zend_attributes.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

#include "stubs/lyger_arginfo.h"

#ifdef ZTS
ZEND_DECLARE_MODULE_GLOBALS(lyger)
#else
LYGER_SET_AT_START zend_lyger_globals lyger_globals; /* ZEND_DECLARE_MODULE_GLOBALS(lyger) */
#endif

static const php_lyger_room *const rooms[] = {
    &php_lyger_compute_room,  &php_lyger_cache_room, &php_lyger_apcu_room,
    &php_lyger_query_room,    &php_lyger_queue_room, &php_lyger_server_room,
#ifdef LYGER_BOUNDARY
    &php_lyger_boundary_room,
#endif
};
#define ROOM_COUNT (sizeof rooms / sizeof *rooms)

static LYGER_AT_START void register_exceptions(void)
{
    php_lyger_exceptions *e = &php_lyger_exception;
    e->base = register_class_Lyger_Exception(zend_ce_throwable);
    e->runtime = register_class_Lyger_Exception_RuntimeException(spl_ce_RuntimeException, e->base);
    e->cache = register_class_Lyger_Exception_CacheException(spl_ce_RuntimeException, e->base);
    e->query = register_class_Lyger_Exception_QueryException(spl_ce_RuntimeException, e->base);
    e->server = register_class_Lyger_Exception_ServerException(spl_ce_RuntimeException, e->base);
}

/* Bytes of malloc's heap that PHP 8.2 takes, at least, for our functions, and later for our classes and
 * settings. */
#define HEAP_OF_FUNCTIONS (28u << 10)
#define HEAP_OF_CLASSES (48u << 10)

/* Has the heap's next so many bytes at once, instead of by a fault for each page. */
static LYGER_AT_START void have_heap(size_t size)
{
    void *room = malloc(size);
    if (room) {
        lyger_memory_expect(room, size);
        free(room);
    }
}

static LYGER_AT_START PHP_GINIT_FUNCTION(lyger)
{
#if defined(COMPILE_DL_LYGER) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    size_t size = sizeof *lyger_globals;
#ifndef ZTS
    size = XtOffsetOf(zend_lyger_globals, cache.names); /* the program's own zeros, which stay untouched */
#endif
    memset(lyger_globals, 0, size);
}

/* Ends what ends with a thread in a thread-safe PHP, and otherwise with the process. */
static LYGER_AT_START PHP_GSHUTDOWN_FUNCTION(lyger)
{
    php_lyger_query_thread_end(&lyger_globals->query);
    php_lyger_far_thread_end(&lyger_globals->cache);
}

/* Cold, so that the compiler takes what only this calls, such as the generated register_class_…, for cold too
 * and keeps it apart from other code. */
static ZEND_COLD LYGER_AT_START PHP_MINIT_FUNCTION(lyger)
{
    (void)type;
    have_heap(HEAP_OF_CLASSES);
    php_lyger_apcu_take_size();
    if (php_lyger_ini_register(module_number) == FAILURE) {
        return FAILURE;
    }
    register_lyger_symbols(module_number);
    register_exceptions();
    if (php_lyger_engine_register(register_class_Lyger_Engine()) == FAILURE) {
        return FAILURE;
    }
    php_lyger_cache_keys_register(register_class_Lyger_CacheKeys(zend_ce_iterator));
    php_lyger_binary_register(register_class_Lyger_Binary());
    php_lyger_row_stream_register(register_class_Lyger_RowStream(zend_ce_iterator));
    php_lyger_result_register(
        register_class_Lyger_Result(zend_ce_aggregate, zend_ce_countable, php_json_serializable_ce));
#ifdef LYGER_BOUNDARY
    register_class_Lyger_Probe();
    php_lyger_boundary_register(register_class_Lyger_ProbeOwner(), register_class_Lyger_ProbeArchive(),
                                register_class_Lyger_ProbeFile(), register_class_Lyger_ProbeRows());
#endif
    for (size_t i = 0; i < ROOM_COUNT; i++) {
        if (rooms[i]->module_start && rooms[i]->module_start(module_number) == FAILURE) {
            return FAILURE;
        }
    }
    return SUCCESS;
}

static LYGER_AT_START PHP_MSHUTDOWN_FUNCTION(lyger)
{
    (void)type;
    for (size_t i = ROOM_COUNT; i-- > 0;) {
        if (rooms[i]->module_stop) {
            rooms[i]->module_stop();
        }
    }
    php_lyger_ini_unregister(module_number);
    return SUCCESS;
}

static LYGER_AT_START PHP_RINIT_FUNCTION(lyger)
{
    (void)type;
    (void)module_number;
#if defined(COMPILE_DL_LYGER) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    LYGER_G(request_over) = false;
    for (size_t i = 0; i < ROOM_COUNT; i++) {
        if (rooms[i]->request_start) {
            rooms[i]->request_start();
        }
    }
    return SUCCESS;
}

static LYGER_AT_START PHP_RSHUTDOWN_FUNCTION(lyger)
{
    (void)type;
    (void)module_number;
    LYGER_G(request_over) = true;
    for (size_t i = ROOM_COUNT; i-- > 0;) {
        if (rooms[i]->request_stop) {
            rooms[i]->request_stop();
        }
    }
    php_lyger_engine_request_stop();
    return SUCCESS;
}

static LYGER_AT_START ZEND_MODULE_POST_ZEND_DEACTIVATE_D(lyger)
{
    for (size_t i = ROOM_COUNT; i-- > 0;) {
        if (rooms[i]->request_gone) {
            rooms[i]->request_gone();
        }
    }
    return SUCCESS;
}

static PHP_MINFO_FUNCTION(lyger)
{
    php_info_print_table_start();
    php_info_print_table_row(2, "lyger support", "enabled");
    php_info_print_table_row(2, "Version", PHP_LYGER_VERSION);
    for (size_t i = 0; i < ROOM_COUNT; i++) {
        if (rooms[i]->info) {
            rooms[i]->info();
        }
    }
    php_info_print_table_end();
    display_ini_entries(zend_module);
}

/* The modules whose classes lyger's classes build on, and the one for which it has a handler. */
static const zend_module_dep dependencies[] = {ZEND_MOD_REQUIRED("json") ZEND_MOD_REQUIRED("spl")
                                                   ZEND_MOD_OPTIONAL("session") ZEND_MOD_END};

zend_module_entry lyger_module_entry = {
    STANDARD_MODULE_HEADER_EX,
    NULL,
    dependencies,
    "lyger",
    ext_functions,
    PHP_MINIT(lyger),
    PHP_MSHUTDOWN(lyger),
    PHP_RINIT(lyger),
    PHP_RSHUTDOWN(lyger),
    PHP_MINFO(lyger),
    PHP_LYGER_VERSION,
    PHP_MODULE_GLOBALS(lyger),
    PHP_GINIT(lyger),
    PHP_GSHUTDOWN(lyger),
    ZEND_MODULE_POST_ZEND_DEACTIVATE_N(lyger),
    STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_LYGER
#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif

/* What ZEND_GET_MODULE() defines. */
LYGER_AT_START ZEND_DLEXPORT zend_module_entry *get_module(void)
{
    have_heap(HEAP_OF_FUNCTIONS);
    return &lyger_module_entry;
}
#endif
