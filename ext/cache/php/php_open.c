/*
 * Which cache this process uses. A named one is opened when PHP starts. An anonymous one is made when it is
 * first used, since a command that does not use it should not pay for it, and at the latest before a fork, so
 * that children inherit it. Under a server that forks its pools of processes and gives them their users and
 * settings afterwards (FPM), each process opens the cache of its pool at its first request.
 */
#include "php_cache.h"

#include "lyger_error.h"
#include "cache/system/os.h"

#include "ext/standard/info.h"
#include "SAPI.h"

#ifndef PHP_WIN32
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#endif

#define RETRY_AFTER 1000u /* ms until a cache that could not be opened is tried again */
#define FILES_MOST 65536u /* numbers of open files that are looked at */

/* Bytes. A larger segment is made when PHP starts, so that what is wrong with it is told then. */
#define WAITS_MOST ((uint64_t)1 << 32)

lyger_cache *php_lyger_process_cache;

/* The settings and the outcome of the last attempt to open a cache. */
static struct {
    zend_long size, mode;
    char *path, *group;
    zend_long process;
    uint64_t at;       /* lyger_os_milliseconds() */
    lyger_error error; /* why the cache could not be opened */
    bool thrown;       /* to the application */
    bool waits;        /* the anonymous cache is made when it is first used */
} opened;

static bool forks_pools;         /* whether the server forks its pools (FPM) */
static lyger_cache_pools *pools; /* the segments set aside for them; NULL when that failed */
static lyger_error pools_error;
static zend_long server; /* the id of the process that set them aside */
#ifdef ZTS
static MUTEX_T opening;
#endif

static const char *text_of(const char *setting)
{
    return setting ? setting : "";
}

/*
 * Names this process's pool of FPM: by its listening sockets. FPM leaves a process that of its own pool
 * alone; what FPM itself inherited from its parent, all pools have. "0" under a server that leaves it none.
 * (fpm_get_status() knows a name, but returns false while another process has FPM's scoreboard, and crashes
 * PHP 8.2 while another process has an entry of it.)
 */
static void name_pool(char *name, size_t size)
{
    uint64_t sum = 0;
#ifndef PHP_WIN32
    struct rlimit files;
    rlim_t most = getrlimit(RLIMIT_NOFILE, &files) == 0 ? MIN(files.rlim_cur, FILES_MOST) : FILES_MOST;
    for (int file = 0; file < (int)most; file++) {
        struct stat status;
        int listens = 0;
        socklen_t len = sizeof listens;
        if (getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens &&
            fstat(file, &status) == 0) {
            uint64_t mixed = ((uint64_t)status.st_ino + 1) * 0x9E3779B97F4A7C15u;
            sum += mixed ^ mixed >> 32; /* in whatever order they come */
        }
    }
#endif
    snprintf(name, size, "%" PRIx64, sum);
}

static lyger_cache *open_pool(size_t size, lyger_error *error)
{
    char name[32];
    if (!pools) {
        *error = pools_error;
        return NULL;
    }
    name_pool(name, sizeof name);
    return lyger_cache_pools_open(pools, name, size, (zend_long)getpid() != server, error);
}

static lyger_cache *open_as_set(lyger_error *error)
{
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    const char *path = text_of(set->path);
    if (!*path && forks_pools) {
        return open_pool((size_t)set->size, error);
    }
    if (*path && php_check_open_basedir_ex(path, 0) != 0) {
        lyger_fail(error, LYGER_E_CACHE, "lyger.cache_path \"%s\" is not within open_basedir", path);
        return NULL;
    }
    lyger_cache_place place = {
        .bytes = (size_t)set->size, .path = path, .mode = (unsigned)set->mode, .group = text_of(set->group)};
    return lyger_cache_open_at(&place, error);
}

/* Reports a cache that cannot be opened, or was damaged, and lets PHP go on. */
static void report(int level)
{
    if (!php_lyger_process_cache) {
        zend_error(level, "lyger: %s", opened.error.message);
    } else if (lyger_cache_remade(php_lyger_process_cache)[0]) {
        zend_error(level, "lyger: cache path \"%s\" was damaged (%s) and is made anew", opened.path,
                   lyger_cache_remade(php_lyger_process_cache));
    }
}

static LYGER_AT_START void forget_settings(void)
{
    free(opened.path);
    free(opened.group);
    memset(&opened, 0, sizeof opened);
}

/* Threads would have to agree on who makes the cache: a thread-safe PHP makes it when it starts. */
static LYGER_AT_START bool may_wait(void)
{
#ifdef ZTS
    return false;
#else
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    return !*text_of(set->path) && !forks_pools && (uint64_t)set->size >= LYGER_CACHE_SIZE_MIN &&
           (uint64_t)set->size <= WAITS_MOST;
#endif
}

static LYGER_AT_START void open_now(int level)
{
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    lyger_cache_close(php_lyger_process_cache);
    php_lyger_process_cache = NULL;
    forget_settings();
    opened.size = set->size;
    opened.mode = set->mode;
    opened.path = strdup(text_of(set->path));
    opened.group = strdup(text_of(set->group));
    opened.process = (zend_long)getpid();
    opened.waits = may_wait();
    if (opened.waits || set->size == 0) {
        return;
    }
    opened.at = lyger_os_milliseconds();
    php_lyger_process_cache = open_as_set(&opened.error);
    report(level);
}

