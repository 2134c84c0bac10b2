/*
 * What the cache needs of a POSIX system: memory, files, forks. What POSIX does not have (what became of a
 * thread, waiting for a word in shared memory) is in threads_linux.c or threads_posix.c.
 */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void lyger_os_nap(uint32_t microseconds)
{
    struct timespec time = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
    nanosleep(&time, NULL);
}

void lyger_os_yield(void)
{
    sched_yield();
}

/* Atomic, because several threads may call lyger_os_at_fork() at once. */
static _Atomic(void (*)(void)) before_fork, after_fork;

static void watch_forks(void)
{
    pthread_atfork(atomic_load(&before_fork), NULL, atomic_load(&after_fork));
}

void lyger_os_at_fork(void (*before)(void), void (*child)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    atomic_store(&before_fork, before);
    atomic_store(&after_fork, child);
    pthread_once(&once, watch_forks);
}

void lyger_os_die(const char *message)
{
    fprintf(stderr, "lyger: %s\n", message);
    abort();
}

lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error)
{
    if (getentropy(bytes, size) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "no random bytes for the cache: %s", strerror(errno));
    }
    return LYGER_OK;
}

lyger_status lyger_os_map_anonymous(size_t size, void **base, lyger_error *error)
{
    *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (*base == MAP_FAILED) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot map %zu bytes for the cache: %s", size,
                          strerror(errno));
    }
    return LYGER_OK;
}

/* ---- files ---- */

#define SHARED_MODE 0660u
#define OWN_MODE 0600u
#define NAPS 100 /* of 10 ms, for a process that has made a file and not yet given it to the group */

lyger_status lyger_os_group(const char *name, uint32_t *group, lyger_error *error)
{
    char room[16384], *end;
    struct group entry, *found = NULL;
    if (!name[0]) {
        *group = (uint32_t)getegid();
        return LYGER_OK;
    }
    unsigned long number = strtoul(name, &end, 10);
    if (end != name && !*end && number < UINT32_MAX) {
        *group = (uint32_t)number;
        return LYGER_OK;
    }
    if (getgrnam_r(name, &entry, room, sizeof room, &found) != 0 || !found) {
        return lyger_fail(error, LYGER_E_CACHE, "there is no group \"%s\" for the cache (lyger.cache_group)",
                          name);
    }
    *group = (uint32_t)found->gr_gid;
    return LYGER_OK;
}

static lyger_status refuse(const char *path, const struct stat *file, const lyger_os_access *access,
                           lyger_error *error)
{
    if (access->shared) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "cache path \"%s\" belongs to user %lu and group %lu and has mode %03o; it must "
                          "have mode 660 and "
                          "group %lu, in which this process's user %lu must be (lyger.cache_group)",
                          path, (unsigned long)file->st_uid, (unsigned long)file->st_gid,
                          (unsigned)file->st_mode & 0777, (unsigned long)access->group,
                          (unsigned long)geteuid());
    }
    if (file->st_uid != geteuid()) {
        return lyger_fail(
            error, LYGER_E_CACHE,
            "cache path \"%s\" belongs to user %lu, not to user %lu: give each user a lyger.cache_path, or "
            "both a group and its name to lyger.cache_group",
            path, (unsigned long)file->st_uid, (unsigned long)geteuid());
    }
    return lyger_fail(
        error, LYGER_E_CACHE,
        "cache path \"%s\" has mode %03o; it must be 600, or shared with a group by lyger.cache_group", path,
        (unsigned)file->st_mode & 0777);
}

/* A segment is trusted memory: refuses a file that users besides the owner and the group of `access` can
 * reach. */
static lyger_status check_access(int fd, const char *path, struct stat *file, const lyger_os_access *access,
                                 lyger_error *error)
{
    unsigned mode = (unsigned)file->st_mode & 0777;
    if (!S_ISREG(file->st_mode)) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is not a regular file", path);
    }
    if (!access->shared) {
        return file->st_uid == geteuid() && !(mode & 077) ? LYGER_OK : refuse(path, file, access, error);
    }
    if (file->st_gid == access->group && mode == SHARED_MODE) {
        return LYGER_OK;
    }
    if (file->st_uid != geteuid() || mode != OWN_MODE) {
        return refuse(path, file, access, error);
    }
    /* The file is new, or older than the setting. */
    if (fchown(fd, (uid_t)-1, (gid_t)access->group) != 0 || fchmod(fd, SHARED_MODE) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot give cache path \"%s\" to group %lu: %s", path,
                          (unsigned long)access->group, strerror(errno));
    }
    return LYGER_OK;
}

/* Opens the file that is there, or makes it. Two calls, because systems refuse O_CREAT for files of other
 * users in directories that everybody may write to (Linux: fs.protected_regular). */
