/*
 * Readers without a lock and what writers do between any two of their steps. step.h names the places; here
 * every sequence of a few actions is put into them, so that nothing depends on luck: what a reader returns
 * was there at some moment of its read, and every line that confirms something is needed.
 */
#include "cache_help.h"

#include "cache/shard/arena.h"
#include "cache/read_fast.h"

#ifdef LYGER_TEST_HOOKS

#define KEY "the key of every read"
#define LEN 200u
#define STEPS 4u /* of a read, into which something is put */

typedef enum action { NOTHING, OVERWRITE, REMOVE, BEGIN, REFILL, FINISH, ACTIONS } action;

/* What is going on. */
static lyger_cache *cache;
static shard *its_shard;
static uint32_t step, skipped, plan[STEPS]; /* the first steps may be left alone */
static uint64_t number, current,
    oldest;             /* of values: the last, the one that is there (0: none), the read's first */
static bool was_absent; /* at some moment of the read */
static granule begun;   /* a block that a writer has taken and filled by half */
static lyger_cache_type type;
static bool
    spoils_keys; /* a key is only half written, too; else readers believe that they are in the right place */
static char begun_bytes[LEN];

static uint64_t key_number(void)
{
    return content_key(KEY, strlen(KEY));
}

static entry_draft draft_of(const char *bytes)
{
    return (entry_draft){.hash = lyger_hash_key(KEY, strlen(KEY), cache->hash_state),
                         .key = KEY,
                         .key_len = strlen(KEY),
                         .type = type,
                         .bytes = bytes,
                         .bytes_len = LEN,
                         .len = LEN};
}

/* A writer's two halves: a block is filled, with foreign bytes at the end of the value, and later published.
 */
static void begin(void)
{
    if (!begun) {
        entry_draft draft = draft_of(begun_bytes);
        content_fill(begun_bytes, LEN, key_number(), ++number);
        memset(begun_bytes + LEN / 2, 0xEE, LEN / 2);
        begun = lyger_arena_take(cache, its_shard, granules_for(draft.key_len, LEN));
        lyger_shard_write(cache, begun, &draft);
        if (spoils_keys) {
            memset(entry_at(cache, begun)->data, 0xEE, 4);
        }
    }
}

static void finish_begun(void)
{
    if (begun) {
        entry_draft draft = draft_of(begun_bytes);
        content_fill(begun_bytes, LEN, key_number(), ++number);
        lyger_shard_write(cache, begun, &draft);
        lyger_shard_publish(cache, its_shard, begun, &draft);
        current = number;
        begun = 0;
    }
}

static void act(action what)
{
    bool stored;
    switch (what) {
    case OVERWRITE:
    case REFILL:
        put_typed(cache, KEY, type, LEN, ++number, LYGER_CACHE_REPLACE, &stored, NULL);
        current = number;
        if (what == REFILL) {
            begin();
        }
        break;
    case REMOVE:
        take_out(cache, KEY);
        current = 0;
        break;
    case BEGIN:
        begin();
        break;
    case FINISH:
        finish_begun();
        break;
    default:
        break;
    }
    was_absent = was_absent || !current;
}

static void at_step(cache_step where)
{
    (void)where;
    if (skipped > 0) {
        skipped--;
    } else if (step < STEPS) {
        void (*hook)(cache_step) = lyger_cache_step;
        lyger_cache_step = NULL; /* what happens here is not the reader's */
        act((action)plan[step++]);
        lyger_cache_step = hook;
    }
}

/* What a read may be; *value gets the bytes of a hit. */
typedef glance reader(char value[LEN]);

static char *short_place(void *context, size_t len)
{
    return len == LEN ? context : NULL;
}

static glance read_long(char value[LEN])
{
    lyger_cache_value got;
    return lyger_cache_fetch(cache, KEY, strlen(KEY), &got, &(lyger_cache_room){short_place, value}) ==
                   LYGER_CACHE_HIT
               ? GLANCE_HIT
               : GLANCE_MISS;
}

static glance read_short(char value[LEN])
{
    glance result = fetch_short(cache, KEY, strlen(KEY), LEN, short_place, value);
    return result == GLANCE_AGAIN ? read_long(value) : result;
}

