#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#include <sys/syscall.h>
#endif

#ifdef CLOCK_MONOTONIC_COARSE
#define CACHE_CLOCK CLOCK_MONOTONIC_COARSE
#else
#define CACHE_CLOCK CLOCK_MONOTONIC
#endif

uint64_t lyger_os_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CACHE_CLOCK, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

uint32_t lyger_os_thread_id(void)
{
#ifdef SYS_gettid
    return (uint32_t)syscall(SYS_gettid);
#else
    return (uint32_t)getpid();
#endif
}

bool lyger_os_thread_runs(uint32_t id)
{
    return kill((pid_t)id, 0) == 0 || errno != ESRCH;
}

void lyger_os_after_fork(void (*hook)(void))
{
    pthread_atfork(NULL, NULL, hook);
}

lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error)
{
    if (getentropy(bytes, size) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "no random bytes for the cache: %s", strerror(errno));
    }
    return LYGER_OK;
}

void lyger_os_boot_id(char *text, size_t size)
{
    text[0] = '\0';
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file) {
        return;
    }
    if (fgets(text, (int)size, file)) {
        text[strcspn(text, "\n")] = '\0';
    }
    fclose(file);
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

lyger_status lyger_os_map_file(const char *path, size_t *size, void **base, bool *fresh, int *lock,
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

void lyger_os_map_ready(int lock)
{
    /* The mapping keeps the open file, and with it the lock, beyond close(). */
    flock(lock, LOCK_UN);
    close(lock);
}

void lyger_os_unmap(void *base, size_t size)
{
    munmap(base, size);
}
