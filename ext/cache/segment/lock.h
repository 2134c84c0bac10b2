/*
 * The locks inside a segment. A lock is one word that says which thread holds it, so that a waiter can see
 * what became of the holder: when the holder died, the waiter takes the lock over and is told to repair what
 * the lock guards; when the holder is stopped (SIGSTOP, a debugger), the waiter gives up with an error
 * instead of waiting for ever. Critical sections last less than a microsecond as a rule, so waiters take
 * short naps and are never woken: taking a free lock and giving it back are one atomic operation each.
 */
#ifndef LYGER_CACHE_LOCK_H
#define LYGER_CACHE_LOCK_H

#include "lane.h"

#define LOCK_STOPPED_FOR 500u /* ms a waiter grants a stopped holder */
#define LOCK_PATIENCE 10000u  /* ms a waiter grants a holder that runs */

#define LOCK_LEFT ((uint64_t)1 << 32) /* a name no thread has: as if the holder had died */

typedef enum lock_result {
    LOCK_TAKEN,
    LOCK_INHERITED, /* taken from a thread that died holding it */
    LOCK_REFUSED
} lock_result;

/* The slow way to a lock, which waits. LOCK_REFUSED comes with LYGER_E_CACHE. */
lock_result lyger_lock_wait(segment_lock *lock, uint64_t self, lyger_error *error);

/* Takes a lock without waiting: LOCK_REFUSED when a thread holds it, dead or alive. */
lock_result lyger_lock_try(lyger_cache *cache, segment_lock *lock);

static inline lock_result lyger_lock_take(lyger_cache *cache, segment_lock *lock, lyger_error *error)
{
    uint64_t self = lyger_lane(cache)->thread, nobody = 0;
    if (__builtin_expect(atomic_compare_exchange_strong_explicit(&lock->holder, &nobody, self,
                                                                 memory_order_acquire, memory_order_relaxed),
                         1)) {
        return LOCK_TAKEN;
    }
    return lyger_lock_wait(lock, self, error);
}

static inline void lyger_lock_give(segment_lock *lock)
{
    atomic_store_explicit(&lock->holder, 0, memory_order_release);
}

#endif
