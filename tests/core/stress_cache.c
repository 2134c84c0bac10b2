/*
 * The shared cache under processes that are killed and stopped at any instruction. scripts/stress-cache
 * builds and runs this; it is not one of the tests of scripts/test-core.
 *
 *     stress_cache SECONDS | --kills N
 *
 * Two segments. In `churn` everything happens at once: values of all sizes up to most of the segment,
 * counters, named locks, pins, purges, walks, evictions. In `kept` each worker owns some keys, nothing is
 * ever evicted, and a page that all share says which write of each key was acknowledged last and which is in
 * flight, so a lost or revived value shows. Workers check all the time; a killer kills, stops and replaces
 * them. Every few seconds all of them are killed at once and both segments are looked through.
 */
#include "cache_content.h"

#include "cache/cache.h"
#include "cache/system/os.h"
#include "cache/shard/region.h"
#include "cache/shard/verify.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 10u     /* at a time */
#define KEEPERS 4u      /* of them use `kept` */
#define VETERANS 2u     /* of them are never killed between two inspections: they would notice a hang */
#define KEPT_KEYS 12u   /* of each keeper */
#define CHURN_KEYS 500u /* and as many counters and pinned arrays */
#define LOCKS 3u
#define CHURN_BYTES ((size_t)8 << 20)
#define KEPT_BYTES ((size_t)32 << 20)
#define LONGEST ((size_t)7 << 20)
#define HANG_AFTER 20000u   /* ms without any progress; twice what a lock grants its holder */
#define INSPECT_EVERY 5000u /* ms */
#define STOPPED_MOST 300u   /* ms */
#define STOPPED_AT_ONCE 2u

typedef enum property { TORN, PINNED, LOST, EXCLUSION, HANG, DIED, MEMORY, DAMAGE, PROPERTIES } property;

static const char *const property_names[PROPERTIES] = {
    "no value is torn or foreign",
    "no pinned value changes",
    "no acknowledged write is lost, no removed value comes back",
    "no named lock has two holders",
    "nobody waits for ever",
    "no worker ends by itself",
    "all memory is found again",
    "segments stay without damage",
};

typedef struct kept_key {
    _Atomic uint64_t acknowledged, trying; /* numbers of writes; those divisible by 5 are removals */
} kept_key;

typedef struct shared_page {
    _Atomic uint64_t findings[PROPERTIES];
    _Atomic uint64_t reads, writes, large_writes, refused, pins, locks_taken, steps;
    _Atomic uint64_t beats[WORKERS];
    _Atomic uint64_t inside[LOCKS * 2]; /* lyger_os_thread() of who holds the lock, the lease */
    kept_key kept[KEEPERS][KEPT_KEYS];
} shared_page;

static shared_page *shared;
static lyger_cache *churn, *kept;
static char *scratch, *copy;
static uint64_t random_state;

static uint32_t pick(uint32_t below)
{
    random_state += 0x9E3779B97F4A7C15u;
    return (uint32_t)(content_mix(random_state) >> 32) % below;
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000u + (uint64_t)time.tv_nsec / 1000000u;
}

static __attribute__((format(printf, 2, 3))) void found(property what, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (atomic_fetch_add(&shared->findings[what], 1) < 20) {
        printf("# %s: %s\n", property_names[what], text);
        fflush(stdout);
    }
}

static char *room(void *context, size_t len)
{
    (void)context;
    return len <= LONGEST ? copy : NULL;
}

static const lyger_cache_room into_copy = {room, NULL};

/* Mostly small, now and then several regions. */
static size_t some_size(size_t largest)
{
    uint32_t kind = pick(1000);
    size_t most = kind < 700 ? 400 : kind < 950 ? 8000 : kind < 995 ? 60000 : largest;
    return CONTENT_LEAST + pick((uint32_t)(most - CONTENT_LEAST));
}

static bool store(lyger_cache *cache, const char *key, lyger_cache_type type, size_t len, uint64_t number,
                  lyger_cache_mode mode)
{
    lyger_cache_value value = {.type = type, .bytes = scratch, .len = len};
    lyger_error error;
    bool stored;
    content_fill(scratch, len, content_key(key, strlen(key)), number);
    if (lyger_cache_store(cache, key, strlen(key), &value, pick(20) ? 0 : 1, 0, mode, &stored, &error) !=
        LYGER_OK) {
        atomic_fetch_add(&shared->refused, 1);
        return false;
    }
    atomic_fetch_add(len > 100000 ? &shared->large_writes : &shared->writes, 1);
    return stored;
}

