/*
 * What the cache needs of Linux beyond POSIX: futexes, a clock that costs little, and /proc, which tells what
 * has become of a thread.
 */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint64_t lyger_os_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    return syscall(SYS_futex, word, FUTEX_WAIT, seen, &time, NULL, 0) == 0 || errno != EINTR;
}

void lyger_os_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static uint32_t thread_id(void)
{
    return (uint32_t)syscall(SYS_gettid);
}

/* Fields 3 and 22 of /proc/ID/stat (proc(5)): the state's letter and when the thread began, in clock ticks;
 * and fields 26 and 28, where its program and stack begin, which differ from one execution to the next, 0
 * where the kernel hides them from this process. False when the file cannot be read. */
static bool read_stat(uint32_t id, char *state, uint32_t *began, uint64_t *program)
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
    /* The name of the program, in parentheses, may hold anything, so fields are counted from the last
     * parenthesis. */
    const char *at = strrchr(text, ')');
    unsigned long long ticks, code = 0, stack = 0;
    if (!at || sscanf(at + 1,
                      " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %*s "
                      "%*s %*s %llu "
                      "%*s %llu",
                      state, &ticks, &code, &stack) < 2) {
        return false;
    }
    *began = (uint32_t)ticks;
    *program = code > 1 && stack > 0 ? code * 31 + stack : 0; /* other users see 0, or 1 for the code */
    return true;
}

/* The thread's id, and above it when the thread began: Linux uses ids again. */
uint64_t lyger_os_thread(void)
{
    uint32_t id = thread_id(), began = 0;
    uint64_t program;
    char state;
    if (!read_stat(id, &state, &began, &program)) {
        began = 0;
    }
    return (uint64_t)(began & 0x7FFFFFFFu) << 32 | id;
}

uint64_t lyger_os_thread_space(void)
{
    struct stat space;
    return stat("/proc/self/ns/pid", &space) == 0 ? (uint64_t)space.st_ino : 0;
}

uint64_t lyger_os_program(void)
{
    uint32_t began;
    uint64_t program;
    char state;
    return read_stat(thread_id(), &state, &began, &program) ? program : 0;
}

lyger_os_state lyger_os_thread_state(uint64_t name, uint64_t program)
{
    uint32_t id = (uint32_t)name, began;
    uint64_t executes;
    char state;
    if ((int32_t)id <= 0) {
        return LYGER_OS_GONE; /* no thread has this id; kill() would take it for a group of processes */
    }
    if (kill((pid_t)id, 0) != 0 && errno == ESRCH) {
        return LYGER_OS_GONE;
    }
    if (!read_stat(id, &state, &began, &executes)) {
        return kill((pid_t)id, 0) != 0 && errno == ESRCH ? LYGER_OS_GONE : LYGER_OS_RUNS;
    }
    if (state == 'Z' || state == 'X' || (name >> 32 && (began & 0x7FFFFFFFu) != name >> 32) ||
        (program && executes && program != executes)) {
        return LYGER_OS_GONE;
    }
    return state == 'T' || state == 't' ? LYGER_OS_STOPPED : LYGER_OS_RUNS;
}

uint32_t lyger_os_thread_number(uint64_t name)
{
    return (uint32_t)name;
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

int lyger_os_reserve(int file, size_t size)
{
    int code;
    do {
        code = posix_fallocate(file, 0, (off_t)size);
    } while (code == EINTR);
    return code;
}