static glance read_stale(char value[LEN])
{
    lyger_cache_value got;
    return lyger_cache_fetch_stale(cache, KEY, strlen(KEY), &got, &(lyger_cache_room){short_place, value}) ==
                   LYGER_CACHE_HIT
               ? GLANCE_HIT
               : GLANCE_MISS;
}

/* A value that is pinned is read when the read is over, and whatever came after it. */
static glance read_pinned(char value[LEN])
{
    lyger_cache_sight sight;
    while (lyger_cache_see(cache, KEY, strlen(KEY), &sight) == LYGER_CACHE_HIT) {
        if (lyger_cache_pin(cache, &sight)) {
            void (*hook)(cache_step) = lyger_cache_step;
            uint64_t was = current;
            lyger_cache_step = NULL;
            /* Three writers, as freed blocks are used again in turn. */
            for (int i = 0; i < 3; i++) {
                begin();
                act(OVERWRITE);
            }
            memcpy(value, sight.value.bytes, LEN);
            current = was; /* these came after the read */
            lyger_cache_step = hook;
            lyger_cache_unpin(cache);
            return GLANCE_HIT;
        }
    }
    return GLANCE_MISS;
}

static bool note_key(const char *key, size_t key_len, void *context)
{
    if (key_len != strlen(KEY) || memcmp(key, KEY, key_len) != 0) {
        *(glance *)context = GLANCE_AGAIN;
    } else if (*(glance *)context == GLANCE_MISS) {
        *(glance *)context = GLANCE_HIT;
    }
    return true;
}

/* As a read of a value that cannot be wrong: the key must be. */
static glance read_keys(char value[LEN])
{
    glance result = GLANCE_MISS;
    lyger_cache_walk walk = {number_of_shard(cache, its_shard), 0};
    while (walk.shard == number_of_shard(cache, its_shard) &&
           lyger_cache_walk_on(cache, &walk, "", 0, note_key, &result)) {
    }
    content_fill(value, LEN, key_number(), oldest);
    return result;
}

static glance read_presence(char value[LEN])
{
    content_fill(value, LEN, key_number(), oldest);
    return lyger_cache_contains(cache, KEY, strlen(KEY)) ? GLANCE_HIT : GLANCE_MISS;
}

/* Whether one read with the plan's actions in it is right. */
static bool is_right(reader *read, uint32_t skip)
{
    char value[LEN];
    uint64_t got;
    begun = 0;
    step = 0;
    skipped = skip;
    lyger_cache_step = NULL;
    act(OVERWRITE);
    oldest = current;
    was_absent = false;
    lyger_cache_step = at_step;
    glance result = read(value);
    lyger_cache_step = NULL;
    bool right = result == GLANCE_MISS  ? was_absent
                 : result == GLANCE_HIT ? content_whole(value, LEN, key_number(), &got) && got >= oldest
                                        : false;
    if (begun) {
        finish_begun();
    }
    return right;
}

