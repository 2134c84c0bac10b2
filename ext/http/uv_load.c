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

#define X(name) {"uv_" #name, offsetof(lyger_uv_api, name)},
static const lyger_symbol symbols[] = {LYGER_UV_FUNCTIONS(X)};
#undef X

static const lyger_library library = {
    "the server needs libuv",        "libuv", "1.40", "libuv1", LYGER_E_SERVER, symbols,
    sizeof symbols / sizeof *symbols};

static lyger_status load_from(const char *file, lyger_uv_api *api, lyger_error *error)
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
        status = load_from(LIBRARY, &lyger_uv, error);
        __atomic_store_n(&is_loaded, status == LYGER_OK, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return status;
}
