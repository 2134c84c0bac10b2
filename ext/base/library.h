/*
 * Libraries that are loaded at their first use, because linking them would cost every PHP process start-up
 * time: their functions, found by name, in a table of pointers. A loaded library stays.
 */
#ifndef LYGER_BASE_LIBRARY_H
#define LYGER_BASE_LIBRARY_H

#include "error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Without a pointer, of which the system's loader would have to change hundreds whenever PHP starts. */
typedef struct lyger_symbol {
    char name[38];
    uint16_t offset; /* of its pointer in the table */
} lyger_symbol;

typedef struct lyger_library {
    const char *needed;  /* "SQLite needs libsqlite3", for messages; as are the next three */
    const char *name;    /* "SQLite" */
    const char *oldest;  /* "3.38" */
    const char *package; /* Debian's */
    lyger_status status; /* of the error when loading fails */
    const lyger_symbol *symbols;
    size_t symbol_count;
} lyger_library;

/* Fills the table from the file; returns the handle (dlopen(3)), or NULL with library->status, naming the
 * package. */
void *lyger_library_load(const lyger_library *library, const char *file, void *table, lyger_error *error);

/* What is loaded once, by the thread that needs it first. Begins as LYGER_LOADING(load). */
typedef struct lyger_loading {
    pthread_mutex_t mutex;
    bool done; /* atomic; what was loaded does not change any more once it is true */
    lyger_status (*load)(lyger_error *error);
} lyger_loading;

#define LYGER_LOADING(load)                                                                                  \
    {                                                                                                        \
        PTHREAD_MUTEX_INITIALIZER, false, load                                                               \
    }

/* Any thread. What has failed is tried again by the next call. */
lyger_status lyger_library_once(lyger_loading *loading, lyger_error *error);

static inline bool lyger_library_is_loaded(const lyger_loading *loading)
{
    return __atomic_load_n(&loading->done, __ATOMIC_ACQUIRE);
}

#endif
