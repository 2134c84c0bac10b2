/*
 * Named locks and leases: a table of slots beside each shard, under its lock. The names are hashes of keys,
 * so the table needs no memory of the cache and eviction never takes a lock away; two keys with the same
 * 64-bit hash would share one lock, which costs their holders time and nothing else.
 */
#include "cache.h"
#include "cache/segment/hash.h"
#include "cache/segment/lane.h"
#include "cache/segment/lock.h"
#include "cache/system/os.h"
#include "cache/shard/shard.h"

#include <stdlib.h>
#include <string.h>

#define GROUP 16u /* neighbouring slots; a name may be in either of two such groups */
#define PROBES (2 * GROUP)
#define LOOK_EVERY 20u   /* ms between looks whether a holder still runs */
#define CHAIN_LONGEST 64 /* leases in a circle that is found */

/* A lock or lease that this thread took and did not give back. */
typedef struct own_hold {
    uint64_t name, token;
    lyger_cache_kind kind;
} own_hold;

/* What somebody asks for. */
typedef struct claim {
    uint64_t name, expires;
    lyger_cache_kind kind;
    const char *token; /* the caller's own; NULL: a number is made */
    size_t token_len;
} claim;

static __thread own_hold *own;
static __thread size_t own_count, own_room;

/* The name of a lock or lease, never 0. The shard is in the low bits of the hash, so the bit that makes the
 * kinds differ is a higher one. */
