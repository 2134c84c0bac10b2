#include "policy.h"

#include <string.h>

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
    queue->granules += block_size(e);
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
    queue->granules -= block_size(e);
    e->queue = QUEUE_NONE;
}

static ghost_set *ghosts_of(lyger_cache *cache, const shard *s, uint64_t hash)
{
    uint32_t count = cache->header->ghost_count;
    return cache->ghosts + (size_t)(s - cache->shards) * count + ((uint32_t)(hash >> 8) & (count - 1));
}

/* Never 0, which marks an empty way. */
static uint32_t ghost_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1u;
}

/* Whether hash is remembered; forgets it. */
static bool recall(lyger_cache *cache, const shard *s, uint64_t hash)
{
    ghost_set *set = ghosts_of(cache, s, hash);
    for (uint32_t i = 0; i < GHOST_WAYS; i++) {
        if (set->hashes[i] == ghost_of(hash)) {
            set->hashes[i] = 0;
            return true;
        }
    }
    return false;
}

void lyger_policy_remember(lyger_cache *cache, shard *s, uint64_t hash)
{
    ghost_set *set = ghosts_of(cache, s, hash);
    memmove(&set->hashes[1], &set->hashes[0], (GHOST_WAYS - 1) * sizeof set->hashes[0]);
    set->hashes[0] = ghost_of(hash);
}

void lyger_policy_admit(lyger_cache *cache, shard *s, granule at)
{
    entry *e = entry_at(cache, at);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    atomic_store_explicit(&e->frequency, 0, memory_order_relaxed);
    lyger_policy_restore(cache, s, at, recall(cache, s, hash) ? QUEUE_MAIN : QUEUE_SMALL);
}

static void move_to_main(lyger_cache *cache, shard *s, granule at, uint8_t frequency)
{
    lyger_policy_forget(cache, s, at);
    atomic_store_explicit(&entry_at(cache, at)->frequency, frequency, memory_order_relaxed);
    lyger_policy_restore(cache, s, at, QUEUE_MAIN);
}

/* Each step either finds the victim, promotes an entry or takes one of at most three lives: it ends. */
granule lyger_policy_victim(lyger_cache *cache, shard *s)
{
    for (;;) {
        bool small = s->small.tail && (!s->main.tail || s->small.granules * 10 >= s->capacity);
        granule at = small ? s->small.tail : s->main.tail;
        if (!at) {
            return 0;
        }
        uint8_t frequency = atomic_load_explicit(&entry_at(cache, at)->frequency, memory_order_relaxed);
        if (small) {
            if (frequency <= 1) {
                return at;
            }
            move_to_main(cache, s, at, 0);
        } else {
            if (frequency == 0) {
                return at;
            }
            move_to_main(cache, s, at, (uint8_t)(frequency - 1));
        }
    }
}