/* Every plan. Actions behind a read's last step make no difference, so those plans are left out. */
static void check_every_plan(reader *read, lyger_cache_type of_type, uint32_t skip)
{
    uint32_t wrong = 0, plans = 0, most = 0;
    cache = open_cache(MEGABYTE);
    its_shard = shard_of_key(cache, KEY);
    type = of_type;
    number = 0;
    memset(plan, 0, sizeof plan);
    for (bool more = true; more;) {
        if (!is_right(read, skip) && wrong++ == 0) {
            printf("# wrong with %u %u %u %u\n", plan[0], plan[1], plan[2], plan[3]);
        }
        plans++;
        most = step > most ? step : most;
        uint32_t last = step < STEPS ? step : STEPS;
        for (uint32_t i = last; i < STEPS; i++) {
            plan[i] = 0;
        }
        while (last > 0 && ++plan[last - 1] == ACTIONS) {
            plan[--last] = 0;
        }
        more = last > 0;
    }
    CHECK_INT(wrong, 0);
    printf("# %u plans of at most %u steps\n", plans, most);
    CHECK(plans > 20 && most >= 3);
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void short_string_is_whole_whatever_happens_while_it_is_read(void)
{
    check_every_plan(read_short, LYGER_CACHE_STRING, 0);
}

static void copied_value_is_whole_whatever_happens_while_it_is_read(void)
{
    check_every_plan(read_long, LYGER_CACHE_SERIALIZED, 0);
    check_every_plan(read_long, LYGER_CACHE_SERIALIZED, 3);
}

static void stale_read_is_whole_whatever_happens_meanwhile(void)
{
    check_every_plan(read_stale, LYGER_CACHE_STRING, 0);
}

static void pinned_value_stays_whatever_happens_while_it_is_pinned(void)
{
    check_every_plan(read_pinned, LYGER_CACHE_ARRAY_IN_PLACE, 0);
    check_every_plan(read_pinned, LYGER_CACHE_ARRAY_IN_PLACE, 5);
}

static void walked_key_is_whole_whatever_happens_meanwhile(void)
{
    spoils_keys = true;
    check_every_plan(read_keys, LYGER_CACHE_STRING, 0);
    spoils_keys = false;
}

static void key_that_stays_is_never_missed(void)
{
    check_every_plan(read_presence, LYGER_CACHE_STRING, 0);
}

static void grow(cache_step where)
{
    if (where == STEP_BUCKET_READ && skipped-- == 0) {
        lyger_cache_step = NULL;
        CHECK(lyger_shard_lock(cache, its_shard, NULL) && lyger_index_double(cache, its_shard));
        lyger_shard_unlock(its_shard);
    }
}

/* Seven keys fill a bucket, the eighth has to pass it until there are twice as many. */
static void put_one_that_passes(char key[32])
{
    int fillers = 0;
    for (int i = 0; fillers < 7 || !key[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "grow%d", i);
        uint64_t hash = lyger_hash_key(name, strlen(name), cache->hash_state);
        uint32_t home = home_bucket(hash) & (2 * BUCKETS_FIRST - 1);
        if (shard_of(cache, hash) == its_shard && home == 3 && fillers < 7) {
            CHECK(put(cache, name, 30, 1));
            fillers++;
        } else if (shard_of(cache, hash) == its_shard && home == 3 + BUCKETS_FIRST) {
            strcpy(key, name);
        }
    }
    CHECK(put(cache, key, 30, 2));
}

/* The bucket that the reader looks at and, when that has been read, the number of buckets change. */
static void key_that_moves_when_the_index_grows_is_never_missed(void)
{
    for (uint32_t skip = 0; skip < 2; skip++) { /* in the fast way, in the long way */
        char key[32] = "";
        cache = open_cache(MEGABYTE);
        its_shard = &cache->shards[0];
        put_one_that_passes(key);
        skipped = skip;
        lyger_cache_step = grow;
        CHECK(lyger_cache_contains(cache, key, strlen(key)));
        CHECK(lyger_cache_step == NULL); /* it has grown */
        lyger_cache_step = NULL;
        CHECK_INT(number_of(cache, key), 2);
        close_cache(cache);
    }
}

/* The slot is compared as well as the stamp because of writers that die: they may have withdrawn an entry and
 * not ended it. Whoever repairs the shard looks for pins first and takes the memory then, without its stamp.
 */
static void entry_that_a_dead_writer_withdrew_is_not_pinned(void)
{
    lyger_cache_sight sight;
    cache = open_cache(MEGABYTE);
    its_shard = shard_of_key(cache, KEY);
    type = LYGER_CACHE_ARRAY_IN_PLACE;
    act(OVERWRITE);
    CHECK_INT(lyger_cache_see(cache, KEY, strlen(KEY), &sight), LYGER_CACHE_HIT);
    uint64_t hash = lyger_hash_key(KEY, strlen(KEY), cache->hash_state);
    lyger_index_withdraw(cache, its_shard, lyger_index_find(cache, its_shard, hash, KEY, strlen(KEY)), hash);
    CHECK(!lyger_cache_confirm(cache, &sight));
    CHECK(!lyger_cache_pin(cache, &sight));
    lyger_shard_rebuild(cache, its_shard);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* Words in what readers follow: slots, numbers of buckets, stamps, lengths, hashes, keys, values. */
static void spoil(uint32_t random, uint64_t word)
{
    uint32_t shard_number = random & cache->shard_mask;
    bucket *b = bucket_numbered(cache, shard_number, random >> 8 & (BUCKETS_FIRST - 1));
    index_slot *slot = &b->slots[(random >> 16) % BUCKET_SLOTS];
    granule at = slot_granule(atomic_load(slot));
    uint64_t *in_entry = is_in_regions(cache, at) ? (uint64_t *)(void *)entry_at(cache, at) : NULL;
    switch (random >> 24 & 3) {
    case 0:
        atomic_store(slot, word);
        break;
    case 1:
        atomic_store(&cache->masks[shard_number], (uint32_t)word);
        break;
    default:
        if (in_entry && (random >> 26) % 12 != 3) { /* a time that is over makes a reader a writer */
            in_entry[(random >> 26) % 12] = word;
        }
    }
}

static char *any_place(void *context, size_t len)
{
    return len <= LEN ? context : NULL;
}

static bool count_key(const char *key, size_t key_len, void *context)
{
    *(size_t *)context += key_len > 0 && key != NULL;
    return true;
}

static bool count_account(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    *(size_t *)context += key_len > 0 && key != NULL && details->accounted;
    return true;
}

/* Stores every second one with an account. */
static void put_number(int number)
{
    char key[32], bytes[600];
    size_t len = 40 + (size_t)number * 5, key_len = (size_t)snprintf(key, sizeof key, "key%d", number);
    bool stored;
    lyger_error error;
    if (number % 2) {
        put(cache, key, len, 1);
        return;
    }
    content_fill(bytes, len, content_key(key, key_len), 1);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    lyger_cache_account account = {.created = 1, .modified = 2, .ttl = 3};
    CHECK_INT(lyger_cache_store_account(cache, key, key_len, &value, 0, &account, LYGER_CACHE_REPLACE,
                                        &stored, &error),
              LYGER_OK);
}

static void stray_words_cost_readers_values_and_nothing_else(void)
{
    char key[32], value[LEN];
    uint64_t random = 1, begun = milliseconds();
    size_t hits = 0, keys = 0, accounts = 0;
    lyger_cache_details details;
    for (int round = 0; round < 60; round++) {
        cache = open_cache(MEGABYTE);
        for (int i = 0; i < 100; i++) {
            put_number(i);
        }
        for (int i = 0; i < 20; i++) {
            random = content_mix(random + 1);
            uint64_t words[] = {
                0, UINT64_MAX, random, random >> 32, random << 32, cache->regions, random & 0xFFFFF};
            spoil((uint32_t)(random >> 13), words[random % 7]);
        }
        for (int i = 0; i < 100; i++) {
            snprintf(key, sizeof key, "key%d", i);
            hits += number_of(cache, key) == 1;
            hits += lyger_cache_contains(cache, key, strlen(key));
            lyger_cache_inspect(cache, key, strlen(key), &details);
            fetch_short(cache, key, strlen(key), LEN, any_place, value);
        }
        for (lyger_cache_walk walk = {0, 0}; lyger_cache_walk_on(cache, &walk, "", 0, count_key, &keys);) {
        }
        for (lyger_cache_walk walk = {0, 0};
             lyger_cache_walk_accounts(cache, &walk, count_account, &accounts);) {
        }
        lyger_cache_close(cache);
    }
    CHECK(hits > 3000 && keys > 2000 && accounts > 1000);
    CHECK(milliseconds() - begun < 60000);
}

/* A slot that keeps its tag is followed by whoever looks for its key. */
static void slot_that_points_anywhere_leads_no_reader_out_of_the_segment(void)
{
    char value[LEN];
    cache = open_cache(MEGABYTE);
    const granule end = cache->regions + cache->granules, places[] = {0,
                                                                      1,
                                                                      cache->regions - 1,
                                                                      end,
                                                                      end + 1,
                                                                      (granule)(cache->size / GRANULE),
                                                                      UINT32_MAX / 2,
                                                                      UINT32_MAX};
    its_shard = shard_of_key(cache, KEY);
    uint64_t hash = lyger_hash_key(KEY, strlen(KEY), cache->hash_state);
    CHECK(put(cache, KEY, LEN, 1));
    index_slot *slot = lyger_index_find(cache, its_shard, hash, KEY, strlen(KEY));
    uint64_t word = atomic_load(slot);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        atomic_store(slot, slot_word(hash, places[i]));
        CHECK(!lyger_cache_contains(cache, KEY, strlen(KEY)));
        CHECK_INT(number_of(cache, KEY), 0);
        CHECK(fetch_short(cache, KEY, strlen(KEY), LEN, any_place, value) != GLANCE_HIT);
        CHECK(lyger_index_find(cache, its_shard, hash, KEY, strlen(KEY)) == NULL);
    }
    atomic_store(slot, word);
    CHECK_INT(number_of(cache, KEY), 1);
    close_cache(cache);
}

static void length_that_passes_the_segments_end_is_of_no_value(void)
{
    lyger_cache_sight sight;
    cache = open_cache(MEGABYTE);
    CHECK(put(cache, KEY, LEN, 1));
    CHECK_INT(lyger_cache_see(cache, KEY, strlen(KEY), &sight), LYGER_CACHE_HIT);
    _Atomic uint64_t *lens = &((entry *)(uintptr_t)sight.entry)->lens;
    uint64_t was = atomic_load(lens), head = was & 0xFFFFFF;
    uint64_t most = (uint64_t)(cache->base + cache->size - sight.value.bytes);
    atomic_store(lens, most << 24 | head);
    CHECK_INT(lyger_cache_see(cache, KEY, strlen(KEY), &sight), LYGER_CACHE_HIT);
    CHECK_INT(sight.value.len, most);
    for (uint64_t len = most + 1; len < (uint64_t)1 << 40; len = len * 3 + 1) {
        atomic_store(lens, len << 24 | head);
        CHECK_INT(lyger_cache_see(cache, KEY, strlen(KEY), &sight), LYGER_CACHE_MISS);
        CHECK_INT(number_of(cache, KEY), 0);
    }
    atomic_store(lens, was);
    CHECK_INT(number_of(cache, KEY), 1);
    close_cache(cache);
}

static void stray_number_of_buckets_leads_no_writer_out_of_the_segment(void)
{
    static const uint32_t words[] = {UINT32_MAX, 0x7FFFFFFF, 0xFFFF0000, 1u << 31};
    char key[32];
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        cache = open_cache(MEGABYTE);
        for (int i = 0; i < 400; i++) {
            if (i == 100) {
                for (uint32_t number = 0; number < cache->header->shard_count; number++) {
                    atomic_store(&cache->masks[number], words[word]);
                }
            }
            snprintf(key, sizeof key, "key%d", i);
            CHECK(put(cache, key, 40, 1) && number_of(cache, key) == 1);
            CHECK(i % 3 || take_out(cache, key));
        }
        lyger_cache_close(cache);
    }
}

int main(void)
{
    RUN(entry_that_a_dead_writer_withdrew_is_not_pinned);
    RUN(short_string_is_whole_whatever_happens_while_it_is_read);
    RUN(copied_value_is_whole_whatever_happens_while_it_is_read);
    RUN(stale_read_is_whole_whatever_happens_meanwhile);
    RUN(pinned_value_stays_whatever_happens_while_it_is_pinned);
    RUN(walked_key_is_whole_whatever_happens_meanwhile);
    RUN(key_that_stays_is_never_missed);
    RUN(key_that_moves_when_the_index_grows_is_never_missed);
    RUN(slot_that_points_anywhere_leads_no_reader_out_of_the_segment);
    RUN(length_that_passes_the_segments_end_is_of_no_value);
    RUN(stray_number_of_buckets_leads_no_writer_out_of_the_segment);
    RUN(stray_words_cost_readers_values_and_nothing_else);
    return finish();
}

#else
#error "scripts/test-core defines LYGER_TEST_HOOKS"
#endif
