/*
 * What the files behind the FFI door share: the functions of lyger.h, exported, and the thread's last error.
 * Internal to the abi room.
 *
 * State: one cache, one connection pool and one table of results per process, each opened on first use; the
 * error is per thread. lyger.h says who may enter.
 */
#ifndef LYGER_ABI_DOOR_H
#define LYGER_ABI_DOOR_H

/* With phpize the build's choices are in config.h, which is lyger's own and no PHP header. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/error.h"
#include "base/sink.h"
#include "cache/cache.h"

#include <stdbool.h>
#include <stddef.h>

/* lyger.h itself has no preprocessor lines, so that FFI::cdef takes it. */
#pragma GCC visibility push(default)
#include "lyger.h"
#pragma GCC visibility pop

/* Clears this thread's last error and returns it, for the function to fill. */
lyger_error *lyger_abi_enter(void);

/* A copy for the caller to free; NULL and the error when there is no memory. */
char *lyger_abi_copy(const char *bytes, size_t len, lyger_error *error);

/* The text of a buffer for the caller to free, and its length when len is not NULL. When the text is not
 * whole, or there is no memory, NULL and the error; the buffer is freed either way. */
char *lyger_abi_finish(lyger_buffer *buffer, bool whole, size_t *len, lyger_error *error);

/* The cache when it has been opened, else NULL; opens nothing. */
lyger_cache *lyger_abi_cache(void);

/* The cache, opened on first use; NULL without an error when it is switched off. */
lyger_cache *lyger_abi_usable_cache(lyger_error *error);

/* Whether key[0..len) can be a key; if not, fills the error. */
bool lyger_abi_valid_key(const char *key, size_t len, lyger_error *error);

/* Whether ttl can be a time to live; if not, fills the error. */
bool lyger_abi_valid_ttl(unsigned long ttl, lyger_error *error);

/* The rooms' parts of lyger_ffi_close(). */
void lyger_abi_close_cache(void);
void lyger_abi_close_queries(void);

/* The rooms' parts of a fork: the child must not inherit a lock that a thread it does not have was holding.
 */
void lyger_abi_lock_cache(void);
void lyger_abi_unlock_cache(void);
void lyger_abi_lock_queries(void);
void lyger_abi_unlock_queries(void);
void lyger_abi_unlock_queries_in_child(void);

#endif
