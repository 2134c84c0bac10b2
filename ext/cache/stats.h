/*
 * Counters without contention: each thread counts on cache lines of its own (a lane), a reader adds them up.
 * A lane whose owner has died goes to the next thread with its counts, so nothing counted is lost. When all
 * lanes are taken, threads share lane 0.
 */
#ifndef LYGER_CACHE_STATS_H
#define LYGER_CACHE_STATS_H

#include "layout.h"

/* The lane of this thread; a forked child must not go on with its parent's, so it is forgotten there. */
typedef struct own_lane {
    const char *segment; /* the base of the segment that the lane is in */
    lane *own;
    bool shared;
} own_lane;

extern __thread own_lane lyger_stats_lane __attribute__((tls_model("initial-exec")));

/* Finds a lane for this thread. */
void lyger_stats_enter(lyger_cache *cache);

static inline void lyger_stats_add(lyger_cache *cache, lane_counter counter)
{
    if (__builtin_expect(lyger_stats_lane.segment != cache->base, 0)) {
        lyger_stats_enter(cache);
    }
    _Atomic uint64_t *count = &lyger_stats_lane.own->counters[counter];
    if (__builtin_expect(lyger_stats_lane.shared, 0)) {
        atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    } else {
        atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
                              memory_order_relaxed);
    }
}

uint64_t lyger_stats_sum(const lyger_cache *cache, lane_counter counter);

/* Gives back the lane of this thread. */
void lyger_stats_leave(lyger_cache *cache);

#endif
