/*
 * The far room against a server of its own: what other clients see, what is atomic, and what happens when the
 * server is stopped, killed, restarted or refuses.
 */
#include "redis_server.h"

#include "cache/system/os.h"

#include <sys/wait.h>
#include <unistd.h>

static lyger_far *far;
static lyger_error error;

#define KEY(text) ((lyger_far_key){text, sizeof(text) - 1})
#define OK(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != LYGER_OK) {                                                                            \
            case_failed = true;                                                                              \
            printf("# %s:%d: %s: %s\n", __FILE__, __LINE__, #call, error.message);                           \
        }                                                                                                    \
    } while (0)

static lyger_far_form form_of(const char *text)
{
    lyger_far_form form;
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = text, .len = strlen(text)};
    lyger_far_encode(&value, &form);
    return form;
}

static void set(lyger_far_key key, const char *text)
{
    lyger_far_form form = form_of(text);
    bool stored = false;
    OK(lyger_far_set(far, key, &form, 0, false, &stored, &error));
    CHECK(stored);
}

static bool holds(lyger_far_key key, const char *text)
{
    lyger_far_bytes found = {0};
    OK(lyger_far_get(far, key, &found, &error));
    return text ? found.bytes && found.len == strlen(text) && memcmp(found.bytes, text, found.len) == 0
                : !found.bytes;
}

static void values_are_what_other_clients_see(void)
{
    lyger_far_form form;
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = -12};
    bool stored;
    set(KEY("word"), "hello");
    CHECK_STR(redis_cli("-n 3 GET t:word"), "hello");
    lyger_far_encode(&value, &form);
    OK(lyger_far_set(far, KEY("number"), &form, 100, false, &stored, &error));
    CHECK_STR(redis_cli("-n 3 INCRBY t:number 2"), "-10");
    CHECK(atoi(redis_cli("-n 3 TTL t:number")) > 90);
    redis_cli("-n 3 SET t:theirs 7");
    CHECK(holds(KEY("theirs"), "7"));
    CHECK(holds(KEY("nowhere"), NULL));
}

static void a_value_of_any_bytes_and_size_comes_back(void)
{
    size_t len = (size_t)3 << 20;
    char *bytes = malloc(len);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    lyger_far_form form;
    lyger_far_bytes found = {0};
    bool stored = false;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (char)(i * 2654435761u >> 13);
    }
    lyger_far_encode(&value, &form);
    OK(lyger_far_set(far, KEY("big\0\r\n"), &form, 0, false, &stored, &error));
    OK(lyger_far_get(far, KEY("big\0\r\n"), &found, &error));
    CHECK(stored && found.len == len && memcmp(found.bytes, bytes, len) == 0);
    free(bytes);
}

static void only_the_first_adds(void)
{
    lyger_far_form form = form_of("first");
    bool stored = false, again = true;
    OK(lyger_far_set(far, KEY("added"), &form, 10, true, &stored, &error));
    form = form_of("second");
    OK(lyger_far_set(far, KEY("added"), &form, 10, true, &again, &error));
    CHECK(stored && !again && holds(KEY("added"), "first"));
}

static void keys_are_removed_taken_and_touched(void)
{
    lyger_far_key keys[] = {KEY("one"), KEY("none"), KEY("two")};
    lyger_far_bytes found = {0};
    uint64_t there = 0;
    bool is_there = true;
    set(KEY("one"), "1st");
    set(KEY("two"), "2nd");
    OK(lyger_far_touch(far, KEY("one"), 50, &is_there, &error));
    CHECK(is_there && atoi(redis_cli("-n 3 TTL t:one")) > 40);
    OK(lyger_far_touch(far, KEY("one"), 0, &is_there, &error));
    CHECK(is_there && atoi(redis_cli("-n 3 TTL t:one")) == -1);
    OK(lyger_far_touch(far, KEY("one"), 0, &is_there, &error));
    CHECK(is_there);
    OK(lyger_far_touch(far, KEY("none"), 0, &is_there, &error));
    CHECK(!is_there);
    OK(lyger_far_touch(far, KEY("none"), 5, &is_there, &error));
    CHECK(!is_there);
    OK(lyger_far_delete_many(far, keys, 3, &there, &error));
    CHECK_INT(there, 2);
    OK(lyger_far_has(far, KEY("one"), &is_there, &error));
    CHECK(!is_there);
    set(KEY("one"), "again");
    OK(lyger_far_take(far, KEY("one"), &found, &error));
    CHECK(found.len == 5 && memcmp(found.bytes, "again", 5) == 0);
    OK(lyger_far_take(far, KEY("one"), &found, &error));
    CHECK(!found.bytes);
}

