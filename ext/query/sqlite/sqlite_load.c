#include "sqlite_api.h"

#include "base/library.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef LYGER_LIBSQLITE /* config.m4: where it is called otherwise */
#define LIBRARY LYGER_LIBSQLITE
#else
#define LIBRARY "libsqlite3.so.0"
#endif

lyger_sqlite_api lyger_sqlite;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static bool is_loaded; /* atomic; lyger_sqlite does not change any more once it is true */

#define SYMBOL(member)                                                                                       \
    {                                                                                                        \
        "sqlite3_" #member, offsetof(lyger_sqlite_api, member)                                               \
    }

static const lyger_symbol symbols[] = {
    SYMBOL(bind_blob64),
    SYMBOL(bind_double),
    SYMBOL(bind_int),
    SYMBOL(bind_int64),
    SYMBOL(bind_null),
    SYMBOL(bind_parameter_count),
    SYMBOL(bind_parameter_name),
    SYMBOL(bind_text64),
    SYMBOL(busy_handler),
    SYMBOL(changes64),
    SYMBOL(close),
    SYMBOL(column_blob),
    SYMBOL(column_bytes),
    SYMBOL(column_count),
    SYMBOL(column_decltype),
    SYMBOL(column_double),
    SYMBOL(column_int64),
    SYMBOL(column_name),
    SYMBOL(column_text),
    SYMBOL(column_type),
    SYMBOL(errmsg),
    SYMBOL(error_offset),
    SYMBOL(exec),
    SYMBOL(extended_result_codes),
    SYMBOL(file_control),
    SYMBOL(finalize),
    SYMBOL(get_autocommit),
    SYMBOL(libversion),
    SYMBOL(limit),
    SYMBOL(open_v2),
    SYMBOL(prepare_v2),
    SYMBOL(progress_handler),
    SYMBOL(set_authorizer),
    SYMBOL(step),
    SYMBOL(stmt_readonly),
    SYMBOL(stricmp),
    SYMBOL(total_changes),
};

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