/* ---- churn ---- */

static void read_one(const char *key)
{
    lyger_cache_value value;
    if (lyger_cache_fetch(churn, key, strlen(key), &value, &into_copy) != LYGER_CACHE_HIT) {
        return;
    }
    atomic_fetch_add(&shared->reads, 1);
    if (value.type < LYGER_CACHE_STRING ||
        !content_whole(value.bytes, value.len, content_key(key, strlen(key)), NULL)) {
        found(TORN, "%s of type %d with %zu bytes", key, value.type, value.len);
    }
}

typedef struct pinned_value {
    const char *bytes;
    size_t len;
    uint64_t key;
} pinned_value;

static bool pin_one(const char *key, pinned_value *pinned)
{
    lyger_cache_sight sight;
    if (lyger_cache_see(churn, key, strlen(key), &sight) != LYGER_CACHE_HIT ||
        !lyger_cache_pin(churn, &sight)) {
        return false;
    }
    *pinned = (pinned_value){sight.value.bytes, sight.value.len, content_key(key, strlen(key))};
    return true;
}

static void check_pins(const pinned_value *pins, uint32_t count, const char *when)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!content_whole(pins[i].bytes, pins[i].len, pins[i].key, NULL)) {
            found(PINNED, "a value of %zu bytes, %s", pins[i].len, when);
        }
    }
}

static void churn_once(void);

/* Holds some values in place while it goes on with other things. */
static void hold_pins(void)
{
    pinned_value pins[16];
    uint32_t count = 0;
    char key[32];
    for (uint32_t i = 0; i < 16; i++) {
        snprintf(key, sizeof key, "a%u", pick(CHURN_KEYS));
        count += pin_one(key, &pins[count]);
    }
    check_pins(pins, count, "just pinned");
    for (uint32_t i = pick(40); i > 0; i--) {
        churn_once();
    }
    check_pins(pins, count, "pinned for a while");
    lyger_cache_unpin(churn);
    atomic_fetch_add(&shared->pins, count);
}

/* Takes a named lock or lease, stays in it for a moment, and sees to it that nobody else does. */
static void use_lock(void)
{
    lyger_cache_kind kind = pick(2) ? LYGER_CACHE_LOCK : LYGER_CACHE_LEASE;
    uint32_t number = pick(LOCKS);
    _Atomic uint64_t *inside = &shared->inside[number * 2 + kind];
    char key[32];
    uint64_t token, self = lyger_os_thread(), other = 0;
    lyger_error error;
    bool held;
    size_t len = (size_t)snprintf(key, sizeof key, "lock%u", number);
    lyger_status status = kind == LYGER_CACHE_LOCK ? lyger_cache_lock(churn, key, len, 1000, &token, &error)
                                                   : lyger_cache_lease(churn, key, len, &token, &error);
    if (status != LYGER_OK || !token) {
        lyger_cache_wait(churn, key, len, kind, 5, &error);
        return;
    }
    while (!atomic_compare_exchange_strong(inside, &other, self)) {
        if (lyger_os_thread_state(other, 0) != LYGER_OS_GONE) {
            found(EXCLUSION, "%s %s", kind == LYGER_CACHE_LOCK ? "lock" : "lease", key);
            break;
        }
    }
    for (uint32_t i = pick(8); i > 0; i--) {
        read_one("k1");
    }
    atomic_store(inside, 0);
    if (lyger_cache_give_back(churn, key, len, kind, token, &held, &error) == LYGER_OK && !held) {
        found(EXCLUSION, "%s was taken away", key);
    }
    atomic_fetch_add(&shared->locks_taken, 1);
}

static bool see_key(const char *key, size_t len, void *context)
{
    (void)context;
    if (len < 2 || !strchr("kan", key[0]) || key[1] < '0' || key[1] > '9') {
        found(TORN, "a walk met a key of %zu bytes that nobody wrote", len);
    }
    return true;
}

