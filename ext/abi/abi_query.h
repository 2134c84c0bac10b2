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

/* Frees the results; their handles stay stale. With the pool locked. */
void lyger_abi_clear_results(lyger_pool *pool);

/* Around a fork. */
void lyger_abi_lock_results(void);
void lyger_abi_unlock_results(void);

#endif