static void counters_are_the_servers(void)
{
    int64_t sum = 0;
    OK(lyger_far_increment(far, KEY("c"), 5, 0, &sum, &error));
    CHECK_INT(sum, 5);
    OK(lyger_far_increment(far, KEY("c"), -7, 30, &sum, &error));
    CHECK_INT(sum, -2);
    CHECK_INT(atoi(redis_cli("-n 3 TTL t:c")), -1); /* ttl is for a new one */
    OK(lyger_far_increment(far, KEY("d"), 3, 30, &sum, &error));
    CHECK(sum == 3 && atoi(redis_cli("-n 3 TTL t:d")) > 20);
    OK(lyger_far_increment(far, KEY("d"), INT64_MAX - 3, 0, &sum, &error));
    CHECK_INT(lyger_far_increment(far, KEY("d"), 1, 0, &sum, &error), LYGER_E_CACHE);
    CHECK_STR(error.message, "the sum is beyond 64 bits");
    set(KEY("w"), "word");
    CHECK_INT(lyger_far_increment(far, KEY("w"), 1, 9, &sum, &error), LYGER_E_CACHE);
    CHECK_STR(error.message, "the value is not an integer");
    set(KEY("w"), "5"); /* a string is no integer */
    CHECK_INT(lyger_far_increment(far, KEY("w"), 1, 0, &sum, &error), LYGER_E_CACHE);
}

static void a_value_is_exchanged_only_while_it_is_the_same(void)
{
    lyger_far_form form = form_of("new");
    lyger_far_bytes old = {"old", 3}, now = {"new", 3};
    bool done = true;
    set(KEY("x"), "other");
    OK(lyger_far_exchange(far, KEY("x"), &old, &form, 0, &done, &error));
    CHECK(!done && holds(KEY("x"), "other"));
    set(KEY("x"), "old");
    OK(lyger_far_exchange(far, KEY("x"), &old, &form, 40, &done, &error));
    CHECK(done && holds(KEY("x"), "new") && atoi(redis_cli("-n 3 TTL t:x")) > 30);
    OK(lyger_far_exchange(far, KEY("x"), &old, NULL, 0, &done, &error));
    CHECK(!done);
    OK(lyger_far_exchange(far, KEY("x"), &now, NULL, 0, &done, &error));
    CHECK(done && holds(KEY("x"), NULL));
    OK(lyger_far_exchange(far, KEY("x"), &now, &form, 0, &done, &error));
    CHECK(!done && holds(KEY("x"), NULL));
}

static void many_keys_take_one_turn(void)
{
    enum { COUNT = 3000 };
    static char names[COUNT][16];
    static lyger_far_key keys[COUNT];
    static lyger_far_form forms[COUNT];
    static lyger_far_bytes found[COUNT];
    uint64_t stored = 0;
    for (int i = 0; i < COUNT; i++) {
        keys[i] = (lyger_far_key){names[i], (size_t)snprintf(names[i], sizeof names[i], "many:%d", i)};
        forms[i] = form_of(names[i]);
    }
    OK(lyger_far_set_many(far, keys, forms, COUNT, 0, &stored, &error));
    CHECK_INT(stored, COUNT);
    OK(lyger_far_get_many(far, keys, COUNT, found, &error));
    for (int i = 0; i < COUNT; i++) {
        CHECK(found[i].len == keys[i].len && memcmp(found[i].bytes, names[i], found[i].len) == 0);
    }
    redis_cli("-n 3 LPUSH t:list 1");
    keys[1] = KEY("list");
    CHECK_INT(lyger_far_get_many(far, keys, 3, found, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "it refuses: WRONGTYPE"));
}

static void count_key(lyger_far_key key, void *context)
{
    (void)key;
    ++*(int *)context;
}

