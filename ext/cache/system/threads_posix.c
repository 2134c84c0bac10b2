/*
 * What threads_linux.c does, with POSIX only: for macOS and the BSDs. POSIX knows processes by their ids and
 * no threads of others, so that
 *  - a thread that ended without its process counts as running,
 *  - a killed process counts as running until its parent has waited for it, unless this process is the
 *    parent, and again when another process got its id,
 *  - a stopped thread counts as running.
 * A thread that waits for such a holder gets an error after LOCK_PATIENCE (lock.h). There is no futex:
 * waiting threads poll.
 */
#include "os.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmpx.h>

#define NUMBER_BITS 20u /* of a thread within its process */
#define NUMBER_MOST ((1u << NUMBER_BITS) - 1)

uint64_t lyger_os_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

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

/* 11 bits that tell this process from an earlier one with its id, above the bits of a thread's number. */
static uint32_t era_of_process(void)
{
    static _Atomic uint64_t known; /* id << 32 | era */
    uint64_t id = (uint32_t)getpid(), seen = atomic_load(&known);
    if (seen >> 32 != id) { /* the first call, or the first after a fork */
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        uint32_t mixed = ((uint32_t)now.tv_sec * 1000003u ^ (uint32_t)now.tv_nsec) * 0x9E3779B9u;
        uint64_t ours = id << 32 | mixed >> (1 + NUMBER_BITS) << NUMBER_BITS;
        if (atomic_compare_exchange_strong(&known, &seen, ours)) {
            seen = ours;
        }
    }
    return (uint32_t)seen;
}

/* The process's id, and above it the process's era and the thread's number. */
uint64_t lyger_os_thread(void)
{
    static _Atomic uint32_t numbers;
    static __thread uint32_t number;
    if (!number) {
        number = atomic_fetch_add(&numbers, 1) % NUMBER_MOST + 1;
    }
    return (uint64_t)(era_of_process() | number) << 32 | (uint32_t)getpid();
}

uint64_t lyger_os_thread_space(void)
{
    return 0;
}

uint64_t lyger_os_program(void)
{
    return 0;
}

lyger_os_state lyger_os_thread_state(uint64_t name, uint64_t program)
{
    (void)program;
    int32_t id = (int32_t)(uint32_t)name;
    if (id <= 0) {
        return LYGER_OS_GONE; /* no process has this id; kill() would take it for a group of processes */
    }
    if (id == getpid()) {
        return ((uint32_t)(name >> 32) & ~NUMBER_MOST) == era_of_process() ? LYGER_OS_RUNS : LYGER_OS_GONE;
    }
    if (kill((pid_t)id, 0) != 0 && errno == ESRCH) {
        return LYGER_OS_GONE;
    }
    /* A child of this process that has ended and was not waited for; WNOWAIT leaves it to be waited for. */
    siginfo_t child = {0};
    return waitid(P_PID, (id_t)id, &child, WEXITED | WNOWAIT | WNOHANG) == 0 && child.si_pid == id
               ? LYGER_OS_GONE
               : LYGER_OS_RUNS;
}

uint32_t lyger_os_thread_number(uint64_t name)
{
    return (uint32_t)name;
}

void lyger_os_boot_id(char *text, size_t size)
{
    struct utmpx wanted = {.ut_type = BOOT_TIME};
    setutxent();
    const struct utmpx *boot = getutxid(&wanted);
    text[0] = '\0';
    if (boot) {
        snprintf(text, size, "%lld.%06lld", (long long)boot->ut_tv.tv_sec, (long long)boot->ut_tv.tv_usec);
    }
    endutxent();
}

/* macOS has no posix_fallocate(), so every block is written once, which gives it its place on the disk. */
int lyger_os_reserve(int file, size_t size)
{
    static const char zeros[65536];
    struct stat there;
    if (fstat(file, &there) != 0) {
        return errno;
    }
    for (size_t at = (size_t)there.st_size; at < size;) {
        size_t len = size - at < sizeof zeros ? size - at : sizeof zeros;
        ssize_t written = pwrite(file, zeros, len, (off_t)at);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        at += written > 0 ? (size_t)written : 0;
    }
    return 0;
}
