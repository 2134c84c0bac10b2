/*
 * The server's PHP side: what the files of this door share.
 *
 *   php_server.c   the functions; from lyger_server_run() to the end of a worker
 *   php_web.c      what makes the command line's PHP the SAPI "lyger": name, functions, settings
 *   php_options.c  options of a call and of the environment → lyger_server_config
 *   php_sapi.c     what PHP asks its SAPI for while a worker serves, and the answer on its way to the hub
 *   php_data.c     a request as PHP values: $_SERVER, headers, the handler's $data
 *   php_request.c  a request's life: from taken to finished
 *   php_answer.c   what a handler's return value becomes
 *   php_reset.c    the state of a booted worker, and the way back to it after a request
 *   php_extensions.c  the part of it that extensions keep in C
 *   php_memory.c   what PHP would free at the end of its own request only
 *
 * A worker is an ordinary PHP process in the middle of one long CLI request: the application that was booted
 * stays, and for each HTTP request the SAPI layer, the output layer and the superglobals begin and end, as
 * php_request_startup() and php_request_shutdown() (main/main.c) have them, while the executor goes on.
 *
 * Single-threaded (not in a thread-safe PHP), so that this state is static.
 */
#ifndef PHP_LYGER_SERVER_H
#define PHP_LYGER_SERVER_H

#include "php_lyger.h"

#include "server/supervisor/run.h"

typedef struct php_lyger_server {
    lyger_server_config config;
    bool running;         /* lyger_server_run() was entered and has not ended here */
    bool loop;            /* the application asks for requests itself: lyger_handle_request() */
    bool taken_over;      /* PHP talks to the hub: begin_worker() until end_worker() */
    lyger_worker *worker; /* in a worker, else NULL; also NULL in what the application forks from one */
    bool stopped;         /* a server was run by this process, and has ended */
    bool cancel;          /* give up queries for a client that has gone */
    zval options;         /* keeps the texts of config that came from the environment */
} php_lyger_server;

extern php_lyger_server php_lyger_serving;

/* ---- php_web.c ---- */

void php_lyger_web_module_start(void);
void php_lyger_web_module_stop(void);
void php_lyger_web_request_start(void);

/* Whether this is the command line's PHP, which can become a server. */
bool php_lyger_web_is_possible(void);
/* From here to the other it is one, unless it is from its start (lyger.serve). */
void php_lyger_web_begin(bool loop);
void php_lyger_web_end(void);
/* In a worker, before it takes note of the boot's state: settings whose defaults are for a terminal become a
 * web server's. */
void php_lyger_web_settings(void);

/* ---- php_options.c ---- */

/* Reads options of the call (argument 3 of it; NULL: none), then those of the environment, which win: what is
 * typed on a command line counts more than what stands in a script. False with an exception. */
bool php_lyger_options_read(HashTable *options, lyger_server_config *config, zval *environment);

/* Throws an error of the server; one that begins with the name of an option that was typed on a command line
 * names it as it was typed. */
void php_lyger_options_throw(const lyger_error *error, const zval *environment);

/* lyger_server_check(); false with an exception. */
bool php_lyger_options_check(const lyger_server_config *config, const zval *environment);

/* ---- php_sapi.c ---- */

/* From here to the other PHP talks to the hub. */
void php_lyger_sapi_take_over(void);
void php_lyger_sapi_give_back(void);

/* A new answer, nothing sent. */
void php_lyger_answer_begin(void);
/* In a process that the handler has forked: the answer is its parent's. */
void php_lyger_answer_disown(void);
/* Whether the answer is complete, or its client gone. */
bool php_lyger_answer_is_over(void);
/* The application has failed: what would be a 200 becomes a 500, as far as its head can still be changed. */
void php_lyger_answer_failed(void);
/* So many more bytes will be echoed, and then no more. */
void php_lyger_answer_foresee(size_t len);
/* The end of the answer; the headers were sent (php_header()). complete also gives the request back to the
 * hub: its texts are gone. */
void php_lyger_answer_end(bool complete);
/* What was written is no answer: it becomes a 500 or, where a part is on its way, is cut off. */
void php_lyger_answer_fail(void);