static void look_inside(void)
{
    static lyger_cache_class_facts classes[LYGER_CACHE_CLASSES];
    lyger_cache_walk walk = {0};
    lyger_cache_facts facts;
    lyger_error error;
    switch (pick(3)) {
    case 0:
        while (lyger_cache_walk_on(churn, &walk, "", 0, see_key, NULL)) {
        }
        break;
    case 1:
        lyger_cache_describe(churn, &facts);
        break;
    default:
        lyger_cache_describe_classes(churn, classes, &error);
    }
}

static void change_key(const char *key, size_t len)
{
    lyger_error error;
    bool there;
    if (pick(2)) {
        lyger_cache_remove(churn, key, len, &there, &error);
    } else {
        lyger_cache_retime(churn, key, len, pick(2) ? 0 : 100, &there, &error);
    }
}

static void count_up(void)
{
    char key[32];
    int64_t result;
    lyger_error error;
    size_t len = (size_t)snprintf(key, sizeof key, "n%u", pick(CHURN_KEYS));
    if (lyger_cache_add_integer(churn, key, len, 1, 0, &result, &error) == LYGER_OK && result < 1) {
        found(TORN, "counter %s is %lld", key, (long long)result);
    }
}

static void churn_once(void)
{
    char key[32];
    size_t len = (size_t)snprintf(key, sizeof key, "k%u", pick(CHURN_KEYS));
    uint32_t what = pick(1000);
    if (what < 350) {
        store(churn, key, LYGER_CACHE_STRING, some_size(pick(8) ? 400000 : LONGEST - 400000), pick(1000),
              pick(8) ? LYGER_CACHE_REPLACE : LYGER_CACHE_IF_ABSENT);
    } else if (what < 450) {
        key[0] = 'a';
        store(churn, key, LYGER_CACHE_ARRAY_IN_PLACE, some_size(200000), pick(1000), LYGER_CACHE_REPLACE);
    } else if (what < 520) {
        key[0] = pick(2) ? 'a' : 'k';
        change_key(key, len);
    } else if (what < 600) {
        count_up();
    } else if (what < 603) {
        look_inside();
    } else if (what == 603) {
        lyger_error error;
        lyger_cache_purge(churn, "k1", pick(3), &error);
    } else {
        key[0] = pick(4) ? 'k' : 'a';
        read_one(key);
    }
}

/* ---- kept ---- */

static bool is_removal(uint64_t number)
{
    return number % 5 == 0;
}

static size_t kept_name(char *key, size_t room_for, uint32_t keeper, uint32_t number)
{
    return (size_t)snprintf(key, room_for, "kept:%u:%u", keeper, number);
}

/* The number of the write that is seen, 0 for none. Anything from what was acknowledged before to what was
 * tried afterwards may be. */
static uint64_t check_kept(uint32_t keeper, uint32_t number)
{
    kept_key *k = &shared->kept[keeper][number];
    char key[32];
    size_t len = kept_name(key, sizeof key, keeper, number);
    lyger_cache_value value;
    uint64_t seen = 0, least = atomic_load(&k->acknowledged);
    lyger_cache_found there = lyger_cache_fetch(kept, key, len, &value, &into_copy);
    uint64_t most = atomic_load(&k->trying);
    atomic_fetch_add(&shared->reads, 1);
    if (there == LYGER_CACHE_MISS) {
        for (uint64_t n = least; n <= most; n++) {
            if (is_removal(n)) {
                return n;
            }
        }
        found(LOST, "%s: nothing there, write %llu was acknowledged, %llu tried", key,
              (unsigned long long)least, (unsigned long long)most);
    } else if (!content_whole(value.bytes, value.len, content_key(key, len), &seen)) {
        found(TORN, "%s with %zu bytes", key, value.len);
    } else if (seen < least || seen > most) {
        found(LOST, "%s: write %llu there, %llu was acknowledged, %llu tried", key, (unsigned long long)seen,
              (unsigned long long)least, (unsigned long long)most);
    }
    return seen;
}

