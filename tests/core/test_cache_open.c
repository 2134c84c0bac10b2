/*
 * Opening a named segment: who may, when it is made anew, and what those see who use the old one; segments of
 * the pools that a server forks.
 */
#include "cache_help.h"

#include "cache/system/os.h"
#include "cache/segment/segment.h"

#include <grp.h>
#include <sys/file.h>
#include <sys/mount.h>

static const char *segment_path(void)
{
    return path_of_own("open");
}

static lyger_cache *open_at(size_t bytes, unsigned mode, const char *group)
{
    lyger_error error;
    lyger_cache_place place = {bytes, segment_path(), mode, group};
    lyger_cache *cache = lyger_cache_open_at(&place, &error);
    if (!cache) {
        printf("# %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

static lyger_cache *open_named(void)
{
    return open_at(2 * MEGABYTE, 0, NULL);
}

static lyger_cache *make_named(void)
{
    unlink(segment_path());
    lyger_cache *cache = open_named();
    CHECK(put(cache, "key", 100, 1));
    return cache;
}

static void check_refused(unsigned mode, const char *group, const char *reason)
{
    lyger_error error = {0};
    lyger_cache_place place = {2 * MEGABYTE, segment_path(), mode, group};
    CHECK(lyger_cache_open_at(&place, &error) == NULL);
    if (!strstr(error.message, reason)) {
        CHECK_STR(error.message, reason);
    }
}

static struct stat file_of(void)
{
    struct stat file = {0};
    CHECK_INT(stat(segment_path(), &file), 0);
    return file;
}

/* ---- made anew ---- */

/* As segment.c has it. */
static void seal(segment_header *header)
{
    const unsigned char *at = (const unsigned char *)&header->layout,
                        *end = (const unsigned char *)&header->check;
    uint32_t check = 2166136261u;
    for (; at < end; at++) {
        check = (check ^ *at) * 16777619u;
    }
    header->check = check;
}

/* The next one makes it anew; `old` goes on with what it has. */
static void check_made_anew(lyger_cache *old, size_t size)
{
    ino_t number = file_of().st_ino;
    lyger_cache *cache = open_at(size, 0, NULL);
    CHECK(file_of().st_ino != number);
    CHECK_STR(lyger_cache_remade(cache), "");
    CHECK_INT(facts_of(cache).bytes_total, size);
    CHECK_INT(facts_of(cache).entries, 0);
    CHECK(put(cache, "new", 100, 3));
    CHECK_INT(number_of(old, "key"), 1);
    CHECK_INT(number_of(old, "new"), 0);
    CHECK(put(old, "key", 100, 2));
    CHECK_INT(number_of(old, "key"), 2);
    lyger_cache *another = open_at(size, 0, NULL);
    CHECK_INT(number_of(another, "new"), 3);
    lyger_cache_close(another);
    lyger_cache_close(old);
    close_cache(cache);
    unlink(segment_path());
}

static void segment_of_before_a_restart_is_made_anew(void)
{
    lyger_cache *cache = make_named();
    cache->header->boot_id[0] ^= 1;
    seal(cache->header);
    check_made_anew(cache, 2 * MEGABYTE);
}

static void segment_of_another_pid_namespace_is_made_anew(void)
{
    lyger_cache *cache = make_named();
    cache->header->thread_space ^= 1;
    seal(cache->header);
    check_made_anew(cache, 2 * MEGABYTE);
}

static void segment_of_another_layout_is_made_anew(void)
{
    lyger_cache *cache = make_named();
    cache->header->layout++;
    check_made_anew(cache, 2 * MEGABYTE);
}

static void segment_of_another_size_is_made_anew(void)
{
    check_made_anew(make_named(), 3 * MEGABYTE);
    check_made_anew(make_named(), MEGABYTE);
}

static void segment_that_was_never_finished_is_made_anew(void)
{
    lyger_cache *cache = make_named();
    lyger_cache_close(cache);
    CHECK(truncate(segment_path(), 0) == 0); /* as if its maker had died */
    int fd = open(segment_path(), O_WRONLY);
    CHECK(pwrite(fd, SEGMENT_BEGUN, 8, 0) == 8);
    close(fd);
    cache = open_named();
    CHECK_INT(facts_of(cache).entries, 0);
    CHECK(put(cache, "key", 100, 1));
    close_cache(cache);
    unlink(segment_path());
}

static void header_that_does_not_follow_from_the_size_is_made_anew(void)
{
    lyger_cache *cache = make_named();
    cache->header->pin_count /= 2;
    seal(cache->header);
    lyger_cache_close(cache);
    cache = open_named();
    CHECK_STR(lyger_cache_remade(cache), "a header that cannot be");
    CHECK_INT(facts_of(cache).entries, 0);
    close_cache(cache);
    unlink(segment_path());
}

/* Until the process waits for the lock of a file; false after ten seconds. */
static bool waits_for_a_file(pid_t process)
{
    char line[256];
    for (uint64_t end = milliseconds() + 10000; milliseconds() < end; nap(2)) {
        FILE *locks = fopen("/proc/locks", "r");
        bool found = false;
        while (locks && fgets(line, sizeof line, locks)) {
            int number;
            found =
                found || (sscanf(line, "%*d: -> FLOCK ADVISORY WRITE %d", &number) == 1 && number == process);
        }
        if (locks) {
            fclose(locks);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

static void opener_that_waited_for_a_file_that_was_dropped_takes_the_new_one(void)
{
    lyger_cache_close(make_named());
    int fd = open(segment_path(), O_RDWR);
    CHECK_INT(flock(fd, LOCK_EX), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(fd);
        _exit(number_of(open_named(), "new") == 2 ? 0 : 1);
    }
    CHECK(waits_for_a_file(child));
    CHECK_INT(unlink(segment_path()), 0);
    lyger_cache *cache = open_named();
    CHECK(put(cache, "new", 100, 2));
    CHECK_INT(flock(fd, LOCK_UN), 0);
    close(fd);
    CHECK_INT(status_of(child), 0);
    close_cache(cache);
    unlink(segment_path());
}

/* Who finds damage has not locked the file meanwhile: it may be another one by then. */
static void file_that_was_made_anew_while_damage_was_found_is_left_alone(void)
{
    lyger_cache *old = make_named();
    atomic_fetch_add(&old->shards[old->header->shard_count - 1].used, 1);
    CHECK_INT(lyger_lock_take(old, &old->shards[0].lock, NULL), LOCK_TAKEN);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        lyger_cache *cache = open_named();
        bool found = strstr(lyger_cache_remade(cache), "figures") != NULL;
        _exit(found && number_of(cache, "new") == 3 ? 0 : 1);
    }
    for (uint64_t end = milliseconds() + 10000; milliseconds() < end; nap(1)) {
        if (atomic_load(&old->header->runs.holder)) { /* it looks, and waits for the first shard */
            break;
        }
    }
    CHECK_INT((uint32_t)atomic_load(&old->header->runs.holder), child);
    CHECK_INT(unlink(segment_path()), 0);
    lyger_cache *cache = open_named();
    CHECK(put(cache, "new", 100, 3));
    lyger_lock_give(&old->shards[0].lock);
    CHECK_INT(status_of(child), 0);
    lyger_cache_close(old);
    close_cache(cache);
    unlink(segment_path());
}

#define OPENERS 8

/* Processes that find it obsolete at the same time all end in the same new one. */
static void openers_at_the_same_time_find_one_segment(void)
{
    lyger_cache *old = make_named();
    old->header->boot_id[0] ^= 1;
    seal(old->header);
    pid_t children[OPENERS];
    int64_t total;
    fflush(stdout);
    for (int i = 0; i < OPENERS; i++) {
        if ((children[i] = fork()) == 0) {
            lyger_cache *cache = open_named();
            _exit(lyger_cache_add_integer(cache, "total", 5, 1, 0, &total, NULL) != LYGER_OK);
        }
    }
    for (int i = 0; i < OPENERS; i++) {
        CHECK_INT(status_of(children[i]), 0);
    }
    lyger_cache *cache = open_named();
    CHECK_INT(lyger_cache_add_integer(cache, "total", 5, 0, 0, &total, NULL), LYGER_OK);
    CHECK_INT(total, OPENERS);
    lyger_cache_close(old);
    close_cache(cache);
    unlink(segment_path());
}

/* ---- who may ---- */

static void file_that_others_may_reach_is_refused(void)
{
    static const mode_t modes[] = {0640, 0660, 0620, 0610, 0604, 0602, 0601, 0644, 0666, 0777};
    lyger_cache_close(make_named());
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char reason[32];
        snprintf(reason, sizeof reason, "mode %03o", (unsigned)modes[i]);
        CHECK_INT(chmod(segment_path(), modes[i]), 0);
        check_refused(0600, NULL, reason);
        if (modes[i] != 0660) {
            check_refused(0660, NULL, reason);
        }
    }
    CHECK_INT(chmod(segment_path(), 0600), 0);
    lyger_cache *cache = open_named();
    CHECK_INT(number_of(cache, "key"), 1);
    close_cache(cache);
    unlink(segment_path());
}

static void file_is_shared_with_a_group_that_is_named(void)
{
    char group[16], other[16];
    snprintf(group, sizeof group, "%lu", (unsigned long)getegid());
    snprintf(other, sizeof other, "%lu", (unsigned long)getegid() + 1);
    lyger_cache_close(make_named());
    lyger_cache *cache = open_at(2 * MEGABYTE, 0600, group); /* its owner gives it to the group */
    CHECK_INT(number_of(cache, "key"), 1);
    CHECK_INT(file_of().st_mode & 0777, 0660);
    CHECK_INT(file_of().st_gid, getegid());
    close_cache(cache);
    cache = open_at(2 * MEGABYTE, 0660, NULL);
    CHECK_INT(number_of(cache, "key"), 1);
    close_cache(cache);
    check_refused(0660, other, "group");
    check_refused(0660, "no such group", "no group \"no such group\"");
    check_refused(0640, NULL, "0640");
    unlink(segment_path());
}

/* What a child does as another user, with a group; its exit status. */
static int as_user(uid_t user, gid_t group, bool (*does)(const char *group_name), const char *group_name)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(user) != 0) {
            _exit(99);
        }
        _exit(does(group_name) ? 0 : 1); /* and with it what it opened */
    }
    return status_of(child);
}

static bool stores(const char *group)
{
    lyger_cache_place place = {2 * MEGABYTE, segment_path(), 0, group};
    lyger_cache *cache = lyger_cache_open_at(&place, NULL);
    return cache && put(cache, "theirs", 100, 5);
}

static bool is_refused(const char *group)
{
    lyger_error error = {0};
    lyger_cache_place place = {2 * MEGABYTE, segment_path(), 0, group};
    return !lyger_cache_open_at(&place, &error) && strstr(error.message, "belongs to user") &&
           strstr(error.message, "lyger.cache_group");
}

#define USER 65533
#define GROUP 65532

static void users_share_by_their_group_only(void)
{
    if (geteuid() != 0) {
        printf("# left out: only root can be other users\n");
        return;
    }
    lyger_cache *cache = make_named();
    CHECK_INT(as_user(USER, GROUP, is_refused, NULL), 0);
    CHECK_INT(as_user(USER, GROUP, is_refused, "65532"), 0);
    lyger_cache_close(cache);
    unlink(segment_path());
    cache = open_at(2 * MEGABYTE, 0, "65532");
    CHECK_INT(as_user(USER, GROUP, stores, "65532"), 0);
    CHECK_INT(number_of(cache, "theirs"), 5);
    CHECK_INT(as_user(USER, GROUP + 1, is_refused, "65532"), 0);
    CHECK_INT(as_user(USER, GROUP, is_refused, NULL), 0);
    lyger_cache_close(cache);
    unlink(segment_path());
    CHECK_INT(as_user(USER, GROUP, stores, "65532"), 0); /* made by the other user */
    cache = open_at(2 * MEGABYTE, 0, "65532");
    CHECK_INT(number_of(cache, "theirs"), 5);
    close_cache(cache);
    unlink(segment_path());
}

static void file_of_another_user_is_nobody_elses(void)
{
    char group[16];
    snprintf(group, sizeof group, "%lu", (unsigned long)getegid());
    if (geteuid() != 0) {
        printf("# left out: only root can be other users\n");
        return;
    }
    CHECK_INT(as_user(USER, GROUP, stores, NULL), 0);
    check_refused(0, NULL, "belongs to user 65533, not to user 0"); /* which may open any file */
    check_refused(0, group, "belongs to user 65533");
    CHECK_INT(file_of().st_mode & 0777, 0600);
    unlink(segment_path());
}

/* ---- full file systems ---- */

static void full_file_system_is_refused(void)
{
    char directory[128], path[160];
    snprintf(directory, sizeof directory, "/tmp/lyger-full-%ld", (long)getpid());
    snprintf(path, sizeof path, "%s/segment", directory);
    CHECK_INT(mkdir(directory, 0700), 0);
    if (mount("none", directory, "tmpfs", 0, "size=3m") != 0) {
        printf("# left out: no file system can be mounted here\n");
        rmdir(directory);
        return;
    }
    lyger_error error = {0};
    CHECK(lyger_cache_open(4 * MEGABYTE, path, &error) == NULL);
    CHECK(strstr(error.message, "cannot reserve 4194304 bytes") && strstr(error.message, "No space left"));
    CHECK_INT(access(path, F_OK), -1); /* nothing is left that took the room */
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, path, &error);
    CHECK(cache != NULL);
    /* What others fill up is not what the segment is made of: without its own room, a write would kill. */
    char rest[192];
    snprintf(rest, sizeof rest, "%s/rest", directory);
    FILE *file = fopen(rest, "w");
    while (fputs("fills it up", file) >= 0 && fflush(file) == 0) {
    }
    fclose(file);
    char key[32];
    for (uint64_t i = 0; i < 3000; i++) {
        snprintf(key, sizeof key, "key%d", (int)i);
        CHECK(put(cache, key, 1000, i + 1));
    }
    CHECK(facts_of(cache).evictions > 0);
    close_cache(cache);
    CHECK_INT(umount(directory), 0);
    rmdir(directory);
}

