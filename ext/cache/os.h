/*
 * What the cache needs of the operating system; the build chooses one file that provides it (shm_posix.c).
 */
#ifndef LYGER_CACHE_OS_H
#define LYGER_CACHE_OS_H

#include "cache.h"

/* Milliseconds of a clock that never jumps; cheap, exact to about 4 ms. */
uint64_t lyger_os_milliseconds(void);

/* An id no other running thread of this machine has, and whether the thread with that id still runs. */
uint32_t lyger_os_thread_id(void);
bool lyger_os_thread_runs(uint32_t id);

/* Calls hook in every child that is forked from now on. */
void lyger_os_after_fork(void (*hook)(void));

/* Fills size random bytes. */
lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error);

/* A text that changes with every start of the machine, "" where there is none. */
void lyger_os_boot_id(char *text, size_t size);

/* Zeroed pages shared with forked children, not backed by memory until written. */
lyger_status lyger_os_map_anonymous(size_t size, void **base, lyger_error *error);

/*
 * Maps the file at path. `*size` is what a new file gets, and comes back as what the file has. *fresh tells
 * that it was created now; it stays locked against other openers until lyger_os_map_ready(*lock).
 */
lyger_status lyger_os_map_file(const char *path, size_t *size, void **base, bool *fresh, int *lock,
                               lyger_error *error);
void lyger_os_map_ready(int lock);
void lyger_os_unmap(void *base, size_t size);

#endif
