/*
 * Libraries that are loaded at their first use, because linking them would be paid for by every PHP process:
 * their functions, found by name, in a table of pointers. What is loaded stays.
 */
#ifndef LYGER_BASE_LIBRARY_H
#define LYGER_BASE_LIBRARY_H

#include "error.h"

#include <stddef.h>

typedef struct lyger_symbol {
    const char *name;
    size_t offset; /* of its pointer in the table */
} lyger_symbol;

typedef struct lyger_library {
    const char *needed;  /* "SQLite needs libsqlite3", for messages; as are the next three */
    const char *name;    /* "SQLite" */
    const char *oldest;  /* "3.38" */
    const char *package; /* Debian's */
    lyger_status status; /* of an error */
    const lyger_symbol *symbols;
    size_t symbol_count;
} lyger_library;

/* Fills the table from the file; the handle (dlopen(3)), or NULL with library->status, naming the package. */
void *lyger_library_load(const lyger_library *library, const char *file, void *table, lyger_error *error);

#endif
