/*
 * Loads libpq and looks its functions up: see pq.h.
 */
#include "pq.h"

#include "base/library.h"

#include <dlfcn.h>
#include <pg_config.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef LYGER_LIBPQ /* config.m4 sets it where the library has another name */
#define LIBRARY LYGER_LIBPQ
#else
#define LIBRARY "libpq.so.5"
#endif
#define OLDEST 130000 /* PQlibVersion() of libpq 13 */

static lyger_pq loaded;
static char loaded_version[16];

#define X(name) {"PQ" #name, offsetof(lyger_pq, name)},
static const lyger_symbol symbols[] = {LYGER_PQ_FUNCTIONS(X)};
static const lyger_symbol newer[] = {LYGER_PQ_NEWER_FUNCTIONS(X)};
#undef X

static const lyger_library library = {
    "PostgreSQL needs libpq",        "libpq", "13", "libpq5", LYGER_E_QUERY, symbols,
    sizeof symbols / sizeof *symbols};

lyger_status lyger_pq_load_from(const char *file, lyger_pq *pq, lyger_error *error)
{
    void *handle = lyger_library_load(&library, file, pq, error);
    if (!handle) {
        return library.status;
    }
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
        void *symbol = dlsym(handle, newer[i].name);
        memcpy((char *)pq + newer[i].offset, &symbol, sizeof symbol);
    }
    int version = pq->libVersion();
    if (version < OLDEST) {
        dlclose(handle);
        return lyger_fail(error, LYGER_E_QUERY,
                          "%s is libpq %d; libpq 13 or newer is needed (Debian: apt-get install libpq5)",
                          file, version / 10000);
    }
    return LYGER_OK;
}

static lyger_status load(lyger_error *error)
{
    lyger_status status = lyger_pq_load_from(LIBRARY, &loaded, error);
    if (status == LYGER_OK) {
        int version = loaded.libVersion();
        snprintf(loaded_version, sizeof loaded_version, "%d.%d", version / 10000, version % 10000);
    }
    return status;
}

static lyger_loading loading = LYGER_LOADING(load);

const lyger_pq *lyger_pq_load(lyger_error *error)
{
    return lyger_library_once(&loading, error) == LYGER_OK ? &loaded : NULL;
}

const char *lyger_pq_version(lyger_query_version_of which)
{
    if (which == LYGER_QUERY_HEADER) {
        return PG_VERSION;
    }
    return lyger_library_is_loaded(&loading) ? loaded_version : NULL;
}
