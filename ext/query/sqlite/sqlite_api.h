/*
 * SQLite, loaded at the first connection: linking it would cost every PHP process that never opens one a
 * third of a millisecond. The functions keep their names; the macros lead to the table that
 * lyger_sqlite_load() fills, as the macros of SQLite's own sqlite3ext.h do for its extensions.
 */
#ifndef LYGER_QUERY_SQLITE_API_H
#define LYGER_QUERY_SQLITE_API_H

#include "base/error.h"

#include <sqlite3.h>

/* SQLite's functions, without "sqlite3_". */
/* clang-format off */
#define LYGER_SQLITE_FUNCTIONS(X) \
    X(bind_blob64) X(bind_double) X(bind_int) X(bind_int64) X(bind_null) X(bind_parameter_count) \
    X(bind_parameter_name) X(bind_text64) X(busy_handler) X(changes64) X(close) X(column_count) \
    X(column_decltype) X(column_name) X(column_value) X(errmsg) X(error_offset) X(exec) \
    X(extended_result_codes) X(file_control) X(finalize) X(get_autocommit) X(last_insert_rowid) X(libversion) X(limit) \
    X(open_v2) X(prepare_v2) X(progress_handler) X(set_authorizer) X(step) X(stmt_readonly) \
    X(stricmp) X(total_changes) X(value_blob) X(value_bytes) X(value_double) X(value_int64) X(value_text) X(value_type)
/* clang-format on */

typedef struct lyger_sqlite_api {
#define X(name) __typeof__(sqlite3_##name) *(name);
    LYGER_SQLITE_FUNCTIONS(X)
#undef X
} lyger_sqlite_api;

extern lyger_sqlite_api lyger_sqlite; /* all NULL until it is loaded, constant afterwards */

/* LYGER_E_QUERY with the Debian package's name when SQLite cannot be loaded or is older than 3.38. Any thread
 * may call. */
lyger_status lyger_sqlite_load(lyger_error *error);

/* lyger_sqlite_load() from a file of that name, into a table of the caller's. */
lyger_status lyger_sqlite_load_from(const char *file, lyger_sqlite_api *api, lyger_error *error);

#define sqlite3_bind_blob64 (*lyger_sqlite.bind_blob64)
#define sqlite3_bind_double (*lyger_sqlite.bind_double)
#define sqlite3_bind_int (*lyger_sqlite.bind_int)
#define sqlite3_bind_int64 (*lyger_sqlite.bind_int64)
#define sqlite3_bind_null (*lyger_sqlite.bind_null)
#define sqlite3_bind_parameter_count (*lyger_sqlite.bind_parameter_count)
#define sqlite3_bind_parameter_name (*lyger_sqlite.bind_parameter_name)
#define sqlite3_bind_text64 (*lyger_sqlite.bind_text64)
#define sqlite3_busy_handler (*lyger_sqlite.busy_handler)
#define sqlite3_changes64 (*lyger_sqlite.changes64)
#define sqlite3_close (*lyger_sqlite.close)
#define sqlite3_column_count (*lyger_sqlite.column_count)
#define sqlite3_column_decltype (*lyger_sqlite.column_decltype)
#define sqlite3_column_name (*lyger_sqlite.column_name)
#define sqlite3_column_value (*lyger_sqlite.column_value)
#define sqlite3_errmsg (*lyger_sqlite.errmsg)
#define sqlite3_error_offset (*lyger_sqlite.error_offset)
#define sqlite3_exec (*lyger_sqlite.exec)
#define sqlite3_extended_result_codes (*lyger_sqlite.extended_result_codes)
#define sqlite3_file_control (*lyger_sqlite.file_control)
#define sqlite3_finalize (*lyger_sqlite.finalize)
#define sqlite3_get_autocommit (*lyger_sqlite.get_autocommit)
#define sqlite3_last_insert_rowid (*lyger_sqlite.last_insert_rowid)
#define sqlite3_libversion (*lyger_sqlite.libversion)
#define sqlite3_limit (*lyger_sqlite.limit)
#define sqlite3_open_v2 (*lyger_sqlite.open_v2)
#define sqlite3_prepare_v2 (*lyger_sqlite.prepare_v2)
#define sqlite3_progress_handler (*lyger_sqlite.progress_handler)
#define sqlite3_set_authorizer (*lyger_sqlite.set_authorizer)
#define sqlite3_step (*lyger_sqlite.step)
#define sqlite3_stmt_readonly (*lyger_sqlite.stmt_readonly)
#define sqlite3_stricmp (*lyger_sqlite.stricmp)
#define sqlite3_total_changes (*lyger_sqlite.total_changes)
#define sqlite3_value_blob (*lyger_sqlite.value_blob)
#define sqlite3_value_bytes (*lyger_sqlite.value_bytes)
#define sqlite3_value_double (*lyger_sqlite.value_double)
#define sqlite3_value_int64 (*lyger_sqlite.value_int64)
#define sqlite3_value_text (*lyger_sqlite.value_text)
#define sqlite3_value_type (*lyger_sqlite.value_type)

#endif
