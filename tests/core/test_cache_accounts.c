/*
 * Entries with an account: the account stays with its value whatever happens to the memory, integers change
 * as APCu's do, and the tally begins anew.
 */
#include "cache_help.h"

#include "cache/account.h"

#define MANY 500

static bool put_account(lyger_cache *cache, const char *key, const char *bytes, size_t len, uint64_t lifetime,
                        lyger_cache_mode mode)
{
    bool stored = false;
    lyger_error error;
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    lyger_cache_account account = {
        .created = (uint32_t)len, .modified = (uint32_t)len + 1, .ttl = -(int64_t)len};
    CHECK_INT(
        lyger_cache_store_account(cache, key, strlen(key), &value, lifetime, &account, mode, &stored, &error),
        LYGER_OK);
    return stored;
}

static bool put_integer(lyger_cache *cache, const char *key, int64_t integer)
{
    bool stored = false;
    lyger_error error;
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = integer};
    lyger_cache_account account = {.created = 7, .modified = 8, .ttl = 9};
    CHECK_INT(lyger_cache_store_account(cache, key, strlen(key), &value, 0, &account, LYGER_CACHE_REPLACE,
                                        &stored, &error),
              LYGER_OK);
    return stored;
}

static lyger_cache_details details_of(lyger_cache *cache, const char *key)
{
    lyger_cache_details details = {0};
    CHECK(lyger_cache_inspect(cache, key, strlen(key), &details));
    return details;
}

/* Whether the entry has the account that put_account() gave it, and its bytes. */
static bool is_whole(lyger_cache *cache, const char *key, const char *bytes, size_t len)
{
    lyger_cache_details details = details_of(cache, key);
    lyger_cache_value value;
    char *copy = NULL;
    bool whole = lyger_cache_fetch(cache, key, strlen(key), &value, &(lyger_cache_room){help_room, &copy}) ==
                     LYGER_CACHE_HIT &&
                 value.len == len && memcmp(copy, bytes, len) == 0;
    free(copy);
    return whole && details.accounted && details.len == len && details.account.created == len &&
           details.account.modified == len + 1 && details.account.ttl == -(int64_t)len &&
           details.bytes >= sizeof(entry) + strlen(key) + len + sizeof(lyger_cache_account);
}

static void account_lies_behind_values_of_any_length(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    static char bytes[600000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 7);
    }
    for (size_t len = 0; len < 600; len++) {
        char key[16];
        snprintf(key, sizeof key, "%*d", (int)(len % 13 + 1), 7);
        CHECK(put_account(cache, key, bytes, len, 0, LYGER_CACHE_REPLACE));
        CHECK(is_whole(cache, key, bytes, len));
    }
    CHECK(put_account(cache, "large", bytes, sizeof bytes, 0, LYGER_CACHE_REPLACE));
    CHECK(is_whole(cache, "large", bytes, sizeof bytes));
    CHECK(put(cache, "large", 100, 1));
    CHECK(!details_of(cache, "large").accounted);
    CHECK(!put_account(cache, "large", bytes, 5, 0, LYGER_CACHE_IF_ABSENT));
    close_cache(cache);
}

static void account_needs_no_more_room_than_there_is(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    size_t most = facts_of(cache).bytes_capacity;
    char *bytes = calloc(1, most);
    bool stored;
    lyger_error error;
    lyger_cache_account account = {0};
    for (size_t less = 0; less < 200; less++) {
        lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = most - less};
        lyger_status status = lyger_cache_store_account(cache, "all", 3, &value, 0, &account,
                                                        LYGER_CACHE_REPLACE, &stored, &error);
        CHECK_INT(status, less < sizeof(entry) + 8 + sizeof account ? LYGER_E_CACHE : LYGER_OK);
    }
    free(bytes);
    close_cache(cache);
}

