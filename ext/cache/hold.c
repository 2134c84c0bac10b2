/*
 * Named locks and leases: a table of slots beside each shard, under its lock. The names are hashes of keys,
 * so the table needs no memory of the cache and eviction never takes a lock away; two keys with the same
 * 64-bit hash would share one lock, which costs their holders time and nothing else.
 */
#include "hash.h"
#include "lane.h"
#include "lock.h"
#include "os.h"
#include "shard.h"

#include <stdlib.h>

#define GROUP 16u /* neighbouring slots; a name may be in either of two such groups */
#define PROBES (2 * GROUP)
#define LOOK_EVERY 20u   /* ms between looks whether a holder still runs */
#define CHAIN_LONGEST 64 /* leases in a circle that is found */

/* A lock or lease that this thread took and did not give back. */
typedef struct own_hold {
    uint64_t name, token;
} own_hold;

static __thread own_hold *own;
static __thread size_t own_count, own_room;

/* The name of a lock or lease, never 0. The shard is in the low bits of the hash, so the bit that makes the
 * kinds differ is a higher one. */
static uint64_t name_of(uint64_t hash, lyger_cache_kind kind)
{
    uint64_t name = hash ^ (kind == LYGER_CACHE_LEASE ? 0xA24BAED4963EE400u : 0x9FB21C651E98DF00u);
    return name ? name : 1;
}

static hold_slot *slots_of(const lyger_cache *cache, const shard *s)
{
    return cache->holds + (size_t)number_of_shard(cache, s) * cache->header->hold_count;
}

/*
 * The slots of the name's first group, then of its second group. A name goes where more slots are free, which
 * fills the groups evenly (Azar, Broder, Karlin, Upfal: "Balanced allocations", SIAM J. Comput. 1999), so
 * that all the locks that are promised, for half of the slots, find a place.
 */
static hold_slot *slot_at(const lyger_cache *cache, const shard *s, uint64_t name, uint32_t probe)
{
    uint32_t groups = cache->header->hold_count / GROUP;
    uint32_t group = (uint32_t)(name >> (probe < GROUP ? 20 : 42)) & (groups - 1);
    return slots_of(cache, s) + group * GROUP + probe % GROUP;
}

/* The slot of a name, NULL when it has none. Without the shard's lock the answer may be old as soon as it is
 * given. */
static hold_slot *find_hold(const lyger_cache *cache, const shard *s, uint64_t name)
{
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        hold_slot *slot = slot_at(cache, s, name, probe);
        if (atomic_load_explicit(&slot->name, memory_order_acquire) == name) {
            return slot;
        }
    }
    return NULL;
}

/* Whether the slot's time is over; whether its owner died is looked at elsewhere, without the lock. */
static bool over(const hold_slot *slot, uint64_t now)
{
    uint64_t expires = atomic_load_explicit(&slot->expires, memory_order_relaxed);
    return expires && expires <= now;
}

static hold_slot *free_slot(const lyger_cache *cache, const shard *s, uint64_t name)
{
    uint64_t now = lyger_os_milliseconds();
    uint32_t free[2] = {0, 0};
    hold_slot *found[2] = {NULL, NULL};
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        hold_slot *slot = slot_at(cache, s, name, probe);
        if (atomic_load(&slot->name) == 0 || over(slot, now)) {
            free[probe / GROUP]++;
            found[probe / GROUP] = slot;
        }
    }
    if (free[0] + free[1] > 0) {
        return found[free[1] > free[0]];
    }
    /* Slots of dead threads are looked for last: asking what became of a thread takes time. */
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        hold_slot *slot = slot_at(cache, s, name, probe);
        uint64_t owner = atomic_load(&slot->owner);
        if (owner && lyger_lane_gone(cache, owner)) {
            return slot;
        }
    }
    return NULL;
}

static void release(shard *s, hold_slot *slot)
{
    atomic_store_explicit(&slot->name, 0, memory_order_release);
    atomic_fetch_add(&s->holds_changed, 1);
    lyger_os_wake(&s->holds_changed);
}