static void write_kept(uint32_t keeper, uint32_t number)
{
    kept_key *k = &shared->kept[keeper][number];
    char key[32];
    size_t len = kept_name(key, sizeof key, keeper, number);
    uint64_t next = atomic_load(&k->trying) + 1;
    lyger_error error;
    lyger_status status;
    bool done;
    atomic_store(&k->trying, next);
    if (is_removal(next)) {
        status = lyger_cache_remove(kept, key, len, &done, &error);
    } else {
        size_t size = number < 2 ? CONTENT_LEAST + 150000 + pick(200000) : some_size(50000);
        lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = scratch, .len = size};
        content_fill(scratch, size, content_key(key, len), next);
        status = lyger_cache_store(kept, key, len, &value, 0, 0, LYGER_CACHE_REPLACE, &done, &error);
        atomic_fetch_add(size > 140000 ? &shared->large_writes : &shared->writes, 1);
    }
    if (status == LYGER_OK) {
        atomic_store(&k->acknowledged, next);
    } else {
        atomic_fetch_add(&shared->refused, 1);
    }
}

static void keep_once(uint32_t keeper)
{
    if (pick(3) == 0) {
        write_kept(keeper, pick(pick(8) ? KEPT_KEYS - 2 : KEPT_KEYS));
    } else {
        check_kept(pick(KEEPERS), pick(KEPT_KEYS));
    }
}

/* What the worker before left in flight is settled first: from now on it is either there or not. */
static void settle_kept(uint32_t keeper)
{
    for (uint32_t i = 0; i < KEPT_KEYS; i++) {
        kept_key *k = &shared->kept[keeper][i];
        uint64_t seen = check_kept(keeper, i);
        if (seen > atomic_load(&k->acknowledged)) {
            atomic_store(&k->acknowledged, seen);
        }
    }
}

/* ---- workers and their killer ---- */

typedef struct worker {
    pid_t process; /* 0 when there is none */
    uint64_t stopped_until, beat, beat_at;
} worker;

static worker workers[WORKERS];
static uint64_t kills, stops, recoveries;

static _Noreturn void work(uint32_t number, uint64_t seed)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (nice(10) < 0) {
        /* Then the killer is one among many. */
    }
    random_state = seed;
    if (number < KEEPERS) {
        settle_kept(number);
    }
    for (;;) {
        if (number < KEEPERS) {
            keep_once(number);
        } else {
            uint32_t what = pick(100);
            if (what == 0) {
                hold_pins();
            } else if (what < 5) {
                use_lock();
            } else {
                churn_once();
            }
        }
        atomic_fetch_add_explicit(&shared->beats[number], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&shared->steps, 1, memory_order_relaxed);
    }
}

static void start(uint32_t number)
{
    uint64_t seed = content_mix(random_state += 7) + number;
    fflush(stdout);
    pid_t process = fork();
    if (process == 0) {
        work(number, seed);
    }
    if (process < 0) {
        perror("fork");
        exit(EXIT_FAILURE);
    }
    workers[number] = (worker){process, 0, atomic_load(&shared->beats[number]), now()};
}

static void wait_for_end(uint32_t number)
{
    int status;
    waitpid(workers[number].process, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        found(DIED, "worker %u, wait status %d", number, status);
    }
    workers[number].process = 0;
    kills++;
}

static void check_hang(void)
{
    static uint64_t steps, steps_at;
    if (atomic_load(&shared->steps) != steps || !steps_at) {
        steps = atomic_load(&shared->steps);
        steps_at = now();
    } else if (now() - steps_at > HANG_AFTER) {
        found(HANG, "no worker did anything for %u ms", HANG_AFTER);
        steps_at = now();
    }
    for (uint32_t i = 0; i < WORKERS; i++) {
        worker *w = &workers[i];
        if (w->beat != atomic_load(&shared->beats[i])) {
            w->beat = atomic_load(&shared->beats[i]);
            w->beat_at = now();
        } else if (now() - w->beat_at > HANG_AFTER) {
            found(HANG, "worker %u did nothing for %u ms", i, HANG_AFTER);
            w->beat_at = now();
        }
    }
}

static uint32_t go_on_with_stopped(void)
{
    uint32_t stopped = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        worker *w = &workers[i];
        if (w->stopped_until && w->stopped_until <= now()) {
            kill(w->process, SIGCONT);
            w->stopped_until = 0;
        }
        stopped += w->stopped_until != 0;
    }
    return stopped;
}

/* The last keeper and the last churner. */
static bool is_veteran(uint32_t number)
{
    return number == KEEPERS - 1 || number == WORKERS - 1;
}