/* ---- pools ---- */

static lyger_cache_pools *pools;

static lyger_cache *open_pool(void)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_pools_open(pools, "pool", MEGABYTE, true, &error);
    if (!cache) {
        printf("# %s\n", error.message);
        _exit(3);
    }
    return cache;
}

static bool counts_to_two(const char *unused)
{
    int64_t result;
    (void)unused;
    return lyger_cache_add_integer(open_pool(), "n", 1, 1, 0, &result, NULL) == LYGER_OK && result == 2;
}

static bool counts_to_one(const char *unused)
{
    int64_t result;
    (void)unused;
    return lyger_cache_add_integer(open_pool(), "n", 1, 1, 0, &result, NULL) == LYGER_OK && result == 1;
}

static void pools_of_different_users_are_apart(void)
{
    if (geteuid() != 0) {
        printf("# left out: only root can be other users\n");
        return;
    }
    pools = lyger_cache_pools_make(MEGABYTE, NULL);
    CHECK(pools != NULL);
    CHECK_INT(as_user(USER, GROUP, counts_to_one, NULL), 0);
    CHECK_INT(as_user(USER, GROUP, counts_to_two, NULL), 0);
    CHECK_INT(as_user(USER + 1, GROUP, counts_to_one, NULL), 0);
    CHECK_INT(as_user(USER + 1, GROUP, counts_to_two, NULL), 0);
    lyger_cache_pools_close(pools);
}

