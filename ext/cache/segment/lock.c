#include "lock.h"

#include "cache/system/os.h"

#define SPINS 200u        /* before the first yield */
#define YIELDS 20u        /* before the first nap */
#define NAP_FIRST 50u     /* microseconds */
#define NAP_LONGEST 1000u /* microseconds; each nap is longer than the one before */
#define LOOK_EVERY 4u     /* ms between looks at what the holder does */

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool take_from(segment_lock *lock, uint64_t holder, uint64_t self)
{
    return atomic_compare_exchange_strong_explicit(&lock->holder, &holder, self, memory_order_acquire,
                                                   memory_order_relaxed);
}

static lock_result refuse(uint64_t holder, const char *doing, uint64_t waited, lyger_error *error)
{
    lyger_fail(error, LYGER_E_CACHE, "the cache is held by process %u, which %s: waited %.1f seconds",
               lyger_os_thread_number(holder), doing, (double)waited / 1000);
    return LOCK_REFUSED;
}

/* Sees what became of the holder, for which this thread has waited `waited` ms; LOCK_TAKEN means to go on
 * waiting. */
static lock_result look_at_holder(segment_lock *lock, uint64_t holder, uint64_t self, uint64_t waited,
                                  lyger_error *error)
{
    lyger_os_state state = lyger_os_thread_state(holder, 0);
    if (state == LYGER_OS_GONE) {
        return take_from(lock, holder, self) ? LOCK_INHERITED : LOCK_TAKEN;
    }
    if (state == LYGER_OS_STOPPED && waited > LOCK_STOPPED_FOR) {
        return refuse(holder, "is stopped", waited, error);
    }
    return waited > LOCK_PATIENCE ? refuse(holder, "does not go on", waited, error) : LOCK_TAKEN;
}

lock_result lyger_lock_wait(segment_lock *lock, uint64_t self, lyger_error *error)
{
    uint64_t holder = 0, since = 0, looked = 0;
    uint32_t nap = NAP_FIRST;
    for (uint32_t round = 0;; round++) {
        uint64_t now_holds = atomic_load_explicit(&lock->holder, memory_order_relaxed);
        if (now_holds == 0 && take_from(lock, 0, self)) {
            return LOCK_TAKEN;
        }
        if (now_holds == LOCK_LEFT && take_from(lock, LOCK_LEFT, self)) {
            return LOCK_INHERITED;
        }
        if (round < SPINS) {
            relax();
            continue;
        }
        if (round < SPINS + YIELDS) {
            lyger_os_yield();
            continue;
        }
        uint64_t now = lyger_os_milliseconds();
        if (now_holds != holder) {
            holder = now_holds;
            since = looked = now;
        } else if (holder && now - looked >= LOOK_EVERY) {
            looked = now;
            lock_result result = look_at_holder(lock, holder, self, now - since, error);
            if (result != LOCK_TAKEN) {
                return result;
            }
        }
        lyger_os_nap(nap);
        nap = nap * 2 < NAP_LONGEST ? nap * 2 : NAP_LONGEST;
    }
}

lock_result lyger_lock_try(lyger_cache *cache, segment_lock *lock)
{
    uint64_t self = lyger_lane(cache)->thread;
    uint64_t holder = atomic_load_explicit(&lock->holder, memory_order_relaxed);
    if (holder == 0) {
        return take_from(lock, 0, self) ? LOCK_TAKEN : LOCK_REFUSED;
    }
    return LOCK_REFUSED;
}
