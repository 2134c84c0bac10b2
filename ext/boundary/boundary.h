/*
 * The boundary room: small functions whose work is known and nearly nothing, so that the cost of a call is
 * the door's. Compiled only with --enable-lyger-boundary. Each function is one way of crossing: nothing, a
 * scalar, a string in or out, borrowed bytes, an array, a struct, an owner, a view into one, a callback, an
 * error, threads, rows. Both doors call the functions of this header; benchmarks/rust has the same algorithms
 * in Rust.
 *
 * Memory: the caller owns what a _new or _open returns, and gives it to the _free beside it. All other memory
 * is only read or written during the call. No state is kept: any thread and process may enter at any time, an
 * owner, an archive or rows being used by one thread at a time.
 */
#ifndef LYGER_BOUNDARY_BOUNDARY_H
#define LYGER_BOUNDARY_BOUNDARY_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
#include "lyger_probe.h"
#pragma GCC visibility pop

static inline int64_t lyger_boundary_double(int64_t value)
{
    return (int64_t)((uint64_t)value * 2u);
}

static inline double lyger_boundary_halve(double value)
{
    return value * 0.5;
}

static inline int64_t lyger_boundary_text_in(const char *text, size_t len)
{
    return (int64_t)len + (len > 0 ? (unsigned char)text[0] : 0);
}

size_t lyger_boundary_nul_scan(const char *text);

bool lyger_boundary_utf8(const char *text, size_t len);

/* Fills to[0..len) with "x". */
void lyger_boundary_fill(char *to, size_t len);

/* to[0..len) becomes from[0..len) backwards; the two do not overlap. */
void lyger_boundary_reverse(char *to, const char *from, size_t len);

size_t lyger_boundary_digits(const char *bytes, size_t len);

int64_t lyger_boundary_sum(const void *packed, size_t count);

static inline void lyger_boundary_next(const lyger_probe_record *in, lyger_probe_record *out)
{
    *out = (lyger_probe_record){in->id + 1, in->value * 2, in->flag ^ 1};
}

lyger_probe_owner *lyger_boundary_owner_new(int64_t value);
int64_t lyger_boundary_owner_use(lyger_probe_owner *owner);
void lyger_boundary_owner_free(lyger_probe_owner *owner);

/* LYGER_E_ARGUMENT for bytes that are no ustar archive. */
lyger_status lyger_boundary_tar_open(const char *bytes, size_t len, lyger_probe_tar **tar,
                                     lyger_error *error);
size_t lyger_boundary_tar_count(const lyger_probe_tar *tar);
bool lyger_boundary_tar_file(const lyger_probe_tar *tar, size_t index, lyger_probe_file *file);
void lyger_boundary_tar_free(lyger_probe_tar *tar);

/* Calls back for 0 to count - 1 and adds up the results; false as soon as a call returns false. */
bool lyger_boundary_each(bool (*call)(void *context, int64_t value, int64_t *result), void *context,
                         size_t count, int64_t *sum);

/* LYGER_E_ARGUMENT for a value below 0. */
lyger_status lyger_boundary_check(int64_t value, lyger_error *error);

#define LYGER_BOUNDARY_THREADS_MAX 64

/* LYGER_E_ARGUMENT for a number of threads below 1 or above LYGER_BOUNDARY_THREADS_MAX. The calling thread
 * counts the share of a thread that the system does not start. */
lyger_status lyger_boundary_threads(const char *bytes, size_t len, int threads, size_t *digits,
                                    lyger_error *error);

lyger_probe_rows *lyger_boundary_rows_new(size_t count);
size_t lyger_boundary_rows_count(const lyger_probe_rows *rows);
bool lyger_boundary_rows_read(const lyger_probe_rows *rows, size_t index, lyger_probe_row *row);
double lyger_boundary_rows_total(const lyger_probe_rows *rows);
void lyger_boundary_rows_free(lyger_probe_rows *rows);

#endif