/* The name goes last: a slot without one is free, whatever else is in it. */
static void fill(hold_slot *slot, uint64_t name, uint64_t token, uint64_t expires, uint64_t owner)
{
    atomic_store_explicit(&slot->name, 0, memory_order_release);
    slot->token = token;
    atomic_store_explicit(&slot->expires, expires, memory_order_relaxed);
    atomic_store_explicit(&slot->owner, owner, memory_order_relaxed);
    atomic_store_explicit(&slot->name, name, memory_order_release);
}

static bool note_own(uint64_t name, uint64_t token)
{
    if (own_count == own_room) {
        size_t room = own_room ? own_room * 2 : 8;
        own_hold *more = realloc(own, room * sizeof *own);
        if (!more) {
            return false;
        }
        own = more;
        own_room = room;
    }
    own[own_count++] = (own_hold){name, token};
    return true;
}

static void forget_own(uint64_t name, uint64_t token)
{
    for (size_t i = 0; i < own_count; i++) {
        if (own[i].name == name && own[i].token == token) {
            own[i] = own[--own_count];
            return;
        }
    }
}

/* One attempt to take a name. *holder is the thread that has it; 0 when this thread took it, or when the
 * holder is a lock that outlived its request and belongs to no thread. */
static lyger_status attempt(lyger_cache *cache, shard *s, uint64_t name, uint64_t expires, uint64_t *token,
                            uint64_t *holder, lyger_error *error)
{
    uint64_t self = lyger_lane(cache)->thread, fresh;
    *token = *holder = 0;
    lyger_status status = lyger_os_random(&fresh, sizeof fresh, error);
    if (status != LYGER_OK || !lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, name);
    if (slot && !over(slot, lyger_os_milliseconds())) {
        *holder = atomic_load(&slot->owner);
        lyger_shard_unlock(s);
        return LYGER_OK;
    }
    slot = slot ? slot : free_slot(cache, s, name);
    fresh = fresh ? fresh : 1;
    if (!slot) {
        status =
            lyger_fail(error, LYGER_E_CACHE, "more named locks are held than this cache has room for (%u)",
                       cache->header->hold_count / 2 * cache->header->shard_count);
    } else if (!note_own(name, fresh)) {
        status = lyger_fail(error, LYGER_E_MEMORY, "out of memory");
    } else {
        fill(slot, name, fresh, expires, self);
        *token = fresh;
    }
    lyger_shard_unlock(s);
    return status;
}

/* Frees what a dead thread held. */
static void bury(lyger_cache *cache, shard *s, uint64_t name, uint64_t holder)
{
    if (lyger_shard_lock(cache, s, NULL)) {
        hold_slot *slot = find_hold(cache, s, name);
        if (slot && atomic_load(&slot->owner) == holder) {
            release(s, slot);
        }
        lyger_shard_unlock(s);
    }
}

static lyger_status take_hold(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                              uint64_t expires, uint64_t *token, bool *own_already, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state), name = name_of(hash, kind), holder;
    shard *s = shard_of(cache, hash);
    *own_already = false;
    for (;;) {
        lyger_status status = attempt(cache, s, name, expires, token, &holder, error);
        if (status != LYGER_OK || *token || !holder) {
            return status;
        }
        if (holder == lyger_lane(cache)->thread) {
            *own_already = true;
            return LYGER_OK;
        }
        if (!lyger_lane_gone(cache, holder)) {
            return LYGER_OK;
        }
        bury(cache, s, name, holder);
    }
}

lyger_status lyger_cache_lock(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                              uint64_t *token, lyger_error *error)
{
    bool own_already;
    uint64_t expires = lyger_os_milliseconds() + (uint64_t)ttl * 1000u;
    return take_hold(cache, key, key_len, LYGER_CACHE_LOCK, expires, token, &own_already, error);
}

lyger_status lyger_cache_lease(lyger_cache *cache, const char *key, size_t key_len, uint64_t *token,
                               lyger_error *error)
{
    bool own_already;
    lyger_status status = take_hold(cache, key, key_len, LYGER_CACHE_LEASE, 0, token, &own_already, error);
    if (status == LYGER_OK && own_already) {
        return lyger_fail(error, LYGER_E_CACHE, "this process is computing the value of this key already");
    }
    return status;
}

