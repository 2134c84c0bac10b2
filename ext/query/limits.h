/*
 * How long a statement or a connection attempt may take: a deadline, the caller's interrupt hook, and the
 * process it began in. Code that waits or computes for more than about a millisecond calls
 * lyger_limits_check() in between.
 */
#ifndef LYGER_QUERY_LIMITS_H
#define LYGER_QUERY_LIMITS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct lyger_limits {
    const lyger_interrupt *interrupt; /* may be NULL */
    int64_t deadline;                 /* lyger_now_ms(), 0: none */
    pid_t process;                    /* a fork inside the hook ends the work in the child */
} lyger_limits;

/* Milliseconds of a clock that only moves forward. */
int64_t lyger_now_ms(void);

/* Limits from now on; seconds 0 means no deadline. */
lyger_limits lyger_limits_for(const lyger_interrupt *interrupt, double seconds);

/* LYGER_OK, LYGER_E_INTERRUPTED, LYGER_E_TIMEOUT, or LYGER_E_QUERY in a forked child. Fills no error. */
lyger_status lyger_limits_check(const lyger_limits *limits);

/* The message for a status that lyger_limits_check() gave; what: "the statement", "connecting". */
lyger_status lyger_limits_fail(lyger_error *error, lyger_status status, const char *what);

/* Waits until fd has one of the poll(2) events, in slices of 100 ms so that the hook is asked. LYGER_OK also
 * on an error condition of the descriptor, which its owner then finds by reading. */
lyger_status lyger_limits_wait(const lyger_limits *limits, int fd, short events);

/* Sleeps at most ms milliseconds, never past the deadline; then checks. */
lyger_status lyger_limits_pause(const lyger_limits *limits, int ms);

#endif