static int open_or_make(const char *path)
{
    const int how = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
    int fd;
    do {
        fd = open(path, how);
        if (fd < 0 && errno == ENOENT) {
            fd = open(path, how | O_CREAT | O_EXCL, OWN_MODE);
        }
    } while (fd < 0 && (errno == EEXIST || errno == EINTR));
    return fd;
}

/* Locks the file; false when it has been dropped meanwhile, or on failure with errno other than 0. */
static bool lock_as_found(int fd, const char *path, struct stat *file)
{
    struct stat named;
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    if (fstat(fd, file) != 0) {
        return false;
    }
    errno = 0;
    return lstat(path, &named) == 0 ? named.st_dev == file->st_dev && named.st_ino == file->st_ino
                                    : (errno = 0, false);
}

static lyger_status cannot_open(const char *path, const lyger_os_access *access, lyger_error *error)
{
    int code = errno;
    struct stat file;
    if (code == EACCES && lstat(path, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid != geteuid()) {
        return refuse(path, &file, access, error);
    }
    return lyger_fail(error, LYGER_E_CACHE, "cannot open cache path \"%s\": %s", path, strerror(code));
}

lyger_status lyger_os_open_file(const char *path, const lyger_os_access *access, lyger_os_file *file,
                                lyger_error *error)
{
    struct stat found;
    for (int naps = 0;;) {
        int fd = open_or_make(path);
        if (fd < 0 && errno == EACCES && access->shared && naps++ < NAPS) {
            lyger_os_nap(10000);
            continue;
        }
        if (fd < 0) {
            return cannot_open(path, access, error);
        }
        if (lock_as_found(fd, path, &found)) {
            *file =
                (lyger_os_file){fd, (size_t)found.st_size, {(uint64_t)found.st_dev, (uint64_t)found.st_ino}};
            lyger_status status = check_access(fd, path, &found, access, error);
            if (status != LYGER_OK) {
                close(fd);
            }
            return status;
        }
        int code = errno;
        close(fd);
        if (code) {
            return lyger_fail(error, LYGER_E_CACHE, "cannot lock cache path \"%s\": %s", path,
                              strerror(code));
        }
    }
}

void lyger_os_close_file(const lyger_os_file *file)
{
    /* A mapping keeps the open file, and with it the lock, beyond close(). */
    flock((int)file->handle, LOCK_UN);
    close((int)file->handle);
}

/* A write into a hole of a full file system would kill the process, so the file gets no holes. */
lyger_status lyger_os_fill_file(lyger_os_file *file, const char *path, size_t size, const char begin[8],
                                lyger_error *error)
{
    int fd = (int)file->handle;
    int code = pwrite(fd, begin, 8, 0) == 8 ? lyger_os_reserve(fd, size) : errno;
    if (code) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot reserve %zu bytes for cache path \"%s\": %s", size,
                          path, strerror(code));
    }
    file->size = size;
    return LYGER_OK;
}

lyger_status lyger_os_map_file(const lyger_os_file *file, const char *path, void **base, lyger_error *error)
{
    *base = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, (int)file->handle, 0);
    if (*base == MAP_FAILED) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot map cache path \"%s\": %s", path, strerror(errno));
    }
    return LYGER_OK;
}

lyger_status lyger_os_drop_file(const lyger_os_file *file, const char *path, lyger_error *error)
{
    (void)file;
    if (unlink(path) != 0 && errno != ENOENT) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "cache path \"%s\" is to be made anew and cannot be removed by user %lu: %s", path,
                          (unsigned long)geteuid(), strerror(errno));
    }
    return LYGER_OK;
}

/* ---- pools ---- */

uint32_t lyger_os_user(void)
{
    return (uint32_t)geteuid();
}

/* All users may make files where this directory is, so it must be a directory, not a link, and only this
 * user's. */
lyger_status lyger_os_own_path(const char *name, char *path, size_t size, lyger_error *error)
{
    struct stat found;
    const char *above = stat("/dev/shm", &found) == 0 && S_ISDIR(found.st_mode) ? "/dev/shm" : "/tmp";
    int len = snprintf(path, size, "%s/lyger-%lu", above, (unsigned long)geteuid());
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot make directory \"%s\" for the cache: %s", path,
                          strerror(errno));
    }
    if (lstat(path, &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
        found.st_mode & 077) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "\"%s\" is not a directory of user %lu alone: choose a path for the cache", path,
                          (unsigned long)geteuid());
    }
    snprintf(path + len, size - (size_t)len, "/%s", name);
    return LYGER_OK;
}

void lyger_os_unmap(void *base, size_t size)
{
    munmap(base, size);
}
