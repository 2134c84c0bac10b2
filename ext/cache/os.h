/*
 * What the cache needs of the operating system. The build chooses the files that provide it: shm_posix.c with
 * threads_linux.c or, elsewhere, threads_posix.c; shm_win32.c alone.
 */
#ifndef LYGER_CACHE_OS_H
#define LYGER_CACHE_OS_H

#include "cache.h"

/* Milliseconds of a clock that never jumps; cheap, exact to about 4 ms (16 on Windows). */
uint64_t lyger_os_milliseconds(void);

/* Sleeps so long, or less when a signal comes. */
void lyger_os_nap(uint32_t microseconds);

/* Sleeps while *word is seen, until somebody wakes it or the time is over; false when a signal came. */
bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds);
void lyger_os_wake(_Atomic uint32_t *word);

/* Lets others run first. */
void lyger_os_yield(void);

/* Names this thread: no other thread of this machine has or will have the same name while it is up. Never 0
 * or UINT64_MAX. The numbers mean nothing to threads with another lyger_os_thread_space(). */
uint64_t lyger_os_thread(void);
uint64_t lyger_os_thread_space(void);

typedef enum lyger_os_state { LYGER_OS_GONE, LYGER_OS_RUNS, LYGER_OS_STOPPED } lyger_os_state;

/* Names what this process executes: another number after exec(), the same after fork(). 0 where nobody tells.
 */
uint64_t lyger_os_program(void);

/* What has become of the thread with that name; a killed one that nobody waited for is gone, and so is one
 * that executes another program than that; 0 stands for any. Only Linux tells that a thread is stopped;
 * elsewhere it runs, and the patience of who waits for it ends later. */
lyger_os_state lyger_os_thread_state(uint64_t name, uint64_t program);

/* The number of its process that people know, for messages. */
uint32_t lyger_os_thread_number(uint64_t name);

/* Calls before in a thread that is about to fork, and child in its copy, at every fork from now on. The first
 * call counts, others change nothing. */
void lyger_os_at_fork(void (*before)(void), void (*child)(void));

/* Ends this process at once, with a message that says why. */
_Noreturn void lyger_os_die(const char *message);

/* Fills size random bytes. */
lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error);

/* A text that changes with every start of the machine, "" where there is none; at most 39 bytes. */
void lyger_os_boot_id(char *text, size_t size);

/* Zeroed pages shared with forked children, not backed by memory until written. */
lyger_status lyger_os_map_anonymous(size_t size, void **base, lyger_error *error);

/*
 * Maps the file at path. `*size` is what a new file gets, and comes back as what the file has. *fresh tells
 * that it was created now; it stays locked against other openers until lyger_os_map_ready(*lock).
 */
lyger_status lyger_os_map_file(const char *path, size_t *size, void **base, bool *fresh, intptr_t *lock,
                               lyger_error *error);
void lyger_os_map_ready(intptr_t lock);
void lyger_os_unmap(void *base, size_t size);

#endif
