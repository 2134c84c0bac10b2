/*
 * The annex: keys that are apart from the application's in the same segment, and the locks of sessions.
 */
#include "cache_help.h"

static bool visit(const char *key, size_t key_len, void *context)
{
    (void)key;
    (void)key_len;
    (*(uint64_t *)context)++;
    return true;
}

static uint64_t count_keys(lyger_cache *cache)
{
    lyger_cache_walk walk = {0};
    uint64_t keys = 0;
    while (lyger_cache_walk_on(cache, &walk, "", 0, visit, &keys)) {
    }
    return keys;
}

static bool has(lyger_cache *cache, const char *key)
{
    return lyger_cache_contains(cache, key, strlen(key));
}

static void what_has(lyger_cache *cache, uint64_t entries)
{
    CHECK_INT(lyger_cache_count(cache), entries);
    CHECK_INT(count_keys(cache), entries);
}

/* Entries of both sets, alternating, with the same keys; every third only in the annex. */
static void fill(lyger_cache *cache, int count)
{
    char key[32];
    for (int i = 0; i < count; i++) {
        snprintf(key, sizeof key, "key%d", i);
        CHECK(put(lyger_cache_annex(cache), key, 60, 2));
        CHECK(i % 3 == 0 || put(cache, key, 50, 1));
    }
}

static void keys_of_the_annex_are_apart(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    CHECK(lyger_cache_annex(annex) == annex);
    fill(cache, 300);
    what_has(cache, 200);
    what_has(annex, 300);
    CHECK(!has(cache, "key0") && has(annex, "key0"));
    bool there = false;
    lyger_cache_remove(cache, "key0", 4, &there, NULL);
    CHECK(!there && has(annex, "key0"));
    lyger_cache_remove(annex, "key1", 4, &there, NULL);
    CHECK(there && has(cache, "key1") && !has(annex, "key1"));
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 200);
    CHECK_INT(facts.annexed, 299);
    lyger_cache_purge(cache, "", 0, NULL);
    what_has(cache, 0);
    what_has(annex, 299);
    CHECK(put(cache, "key2", 50, 1));
    lyger_cache_purge(annex, "key29", 5, NULL);
    what_has(annex, 288);
    lyger_cache_purge(annex, "", 0, NULL);
    what_has(annex, 0);
    what_has(cache, 1);
    close_cache(cache);
}

static void annex_survives_the_rebuild_of_its_shards_and_moves(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    fill(cache, 300);
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        CHECK(lyger_shard_lock(cache, &cache->shards[i], NULL));
        lyger_shard_rebuild(i % 2 ? cache : annex, &cache->shards[i]);
        lyger_shard_unlock(&cache->shards[i]);
    }
    what_has(cache, 200);
    what_has(annex, 300);
    lyger_error error = {0};
    CHECK(lyger_cache_verify(cache, &error) == LYGER_OK);
    uint64_t moved = 0;
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        CHECK(lyger_shard_lock(cache, s, NULL));
        moved += s->small.tail && moved_entry(cache, s, s->small.tail);
        moved += s->main.tail && moved_entry(cache, s, s->main.tail);
        lyger_shard_unlock(s);
    }
    CHECK(moved > 0);
    what_has(cache, 200);
    what_has(annex, 300);
    close_cache(cache);
}

static void evictions_from_the_annex_are_counted(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    char key[32];
    for (int i = 0; i < 2000; i++) {
        snprintf(key, sizeof key, "key%d", i);
        CHECK(put(annex, key, 2000, 2));
    }
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    CHECK(facts.annexed > 0 && facts.annex_evictions > 0);
    CHECK_INT(facts.annexed + facts.annex_evictions, 2000);
    CHECK_INT(facts.evictions, facts.annex_evictions);
    for (int i = 0; i < 2000; i++) {
        snprintf(key, sizeof key, "key%d", i);
        CHECK(put(cache, key, 2000, 2));
    }
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.annexed + facts.annex_evictions, 2000);
    CHECK(facts.evictions > facts.annex_evictions);
    close_cache(cache);
}

/* Ten times as much as there is room for, of which nothing is asked for again. */
static void annex_survives_a_scan(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    char key[32];
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof key, "key%d", i);
        CHECK(put(annex, key, 2000, 2));
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "scan%d", i);
        CHECK(put(cache, key, 2000, 2));
    }
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.annexed, 50);
    CHECK_INT(facts.annex_evictions, 0);
    CHECK(facts.evictions > 4000);
    close_cache(cache);
}