static int count_keys(const lyger_far_prefixes *prefixes, lyger_far_key prefix)
{
    lyger_far_walk walk = {0};
    int count = 0;
    bool more = true;
    while (more) {
        OK(lyger_far_walk_on(far, prefixes, prefix, &walk, count_key, &count, &more, &error));
    }
    return count;
}

static void only_claimed_keys_of_the_prefix_are_walked_and_purged(void)
{
    lyger_far_prefixes prefixes;
    char key[16];
    bool got;
    OK(lyger_far_prefixes_read("p[ q:", 5, &prefixes, &error));
    for (int i = 0; i < 2500; i++) {
        snprintf(key, sizeof key, "p[%d", i);
        set((lyger_far_key){key, strlen(key)}, "v");
    }
    set(KEY("q:1"), "v");
    set(KEY("px"), "v");
    set(KEY("other"), "v");
    OK(lyger_far_lock(far, KEY("p[1"), KEY("me"), 0, &got, &error));
    redis_cli("-n 3 SET 'p[outside' v");
    CHECK_INT(count_keys(&prefixes, KEY("p[")), 2500);
    CHECK_INT(count_keys(&prefixes, KEY("")), 2501);
    OK(lyger_far_purge(far, &prefixes, KEY("p["), &error));
    CHECK_INT(count_keys(&prefixes, KEY("")), 1);
    OK(lyger_far_purge(far, &prefixes, KEY(""), &error));
    CHECK_INT(count_keys(&prefixes, KEY("")), 0);
    CHECK(holds(KEY("px"), "v") && holds(KEY("other"), "v"));
    CHECK_STR(redis_cli("-n 3 GET 'p[outside'"), "v");
    CHECK_STR(redis_cli("-n 3 GET 't:lyger:lock:p[1'"), "me");
}

static void details_are_told(void)
{
    lyger_far_details details;
    redis_cli("-n 3 SET t:e hello EX 50");
    OK(lyger_far_inspect(far, KEY("e"), &details, &error));
    CHECK(details.there && details.len == 5 && details.left > 40000 && details.begins_len == 5);
    OK(lyger_far_inspect(far, KEY("nowhere"), &details, &error));
    CHECK(!details.there);
}

static void locks_exclude_each_other(void)
{
    lyger_far_bytes owner;
    bool yes = false;
    OK(lyger_far_lock(far, KEY("l"), KEY("A"), 30, &yes, &error));
    CHECK(yes && atoi(redis_cli("-n 3 TTL t:lyger:lock:l")) > 20);
    OK(lyger_far_lock(far, KEY("l"), KEY("B"), 30, &yes, &error));
    CHECK(!yes);
    OK(lyger_far_lock(far, KEY("l"), KEY("A"), 0, &yes, &error));
    CHECK(yes && atoi(redis_cli("-n 3 TTL t:lyger:lock:l")) == -1);
    OK(lyger_far_lock_extend(far, KEY("l"), KEY("B"), 9, &yes, &error));
    CHECK(!yes);
    OK(lyger_far_lock_extend(far, KEY("l"), KEY("A"), 9, &yes, &error));
    CHECK(yes && atoi(redis_cli("-n 3 TTL t:lyger:lock:l")) > 5);
    OK(lyger_far_lock_owner(far, KEY("l"), &owner, &error));
    CHECK(owner.len == 1 && owner.bytes[0] == 'A');
    OK(lyger_far_unlock(far, KEY("l"), KEY("B"), &yes, &error));
    CHECK(!yes);
    OK(lyger_far_unlock(far, KEY("l"), KEY("A"), &yes, &error));
    CHECK(yes);
    OK(lyger_far_unlock(far, KEY("l"), KEY("A"), &yes, &error));
    CHECK(!yes);
    OK(lyger_far_lock(far, KEY("l"), KEY("B"), 30, &yes, &error));
    OK(lyger_far_unlock(far, KEY("l"), (lyger_far_key){NULL, 0}, &yes, &error));
    CHECK(yes);
    OK(lyger_far_lock_owner(far, KEY("l"), &owner, &error));
    CHECK(!owner.bytes);
}

