#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
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

void lyger_os_nap(uint32_t microseconds)
{
    struct timespec time = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
    nanosleep(&time, NULL);
}

#ifdef SYS_futex

bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    return syscall(SYS_futex, word, FUTEX_WAIT, seen, &time, NULL, 0) == 0 || errno != EINTR;
}

void lyger_os_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

#else

bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds)
{
    struct timespec time = {0, 1000000};
    for (uint32_t i = 0; i < milliseconds && atomic_load(word) == seen; i++) {
        if (nanosleep(&time, NULL) != 0) {
            return false;
        }
    }
    return true;
}

void lyger_os_wake(_Atomic uint32_t *word)
{
    (void)word;
}

#endif

void lyger_os_yield(void)
{
    sched_yield();
}

static uint32_t thread_id(void)
{
#ifdef SYS_gettid
    return (uint32_t)syscall(SYS_gettid);
#else
    return (uint32_t)getpid();
#endif
}

/* Fields 3 and 22 of /proc/ID/stat (proc(5)): the state's letter and when the thread began, in clock ticks.
 * False when it cannot be read. */
static bool read_stat(uint32_t id, char *state, uint32_t *began)
{
    char name[32], text[1024];
    snprintf(name, sizeof name, "/proc/%u/stat", id);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    if (len <= 0) {
        return false;
    }
    text[len] = '\0';
    /* The name of the program, in parentheses, may hold anything; what follows does not. */
    const char *at = strrchr(text, ')');
    unsigned long long ticks;
    if (!at ||
        sscanf(at + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               state, &ticks) != 2) {
        return false;
    }
    *began = (uint32_t)ticks;
    return true;
}

/* The id, and above it when the thread began: ids are used again. */
uint64_t lyger_os_thread(void)
{
    uint32_t id = thread_id(), began = 0;
    char state;
    if (!read_stat(id, &state, &began)) {
        began = 0;
    }
    return (uint64_t)(began & 0x7FFFFFFFu) << 32 | id;
}

uint64_t lyger_os_thread_space(void)
{
    struct stat space;
    return stat("/proc/self/ns/pid", &space) == 0 ? (uint64_t)space.st_ino : 0;
}

lyger_os_state lyger_os_thread_state(uint64_t name)
{
    uint32_t id = (uint32_t)name, began;
    char state;
    if ((int32_t)id <= 0) {
        return LYGER_OS_GONE; /* no thread's; to kill() it would be a group of processes */
    }
    if (kill((pid_t)id, 0) != 0 && errno == ESRCH) {
        return LYGER_OS_GONE;
    }
    if (!read_stat(id, &state, &began)) {
        return kill((pid_t)id, 0) != 0 && errno == ESRCH ? LYGER_OS_GONE : LYGER_OS_RUNS;
    }
    if (state == 'Z' || state == 'X' || (name >> 32 && (began & 0x7FFFFFFFu) != name >> 32)) {
        return LYGER_OS_GONE;
    }
    return state == 'T' || state == 't' ? LYGER_OS_STOPPED : LYGER_OS_RUNS;
}

uint32_t lyger_os_thread_number(uint64_t name)
{
    return (uint32_t)name;
}

void lyger_os_at_fork(void (*before)(void), void (*child)(void))
{
    pthread_atfork(before, NULL, child);
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
