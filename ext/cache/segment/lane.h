/*
 * What a thread writes while others read: its counters, its pins (pin.h), what it waits for. Each thread has
 * a lane of its own, so no two contend; a figure is the sum over the lanes. A lane whose thread has died goes
 * to the next thread, with its counts, so nothing counted is lost. When all lanes are taken, threads share
 * lane 0, which has counters only.
 */
#ifndef LYGER_CACHE_LANE_H
#define LYGER_CACHE_LANE_H

#include "layout.h"

/* This thread's lane. A forked child must not go on with its parent's lane, so the child forgets it. */
typedef struct own_lane {
    const char *segment; /* the base of the segment that the lane is in */
    lane *own;
    uint64_t thread;  /* lyger_os_thread() */
    uint64_t program; /* lyger_os_program() */
    bool shared;      /* own is lane 0 */
} own_lane;

/*
 * glibc keeps room for a few words of thread-local variables of libraries that are loaded later, so that one
 * instruction reaches them instead of a call. Other C libraries have no such room, and do not load a library
 * that asks for it (musl: "initial-exec TLS resolves to dynamic definition").
 */
#ifdef __GLIBC__
#define LYGER_LANE_TLS __attribute__((tls_model("initial-exec")))
#else
#define LYGER_LANE_TLS
#endif

extern __thread own_lane lyger_lane_own LYGER_LANE_TLS;

/* Finds a lane for this thread. */
void lyger_lane_enter(lyger_cache *cache);

/* This thread's lane, found on first use. */
static inline own_lane *lyger_lane(lyger_cache *cache)
{
    if (__builtin_expect(lyger_lane_own.segment != cache->base, 0)) {
        lyger_lane_enter(cache);
    }
    return &lyger_lane_own;
}

static inline void lyger_lane_count(lyger_cache *cache, lane_counter counter)
{
    const own_lane *mine = lyger_lane(cache);
    _Atomic uint64_t *count = &mine->own->counters[counter];
    if (__builtin_expect(mine->shared, 0)) {
        atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    } else {
        atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
                              memory_order_relaxed);
    }
}

uint64_t lyger_lane_sum(const lyger_cache *cache, lane_counter counter);

/* Gives back the lane of this thread and releases its pins. */
void lyger_lane_leave(lyger_cache *cache);

/* Whether the lane's thread still runs, or is a forked child that may be about to take the lane. */
bool lyger_lane_lives(const lane *l);

/* Whether the thread that entered the segment under that name has ended or executes another program. */
bool lyger_lane_gone(const lyger_cache *cache, uint64_t thread);

/* The lane of the thread with that name, NULL when it has none. */
lane *lyger_lane_of(const lyger_cache *cache, uint64_t thread);

/* Frees the lanes of threads that died, and releases the pins in them. */
void lyger_lane_reap(lyger_cache *cache);

#endif
