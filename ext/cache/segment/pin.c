#include "pin.h"

#include "lane.h"
#include "cache/system/os.h"
#include "sight.h"
#include "step.h"

#include <stdlib.h>
#include <string.h>

#define PROBES 8u           /* places where a pin may be */
#define REAP_EVERY_MS 1000u /* how often a thread without room looks for lanes of dead threads */

/* Where this thread's pins are in its lane, to release them without searching. */
typedef struct own_pins {
    uint16_t *places; /* pin_count numbers, made on first use */
    uint32_t count;
    uint64_t granules; /* pinned, counted against the lane's chunks */
    uint64_t reaped;   /* ms */
} own_pins;

static __thread own_pins mine;

static _Atomic granule *pins_of(const lyger_cache *cache, const lane *l)
{
    return cache->pins + (size_t)(l - cache->lanes) * cache->header->pin_count;
}

static uint32_t first_place(granule at)
{
    return at * 0x9E3779B1u >> 16; /* Fibonacci hashing (Knuth, TAOCP 3, 6.4) */
}

static bool lane_pins(const lyger_cache *cache, const lane *l, granule at)
{
    _Atomic granule *pins = pins_of(cache, l);
    uint32_t mask = cache->header->pin_count - 1, place = first_place(at);
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        if (atomic_load_explicit(&pins[(place + probe) & mask], memory_order_relaxed) == at) {
            return true;
        }
    }
    return false;
}

/* A number that changes when a fork may have copied pins to a lane that a search has already passed. */
static uint32_t hand_overs(const lyger_cache *cache)
{
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load_explicit(&cache->header->hand_overs, memory_order_relaxed);
}

bool lyger_pin_holds(lyger_cache *cache, granule at)
{
    uint32_t before;
    do {
        before = hand_overs(cache);
        for (uint32_t i = 1; i < LANE_COUNT; i++) {
            const lane *l = &cache->lanes[i];
            /* A lane without chunks has no pins: a thread takes its chunks before it pins. */
            if (atomic_load_explicit(&l->chunks, memory_order_relaxed) && lane_pins(cache, l, at) &&
                lyger_lane_lives(l)) {
                return true;
            }
            lyger_step(STEP_LANE_SEEN);
        }
    } while (hand_overs(cache) != before);
    return false;
}

static uint32_t chunks_taken(const lyger_cache *cache)
{
    uint32_t sum = 0;
    for (uint32_t i = 1; i < LANE_COUNT; i++) {
        sum += atomic_load(&cache->lanes[i].chunks);
    }
    return sum;
}

/* Takes as many chunks as `granules` need; threads that try at the same moment may all fail. */
static bool afford(lyger_cache *cache, lane *l, uint64_t granules)
{
    uint64_t chunk = PIN_CHUNK_GRANULES(cache);
    uint32_t has = atomic_load_explicit(&l->chunks, memory_order_relaxed);
    if (granules <= has * chunk) {
        return true;
    }
    uint64_t needs = (granules + chunk - 1) / chunk;
    if (needs > PIN_CHUNKS) {
        return false;
    }
    atomic_store(&l->chunks, (uint32_t)needs);
    if (chunks_taken(cache) <= PIN_CHUNKS) {
        return true;
    }
    uint64_t now = lyger_os_milliseconds();
    if (now - mine.reaped >= REAP_EVERY_MS) {
        mine.reaped = now;
        lyger_lane_reap(cache);
        if (chunks_taken(cache) <= PIN_CHUNKS) {
            return true;
        }
    }
    atomic_store(&l->chunks, has);
    return false;
}

static bool make_places(const lyger_cache *cache)
{
    if (!mine.places) {
        mine.places = malloc(cache->header->pin_count * sizeof *mine.places);
    }
    return mine.places != NULL;
}

