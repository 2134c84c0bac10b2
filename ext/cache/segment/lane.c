#include "lane.h"

#include "cache/system/os.h"
#include "pin.h"

#define HANDED_FOR 60000u /* ms a lane waits for a child that was forked */

__thread own_lane lyger_lane_own LYGER_LANE_TLS;

static __thread lane *handed; /* the lane that this thread gives to the child it is forking */
static __thread lyger_cache *entered;

bool lyger_lane_lives(const lane *l)
{
    uint64_t owner = atomic_load(&l->owner);
    if (owner == LANE_HANDED) {
        return lyger_os_milliseconds() < atomic_load(&l->handed_until);
    }
    return owner != 0 && lyger_os_thread_state(owner, atomic_load(&l->program)) != LYGER_OS_GONE;
}

/* Makes a lane that is free, or whose thread is gone, this thread's, and releases its pins. */
static bool take_lane(lyger_cache *cache, lane *l, uint64_t thread)
{
    uint64_t owner = atomic_load(&l->owner);
    if (owner != 0 && lyger_lane_lives(l)) {
        return false;
    }
    /* A new owner must not be judged by the program of the old one. */
    atomic_store(&l->program, 0);
    if (!atomic_compare_exchange_strong(&l->owner, &owner, thread)) {
        return false;
    }
    atomic_store(&l->waits_for, 0);
    lyger_pin_clear(cache, l);
    atomic_store(&l->program, lyger_lane_own.program);
    return true;
}

static lane *claim(lyger_cache *cache, uint64_t thread)
{
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        if (take_lane(cache, &cache->lanes[i], thread)) {
            return &cache->lanes[i];
        }
    }
    return &cache->lanes[0];
}

/*
 * A child goes on using what its parent fetched in place, and the parent may end before the child does
 * anything. So the parent fills a second lane with the same pins before the fork, and the child makes that
 * lane its own. When no lane is free, the parent gives its own lane away for good, and those pins hold for
 * ever.
 */
static void before_fork(void)
{
    own_lane *mine = &lyger_lane_own;
    handed = NULL;
    if (!mine->segment || mine->shared || !lyger_pin_any()) {
        return;
    }
    handed = claim(entered, mine->thread);
    if (handed == &entered->lanes[0]) {
        atomic_store(&mine->own->handed_until, UINT64_MAX);
        atomic_store(&mine->own->owner, LANE_HANDED);
        lyger_pin_abandon();
        mine->segment = NULL;
        handed = NULL;
        return;
    }
    lyger_pin_copy(entered, mine->own, handed);
    atomic_store(&handed->handed_until, lyger_os_milliseconds() + HANDED_FOR);
    atomic_store(&handed->owner, LANE_HANDED);
}

static void after_fork(void)
{
    own_lane *mine = &lyger_lane_own;
    lane *given = handed;
    handed = NULL;
    mine->thread = lyger_os_thread();
    if (!given) {
        mine->segment = NULL;
        return;
    }
    uint64_t owner = LANE_HANDED;
    if (!atomic_compare_exchange_strong(&given->owner, &owner, mine->thread)) {
        lyger_os_die("this process was stopped for so long after its fork that what it inherited from the "
                     "cache is gone");
    }
    mine->own = given;
}

void lyger_lane_enter(lyger_cache *cache)
{
    own_lane *mine = &lyger_lane_own;
    lyger_os_at_fork(before_fork, after_fork);
    if (mine->segment) {
        lyger_lane_leave(entered);
    }
    mine->thread = lyger_os_thread();
    mine->program = lyger_os_program();
    mine->own = claim(cache, mine->thread);
    mine->shared = mine->own == &cache->lanes[0];
    mine->segment = cache->base;
    entered = cache;
}

uint64_t lyger_lane_sum(const lyger_cache *cache, lane_counter counter)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LANE_COUNT; i++) {
        sum += atomic_load_explicit(&cache->lanes[i].counters[counter], memory_order_relaxed);
    }
    return sum;
}

void lyger_lane_leave(lyger_cache *cache)
{
    own_lane *mine = &lyger_lane_own;
    if (mine->segment == cache->base && !mine->shared) {
        lyger_pin_release(cache);
        atomic_store(&mine->own->owner, 0);
    }
    mine->segment = NULL;
}

lane *lyger_lane_of(const lyger_cache *cache, uint64_t thread)
{
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        if (atomic_load_explicit(&cache->lanes[i].owner, memory_order_relaxed) == thread) {
            return &cache->lanes[i];
        }
    }
    return NULL;
}

bool lyger_lane_gone(const lyger_cache *cache, uint64_t thread)
{
    const lane *l = lyger_lane_of(cache, thread);
    return lyger_os_thread_state(thread, l ? atomic_load(&l->program) : 0) == LYGER_OS_GONE;
}

void lyger_lane_reap(lyger_cache *cache)
{
    uint64_t thread = lyger_lane(cache)->thread;
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        lane *l = &cache->lanes[i];
        if (atomic_load(&l->owner) != 0 && atomic_load(&l->owner) != thread && take_lane(cache, l, thread)) {
            atomic_store(&l->owner, 0);
        }
    }
}
