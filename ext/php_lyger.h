/*
 * The native door: what every PHP-facing file of lyger shares. Only lyger*.c and php_*.c include this.
 */
#ifndef PHP_LYGER_H
#define PHP_LYGER_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"

#include "base/error.h"
#include "base/handle.h"
#include "base/start.h"
#include "base/version.h"
#include "cache/cache.h"
#include "far/far.h"
#include "query/query.h"

#define PHP_LYGER_VERSION LYGER_VERSION

extern zend_module_entry lyger_module_entry;
#define phpext_lyger_ptr &lyger_module_entry

/*
 * A room's part in the module's life. Any hook may be NULL. MINIT runs the rooms in order, MSHUTDOWN in
 * reverse; RINIT and RSHUTDOWN likewise.
 */
typedef struct php_lyger_room {
    zend_result (*module_start)(int module_number);
    void (*module_stop)(void);
    void (*request_start)(void);
    void (*request_stop)(void);
    void (*request_gone)(void); /* when the values of the request have been destroyed */
    void (*info)(void);         /* rows of the phpinfo table */
} php_lyger_room;

extern const php_lyger_room php_lyger_compute_room;
extern const php_lyger_room php_lyger_cache_room;
extern const php_lyger_room php_lyger_apcu_room;
extern const php_lyger_room php_lyger_query_room;
extern const php_lyger_room php_lyger_server_room;

/*
 * Whether the client of the request that is being served has gone, and the work for it should be given up:
 * with the option cancel_on_disconnect, and unless the application ignores that (ignore_user_abort()).
 */
bool php_lyger_client_left(void);

/* For lyger_system_info(): "worker" in a worker, else "off". */
const char *php_lyger_server_state(void);

#define PHP_LYGER_NAMES_KEPT 512 /* power of two */

typedef struct php_lyger_cache_globals {
    zend_long size;         /* lyger.cache_size, bytes */
    char *path;             /* lyger.cache_path */
    zend_long mode;         /* lyger.cache_mode */
    char *group;            /* lyger.cache_group */
    bool zero_copy;         /* lyger.cache_zero_copy */
    char *backend;          /* lyger.cache_backend */
    char *far_prefixes;     /* lyger.cache_far_prefixes */
    char *far_classes;      /* lyger.cache_far_classes */
    lyger_far *far;         /* this thread's connection to the backend, made on first use */
    zend_long session_wait; /* lyger.session_wait, seconds; 0: max_execution_time */
    zend_ulong incomplete;  /* objects of __PHP_Incomplete_Class that were made; wraps */
    bool names_kept;        /* whether there are any names */
    /* Keys of arrays that were decoded in this request: php_array.c. A member and not a thread-local
     * variable, for which lyger.so has little room: a library that is loaded at run time gets 1 to 2 KB in
     * all. */
    zend_string *names[PHP_LYGER_NAMES_KEPT];
} php_lyger_cache_globals;

/* Closes the connection of a thread, or of the process, at its end. */
void php_lyger_far_thread_end(php_lyger_cache_globals *globals);

/* The settings of ext/apcu; those named apc.* are there only when its functions are. */
typedef struct php_lyger_apcu_globals {
    bool api;              /* lyger.apcu_api */
    bool enabled;          /* apc.enabled */
    bool enable_cli;       /* apc.enable_cli */
    bool use_request_time; /* apc.use_request_time */
    zend_long ttl;         /* apc.ttl, seconds */
    char *serializer;      /* apc.serializer */
} php_lyger_apcu_globals;

typedef struct php_lyger_query_globals {
    zend_long max_connections;   /* lyger.db_max_connections, per process and DSN */
    zend_long connect_timeout;   /* lyger.db_connect_timeout, seconds */
    zend_long statement_timeout; /* lyger.db_statement_timeout, seconds, 0 = none */
    bool never_prepare;          /* lyger.db_prepare is "off" */
    lyger_pool *pool;            /* made on first use */
    lyger_handle_table results;  /* lyger_result objects of this request */
    lyger_handle_table freed;    /* results that were freed while the core was inside of one */
} php_lyger_query_globals;

/* Frees the statements, connections and tables of a thread, or of the process, at its end. */
void php_lyger_query_thread_end(php_lyger_query_globals *globals);

typedef struct php_lyger_server_globals {
    bool frankenphp_api; /* lyger.frankenphp_api */
    bool serve;          /* lyger.serve: `lyger serve` has started this process */
} php_lyger_server_globals;

ZEND_BEGIN_MODULE_GLOBALS(lyger)
    bool core_alias;     /* lyger.core_alias */
    zend_object *engine; /* the instance of Lyger\Engine of this request, or NULL */
    bool request_over; /* after RSHUTDOWN code of the application still runs (stream_close() of a stream that
                          was left open): that code may use everything, and nothing is kept for later */
    php_lyger_apcu_globals apcu;
    php_lyger_query_globals query;
    php_lyger_server_globals server;
    char last_error[LYGER_ERROR_MESSAGE_SIZE]; /* what lyger_last_error() tells; "" for nothing */
    php_lyger_cache_globals
        cache; /* last, because it ends with the names, which most requests do not touch */
ZEND_END_MODULE_GLOBALS(lyger)

ZEND_EXTERN_MODULE_GLOBALS(lyger)
#define LYGER_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(lyger, v)

#if defined(ZTS) && defined(COMPILE_DL_LYGER)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

#endif