bool lyger_pin_take(lyger_cache *cache, const lyger_cache_sight *sight)
{
    const own_lane *self = lyger_lane(cache);
    const entry *e = sight->entry;
    granule at = granule_of(cache, e);
    uint32_t mask = cache->header->pin_count - 1, place = first_place(at), free_place = UINT32_MAX;
    if (self->shared || sight->value.type < LYGER_CACHE_IN_PLACE || cache->path[0]) {
        return false;
    }
    _Atomic granule *pins = pins_of(cache, self->own);
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        uint32_t number = (place + probe) & mask;
        granule pinned = atomic_load_explicit(&pins[number], memory_order_relaxed);
        if (pinned == at) {
            /* The entry has been pinned since before this sight, so its memory cannot have become another
             * entry. */
            return true;
        }
        if (!pinned && free_place == UINT32_MAX) {
            free_place = number;
        }
    }
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    uint64_t granules = mine.granules + granules_for(key_length(lens), value_length(lens));
    if (free_place == UINT32_MAX || mine.count >= cache->header->pin_count / 4 * 3 || !make_places(cache) ||
        !sight_is_whole(sight) || !afford(cache, self->own, granules)) {
        return false;
    }
    lyger_step(STEP_PIN_WANTED);
    atomic_store_explicit(&pins[free_place], at, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    lyger_step(STEP_PIN_PLACED);
    if (!sight_is_whole(sight)) {
        atomic_store_explicit(&pins[free_place], 0, memory_order_release);
        return false;
    }
    mine.places[mine.count++] = (uint16_t)free_place;
    mine.granules = granules;
    return true;
}

bool lyger_pin_any(void)
{
    return mine.count > 0;
}

void lyger_pin_release(lyger_cache *cache)
{
    const own_lane *self = &lyger_lane_own;
    if (self->segment == cache->base && !self->shared) {
        _Atomic granule *pins = pins_of(cache, self->own);
        for (uint32_t i = 0; i < mine.count; i++) {
            atomic_store_explicit(&pins[mine.places[i]], 0, memory_order_release);
        }
        atomic_store_explicit(&self->own->chunks, 0, memory_order_release);
    }
    lyger_pin_abandon();
}

void lyger_pin_abandon(void)
{
    free(mine.places);
    mine.places = NULL;
    mine.count = 0;
    mine.granules = 0;
}

void lyger_pin_clear(lyger_cache *cache, lane *l)
{
    if (atomic_load(&l->chunks) == 0) {
        return;
    }
    _Atomic granule *pins = pins_of(cache, l);
    for (uint32_t i = 0; i < cache->header->pin_count; i++) {
        atomic_store_explicit(&pins[i], 0, memory_order_release);
    }
    atomic_store(&l->chunks, 0);
}

void lyger_pin_copy(lyger_cache *cache, const lane *from, lane *to)
{
    _Atomic granule *source = pins_of(cache, from), *target = pins_of(cache, to);
    /* Both lanes hold the same memory, so this may pass the limit: a fork cannot be refused. */
    atomic_store(&to->chunks, atomic_load(&from->chunks));
    for (uint32_t i = 0; i < cache->header->pin_count; i++) {
        atomic_store(&target[i], atomic_load(&source[i]));
    }
    atomic_fetch_add(&cache->header->hand_overs, 1);
}

static void visit_pins(const lyger_cache *cache, const lane *l, void (*visit)(granule at, void *context),
                       void *context)
{
    _Atomic granule *pins = pins_of(cache, l);
    for (uint32_t place = 0; place < cache->header->pin_count; place++) {
        granule at = atomic_load_explicit(&pins[place], memory_order_relaxed);
        if (at) {
            visit(at, context);
        }
    }
}

void lyger_pin_each(lyger_cache *cache, void (*visit)(granule at, void *context), void *context)
{
    uint32_t before;
    do {
        before = hand_overs(cache);
        for (uint32_t i = 1; i < LANE_COUNT; i++) {
            const lane *l = &cache->lanes[i];
            if (atomic_load(&l->chunks) && lyger_lane_lives(l)) {
                visit_pins(cache, l, visit, context);
            }
            lyger_step(STEP_LANE_SEEN);
        }
    } while (hand_overs(cache) != before);
}
