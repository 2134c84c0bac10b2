/*
 * What the cache needs of a POSIX system: memory, files, forks. What POSIX does not have (who has died,
 * waiting for a word in shared memory) is in threads_linux.c or threads_posix.c.
 */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
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
#include <sys/statvfs.h>
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

/* Atomic, as several threads may ask for the same at once. */
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

/* A segment is trusted memory: only its owner may be able to reach it. */
static lyger_status check_owner(const char *path, const struct stat *file, lyger_error *error)
{
    if (!S_ISREG(file->st_mode)) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is not a regular file", path);
    }
    if (file->st_uid != geteuid()) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" belongs to user %lu, not to user %lu",
                          path, (unsigned long)file->st_uid, (unsigned long)geteuid());
    }
    if (file->st_mode & 077) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" has mode %03o; it must be 600", path,
                          (unsigned)file->st_mode & 0777);
    }
    return LYGER_OK;
}

/* A sparse file on a full file system would kill the process at the first write: ask for the room before. */
static lyger_status make_file(int fd, const char *path, size_t size, lyger_error *error)
{
    struct statvfs room;
    if (fstatvfs(fd, &room) == 0 && (uint64_t)room.f_bavail * room.f_frsize < size) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\": %zu bytes needed, %llu free there", path,
                          size, (unsigned long long)room.f_bavail * room.f_frsize);
    }
    if (ftruncate(fd, (off_t)size) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\": %s", path, strerror(errno));
    }
    return LYGER_OK;
}

static lyger_status map_locked(int fd, const char *path, size_t *size, void **base, bool *fresh,
                               lyger_error *error)
{
    struct stat file;
    if (flock(fd, LOCK_EX) != 0 || fstat(fd, &file) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\": %s", path, strerror(errno));
    }
    lyger_status status = check_owner(path, &file, error);
    if (status != LYGER_OK) {
        return status;
    }
    *fresh = file.st_size == 0;
    if (*fresh) {
        status = make_file(fd, path, *size, error);
        if (status != LYGER_OK) {
            return status;
        }
    } else {
        *size = (size_t)file.st_size;
    }
    *base = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (*base == MAP_FAILED) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot map cache path \"%s\": %s", path, strerror(errno));
    }
    return LYGER_OK;
}

lyger_status lyger_os_map_file(const char *path, size_t *size, void **base, bool *fresh, intptr_t *lock,
                               lyger_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot open cache path \"%s\": %s", path, strerror(errno));
    }
    lyger_status status = map_locked(fd, path, size, base, fresh, error);
    if (status != LYGER_OK) {
        close(fd);
        return status;
    }
    *lock = fd;
    return LYGER_OK;
}

void lyger_os_map_ready(intptr_t lock)
{
    /* The mapping keeps the open file, and with it the lock, beyond close(). */
    flock((int)lock, LOCK_UN);
    close((int)lock);
}

void lyger_os_unmap(void *base, size_t size)
{
    munmap(base, size);
}
