/*
 * Counters without contention: each thread counts on cache lines of its own (a lane), a reader adds them up.
 * A lane whose owner has died goes to the next thread with its counts, so nothing counted is lost. When all
 * lanes are taken, threads share lane 0.
 */
#ifndef LYGER_CACHE_STATS_H
#define LYGER_CACHE_STATS_H

#include "layout.h"

void lyger_stats_add(lyger_cache *cache, lane_counter counter);

uint64_t lyger_stats_sum(const lyger_cache *cache, lane_counter counter);

/* Gives back the lane of this thread. */
void lyger_stats_leave(lyger_cache *cache);

#endif