/* A sink whose bytes are the body, in constant memory. Between the two nothing else may be echoed. */
lyger_sink *php_lyger_answer_sink(void);
void php_lyger_answer_sunk(void);

/* ---- php_data.c ---- */

/* The request that is being handled, as PHP sees it. */
typedef struct php_lyger_request {
    const lyger_hub_request *hub; /* NULL: none */
    zend_string *method, *uri, *query, *path;
    zend_string *type;    /* Content-Type, NULL: none */
    zend_string *cookies; /* of the Cookie fields, NULL: none */
    zend_string *host;    /* as the client sees it, with port; "" for none */
    zend_string *authorization;
    zend_array *headers;                              /* one reference; the names are lower case */
    uint32_t names;                                   /* of headers */
    zend_string *server_names[LYGER_HTTP_FIELDS_MAX]; /* of headers[i] in $_SERVER; NULL: not there */
    uint64_t body_read;
    int body_file; /* descriptor, -1: not open */
    bool handling; /* PHP code of the application runs for it, which a leaving client may end */
    bool asked_head;
} php_lyger_request;

extern php_lyger_request php_lyger_current;

/* Makes what all requests share, and lets it go. */
void php_lyger_data_start(void);
void php_lyger_data_stop(void);
void php_lyger_data_forget(void); /* their strings, when no value of a script is left */

void php_lyger_request_read(const lyger_hub_request *request);
void php_lyger_request_forget(void);

/* The application's file: what the boot's $_SERVER["SCRIPT_FILENAME"] says, which a launcher may have set. */
const char *php_lyger_script(void);

/* $_SERVER as an array of its own. */
zend_array *php_lyger_data_server(void);
/* The fields with their names as people write them, "Content-Type"; empty outside of a request. */
void php_lyger_data_headers(zval *headers);
/* The handler's $data; the superglobals are there. */
void php_lyger_data_handler(zval *data);

/* ---- php_request.c ---- */

typedef enum php_lyger_outcome {
    PHP_LYGER_SERVED, /* the worker can take the next one */
    PHP_LYGER_BROKEN, /* a fatal error: the worker has to end */
    PHP_LYGER_LEFT, /* the script is to end: exit() in the loop form, or in a process that the handler forked
                     */
} php_lyger_outcome;

/* Begins, calls the handler, answers, ends. */
php_lyger_outcome php_lyger_request_handle(const lyger_hub_request *request, zend_fcall_info *handler,
                                           zend_fcall_info_cache *cache);

/* What fastcgi_finish_request() does; false when there is nothing to finish. */
bool php_lyger_request_finish(void);

/* Takes note of superglobals that the application may change while it boots, and lets them go. */
void php_lyger_superglobals_keep(void);
void php_lyger_superglobals_release(void);

/* Reports what was thrown and not caught, as the end of a script does; exit() is silence. */
void php_lyger_report_thrown(void);

/* ---- php_answer.c ---- */

/* Makes the body of what the handler returned. What it cannot be is an error that is thrown. */
void php_lyger_answer_value(zval *value);

/* ---- php_reset.c ---- */

/* Takes note of the state of the booted application. */
void php_lyger_boot_keep(void);
/* Back to it, after a request. */
void php_lyger_boot_restore(void);
/* Gives back to PHP what the state was made of, before the process ends. */
void php_lyger_boot_release(void);

/* ---- php_extensions.c ---- */

/* Takes note of what extensions keep of the booted application; back to it, after a request; lets it go. */
void php_lyger_extensions_keep(void);
void php_lyger_extensions_restore(void);
void php_lyger_extensions_release(void);
/* The end of a request for those that have a part in its answer: sessions are written, uploads forgotten. */
void php_lyger_extensions_end(void);
/* Makes them ready for the next request. */
void php_lyger_extensions_begin(void);

/* A module's globals; NULL: it has none, or is not there. */
void *php_lyger_globals_of(const char *module);
/* A function of PHP with one argument, or NULL for none; undefined when it is not there or something is
 * thrown.
 */
void php_lyger_call(const char *name, zval *result, zval *argument);

/* ---- php_memory.c ---- */

/* From here to the other no request leaves strings interned. */
void php_lyger_memory_keep(void);
void php_lyger_memory_release(void);
/* Gives back what a large request has left free. */
void php_lyger_memory_trim(void);

#endif