static uint64_t name_of(uint64_t hash, lyger_cache_kind kind)
{
    static const uint64_t differ[] = {[LYGER_CACHE_LOCK] = 0x9FB21C651E98DF00u,
                                      [LYGER_CACHE_LEASE] = 0xA24BAED4963EE400u,
                                      [LYGER_CACHE_SESSION] = 0xC6BC279692B5C300u};
    uint64_t name = hash ^ differ[kind];
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

/* The thread with which the hold ends; 0 when it belongs to whoever has its token. */
static uint64_t thread_of(const hold_slot *slot)
{
    uint64_t owner = atomic_load(&slot->owner);
    return owner == HOLD_OF_BEARER ? 0 : owner;
}

void lyger_cache_token_text(uint64_t number, lyger_cache_token *token)
{
    for (size_t i = 0; i < LYGER_CACHE_TOKEN_DIGITS; i++) {
        token->bytes[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    }
    token->len = LYGER_CACHE_TOKEN_DIGITS;
}

static hold_token *token_of(const lyger_cache *cache, const hold_slot *slot)
{
    return cache->tokens + (slot - cache->holds);
}

/* The text of a slot's token, of which a number is written as in lyger_cache_token_text(). */
static void read_token(const lyger_cache *cache, const hold_slot *slot, lyger_cache_token *token)
{
    const hold_token *own_token = token_of(cache, slot);
    if (atomic_load(&slot->owner) != HOLD_OF_BEARER) {
        lyger_cache_token_text(slot->token, token);
    } else {
        token->len = own_token->len <= LYGER_CACHE_TOKEN_MAX ? own_token->len : 0; /* 0: it is damaged */
        memcpy(token->bytes, own_token->bytes, token->len);
    }
}

/* In the same time whatever the bytes are. */
static bool has_token(const lyger_cache *cache, const hold_slot *slot, const char *bytes, size_t len)
{
    lyger_cache_token token;
    read_token(cache, slot, &token);
    if (token.len != len) {
        return false;
    }
    unsigned char differs = 0;
    for (size_t i = 0; i < len; i++) {
        differs |= (unsigned char)(token.bytes[i] ^ bytes[i]);
    }
    return differs == 0;
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
        uint64_t thread = thread_of(slot);
        if (thread && lyger_lane_gone(cache, thread)) {
            return slot;
        }
    }
    return NULL;
}

static void release(shard *s, hold_slot *slot)
{
    atomic_store_explicit(&slot->name, 0, memory_order_release);
    atomic_fetch_add(&s->holds_changed, 1);
    if (atomic_load(&s->holds_awaited)) {
        lyger_os_wake(&s->holds_changed);
    }
}

/* Whether its time was not over. */
static bool end_hold(shard *s, hold_slot *slot)
{
    bool held = !over(slot, lyger_os_milliseconds());
    release(s, slot);
    return held;
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

static bool note_own(const claim *wanted, uint64_t token)
{
    size_t at = 0;
    while (at < own_count && own[at].name != wanted->name) {
        at++; /* a hold of that name is over, if there was one: it is forgotten */
    }
    if (at == own_room) {
        size_t room = own_room ? own_room * 2 : 8;
        own_hold *more = realloc(own, room * sizeof *own);
        if (!more) {
            return false;
        }
        own = more;
        own_room = room;
    }
    own[at] = (own_hold){wanted->name, token, wanted->kind};
    own_count += at == own_count;
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

/* The token of a session's lock that this thread has; 0: it has none. */
static uint64_t own_token(uint64_t name)
{
    for (size_t i = 0; i < own_count; i++) {
        if (own[i].name == name) {
            return own[i].token;
        }
    }
    return 0;
}

/* A number that no other hold of that name has, and never 0. Only those of locks must not be guessed: leases
 * and sessions belong to their thread. */
static lyger_status make_token(lyger_cache_kind kind, uint64_t *token, lyger_error *error)
{
    static __thread uint64_t last;
    if (kind != LYGER_CACHE_LOCK) {
        *token = ++last;
        return LYGER_OK;
    }
    lyger_status status = lyger_os_random(token, sizeof *token, error);
    *token = *token ? *token : 1;
    return status;
}

/* Gives a hold to whoever has the token, in one step: a thread that dies before it leaves the hold as it was.
 */
static void hand_to_bearer(const lyger_cache *cache, hold_slot *slot, const claim *wanted)
{
    hold_token *token = token_of(cache, slot);
    token->len = (uint32_t)wanted->token_len;
    memcpy(token->bytes, wanted->token, wanted->token_len);
    atomic_store(&slot->owner, HOLD_OF_BEARER);
}

/* A claim to a hold that somebody has: granted to whoever has its token, with a new time. *holder as for
 * attempt(). */
static bool renew(const lyger_cache *cache, hold_slot *slot, const claim *wanted, uint64_t *holder)
{
    if (!wanted->token || !has_token(cache, slot, wanted->token, wanted->token_len)) {
        *holder = thread_of(slot);
        return false;
    }
    atomic_store_explicit(&slot->expires, wanted->expires, memory_order_relaxed);
    if (atomic_load(&slot->owner) != HOLD_OF_BEARER) {
        hand_to_bearer(cache, slot, wanted);
    }
    return true;
}

/* Takes a name that nobody has; *token is 0 without an error when the claim brings its own. */
static lyger_status take_free(lyger_cache *cache, hold_slot *slot, const claim *wanted, uint64_t *token,
                              lyger_error *error)
{
    uint64_t made = 0;
    if (!slot) {
        return lyger_fail(error, LYGER_E_CACHE, "more named locks are held than this cache has room for (%u)",
                          cache->header->hold_count / 2 * cache->header->shard_count);
    }
    if (wanted->token) {
        atomic_store_explicit(&slot->name, 0, memory_order_release);
        hand_to_bearer(cache, slot, wanted);
        fill(slot, wanted->name, 0, wanted->expires, HOLD_OF_BEARER);
        return LYGER_OK;
    }
    lyger_status status = make_token(wanted->kind, &made, error);
    if (status == LYGER_OK && !note_own(wanted, made)) {
        status = lyger_fail(error, LYGER_E_MEMORY, "out of memory");
    }
    if (status == LYGER_OK) {
        fill(slot, wanted->name, made, wanted->expires, lyger_lane(cache)->thread);
        *token = made;
    }
    return status;
}

/* One attempt to take a name. *holder is the thread that has it; 0 when this thread has taken it, or when the
 * holder is a lock that belongs to no thread. */
static lyger_status attempt(lyger_cache *cache, shard *s, const claim *wanted, bool *got, uint64_t *token,
                            uint64_t *holder, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    *token = *holder = 0;
    *got = false;
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, wanted->name);
    if (slot && !over(slot, lyger_os_milliseconds())) {
        *got = renew(cache, slot, wanted, holder);
    } else {
        slot = slot ? slot : free_slot(cache, s, wanted->name);
        status = take_free(cache, slot, wanted, token, error);
        *got = status == LYGER_OK;
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

/* Whether the thread that has this name is another one, and has died. */
static bool is_of_dead(lyger_cache *cache, uint64_t holder)
{
    return holder && holder != lyger_lane(cache)->thread && lyger_lane_gone(cache, holder);
}

static lyger_status take_hold(lyger_cache *cache, shard *s, const claim *wanted, bool *got, uint64_t *token,
                              bool *own_already, lyger_error *error)
{
    uint64_t holder;
    *own_already = false;
    for (;;) {
        lyger_status status = attempt(cache, s, wanted, got, token, &holder, error);
        if (status != LYGER_OK || *got || !is_of_dead(cache, holder)) {
            *own_already = status == LYGER_OK && holder && holder == lyger_lane(cache)->thread;
            return status;
        }
        bury(cache, s, wanted->name, holder);
    }
}

/* When a time to live that begins now is over, in ms; 0, which is never, for 0. */
static uint64_t end_of(uint32_t ttl)
{
    return ttl ? lyger_os_milliseconds() + (uint64_t)ttl * 1000u : 0;
}

lyger_status lyger_cache_lock(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                              uint64_t *token, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    claim wanted = {
        .name = name_of(hash, LYGER_CACHE_LOCK), .expires = end_of(ttl), .kind = LYGER_CACHE_LOCK};
    bool got, own_already;
    return take_hold(cache, shard_of(cache, hash), &wanted, &got, token, &own_already, error);
}

lyger_status lyger_cache_lock_as(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                                 const char *token, size_t token_len, bool *got, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state), none;
    claim wanted = {.name = name_of(hash, LYGER_CACHE_LOCK),
                    .expires = end_of(ttl),
                    .kind = LYGER_CACHE_LOCK,
                    .token = token,
                    .token_len = token_len};
    bool own_already;
    return take_hold(cache, shard_of(cache, hash), &wanted, got, &none, &own_already, error);
}

/* One attempt to take a hold that ends with this thread; *token also when this thread has it already. */
static lyger_status take_of_thread(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                                   uint64_t *token, bool *own_already, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    claim wanted = {.name = name_of(hash, kind), .kind = kind};
    bool got;
    lyger_status status = take_hold(cache, shard_of(cache, hash), &wanted, &got, token, own_already, error);
    if (*own_already) {
        *token = own_token(wanted.name);
    }
    return status;
}

lyger_status lyger_cache_lease(lyger_cache *cache, const char *key, size_t key_len, uint64_t *token,
                               lyger_error *error)
{
    bool own_already;
    lyger_status status = take_of_thread(cache, key, key_len, LYGER_CACHE_LEASE, token, &own_already, error);
    if (own_already) {
        *token = 0;
        return lyger_fail(error, LYGER_E_CACHE, "this process is computing the value of this key already");
    }
    return status;
}

lyger_status lyger_cache_lock_session(lyger_cache *cache, const char *key, size_t key_len, uint64_t *token,
                                      lyger_error *error)
{
    bool own_already;
    return take_of_thread(cache, key, key_len, LYGER_CACHE_SESSION, token, &own_already, error);
}

/* Frees a name whose holder has died; asking that takes time, so it is done without the shard's lock. */
static void bury_dead(lyger_cache *cache, shard *s, uint64_t name)
{
    const hold_slot *slot = find_hold(cache, s, name);
    uint64_t thread = slot ? thread_of(slot) : 0;
    if (is_of_dead(cache, thread)) {
        bury(cache, s, name, thread);
    }
}

/* Has the end of the request give a session back, as it does leases: its shard was stuck. */
static void leave_to_end(uint64_t name, uint64_t token)
{
    for (size_t i = 0; i < own_count; i++) {
        if (own[i].name == name && own[i].token == token && own[i].kind == LYGER_CACHE_SESSION) {
            own[i].kind = LYGER_CACHE_LEASE;
        }
    }
}

lyger_status lyger_cache_give_back(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                                   uint64_t token, bool *held, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state), name = name_of(hash, kind);
    shard *s = shard_of(cache, hash);
    *held = false;
    if (!lyger_shard_lock(cache, s, error)) {
        leave_to_end(name, token);
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, name);
    /* A child that was forked knows its parent's tokens, but leases and sessions are the parent's. */
    bool foreign = kind != LYGER_CACHE_LOCK && slot && thread_of(slot) != lyger_lane(cache)->thread;
    if (slot && slot->token == token && !foreign) {
        *held = end_hold(s, slot);
    }
    lyger_shard_unlock(s);
    forget_own(name, token);
    return LYGER_OK;
}

lyger_status lyger_cache_unlock(lyger_cache *cache, const char *key, size_t key_len, const char *token,
                                size_t token_len, bool *held, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    uint64_t name = name_of(hash, LYGER_CACHE_LOCK), number = 0;
    shard *s = shard_of(cache, hash);
    *held = false;
    bury_dead(cache, s, name);
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, name);
    if (slot && (!token || has_token(cache, slot, token, token_len))) {
        number = slot->token;
        *held = end_hold(s, slot);
    }
    lyger_shard_unlock(s);
    forget_own(name, number);
    return LYGER_OK;
}

lyger_status lyger_cache_lock_extend(lyger_cache *cache, const char *key, size_t key_len, const char *token,
                                     size_t token_len, uint32_t ttl, bool *held, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    uint64_t name = name_of(hash, LYGER_CACHE_LOCK);
    shard *s = shard_of(cache, hash);
    *held = false;
    bury_dead(cache, s, name);
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    hold_slot *slot = find_hold(cache, s, name);
    if (slot && !over(slot, lyger_os_milliseconds()) && has_token(cache, slot, token, token_len)) {
        atomic_store_explicit(&slot->expires, end_of(ttl), memory_order_relaxed);
        *held = true;
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

lyger_status lyger_cache_lock_owner(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_token *token, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    uint64_t name = name_of(hash, LYGER_CACHE_LOCK);
    shard *s = shard_of(cache, hash);
    token->len = 0;
    bury_dead(cache, s, name);
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    const hold_slot *slot = find_hold(cache, s, name);
    if (slot && !over(slot, lyger_os_milliseconds())) {
        read_token(cache, slot, token);
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

/* Whether the holder of the name waits, through other leases, for this thread, and this thread's
 * lyger_os_thread() is the lowest in that circle: one thread of a circle must give up, not all. */
static bool in_circle(lyger_cache *cache, uint64_t name, uint64_t self)
{
    for (int i = 0; i < CHAIN_LONGEST && name; i++) {
        const hold_slot *slot = find_hold(cache, &cache->shards[name & cache->shard_mask], name);
        uint64_t owner = slot ? thread_of(slot) : 0;
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
        uint64_t owner = thread_of(slot);
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
    bool traced = kind != LYGER_CACHE_LOCK && !mine->shared;
    if (traced) {
        atomic_store(&mine->own->waits_for, name);
        if (own_count > 0 && in_circle(cache, name, mine->thread)) {
            status = lyger_fail(error, LYGER_E_CACHE,
                                "processes compute values that wait for each other: this key's waits for one "
                                "that this process computes");
        }
    }
    if (status == LYGER_OK) {
        shard *s = shard_of(cache, hash);
        atomic_fetch_add(&s->holds_awaited, 1);
        wait_for(cache, s, name, milliseconds);
        atomic_fetch_sub(&s->holds_awaited, 1);
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
        if (own[i].kind == LYGER_CACHE_SESSION || !lyger_shard_lock(cache, s, NULL)) {
            own[kept++] = own[i]; /* a lease: for the end of the next request, it must not be held for ever */
            continue;
        }
        hold_slot *slot = find_hold(cache, s, own[i].name);
        if (slot && slot->token == own[i].token && atomic_load(&slot->owner) == self) {
            if (own[i].kind == LYGER_CACHE_LOCK) {
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