/* The address at which a child finds that its segment begins, in a pipe; then nothing else is mapped there.
 */
static void pool_has_nothing_of_others(void)
{
    pools = lyger_cache_pools_make(MEGABYTE, NULL);
    lyger_cache *first = lyger_cache_pools_open(pools, "pool", MEGABYTE, false, NULL);
    CHECK(first != NULL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char line[256], *begin = first->base;
        lyger_cache *mine = open_pool(); /* the same user's: the first one */
        FILE *maps = fopen("/proc/self/maps", "r");
        size_t shared = 0;
        while (maps && fgets(line, sizeof line, maps)) {
            unsigned long from, to;
            if (strstr(line, "/dev/zero") && sscanf(line, "%lx-%lx", &from, &to) == 2) {
                shared += to - from;
            }
        }
        _exit(mine->base == begin && shared == MEGABYTE ? 0 : 1);
    }
    CHECK_INT(status_of(child), 0);
    lyger_cache *second = lyger_cache_pools_open(pools, "second", MEGABYTE, false, NULL);
    CHECK(second && second->base != first->base && put(second, "key", 100, 4));
    CHECK_INT(number_of(first, "key"), 0);
    lyger_cache_close(second);
    lyger_error error = {0};
    CHECK(lyger_cache_pools_open(pools, "other", 2 * MEGABYTE, false, &error) == NULL);
    CHECK(strstr(error.message, "cannot be larger") != NULL);
    lyger_cache_close(first);
    lyger_cache_pools_close(pools);
}