static void accounts_survive_moving_eviction_and_a_rebuild(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    static char bytes[4096];
    lyger_error error;
    for (uint64_t i = 0; i < 30000; i++) {
        char key[32];
        snprintf(key, sizeof key, "key%d", (int)(content_mix(i) % 8000));
        size_t len = content_mix(i + 1) % (i % 50 ? 300 : sizeof bytes);
        if (i % 3) {
            CHECK(put_account(cache, key, bytes, len, 0, LYGER_CACHE_REPLACE));
        } else {
            put(cache, key, 24 + len, i + 1);
        }
        if (i % 5000 == 0) {
            for (uint32_t number = 0; number < cache->header->shard_count; number++) {
                CHECK(lyger_shard_lock(cache, &cache->shards[number], &error));
                lyger_shard_rebuild(cache, &cache->shards[number]);
                lyger_shard_unlock(&cache->shards[number]);
            }
            CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
        }
    }
    CHECK(facts_of(cache).evictions > 0);
    uint64_t whole = 0;
    for (int i = 0; i < 8000; i++) {
        char key[32];
        lyger_cache_details details;
        snprintf(key, sizeof key, "key%d", i);
        if (lyger_cache_inspect(cache, key, strlen(key), &details) && details.accounted) {
            CHECK(is_whole(cache, key, bytes, details.len));
            whole++;
        }
    }
    CHECK(whole > 100);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static lyger_cache_updated update(lyger_cache *cache, const char *key, lyger_cache_update update,
                                  int64_t *result)
{
    lyger_cache_updated updated;
    lyger_error error;
    CHECK_INT(lyger_cache_update_integer(cache, key, strlen(key), &update, &updated, result, &error),
              LYGER_OK);
    return updated;
}

static void integers_wrap_around_and_are_compared(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    int64_t result = 0;
    CHECK_INT(update(cache, "n", (lyger_cache_update){.operand = 1}, &result), LYGER_CACHE_NO_ENTRY);
    CHECK(put_integer(cache, "n", INT64_MAX));
    CHECK_INT(update(cache, "n", (lyger_cache_update){.operand = 2, .modified = 20}, &result),
              LYGER_CACHE_UPDATED);
    CHECK_INT(result, INT64_MIN + 1);
    CHECK_INT(details_of(cache, "n").account.modified, 20);
    CHECK_INT(details_of(cache, "n").account.created, 7);
    CHECK_INT(details_of(cache, "n").account.ttl, 9);
    lyger_cache_update swap = {.compares = true, .expected = 1, .operand = 5, .modified = 21};
    CHECK_INT(update(cache, "n", swap, &result), LYGER_CACHE_NOT_EXPECTED);
    swap.expected = INT64_MIN + 1;
    CHECK_INT(update(cache, "n", swap, &result), LYGER_CACHE_UPDATED);
    CHECK_INT(result, 5);
    CHECK(put_account(cache, "s", "12", 2, 0, LYGER_CACHE_REPLACE));
    CHECK_INT(update(cache, "s", swap, &result), LYGER_CACHE_NO_INTEGER);
    bool stored;
    lyger_error error;
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = 1};
    CHECK_INT(lyger_cache_store(cache, "plain", 5, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error),
              LYGER_OK);
    CHECK_INT(update(cache, "plain", (lyger_cache_update){.operand = -3}, &result), LYGER_CACHE_UPDATED);
    CHECK_INT(result, -2);
    CHECK(!details_of(cache, "plain").accounted);
    close_cache(cache);
}

static void entries_live_as_long_as_they_are_told(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    lyger_cache_details details;
    uint64_t begun = milliseconds();
    CHECK(put_account(cache, "short", "x", 1, 300, LYGER_CACHE_REPLACE));
    CHECK(put_account(cache, "long", "x", 1, 3600000, LYGER_CACHE_REPLACE));
    CHECK(put_account(cache, "endless", "x", 1, UINT64_MAX, LYGER_CACHE_REPLACE));
    while (lyger_cache_inspect(cache, "short", 5, &details) && milliseconds() - begun < 60000) {
        nap(5);
    }
    CHECK(milliseconds() - begun >= 300 - 20); /* the cache's clock has steps of a few ms */
    CHECK(!lyger_cache_inspect(cache, "short", 5, &details));
    CHECK(put_account(cache, "short", "x", 1, 0, LYGER_CACHE_IF_ABSENT));
    CHECK(lyger_cache_inspect(cache, "long", 4, &details));
    CHECK(lyger_cache_inspect(cache, "endless", 7, &details));
    close_cache(cache);
}

static void purge_takes_only_accounts_and_begins_the_tally(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    lyger_cache_tally tally;
    lyger_error error;
    lyger_cache_tell(cache, &tally);
    CHECK(tally.began > 1700000000);
    CHECK(put(cache, "plain", 100, 1));
    CHECK(put_account(cache, "a", "x", 1, 0, LYGER_CACHE_REPLACE));
    CHECK_INT(number_of(cache, "plain"), 1);
    CHECK_INT(number_of(cache, "missing"), 0);
    lyger_cache_tell(cache, &tally);
    CHECK_INT(tally.hits, 1);
    CHECK_INT(tally.misses, 1);
    CHECK_INT(tally.sets, 2);
    CHECK_INT(lyger_cache_purge_accounts(cache, 1234, &error), LYGER_OK);
    CHECK(!lyger_cache_contains(cache, "a", 1));
    CHECK(lyger_cache_contains(cache, "plain", 5));
    lyger_cache_tell(cache, &tally);
    CHECK_INT(tally.hits + tally.misses + tally.sets + tally.evictions, 0);
    CHECK_INT(tally.began, 1234);
    close_cache(cache);
}