/* Kills a few and starts others instead. They die together: each has to wait for a processor to die on. */
static void kill_some(void)
{
    uint32_t first = pick(WORKERS), count = 1 + pick(5);
    for (uint32_t i = first; i < first + count; i++) {
        if (!is_veteran(i % WORKERS)) {
            kill(workers[i % WORKERS].process, SIGKILL);
        }
    }
    for (uint32_t i = first; i < first + count; i++) {
        if (!is_veteran(i % WORKERS)) {
            wait_for_end(i % WORKERS);
            start(i % WORKERS);
        }
    }
}

static void stop_one(void)
{
    worker *w = &workers[pick(WORKERS)];
    if (!w->stopped_until) {
        kill(w->process, SIGSTOP);
        w->stopped_until = now() + 1 + pick(STOPPED_MOST);
        stops++;
    }
}

/* ---- looking both segments through while nobody is in them ---- */

static void check_damage(lyger_cache *cache, const char *name)
{
    lyger_error error;
    if (lyger_cache_verify(cache, &error) != LYGER_OK) {
        found(DAMAGE, "%s: %s", name, error.message);
    }
}

static void check_classes(lyger_cache *cache, const char *name)
{
    static lyger_cache_class_facts classes[LYGER_CACHE_CLASSES];
    lyger_cache_facts facts;
    lyger_error error;
    uint64_t used = 0, unused;
    /* This locks every shard, so what the dead left is rebuilt before the figures are compared. */
    lyger_cache_describe_classes(cache, classes, &error);
    lyger_cache_describe(cache, &facts);
    if (lyger_cache_describe_classes(cache, classes, &error) != LYGER_OK) {
        found(HANG, "%s: %s", name, error.message);
        return;
    }
    unused = (uint64_t)facts.regions_unused * cache->header->region_granules * GRANULE;
    for (uint32_t i = 0; i < LYGER_CACHE_CLASSES; i++) {
        used += classes[i].bytes_used;
        unused += classes[i].bytes_free;
    }
    /* Each region in use ends with a granule that belongs to nothing. */
    uint64_t ends = (uint64_t)(facts.regions - facts.regions_unused) * GRANULE;
    if (used != facts.bytes_used || unused > facts.bytes_free || unused + ends < facts.bytes_free) {
        found(MEMORY, "%s: classes say %llu used, %llu free; facts %llu, %llu and %llu held", name,
              (unsigned long long)used, (unsigned long long)unused, (unsigned long long)facts.bytes_used,
              (unsigned long long)facts.bytes_free, (unsigned long long)facts.bytes_held);
    }
}

/* Everything goes, and one value gets nearly all the memory. */
static void check_memory(lyger_cache *cache, const char *name)
{
    lyger_cache_facts facts;
    lyger_error error;
    bool there;
    if (lyger_cache_purge(cache, "", 0, &error) != LYGER_OK) {
        found(HANG, "%s: purge: %s", name, error.message);
    }
    lyger_cache_describe(cache, &facts);
    if (facts.entries || facts.bytes_used || facts.bytes_held) {
        found(MEMORY, "%s: %llu entries, %llu bytes used, %llu held after everything was removed", name,
              (unsigned long long)facts.entries, (unsigned long long)facts.bytes_used,
              (unsigned long long)facts.bytes_held);
    }
    size_t len = facts.bytes_capacity - 200;
    char *all = malloc(len), *again = malloc(len);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = all, .len = len};
    lyger_cache_sight sight;
    content_fill(all, len, 1, 2);
    if (lyger_cache_store(cache, "all", 3, &value, 0, 0, LYGER_CACHE_REPLACE, &there, &error) != LYGER_OK) {
        found(MEMORY, "%s: a value of the whole segment: %s", name, error.message);
    } else if (lyger_cache_see(cache, "all", 3, &sight) != LYGER_CACHE_HIT || sight.value.len != len ||
               memcmp(memcpy(again, sight.value.bytes, len), all, len) != 0) {
        found(TORN, "%s: a value of the whole segment", name);
    }
    lyger_cache_remove(cache, "all", 3, &there, &error);
    lyger_cache_describe(cache, &facts);
    if (facts.regions_unused != facts.regions || facts.bytes_used) {
        found(MEMORY, "%s: %u of %u regions unused at the end", name, facts.regions_unused, facts.regions);
    }
    free(all);
    free(again);
}