static void a_lease_that_was_cancelled_stores_nothing(void)
{
    lyger_far_form form = form_of("computed");
    lyger_far_key key = KEY("v");
    uint64_t there;
    bool yes = false;
    OK(lyger_far_lease(far, key, KEY("m1:"), KEY("m1:a"), &yes, &error));
    CHECK(yes);
    OK(lyger_far_lease(far, key, KEY("m2:"), KEY("m2:a"), &yes, &error));
    CHECK(!yes);
    OK(lyger_far_lease(far, key, KEY("m1:"), KEY("m1:b"), &yes, &error)); /* m1:a is gone */
    CHECK(yes);
    OK(lyger_far_lease_store(far, key, KEY("m1:a"), &form, 0, &yes, &error));
    CHECK(!yes && holds(key, NULL));
    OK(lyger_far_delete_many(far, &key, 1, &there, &error));
    OK(lyger_far_lease_store(far, key, KEY("m1:b"), &form, 0, &yes, &error));
    CHECK(!yes && holds(key, NULL));
    OK(lyger_far_lease(far, key, KEY("m2:"), KEY("m2:a"), &yes, &error));
    CHECK(yes);
    OK(lyger_far_lease_give_back(far, key, KEY("m1:b"), &error)); /* not its own */
    OK(lyger_far_lease_store(far, key, KEY("m2:a"), &form, 20, &yes, &error));
    CHECK(yes && holds(key, "computed") && atoi(redis_cli("-n 3 TTL t:v")) > 10);
    CHECK_STR(redis_cli("-n 3 EXISTS t:lyger:lease:v"), "0");
}

static void keys_of_locks_are_no_entries(void)
{
    lyger_far_bytes found;
    CHECK_INT(lyger_far_get(far, KEY("lyger:lock:x"), &found, &error), LYGER_E_ARGUMENT);
    CHECK_INT(lyger_far_get(far, KEY("lyger:lease:"), &found, &error), LYGER_E_ARGUMENT);
    OK(lyger_far_get(far, KEY("lyger:loc"), &found, &error));
}

/* ---- trouble ---- */

static void a_child_has_a_connection_of_its_own(void)
{
    lyger_far_figures figures;
    int status = 1;
    set(KEY("k"), "parent");
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 200; i++) {
            set(KEY("child"), "c");
            CHECK(holds(KEY("child"), "c"));
        }
        lyger_far_free(far);
        _exit(case_failed);
    }
    for (int i = 0; i < 200; i++) {
        set(KEY("k"), "p");
        CHECK(holds(KEY("k"), "p"));
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    lyger_far_describe(far, &figures);
    CHECK_INT(figures.connections, 1);
}

static void a_stopped_server_costs_its_time_limit_and_is_then_left_alone(void)
{
    lyger_far_bytes found;
    lyger_far_figures figures;
    lyger_far *patient = far;
    set(KEY("k"), "kept");
    far = redis_connect(redis_url, "/3?prefix=t:&timeout=1&connect_timeout=1");
    redis_signal(SIGSTOP);
    CHECK_INT(lyger_far_get(far, KEY("k"), &found, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, ": it did not answer in time"));
    lyger_far_describe(far, &figures);
    CHECK(!figures.connected && figures.waits_ms <= 50);
    /* Each failure doubles the wait, until calls fail without asking. */
    bool refused = false;
    for (int i = 0; i < 30 && !refused; i++) {
        CHECK_INT(lyger_far_get(far, KEY("k"), &found, &error), LYGER_E_CACHE);
        refused = strstr(error.message, "it is not asked again for") != NULL;
    }
    CHECK(refused);
    redis_signal(SIGCONT);
    lyger_status status = LYGER_E_CACHE;
    for (int i = 0; i < 600 && status != LYGER_OK; i++) {
        status = lyger_far_get(far, KEY("k"), &found, &error);
        lyger_os_nap(50000);
    }
    CHECK_INT(status, LYGER_OK);
    CHECK(found.bytes && found.len == 4 && memcmp(found.bytes, "kept", 4) == 0); /* no answer of before */
    lyger_far_free(far);
    far = patient;
}

