/*
 * How the core reports failure: a function returns a status and fills a caller-owned error struct. The core
 * never throws, prints or exits; the door decides what a status becomes (lyger_error.c: an exception class;
 * abi/: lyger_last_error()).
 *
 * An error struct owns no memory, is reused freely, and may live on the stack. One struct belongs to one
 * thread at a time.
 */
#ifndef LYGER_BASE_ERROR_H
#define LYGER_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lyger_status {
    LYGER_OK = 0,
    LYGER_E_MEMORY,      /* an allocation failed */
    LYGER_E_ARGUMENT,    /* a value outside its documented range or form */
    LYGER_E_INTERRUPTED, /* the caller's interrupt hook asked to stop; the hook knows why */
    LYGER_E_TIMEOUT,     /* a time limit of lyger's own passed */
    LYGER_E_HANDLE,      /* a handle that is stale, freed or was never given out */
    LYGER_E_CACHE,       /* the shared segment cannot be used */
    LYGER_E_QUERY,       /* the database refused or failed; sqlstate is set where one exists */
    LYGER_E_SERVER,      /* sockets, listening, the serving thread */
} lyger_status;

#define LYGER_ERROR_MESSAGE_SIZE 1024

typedef struct lyger_error {
    lyger_status status;
    char sqlstate[6];                       /* five characters (ISO/IEC 9075, PostgreSQL appendix A) or "" */
    int position;                           /* 1-based character in the statement, 0 when unknown */
    int code;                               /* SQLite's primary result code (5 is busy), 0 without one */
    char message[LYGER_ERROR_MESSAGE_SIZE]; /* UTF-8, NUL-terminated, cut at a character boundary */
} lyger_error;

/* Makes an error struct that says nothing yet. */
void lyger_error_clear(lyger_error *error);

/* MinGW's gcc checks `printf` formats by what Microsoft's old printf() could do. */
#ifdef __MINGW32__
#define LYGER_PRINTF gnu_printf
#else
#define LYGER_PRINTF printf
#endif

/* Fills *error (which may be NULL) and returns status, so that `return lyger_fail(error, …)` reads well. */
lyger_status lyger_fail(lyger_error *error, lyger_status status, const char *format, ...)
    __attribute__((format(LYGER_PRINTF, 3, 4)));

/* Copies at most size - 1 bytes of text[0..len), unchanged, and never cuts a UTF-8 sequence. */
void lyger_copy_text(char *to, size_t size, const char *text, size_t len);

/*
 * The caller's wish to stop, polled by every function that can take longer than about a millisecond. The hook
 * returns true when the work must be abandoned; it may run arbitrary code (PHP signal handlers), so nothing
 * that such code could reach may be locked while it is called.
 */
typedef struct lyger_interrupt {
    bool (*requested)(void *context);
    void *context;
} lyger_interrupt;

static inline bool lyger_interrupted(const lyger_interrupt *interrupt)
{
    return interrupt && interrupt->requested && interrupt->requested(interrupt->context);
}

#endif
