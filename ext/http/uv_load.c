#include "uv_api.h"

#include "base/library.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef LYGER_LIBUV /* config.m4: where it is called otherwise */
#define LIBRARY LYGER_LIBUV
#else
#define LIBRARY "libuv.so.1"
#endif

lyger_uv_api lyger_uv;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static bool is_loaded; /* atomic; lyger_uv does not change any more once it is true */

#define SYMBOL(member)                                                                                       \
    {                                                                                                        \
        "uv_" #member, offsetof(lyger_uv_api, member)                                                        \
    }

static const lyger_symbol symbols[] = {
    SYMBOL(accept),
    SYMBOL(async_init),
    SYMBOL(async_send),
    SYMBOL(backend_fd),
    SYMBOL(buf_init),
    SYMBOL(check_init),
    SYMBOL(check_start),
    SYMBOL(close),
    SYMBOL(fileno),
    SYMBOL(hrtime),
    SYMBOL(idle_init),
    SYMBOL(idle_start),
    SYMBOL(idle_stop),
    SYMBOL(ip4_addr),
    SYMBOL(ip6_addr),
    SYMBOL(is_closing),
    SYMBOL(listen),
    SYMBOL(loop_close),
    SYMBOL(loop_init),
    SYMBOL(now),
    SYMBOL(pipe_init),
    SYMBOL(pipe_open),
    SYMBOL(poll_init),
    SYMBOL(poll_start),
    SYMBOL(poll_stop),
    SYMBOL(prepare_init),
    SYMBOL(prepare_start),
    SYMBOL(read_start),
    SYMBOL(read_stop),
    SYMBOL(run),
    SYMBOL(shutdown),
    SYMBOL(stop),
    SYMBOL(stream_get_write_queue_size),
    SYMBOL(strerror),
    SYMBOL(tcp_bind),
    SYMBOL(tcp_close_reset),
    SYMBOL(tcp_getpeername),
    SYMBOL(tcp_getsockname),
    SYMBOL(tcp_init),
    SYMBOL(tcp_nodelay),
    SYMBOL(tcp_open),
    SYMBOL(timer_init),
    SYMBOL(timer_start),
    SYMBOL(try_write),
    SYMBOL(version_string),
    SYMBOL(walk),
    SYMBOL(write),
};

static const lyger_library library = {
    "the server needs libuv",        "libuv", "1.40", "libuv1", LYGER_E_SERVER, symbols,
    sizeof symbols / sizeof *symbols};

lyger_status lyger_uv_load_from(const char *file, lyger_uv_api *api, lyger_error *error)
{
    return lyger_library_load(&library, file, api, error) ? LYGER_OK : library.status;
}

lyger_status lyger_uv_load(lyger_error *error)
{
    lyger_status status = LYGER_OK;
    if (__atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE)) {
        return LYGER_OK;
    }
    pthread_mutex_lock(&loading);
    if (!is_loaded) {
        status = lyger_uv_load_from(LIBRARY, &lyger_uv, error);
        __atomic_store_n(&is_loaded, status == LYGER_OK, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return status;
}
