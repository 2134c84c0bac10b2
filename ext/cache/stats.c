#include "stats.h"

#include "os.h"

/* The lane of this thread; a forked child must not go on with its parent's. */
static __thread struct {
    const char *segment;
    lane *own;
    bool shared;
} mine __attribute__((tls_model("initial-exec")));

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget_lane(void)
{
    mine.segment = NULL;
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

static __attribute__((noinline)) void enter(lyger_cache *cache)
{
    pthread_once(&once, watch_forks);
    mine.own = claim(cache);
    mine.shared = mine.own == &cache->lanes[0];
    mine.segment = cache->base;
}

void lyger_stats_add(lyger_cache *cache, lane_counter counter)
{
    if (__builtin_expect(mine.segment != cache->base, 0)) {
        enter(cache);
    }
    _Atomic uint64_t *count = &mine.own->counters[counter];
    if (__builtin_expect(mine.shared, 0)) {
        atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    } else {
        atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
                              memory_order_relaxed);
    }
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
    if (mine.segment == cache->base && !mine.shared) {
        uint32_t id = lyger_os_thread_id();
        atomic_compare_exchange_strong(&mine.own->owner, &id, 0);
    }
    mine.segment = NULL;
}
