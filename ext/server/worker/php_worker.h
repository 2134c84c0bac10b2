/*
 * The server's PHP side: what the files of this door share.
 *
 *   php_serve.c    the functions; from lyger_server_run() to the end of a worker
 *   php_web.c      what makes the command line's PHP the SAPI "lyger": name, functions, settings
 *   php_options.c  options of a call and of the environment → lyger_server_config
 *   php_sapi.c     what PHP asks its SAPI for while a worker serves, and the answer on its way to the hub
 *   php_data.c     a request as PHP strings: method, target, headers
 *   php_arrays.c   a request as PHP arrays: $_SERVER, the handler's $data
 *   php_request.c  a request's life: from taken to finished
 *   php_handler.c  what a handler is called with
 *   php_log.c      frankenphp_log()
 *   php_answer.c   what a handler's return value becomes; php_answer_chunks.c: in pieces;
 *                  php_answer_response.c: objects that are whole responses
 *   php_script.c   the script form, whose worker runs PHP's own requests
 *   php_user_ini.c settings of a directory, in the script form
 *   php_reset.c    the state of a booted worker, and the way back to it after a request
 *   php_extensions.c  the part of that state that extensions keep in C
 *   php_memory.c   what PHP would free at the end of its own request only
 *
 * A worker of the handler form and the loop form is an ordinary PHP process in the middle of one long CLI
 * request: the application that was booted stays, and for each HTTP request the SAPI layer, the output layer
 * and the superglobals begin and end, as php_request_startup() and php_request_shutdown() (main/main.c) have
 * them, while the executor goes on.
 *
 * A server has one thread per process (there is none in a thread-safe PHP), so its state is static.
 */
#ifndef PHP_LYGER_SERVER_H
#define PHP_LYGER_SERVER_H

#include "php_lyger.h"

#include "server/supervisor/run.h"

typedef struct php_lyger_server {
    lyger_server_config config;
    bool running;         /* lyger_server_run() was entered and has not ended in this process */
    bool loop;            /* the application asks for requests itself: lyger_handle_request() */
    bool scripts;         /* each request runs the script that its path names: php_script.c */
    bool taken_over;      /* PHP talks to the hub: begin_worker() until end_worker() */
    lyger_worker *worker; /* in a worker, else NULL, as in its forked children */
    bool stopped;         /* a server was run by this process, and has ended */
    bool cancel;          /* give up queries for a client that has gone */
    zval options;         /* keeps the texts of config that came from the environment */
} php_lyger_server;

extern php_lyger_server php_lyger_serving;

/* ---- php_serve.c ---- */

/* In a freshly forked worker: it is in the hub, and its forked children are not. */
void php_lyger_worker_begin(lyger_worker *worker);
/* After a request: tells the hub about the worker; true when the worker is to be replaced. */
bool php_lyger_worker_is_worn(void);

/* ---- php_script.c ---- */

/* Serves the scripts below document_root. Returns only with an error from before the first fork, or before
 * that: later the process ends. */
lyger_status php_lyger_scripts_serve(lyger_error *error);

/* ---- php_web.c ---- */

void php_lyger_web_module_start(void);
void php_lyger_web_module_stop(void);
void php_lyger_web_request_start(void);

/* Whether this is the command line's PHP, which can become a server. */
bool php_lyger_web_is_possible(void);
/* Between begin and end this process is the SAPI "lyger", unless it is that from its start (lyger.serve). */
void php_lyger_web_begin(bool loop);
void php_lyger_web_end(void);
/* In a worker, before it takes note of the boot's state: settings whose defaults are for a terminal become a
 * web server's. */
void php_lyger_web_settings(void);
/* The same for all requests of the processes that are forked from this one, outside of any request. */
void php_lyger_web_settings_for_all(void);

/* ---- php_options.c ---- */

/* Reads the options of the call (its argument 3; NULL: none), then the environment's, which win: options
 * typed on a command line count more than options in a script. False with an exception. */
bool php_lyger_options_read(HashTable *options, lyger_server_config *config, zval *environment);

/* Throws an error of the server; when its message begins with the name of an option that was typed on a
 * command line, the exception names the option as it was typed. */
void php_lyger_options_throw(const lyger_error *error, const zval *environment);

