/*
 * Loads libuv and looks its functions up: see uv_api.h.
 */
#include "uv_api.h"

#include "base/library.h"

#include <stddef.h>

#ifdef LYGER_LIBUV /* config.m4 sets it where the library has another name */
#define LIBRARY LYGER_LIBUV
#else
#define LIBRARY "libuv.so.1"
#endif

lyger_uv_api lyger_uv;

#define X(name) {"uv_" #name, offsetof(lyger_uv_api, name)},
static const lyger_symbol symbols[] = {LYGER_UV_FUNCTIONS(X)};
#undef X

static const lyger_library library = {
    "the server needs libuv",        "libuv", "1.40", "libuv1", LYGER_E_SERVER, symbols,
    sizeof symbols / sizeof *symbols};

static lyger_status load(lyger_error *error)
{
    return lyger_library_load(&library, LIBRARY, &lyger_uv, error) ? LYGER_OK : library.status;
}

lyger_status lyger_uv_load(lyger_error *error)
{
    static lyger_loading loading = LYGER_LOADING(load);
    return lyger_library_once(&loading, error);
}
