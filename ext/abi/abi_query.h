/*
 * What the two files behind the FFI door's queries share: the pool and the table of results, each behind a
 * lock.
 *
 * The pool's lock is taken first. A thread that waits for a pending result, or frees one, holds the pool's
 * lock: the connection belongs to the pool. A result that is there needs the table's lock only, so that it
 * can be read while another thread's statement runs.
 */
#ifndef LYGER_ABI_QUERY_H
#define LYGER_ABI_QUERY_H

#include "door.h"

#include "query/query.h"

/* The pool, NULL when it has not been opened; locked either way. */
lyger_pool *lyger_abi_lock_pool(void);
void lyger_abi_unlock_pool(void);

/* Puts a result of that pool into the table: its handle, or 0 and the error. result NULL gives 0. */
unsigned long lyger_abi_open_result(lyger_result *result, lyger_pool *pool, bool pending, lyger_error *error);

/* The same for a result that lyger_jsonify_result() writes as a report (lyger_result_write_report()). With
 * fits_int its handle is below 2^31, as callers declare it that way. */
unsigned long lyger_abi_open_report(lyger_result *result, bool fits_int, lyger_error *error);

/* The pool, made on first use and locked, and in *timeout the configured one where it is 0; NULL, the error,
 * and no lock, when there is no memory. */
lyger_pool *lyger_abi_enter_pool(double *timeout, lyger_error *error);

/* Frees the results; their handles stay stale. With the pool locked. */
void lyger_abi_clear_results(lyger_pool *pool);

/* Around a fork. */
void lyger_abi_lock_results(void);
void lyger_abi_unlock_results(void);

#endif
