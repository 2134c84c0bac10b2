#include "stats.h"

#include "os.h"

__thread own_lane lyger_stats_lane __attribute__((tls_model("initial-exec")));

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget_lane(void)
{
    lyger_stats_lane.segment = NULL;
}

static void watch_forks(void)
{
    lyger_os_after_fork(forget_lane);
}

static lane *claim(lyger_cache *cache)
{
    uint32_t id = lyger_os_thread_id();
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        if (atomic_load(&cache->lanes[i].owner) == id) {
            return &cache->lanes[i];
        }
    }
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        lane *l = &cache->lanes[i];
        uint32_t owner = atomic_load(&l->owner);
        if ((owner == 0 || !lyger_os_thread_runs(owner)) &&
            atomic_compare_exchange_strong(&l->owner, &owner, id)) {
            return l;
        }
    }
    return &cache->lanes[0];
}

void lyger_stats_enter(lyger_cache *cache)
{
    pthread_once(&once, watch_forks);
    lyger_stats_lane.own = claim(cache);
    lyger_stats_lane.shared = lyger_stats_lane.own == &cache->lanes[0];
    lyger_stats_lane.segment = cache->base;
}

uint64_t lyger_stats_sum(const lyger_cache *cache, lane_counter counter)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LANE_COUNT; i++) {
        sum += atomic_load_explicit(&cache->lanes[i].counters[counter], memory_order_relaxed);
    }
    return sum;
}

void lyger_stats_leave(lyger_cache *cache)
{
    if (lyger_stats_lane.segment == cache->base && !lyger_stats_lane.shared) {
        uint32_t id = lyger_os_thread_id();
        atomic_compare_exchange_strong(&lyger_stats_lane.own->owner, &id, 0);
    }
    lyger_stats_lane.segment = NULL;
}