static void peeking_counts_nothing(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    lyger_cache_tally tally;
    lyger_cache_sight sight;
    CHECK(put_account(cache, "a", "0123456789abcdefgh", 18, 0, LYGER_CACHE_REPLACE));
    for (int i = 0; i < 5; i++) {
        CHECK_INT(lyger_cache_peek(cache, "a", 1, &sight), LYGER_CACHE_HIT);
        CHECK_INT(lyger_cache_peek(cache, "b", 1, &sight), LYGER_CACHE_MISS);
    }
    lyger_cache_tell(cache, &tally);
    CHECK_INT(tally.hits + tally.misses, 0);
    CHECK_INT(details_of(cache, "a").hits, 0);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(lyger_cache_see(cache, "a", 1, &sight), LYGER_CACHE_HIT);
    }
    lyger_cache_tell(cache, &tally);
    CHECK_INT(tally.hits, 2);
    CHECK_INT(details_of(cache, "a").hits, 2);
    close_cache(cache);
}

typedef struct listed {
    uint32_t seen[MANY];
    uint64_t others, bytes;
} listed;

static bool list(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    listed *all = context;
    char text[32] = "";
    int number;
    memcpy(text, key, key_len < sizeof text ? key_len : sizeof text - 1);
    if (sscanf(text, "a%d", &number) == 1 && number >= 0 && number < MANY && details->accounted &&
        details->account.created == (uint32_t)number % 100 && details->len == (size_t)number % 100) {
        all->seen[number]++;
        all->bytes += details->bytes;
    } else {
        all->others++;
    }
    return true;
}

static void walk_visits_accounts_only(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    listed all = {0};
    static const char bytes[100];
    lyger_cache_walk walk = {0};
    for (int i = 0; i < MANY; i++) {
        char key[32];
        snprintf(key, sizeof key, "a%d", i);
        CHECK(put_account(cache, key, bytes, (size_t)i % 100, 0, LYGER_CACHE_REPLACE));
        snprintf(key, sizeof key, "plain%d", i);
        CHECK(put(cache, key, 100, 1));
    }
    while (lyger_cache_walk_accounts(cache, &walk, list, &all)) {
    }
    for (int i = 0; i < MANY; i++) {
        CHECK_INT(all.seen[i], 1);
    }
    CHECK_INT(all.others, 0);
    CHECK(all.bytes >= MANY * (sizeof(entry) + 8 + sizeof(lyger_cache_account)));
    close_cache(cache);
}

static bool add_free(uint64_t offset, uint64_t bytes, void *context)
{
    uint64_t *sum = context;
    CHECK_INT(offset % GRANULE, 0);
    *sum += bytes;
    return true;
}

static void free_memory_adds_up(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    lyger_error error;
    for (int round = 0; round < 3; round++) {
        uint64_t sum = 0, ends = 0;
        for (int i = 0; i < round * 300; i++) {
            char key[32];
            snprintf(key, sizeof key, "key%d", i);
            CHECK(put(cache, key, 100 + (size_t)i, 1));
            if (i % 3 == 0) {
                CHECK(take_out(cache, key));
            }
        }
        CHECK_INT(lyger_cache_each_free(cache, add_free, &sum, &error), LYGER_OK);
        for (uint32_t i = 0; i < cache->header->region_count; i++) { /* a granule ends each shard's region */
            ends += atomic_load(&cache->table[i]) != 0 ? GRANULE : 0;
        }
        CHECK_INT(sum + ends, facts_of(cache).bytes_free);
    }
    close_cache(cache);
}

int main(void)
{
    RUN(account_lies_behind_values_of_any_length);
    RUN(account_needs_no_more_room_than_there_is);
    RUN(accounts_survive_moving_eviction_and_a_rebuild);
    RUN(integers_wrap_around_and_are_compared);
    RUN(entries_live_as_long_as_they_are_told);
    RUN(purge_takes_only_accounts_and_begins_the_tally);
    RUN(peeking_counts_nothing);
    RUN(walk_visits_accounts_only);
    RUN(free_memory_adds_up);
    return finish();
}