/* Makes the texts of the configuration copies that outlive PHP's requests. */
void php_lyger_options_own(lyger_server_config *config);

/* lyger_server_check(); false with an exception. */
bool php_lyger_options_check(const lyger_server_config *config, const zval *environment);

/* ---- php_sapi.c ---- */

/* Between take_over and give_back PHP talks to the hub. */
void php_lyger_sapi_take_over(void);
void php_lyger_sapi_give_back(void);

/* Begins a new answer, of which nothing is sent. */
void php_lyger_answer_begin(void);
/* In a process that the handler has forked: lets go of the answer, which is the parent's. */
void php_lyger_answer_disown(void);
/* Whether the answer is complete, or its client gone. */
bool php_lyger_answer_is_over(void);
/* The application has failed: a 200 becomes a 500, if the head can still be changed. */
void php_lyger_answer_failed(void);
/* Sends the fields that are set by now as an interim answer; false when the head was sent, or there is no
 * request. */
bool php_lyger_answer_interim(int status);
/* Tells that so many more bytes will be echoed, and then no more. */
void php_lyger_answer_foresee(uint64_t len);
/* Sends the head and what is held to the client; where the client has gone the script ends, as a write would
 * end it. */
void php_lyger_answer_flush(void);
/* Ends the answer, whose headers were sent (php_header()). complete also gives the request back to the hub:
 * its texts are gone. */
void php_lyger_answer_end(bool complete);
/* Gives up the answer: it becomes a 500 or, when a part is on its way, is cut off. */
void php_lyger_answer_fail(void);

/* A sink whose bytes are the body, in constant memory. Until php_lyger_answer_sunk() nothing else may be
 * echoed. */
lyger_sink *php_lyger_answer_sink(void);
void php_lyger_answer_sunk(void);

/* ---- php_data.c ---- */

/* The request that is being handled, as PHP sees it. */
typedef struct php_lyger_request {
    const lyger_hub_request *hub; /* NULL: none */
    zend_string *method, *uri, *query, *path;
    zend_string *type;    /* Content-Type, NULL: none */
    zend_string *cookies; /* the Cookie fields joined, NULL: none */
    zend_string *host;    /* the host as the client names it, with port; "" for none */
    zend_string *authorization;
    zend_string *script_name, *script_file, *path_info; /* of the script form; NULL: none */
    zend_array *headers;                                /* one reference; the names are lower case */
    uint32_t names;                                     /* how many headers there are */
    zend_string
        *server_names[LYGER_HTTP_FIELDS_MAX + 2]; /* of headers[i] in $_SERVER; NULL: not there. Two more than
                                                   * a client may send: X-Sendfile-Type, X-Accel-Mapping */
    uint64_t body_read;
    int body_file; /* descriptor, -1: not open */
    bool handling; /* code of the application runs for the request, which a leaving client may end */
    bool asked_head;
} php_lyger_request;

extern php_lyger_request php_lyger_current;

/* Makes and frees the strings and arrays that all requests share. */
void php_lyger_data_start(void);
void php_lyger_data_stop(void);

void php_lyger_request_read(const lyger_hub_request *request);
void php_lyger_request_forget(void);
void php_lyger_request_skip_body(void); /* what is left of the body is not read any more */

/* ---- php_arrays.c ---- */

/* Of php_data.c: makes and frees the arrays; forget drops what was kept of the last request. */
void php_lyger_arrays_start(void);
void php_lyger_arrays_forget(void);
void php_lyger_arrays_stop(void);
/* A string that lives as long as the process: copies of an array need not count references to it. The string
 * is not in PHP's table of interned strings, which opcache may keep in shared memory. */
zend_string *php_lyger_lasting(const char *text, size_t len);
void php_lyger_data_forget(void); /* frees the strings that last, when no value of a script is left */

/* The path of the application's file: the boot's $_SERVER["SCRIPT_FILENAME"], which a launcher may have
 * set. */
const char *php_lyger_script(void);

/* $_SERVER as an array of its own. */
zend_array *php_lyger_data_server(void);
/* The request's fields with their names as people write them, "Content-Type"; empty outside of a request. */
void php_lyger_data_headers(zval *headers);
/* Makes the handler's $data, from the superglobals, which must be there. */
void php_lyger_data_handler(zval *data);

/* ---- php_request.c ---- */

