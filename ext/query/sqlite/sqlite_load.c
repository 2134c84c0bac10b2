/*
 * Loads SQLite and looks its functions up: see sqlite_api.h.
 */
#include "sqlite_api.h"

#include "base/library.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef LYGER_LIBSQLITE /* config.m4 sets it where the library has another name */
#define LIBRARY LYGER_LIBSQLITE
#else
#define LIBRARY "libsqlite3.so.0"
#endif

lyger_sqlite_api lyger_sqlite;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static bool is_loaded; /* atomic; lyger_sqlite does not change any more once it is true */

#define X(name) {"sqlite3_" #name, offsetof(lyger_sqlite_api, name)},
static const lyger_symbol symbols[] = {LYGER_SQLITE_FUNCTIONS(X)};
#undef X

static const lyger_library library = {
    "SQLite needs libsqlite3",       "SQLite", "3.38", "libsqlite3-0", LYGER_E_QUERY, symbols,
    sizeof symbols / sizeof *symbols};

lyger_status lyger_sqlite_load_from(const char *file, lyger_sqlite_api *api, lyger_error *error)
{
    return lyger_library_load(&library, file, api, error) ? LYGER_OK : library.status;
}

lyger_status lyger_sqlite_load(lyger_error *error)
{
    lyger_status status = LYGER_OK;
    if (__atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE)) {
        return LYGER_OK;
    }
    pthread_mutex_lock(&loading);
    if (!is_loaded) {
        status = lyger_sqlite_load_from(LIBRARY, &lyger_sqlite, error);
        __atomic_store_n(&is_loaded, status == LYGER_OK, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return status;
}
