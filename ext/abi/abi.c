/*
 * The FFI door: greeting, information, compute, errors, the server. Each function checks its arguments, makes
 * one call of the core and turns the outcome into what C can return.
 */
#include "door.h"

#include "about.h"
#include "base/version.h"
#include "compute/compute.h"
#ifdef LYGER_WITH_UV
#include "http/ffi_server.h"
#endif

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * Only a pointer is thread-local: because of the cache's thread-local words this library uses static TLS,
 * whose room is a few hundred bytes for all libraries that a process loads. The errors are freed when their
 * threads end.
 */
static __thread lyger_error *thread_error;
static pthread_key_t thread_end;
static bool thread_end_known;
static const char no_error[] = "";
static lyger_error shared_error; /* for a thread that has no memory for an error of its own */

static lyger_error *make_thread_error(void)
{
    thread_error = malloc(sizeof *thread_error);
    if (!thread_error) {
        thread_error = &shared_error;
    } else if (thread_end_known) {
        pthread_setspecific(thread_end, thread_error);
    }
    return thread_error;
}

static void free_thread_error(void *error)
{
    thread_error = NULL; /* thread destructors of other libraries may call lyger again */
    free(error);
}

lyger_error *lyger_abi_enter(void)
{
    lyger_error *error = thread_error ? thread_error : make_thread_error();
    lyger_error_clear(error);
    return error;
}

char *lyger_abi_copy(const char *bytes, size_t len, lyger_error *error)
{
    char *copy = malloc(len + 1);
    if (!copy) {
        lyger_fail(error, LYGER_E_MEMORY, "no memory for a text of %zu bytes", len);
        return NULL;
    }
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *lyger_abi_finish(lyger_buffer *buffer, bool whole, size_t *len, lyger_error *error)
{
    size_t length = lyger_buffer_length(buffer);
    char *text = whole ? lyger_buffer_detach(buffer) : NULL;
    if (!text) {
        lyger_buffer_free(buffer);
        if (error->status == LYGER_OK) {
            lyger_fail(error, LYGER_E_MEMORY, "no memory for a text of %zu bytes", length);
        }
    } else if (len) {
        *len = length;
    }
    return text;
}

/* ---- errors ---- */

_Static_assert(LYGER_E_MEMORY == 1 && LYGER_E_ARGUMENT == 2 && LYGER_E_INTERRUPTED == 3 &&
                   LYGER_E_TIMEOUT == 4 && LYGER_E_HANDLE == 5 && LYGER_E_CACHE == 6 && LYGER_E_QUERY == 7 &&
                   LYGER_E_SERVER == 8,
               "lyger.h states these numbers");

const char *lyger_last_error(void)
{
    return thread_error ? thread_error->message : no_error;
}

unsigned int lyger_last_error_code(void)
{
    return (unsigned int)lyger_ffi_error_status();
}

int lyger_ffi_error_status(void)
{
    return thread_error ? (int)thread_error->status : 0;
}

const char *lyger_ffi_error_sqlstate(void)
{
    return thread_error ? thread_error->sqlstate : "";
}

int lyger_ffi_error_code(void)
{
    return thread_error ? thread_error->code : 0;
}

int lyger_ffi_error_position(void)
{
    return thread_error ? thread_error->position : 0;
}

/* ---- basics ---- */

char *lyger_hello_world(void)
{
    return lyger_abi_copy(lyger_greeting, lyger_greeting_length, lyger_abi_enter());
}

double lyger_heavy_computation(unsigned long iterations)
{
    double sum = 0;
    lyger_compute_heavy(iterations, NULL, &sum, lyger_abi_enter());
    return sum;
}

char *lyger_system_info(void)
{
    lyger_error *error = lyger_abi_enter();
    lyger_about about = {.door = "ffi",
                         .php_version = NULL,
                         .cache = lyger_abi_cache(),
                         .port = lyger_ffi_server_port(),
                         .server = lyger_ffi_server_port() ? "listening" : "off"};
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    return lyger_abi_finish(&text, lyger_about_write(&about, &text.sink), NULL, error);
}

/* The Lyger framework frees what lyger_last_error() has returned: its ABI 2 has it that way. */
void lyger_free_string(char *string)
{
    if (string != no_error && (!thread_error || string != thread_error->message)) {
        free(string);
    }
}

void lyger_free_engine(void *engine)
{
    (void)engine;
}

const char *lyger_ffi_version(void)
{
    return LYGER_VERSION;
}

/* ---- server ---- */

#ifdef LYGER_WITH_UV

void lyger_start_server(unsigned short port)
{
    lyger_http_start(NULL, port, NULL, lyger_abi_enter());
}

int lyger_ffi_start_server(const char *host, unsigned short port)
{
    return lyger_http_start(host, port, NULL, lyger_abi_enter()) == LYGER_OK ? 1 : -1;
}

void lyger_stop_server(void)
{
    lyger_abi_enter();
    lyger_http_stop();
}

unsigned short lyger_ffi_server_port(void)
{
    return lyger_http_port();
}

/*
 * The library stays mapped until the process ends (it is linked with nodelete), because the serving thread
 * runs in it. This destructor ends the thread at the process's end, before the memory that it uses is taken
 * down.
 */
__attribute__((destructor)) static void stop_at_exit(void)
{
    lyger_http_stop();
}

#else

void lyger_start_server(unsigned short port)
{
    lyger_ffi_start_server(NULL, port);
}

int lyger_ffi_start_server(const char *host, unsigned short port)
{
    (void)host;
    lyger_fail(lyger_abi_enter(), LYGER_E_SERVER, "cannot serve port %u: this build of lyger has no server",
               port);
    return -1;
}

void lyger_stop_server(void)
{
    lyger_abi_enter();
}

unsigned short lyger_ffi_server_port(void)
{
    return 0;
}

#endif

void lyger_ffi_close(void)
{
    lyger_stop_server();
    lyger_abi_close_queries();
    lyger_abi_close_cache();
}

/* ---- threads and forks ---- */

static void before_fork(void)
{
    lyger_abi_lock_queries();
    lyger_abi_lock_cache();
}

static void after_fork(void)
{
    lyger_abi_unlock_cache();
    lyger_abi_unlock_queries();
}

static void after_fork_in_child(void)
{
    lyger_abi_unlock_cache();
    lyger_abi_unlock_queries_in_child();
}

__attribute__((constructor)) static void watch_threads_and_forks(void)
{
    thread_end_known = pthread_key_create(&thread_end, free_thread_error) == 0;
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}