static void named_annex_is_found_by_who_opens_the_file(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/lyger-annex-%d", (int)getpid());
    lyger_error error = {0};
    lyger_cache *cache = lyger_cache_open(MEGABYTE, path, &error);
    CHECK(cache && put(lyger_cache_annex(cache), "key", 100, 1) && put(cache, "key", 100, 2));
    lyger_cache *second = lyger_cache_open(MEGABYTE, path, &error);
    CHECK_STR(error.message, "");
    CHECK(second && has(lyger_cache_annex(second), "key") && !lyger_cache_remade(second)[0]);
    cache->shards[0].annexed++;
    CHECK(lyger_cache_verify(cache, &error) != LYGER_OK);
    lyger_cache_close(second);
    lyger_cache_close(cache);
    unlink(path);
}

/* ---- locks ---- */

static uint64_t lock(lyger_cache *annex, const char *key)
{
    uint64_t token = 0;
    lyger_error error = {0};
    if (lyger_cache_lock_session(annex, key, strlen(key), &token, &error) != LYGER_OK) {
        printf("# %s\n", error.message);
    }
    return token;
}

static bool give_back(lyger_cache *annex, const char *key, uint64_t token)
{
    bool held;
    return lyger_cache_give_back(annex, key, strlen(key), LYGER_CACHE_SESSION, token, &held, NULL) ==
               LYGER_OK &&
           held;
}

/* What a child sees. */
static bool child_locks(lyger_cache *annex, const char *key)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        _exit(lock(annex, key) != 0);
    }
    int status;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 1;
}

static void session_stays_locked_until_it_is_given_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    uint64_t token = lock(annex, "session"), other = lock(annex, "other");
    CHECK(token && other && token != other);
    CHECK(lock(annex, "session") == token);
    CHECK(!child_locks(annex, "session") && child_locks(annex, "third"));
    CHECK(lock(annex, "third") != 0); /* the child that had it is dead */
    lyger_cache_end_request(cache);
    CHECK(!child_locks(annex, "session"));
    lyger_cache_purge(cache, "", 0, NULL);
    lyger_cache_purge(annex, "", 0, NULL);
    CHECK(!child_locks(annex, "session"));
    CHECK(give_back(annex, "session", token));
    CHECK(!give_back(annex, "session", token));
    CHECK(child_locks(annex, "session"));
    CHECK(!child_locks(annex, "other") && give_back(annex, "other", other));
    close_cache(cache);
}

static void child_does_not_give_its_parents_session_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    uint64_t token = lock(annex, "session");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        bool held;
        lyger_cache_give_back(annex, "session", 7, LYGER_CACHE_SESSION, token, &held, NULL);
        lyger_cache_end_request(cache);
        _exit(held);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(WEXITSTATUS(status), 0);
    CHECK(!child_locks(annex, "session"));
    CHECK(give_back(annex, "session", token));
    close_cache(cache);
}

static bool somebody_waits(const lyger_cache *cache)
{
    bool waits = false;
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        waits |= atomic_load(&cache->shards[i].holds_awaited) != 0;
    }
    return waits;
}

static void who_waits_for_a_session_is_woken(void)
{
    lyger_cache *cache = open_cache(MEGABYTE), *annex = lyger_cache_annex(cache);
    for (int round = 0; round < 50; round++) {
        uint64_t token = lock(annex, "session");
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            lyger_error error;
            uint64_t got = 0;
            while (!got &&
                   lyger_cache_wait(annex, "session", 7, LYGER_CACHE_SESSION, 100000, &error) == LYGER_OK) {
                got = lock(annex, "session");
            }
            _exit(got != 0);
        }
        for (int i = 0; i < 20000 && !somebody_waits(cache); i++) {
            nap(1);
        }
        CHECK(give_back(annex, "session", token));
        int status;
        waitpid(child, &status, 0);
        CHECK_INT(WEXITSTATUS(status), 1);
    }
    close_cache(cache);
}

int main(void)
{
    RUN(keys_of_the_annex_are_apart);
    RUN(annex_survives_the_rebuild_of_its_shards_and_moves);
    RUN(evictions_from_the_annex_are_counted);
    RUN(annex_survives_a_scan);
    RUN(named_annex_is_found_by_who_opens_the_file);
    RUN(session_stays_locked_until_it_is_given_back);
    RUN(child_does_not_give_its_parents_session_back);
    RUN(who_waits_for_a_session_is_woken);
    return finish();
}