static void inspect(bool last)
{
    lyger_cache_facts facts, kept_facts;
    for (uint32_t i = 0; i < WORKERS; i++) {
        kill(workers[i].process, SIGKILL);
    }
    for (uint32_t i = 0; i < WORKERS; i++) {
        wait_for_end(i);
    }
    for (uint32_t i = 0; i < KEEPERS; i++) {
        settle_kept(i);
    }
    lyger_cache_describe(kept, &kept_facts);
    if (kept_facts.evictions) {
        found(MEMORY, "kept: %llu evictions in a segment with room",
              (unsigned long long)kept_facts.evictions);
    }
    check_damage(kept, "kept");
    check_classes(kept, "kept");
    check_damage(churn, "churn");
    check_classes(churn, "churn");
    if (last || pick(2)) {
        check_memory(churn, "churn");
        check_damage(churn, "churn, emptied");
    }
    if (last) {
        check_memory(kept, "kept");
    }
    lyger_cache_describe(churn, &facts);
    recoveries = facts.lock_recoveries + kept_facts.lock_recoveries;
}

static void say_progress(uint64_t begun, const char *end)
{
    uint64_t time = now() - begun + 1;
    printf(
        "%s%llu s: %llu kills (%llu a minute), %llu stops, %llu shards rebuilt, %llu reads, %llu writes, "
        "%llu large, %llu pins, %llu locks, %llu refused%s",
        *end == '\n' ? "# " : "\r", (unsigned long long)time / 1000, (unsigned long long)kills,
        (unsigned long long)(kills * 60000 / time), (unsigned long long)stops, (unsigned long long)recoveries,
        (unsigned long long)atomic_load(&shared->reads), (unsigned long long)atomic_load(&shared->writes),
        (unsigned long long)atomic_load(&shared->large_writes),
        (unsigned long long)atomic_load(&shared->pins), (unsigned long long)atomic_load(&shared->locks_taken),
        (unsigned long long)atomic_load(&shared->refused), end);
    fflush(stdout);
}

static void run(uint64_t begun, uint64_t until, uint64_t kills_wanted)
{
    uint64_t inspected = now(), told = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        start(i);
    }
    while (kills_wanted ? kills < kills_wanted : now() < until) {
        nanosleep(&(struct timespec){0, 1000 * (long)pick(1000)}, NULL);
        if (go_on_with_stopped() < STOPPED_AT_ONCE && pick(10) == 0) {
            stop_one();
        }
        kill_some();
        check_hang();
        if (now() - inspected > INSPECT_EVERY) {
            inspect(false);
            for (uint32_t i = 0; i < WORKERS; i++) {
                start(i);
            }
            inspected = now();
        }
        if (isatty(STDOUT_FILENO) && now() - told > 500) {
            told = now();
            say_progress(begun, "");
        }
    }
    inspect(true);
}

static lyger_cache *open_cache(size_t size)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(size, NULL, &error);
    if (!cache) {
        fprintf(stderr, "stress_cache: %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

int main(int count, char **arguments)
{
    bool by_kills = count == 3 && strcmp(arguments[1], "--kills") == 0;
    long number = count == (by_kills ? 3 : 2) ? strtol(arguments[count - 1], NULL, 10) : 0;
    if (number <= 0) {
        fprintf(stderr, "usage: stress_cache SECONDS | --kills N\n");
        return EXIT_FAILURE;
    }
    uint64_t begun = now(), failed = 0;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    scratch = malloc(LONGEST);
    copy = malloc(LONGEST);
    if (shared == MAP_FAILED || !scratch || !copy) {
        perror("stress_cache");
        return EXIT_FAILURE;
    }
    random_state = begun ^ (uint64_t)getpid() << 32;
    churn = open_cache(CHURN_BYTES);
    kept = open_cache(KEPT_BYTES);
    run(begun, begun + (uint64_t)number * 1000, by_kills ? (uint64_t)number : 0);
    say_progress(begun, "\n");
    for (int i = 0; i < PROPERTIES; i++) {
        bool ok = atomic_load(&shared->findings[i]) == 0;
        printf("%s %s\n", ok ? "ok" : "not ok", property_names[i]);
        failed += !ok;
    }
    printf("stress: %llu passed, %llu failed, 0 skipped\n", (unsigned long long)(PROPERTIES - failed),
           (unsigned long long)failed);
    lyger_cache_close(kept);
    lyger_cache_close(churn);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