typedef enum php_lyger_outcome {
    PHP_LYGER_SERVED, /* the worker can take the next request */
    PHP_LYGER_BROKEN, /* a fatal error: the worker has to end */
    PHP_LYGER_LEFT, /* the script is to end: exit() in the loop form, or in a process that the handler forked
                     */
} php_lyger_outcome;

/* Begins the request, calls the handler, answers, ends the request. */
php_lyger_outcome php_lyger_request_handle(const lyger_hub_request *request, zend_fcall_info *handler,
                                           zend_fcall_info_cache *cache);

/* What fastcgi_finish_request() does; false when there is nothing to finish. */
bool php_lyger_request_finish(void);

/* Gives $_SERVER to the filter extension. */
void php_lyger_give_to_filter(void);

/* Takes note of superglobals that the application may change while it boots; release frees the notes. */
void php_lyger_superglobals_keep(void);
void php_lyger_superglobals_release(void);

/* Reports an exception that was not caught, as the end of a script does; exit() reports nothing. */
void php_lyger_report_thrown(void);

/* ---- php_handler.c ---- */

/* Looks what the handler's parameters ask for, while booting. False with an exception. */
bool php_lyger_handler_look(const zend_fcall_info_cache *cache);
/* Fills in the arguments for the request and returns how many they are; there may be an exception. */
uint32_t php_lyger_handler_arguments(zval arguments[3]);

/* ---- php_answer.c ---- */

/* Makes the body of the handler's return value; throws for a value that cannot be a body. */
void php_lyger_answer_value(zval *value);
/* php_lyger_answer_foresee(), where nothing changes the body or follows it. */
void php_lyger_answer_will_have(uint64_t len);

/* ---- php_answer_chunks.c ---- */

/* Sends the elements of a Traversable, each when it comes. */
void php_lyger_answer_chunks(zval *traversable);
/* Sends a stream from where it stands to its end, and closes it. */
void php_lyger_answer_stream(zval *stream);

/* ---- php_answer_response.c ---- */

/* Sends an object that is a whole response; false, when it is none that is known. */
bool php_lyger_answer_response(zval *object);

/* ---- php_reset.c ---- */

/* Takes note of the state of the booted application. */
void php_lyger_boot_keep(void);
/* Goes back to that state, after a request. */
void php_lyger_boot_restore(void);
/* Calls the shutdown functions that the application registered while it booted, which in the handler form are
 * kept from the requests: for a worker that ends. */
void php_lyger_boot_call_shutdown_functions(void);
/* Frees the notes of the state, before the process ends. */
void php_lyger_boot_release(void);

/* ---- php_extensions.c ---- */

/* keep takes note of the booted application's state in extensions, restore goes back to it after a
 * request. */
void php_lyger_extensions_keep(void);
void php_lyger_extensions_restore(void);
void php_lyger_extensions_release(void);
/* Ends the request in extensions that have a part in its answer: sessions are written, uploads forgotten. */
void php_lyger_extensions_end(void);
/* Makes these extensions ready for the next request. */
void php_lyger_extensions_begin(void);

/* What functions of PHP have changed in this request, if they were called at all. */
typedef enum php_lyger_heard {
    PHP_LYGER_HEARD_DIRECTORY, /* the working directory */
    PHP_LYGER_HEARD_AUTOLOAD,  /* spl_autoload_extensions() */
    PHP_LYGER_HEARD_SIGNALS,   /* the alarm, the mask of signals */
} php_lyger_heard;

/* Whether any such function was called since this was asked last. */
bool php_lyger_take_heard(php_lyger_heard kind);

/* A module's globals; NULL: the module has none, or is not loaded. */
void *php_lyger_globals_of(const char *module);
/* Puts another C function in the place of PHP's own of that name; that, NULL: PHP has none. */
zif_handler php_lyger_replace(const char *name, zif_handler by);
/* Calls a function of PHP with one argument, or NULL for none; result is undefined when the function does not
 * exist or throws. */
void php_lyger_call(const char *name, zval *result, zval *argument);

/* ---- php_memory.c ---- */

/* Between keep and release no request leaves strings interned. */
void php_lyger_memory_keep(void);
void php_lyger_memory_release(void);
/* Gives back the heap pages that a large request has left free. */
void php_lyger_memory_trim(void);

#endif