lyger_status lyger_cache_give_back(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                                   uint64_t token, bool *held, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state), name = name_of(hash, kind);
    shard *s = shard_of(cache, hash);
    *held = false;
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, name);
    /* A child that was forked while its parent computes knows the token, but the lease is the parent's. */
    bool foreign =
        kind == LYGER_CACHE_LEASE && slot && atomic_load(&slot->owner) != lyger_lane(cache)->thread;
    if (slot && slot->token == token && !foreign) {
        *held = !over(slot, lyger_os_milliseconds());
        release(s, slot);
    }
    lyger_shard_unlock(s);
    forget_own(name, token);
    return LYGER_OK;
}

/* Whether the holder of the name waits, through other leases, for this thread, and this thread's
 * lyger_os_thread() is the lowest in that circle: one thread of a circle must give up, not all. */
static bool in_circle(lyger_cache *cache, uint64_t name, uint64_t self)
{
    for (int i = 0; i < CHAIN_LONGEST && name; i++) {
        const hold_slot *slot = find_hold(cache, &cache->shards[name & cache->shard_mask], name);
        uint64_t owner = slot ? atomic_load(&slot->owner) : 0;
        if (owner == self) {
            return i > 0;
        }
        const lane *l = owner > self ? lyger_lane_of(cache, owner) : NULL;
        name = l ? atomic_load(&l->waits_for) : 0;
    }
    return false;
}

/* Waits until the name is given back, its holder dies, or the time is over. */
static void wait_for(lyger_cache *cache, shard *s, uint64_t name, uint32_t milliseconds)
{
    uint64_t end = lyger_os_milliseconds() + milliseconds;
    for (;;) {
        uint32_t seen = atomic_load(&s->holds_changed);
        const hold_slot *slot = find_hold(cache, s, name);
        uint64_t now = lyger_os_milliseconds();
        if (!slot || now >= end || over(slot, now)) {
            return;
        }
        uint64_t owner = atomic_load(&slot->owner);
        if (owner && lyger_lane_gone(cache, owner)) {
            return;
        }
        if (!lyger_os_wait(&s->holds_changed, seen,
                           end - now < LOOK_EVERY ? (uint32_t)(end - now) : LOOK_EVERY)) {
            return;
        }
    }
}

lyger_status lyger_cache_wait(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                              uint32_t milliseconds, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state), name = name_of(hash, kind);
    const own_lane *mine = lyger_lane(cache);
    lyger_status status = LYGER_OK;
    bool traced = kind == LYGER_CACHE_LEASE && !mine->shared;
    if (traced) {
        atomic_store(&mine->own->waits_for, name);
        if (own_count > 0 && in_circle(cache, name, mine->thread)) {
            status = lyger_fail(error, LYGER_E_CACHE,
                                "processes compute values that wait for each other: this key's waits for one "
                                "that this process computes");
        }
    }
    if (status == LYGER_OK) {
        wait_for(cache, shard_of(cache, hash), name, milliseconds);
    }
    if (traced) {
        atomic_store(&mine->own->waits_for, 0);
    }
    return status;
}

void lyger_cache_end_request(lyger_cache *cache)
{
    uint64_t self = own_count ? lyger_lane(cache)->thread : 0;
    size_t kept = 0;
    for (size_t i = 0; i < own_count; i++) {
        shard *s = &cache->shards[own[i].name & cache->shard_mask];
        if (!lyger_shard_lock(cache, s, NULL)) {
            own[kept++] = own[i]; /* for the end of the next request: the lease must not be held for ever */
            continue;
        }
        hold_slot *slot = find_hold(cache, s, own[i].name);
        if (slot && slot->token == own[i].token && atomic_load(&slot->owner) == self) {
            if (atomic_load(&slot->expires)) {
                atomic_store(&slot->owner, 0);
            } else {
                release(s, slot);
            }
        }
        lyger_shard_unlock(s);
    }
    own_count = kept;
    if (!kept) {
        free(own);
        own = NULL;
        own_room = 0;
    }
}
