#include "policy.h"

#include <string.h>

#define GHOST_UNIT_BITS 8u

static entry_queue *queue_of(shard *s, queue_name name)
{
    return name == QUEUE_SMALL ? &s->small : &s->main;
}

void lyger_policy_restore(lyger_cache *cache, shard *s, granule at, queue_name name)
{
    entry_queue *queue = queue_of(s, name);
    entry *e = entry_at(cache, at);
    e->queue = (uint8_t)name;
    e->newer = 0;
    e->older = queue->head;
    if (queue->head) {
        entry_at(cache, queue->head)->newer = at;
    } else {
        queue->tail = at;
    }
    queue->head = at;
    queue->granules += block_size(cache, e);
}

void lyger_policy_forget(lyger_cache *cache, shard *s, granule at)
{
    entry *e = entry_at(cache, at);
    entry_queue *queue = queue_of(s, (queue_name)e->queue);
    if (e->newer) {
        entry_at(cache, e->newer)->older = e->older;
    } else {
        queue->head = e->older;
    }
    if (e->older) {
        entry_at(cache, e->older)->newer = e->newer;
    } else {
        queue->tail = e->newer;
    }
    queue->granules -= block_size(cache, e);
    e->queue = QUEUE_NONE;
}

static ghost_set *ghosts_of(lyger_cache *cache, const shard *s, uint64_t hash)
{
    uint32_t count = cache->header->ghost_count;
    return cache->ghosts + (size_t)number_of_shard(cache, s) * count + ((uint32_t)(hash >> 8) & (count - 1));
}

/* A ghost: hash and time. Never 0, which marks an empty way. */
static uint32_t ghost_of(uint64_t hash, uint16_t time)
{
    return (uint32_t)(hash >> 32) << 16 | 1u << 16 | time;
}

/* The time is the number of ghosts the shard has made, in units that make 16 bits last for several times as
 * many as there are places. */
static uint16_t ghost_time(const lyger_cache *cache, const shard *s)
{
    uint32_t bits = (uint32_t)__builtin_ctz(cache->header->ghost_count);
    return (uint16_t)(s->ghosts_made >> (bits > GHOST_UNIT_BITS ? bits - GHOST_UNIT_BITS : 0));
}

/* Whether the ghosts have this hash, not older than the paper's ghost queue is long: as many evictions as the
 * main queue has entries. Forgets the ghost. */
static bool recall(lyger_cache *cache, const shard *s, uint64_t hash)
{
    ghost_set *set = ghosts_of(cache, s, hash);
    uint32_t bits = (uint32_t)__builtin_ctz(cache->header->ghost_count);
    uint64_t entries = atomic_load_explicit(&s->entries, memory_order_relaxed) * 9 / 10;
    uint64_t life = entries >> (bits > GHOST_UNIT_BITS ? bits - GHOST_UNIT_BITS : 0);
    for (uint32_t i = 0; i < GHOST_WAYS; i++) {
        if (set->ghosts[i] >> 16 == ghost_of(hash, 0) >> 16) {
            uint16_t age = (uint16_t)(ghost_time(cache, s) - (uint16_t)set->ghosts[i]);
            set->ghosts[i] = 0;
            return age <= life;
        }
    }
    return false;
}

void lyger_policy_remember(lyger_cache *cache, shard *s, uint64_t hash)
{
    ghost_set *set = ghosts_of(cache, s, hash);
    memmove(&set->ghosts[1], &set->ghosts[0], (GHOST_WAYS - 1) * sizeof set->ghosts[0]);
    set->ghosts[0] = ghost_of(hash, ghost_time(cache, s));
    s->ghosts_made++;
}

void lyger_policy_admit(lyger_cache *cache, shard *s, granule at)
{
    const entry *e = entry_at(cache, at);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    /* A session is somebody's login: what the cache gets once must not push it out before it is read again.
     */
    bool known = recall(cache, s, hash) || is_annexed(e);
    lyger_policy_restore(cache, s, at, known ? QUEUE_MAIN : QUEUE_SMALL);
}

void lyger_policy_moved(lyger_cache *cache, shard *s, granule at, queue_name name, granule newer,
                        granule older, uint32_t had)
{
    entry *to = entry_at(cache, at);
    entry_queue *queue = queue_of(s, name);
    to->queue = (uint8_t)name;
    to->newer = newer;
    to->older = older;
    *(newer ? &entry_at(cache, newer)->older : &queue->head) = at;
    *(older ? &entry_at(cache, older)->newer : &queue->tail) = at;
    queue->granules += block_size(cache, to);
    queue->granules -= had;
}

void lyger_policy_replace(lyger_cache *cache, shard *s, granule old, granule at)
{
    const entry *from = entry_at(cache, old);
    lyger_policy_moved(cache, s, at, (queue_name)from->queue, from->newer, from->older,
                       block_size(cache, from));
}

static void move_to_main(lyger_cache *cache, shard *s, granule at)
{
    lyger_policy_forget(cache, s, at);
    lyger_policy_restore(cache, s, at, QUEUE_MAIN);
}

/* Each step either finds the victim, promotes an entry or lowers an entry's frequency, which is at most 3:
 * the loop ends. */
index_slot *lyger_policy_victim(lyger_cache *cache, shard *s)
{
    for (;;) {
        uint64_t capacity = atomic_load_explicit(&s->capacity, memory_order_relaxed);
        bool small = s->small.tail && (!s->main.tail || s->small.granules * 10 >= capacity);
        granule at = small ? s->small.tail : s->main.tail;
        if (!at) {
            return NULL;
        }
        index_slot *slot = lyger_index_slot_of(cache, s, at);
        _Atomic uint8_t *hits = frequency_of(slot);
        uint8_t frequency = atomic_load_explicit(hits, memory_order_relaxed);
        if (frequency <= (small ? 1 : 0)) {
            return slot;
        }
        atomic_store_explicit(hits, small ? 0 : (uint8_t)(frequency - 1), memory_order_relaxed);
        move_to_main(cache, s, at);
    }
}