/* Tries to open the cache again, without another report. */
static void try_again(void)
{
    opened.at = lyger_os_milliseconds();
    lyger_error error = {0};
    php_lyger_process_cache = open_as_set(&error);
    opened.error = error;
}

/* Also called in the midst of a fork: a cache that cannot be made is reported where it is used, in whichever
 * of the two processes. */
lyger_cache *php_lyger_make_waiting_cache(void)
{
    if (opened.waits) {
        opened.waits = false;
        try_again();
    }
    return php_lyger_process_cache;
}

#if !defined(PHP_WIN32) && !defined(ZTS)
static void make_before_fork(void)
{
    php_lyger_make_waiting_cache();
}
#endif

/* A handler cannot be withdrawn, so it is given once, also where PHP's module is started twice in a process.
 */
static LYGER_AT_START void watch_forks(void)
{
#if !defined(PHP_WIN32) && !defined(ZTS)
    static bool watched;
    if (!watched) {
        watched = pthread_atfork(make_before_fork, NULL, NULL) == 0;
    }
#endif
}

LYGER_AT_START void php_lyger_open_module_start(void)
{
    static const char *const names[] = {"fpm-fcgi", "apache2handler", "litespeed"};
    server = (zend_long)getpid();
    forks_pools = false;
#ifndef PHP_WIN32
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        forks_pools |= strcmp(sapi_module.name, names[i]) == 0;
    }
#else
    (void)names;
#endif
#ifdef ZTS
    opening = tsrm_mutex_alloc();
#endif
    if (!forks_pools) {
        watch_forks();
        open_now(E_CORE_WARNING);
        return;
    }
    lyger_error_clear(&pools_error);
    if (LYGER_G(cache).size > 0) {
        pools = lyger_cache_pools_make((size_t)LYGER_G(cache).size, &pools_error);
    } else {
        lyger_fail(&pools_error, LYGER_E_CACHE,
                   "lyger.cache_size is 0 outside of this pool: an anonymous cache must be on for all");
    }
}

LYGER_AT_START void php_lyger_open_module_stop(void)
{
    lyger_cache_close(php_lyger_process_cache);
    php_lyger_process_cache = NULL;
    lyger_cache_pools_close(pools);
    pools = NULL;
    forget_settings();
#ifdef ZTS
    tsrm_mutex_free(opening);
#endif
}

#ifndef ZTS
static LYGER_AT_START bool is_as_set(void)
{
    const php_lyger_cache_globals *set = &LYGER_G(cache);
    return opened.path && (!forks_pools || opened.process == (zend_long)getpid()) &&
           opened.size == set->size && opened.mode == set->mode &&
           strcmp(opened.path, text_of(set->path)) == 0 && strcmp(opened.group, text_of(set->group)) == 0;
}
#endif

static bool may_try_again(void)
{
    return opened.error.status != LYGER_OK && lyger_os_milliseconds() - opened.at >= RETRY_AFTER;
}

/* Threads share the cache: the settings of the first thread count for all. */
LYGER_AT_START void php_lyger_open_request_start(void)
{
#ifdef ZTS
    if (EXPECTED(php_lyger_process_cache)) {
        return;
    }
    tsrm_mutex_lock(opening);
    if (!php_lyger_process_cache && !opened.path) {
        open_now(E_WARNING);
    } else if (!php_lyger_process_cache && may_try_again()) {
        try_again();
    }
    tsrm_mutex_unlock(opening);
#else
    if (UNEXPECTED(!is_as_set())) {
        open_now(E_WARNING);
    } else if (UNEXPECTED(!php_lyger_process_cache) && may_try_again()) {
        try_again();
    }
#endif
}

lyger_cache *php_lyger_no_cache(void)
{
    if (php_lyger_make_waiting_cache()) {
        return php_lyger_process_cache;
    }
    if (opened.error.status != LYGER_OK && !opened.thrown) {
        opened.thrown = true;
        php_lyger_throw(&opened.error);
    }
    return NULL;
}

lyger_cache *php_lyger_needed_cache(const char *consequence)
{
    lyger_error error;
    if (EXPECTED(php_lyger_cache())) {
        return php_lyger_process_cache;
    }
    if (opened.error.status != LYGER_OK) {
        php_lyger_throw(&opened.error);
    } else {
        lyger_fail(&error, LYGER_E_CACHE, "the cache is switched off (lyger.cache_size=0): %s", consequence);
        php_lyger_throw(&error);
    }
    return NULL;
}

const char *php_lyger_why_no_cache(void)
{
    return opened.error.status != LYGER_OK ? opened.error.message
                                           : "the cache is switched off (lyger.cache_size=0)";
}

void php_lyger_open_info(void)
{
    if (!php_lyger_cache()) {
        php_info_print_table_row(2, "Shared cache",
                                 opened.error.status == LYGER_OK ? "off" : opened.error.message);
        return;
    }
    zend_string *text = opened.path[0] ? strpprintf(0, "on, in %s", opened.path)
                        : forks_pools  ? strpprintf(0, "on, of the processes of this pool and user")
                                       : strpprintf(0, "on, of this process and its children");
    php_info_print_table_row(2, "Shared cache", ZSTR_VAL(text));
    zend_string_release(text);
}