static void a_restarted_server_is_found_again_at_once(void)
{
    set(KEY("k"), "before");
    redis_run("restart");
    CHECK(holds(KEY("k"), NULL)); /* it kept nothing; a read is sent again */
    redis_run("restart");
    set(KEY("k"), "after"); /* a write notices before it is sent */
    CHECK(holds(KEY("k"), "after"));
}

static void a_server_that_is_gone_is_named(void)
{
    lyger_far_address nowhere;
    lyger_far_bytes found;
    CHECK_INT(lyger_far_address_read("unix:/tmp/lyger-no-such.sock", 28, &nowhere, &error), LYGER_OK);
    lyger_far *lost = lyger_far_make(&nowhere, &error);
    CHECK_INT(lyger_far_get(lost, KEY("k"), &found, &error), LYGER_E_CACHE);
    CHECK_STR(error.message,
              "lyger.cache_backend /tmp/lyger-no-such.sock: it cannot be reached: No such file or "
              "directory");
    CHECK_INT(lyger_far_get(lost, KEY("k"), &found, &error), LYGER_E_CACHE);
    lyger_far_free(lost);
    CHECK_INT(lyger_far_address_read("redis://no-such-host.invalid", 28, &nowhere, &error), LYGER_OK);
    lost = lyger_far_make(&nowhere, &error);
    CHECK_INT(lyger_far_get(lost, KEY("k"), &found, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "no-such-host.invalid:6379: its name cannot be resolved: "));
    lyger_far_free(lost);
}

static void a_full_server_refuses_writes_and_still_reads(void)
{
    lyger_far_form form = form_of("x");
    bool stored = true;
    set(KEY("k"), "kept");
    redis_cli("CONFIG SET maxmemory 1");
    CHECK_INT(lyger_far_set(far, KEY("full"), &form, 0, false, &stored, &error), LYGER_E_CACHE);
    CHECK(!stored && strstr(error.message, "it refuses: OOM "));
    CHECK(holds(KEY("k"), "kept"));
    redis_cli("CONFIG SET maxmemory 0");
    set(KEY("full"), "now");
}

static void a_password_is_sent_and_never_shown(void)
{
    lyger_far_bytes found;
    redis_cli("ACL SETUSER ann on '>hush' '~*' '+@all'");
    lyger_far_free(far);
    far = redis_connect(redis_socket, "?user=ann&password=hush&prefix=t:&db=3&timeout=60");
    set(KEY("k"), "as ann");
    CHECK(holds(KEY("k"), "as ann"));
    lyger_far_free(far);
    far = redis_connect(redis_socket, "?user=ann&password=rush");
    CHECK_INT(lyger_far_get(far, KEY("k"), &found, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "it refuses user, password or database: WRONGPASS"));
    CHECK(!strstr(error.message, "rush"));
    lyger_far_free(far);
    far = redis_connect(redis_socket, "?db=9999");
    CHECK_INT(lyger_far_get(far, KEY("k"), &found, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "it refuses user, password or database: ERR DB index is out of range"));
}

int main(void)
{
    if (!redis_start("")) {
        return 1;
    }
    far = redis_connect(redis_url, "/3?prefix=t:&timeout=60&connect_timeout=60");
    if (!far) {
        return 1;
    }
    RUN(a_child_has_a_connection_of_its_own);
    RUN(values_are_what_other_clients_see);
    RUN(a_value_of_any_bytes_and_size_comes_back);
    RUN(only_the_first_adds);
    RUN(keys_are_removed_taken_and_touched);
    RUN(counters_are_the_servers);
    RUN(a_value_is_exchanged_only_while_it_is_the_same);
    RUN(many_keys_take_one_turn);
    RUN(only_claimed_keys_of_the_prefix_are_walked_and_purged);
    RUN(details_are_told);
    RUN(locks_exclude_each_other);
    RUN(a_lease_that_was_cancelled_stores_nothing);
    RUN(keys_of_locks_are_no_entries);
    RUN(a_stopped_server_costs_its_time_limit_and_is_then_left_alone);
    RUN(a_restarted_server_is_found_again_at_once);
    RUN(a_server_that_is_gone_is_named);
    RUN(a_full_server_refuses_writes_and_still_reads);
    RUN(a_password_is_sent_and_never_shown);
    lyger_far_free(far);
    redis_stop();
    return finish();
}