static bool has_one_of_its_own(const char *path)
{
    lyger_error error = {0};
    lyger_cache *first = lyger_cache_open_own("pool", MEGABYTE, &error),
                *second = lyger_cache_open_own("pool", MEGABYTE, &error);
    bool shared = first && second && put(first, "key", 100, 3) && number_of(second, "key") == 3 &&
                  strncmp(facts_of(first).path, path, strlen(path)) == 0;
    unlink(facts_of(first).path);
    return shared && rmdir(path) == 0;
}

static bool finds_no_place(const char *path)
{
    lyger_error error = {0};
    return !lyger_cache_open_own("pool", MEGABYTE, &error) && strstr(error.message, path) &&
           strstr(error.message, "is not a directory of user 65533 alone");
}

static void own_directory_is_only_the_users(void)
{
    const char *path = "/dev/shm/lyger-65533";
    char own[] = "/tmp/lyger-test-own-XXXXXX";
    if (geteuid() != 0 || access("/dev/shm", W_OK) != 0) {
        printf("# left out: only root can be other users\n");
        return;
    }
    rmdir(path);
    CHECK_INT(as_user(USER, GROUP, has_one_of_its_own, path), 0);
    CHECK_INT(mkdir(path, 0700), 0); /* root's */
    CHECK_INT(as_user(USER, GROUP, finds_no_place, path), 0);
    CHECK_INT(chown(path, USER, GROUP), 0);
    CHECK_INT(chmod(path, 0770), 0);
    CHECK_INT(as_user(USER, GROUP, finds_no_place, path), 0);
    CHECK_INT(rmdir(path), 0);
    CHECK_INT(symlink("/tmp", path), 0);
    CHECK_INT(as_user(USER, GROUP, finds_no_place, path), 0);
    CHECK_INT(unlink(path), 0);
    /* Others could turn a link into one to what they like. */
    CHECK(mkdtemp(own) && chown(own, USER, GROUP) == 0 && symlink(own, path) == 0);
    CHECK_INT(as_user(USER, GROUP, finds_no_place, path), 0);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(rmdir(own), 0);
}

int main(void)
{
    RUN(segment_of_before_a_restart_is_made_anew);
    RUN(segment_of_another_pid_namespace_is_made_anew);
    RUN(segment_of_another_layout_is_made_anew);
    RUN(segment_of_another_size_is_made_anew);
    RUN(segment_that_was_never_finished_is_made_anew);
    RUN(header_that_does_not_follow_from_the_size_is_made_anew);
    RUN(opener_that_waited_for_a_file_that_was_dropped_takes_the_new_one);
    RUN(file_that_was_made_anew_while_damage_was_found_is_left_alone);
    RUN(openers_at_the_same_time_find_one_segment);
    RUN(file_that_others_may_reach_is_refused);
    RUN(file_is_shared_with_a_group_that_is_named);
    RUN(users_share_by_their_group_only);
    RUN(file_of_another_user_is_nobody_elses);
    RUN(full_file_system_is_refused);
    RUN(pools_of_different_users_are_apart);
    RUN(pool_has_nothing_of_others);
    RUN(own_directory_is_only_the_users);
    return finish();
}
