/*
 * Loads SQLite and looks its functions up: see sqlite_api.h.
 */
#include "sqlite_api.h"

#include "base/library.h"

#include <stddef.h>

#ifdef LYGER_LIBSQLITE /* config.m4 sets it where the library has another name */
#define LIBRARY LYGER_LIBSQLITE
#else
#define LIBRARY "libsqlite3.so.0"
#endif

lyger_sqlite_api lyger_sqlite;

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

static lyger_status load(lyger_error *error)
{
    return lyger_sqlite_load_from(LIBRARY, &lyger_sqlite, error);
}

lyger_status lyger_sqlite_load(lyger_error *error)
{
    static lyger_loading loading = LYGER_LOADING(load);
    return lyger_library_once(&loading, error);
}
