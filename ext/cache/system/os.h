/*
 * What the cache needs of the operating system. The build chooses the files that provide it: shm_posix.c with
 * threads_linux.c or, elsewhere, threads_posix.c; shm_win32.c alone.
 */
#ifndef LYGER_CACHE_OS_H
#define LYGER_CACHE_OS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds of a clock that never jumps; cheap, exact to about 4 ms (16 on Windows). */
uint64_t lyger_os_milliseconds(void);

/* Sleeps so long, or less when a signal comes. */
void lyger_os_nap(uint32_t microseconds);

/* Sleeps while *word is seen, until a thread calls lyger_os_wake() or the time is over; false when a signal
 * came. */
bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds);
void lyger_os_wake(_Atomic uint32_t *word);

/* Lets other threads run first. */
void lyger_os_yield(void);

/* Names this thread: no other thread of this machine has or will have the same name until the machine
 * restarts. Never 0 or UINT64_MAX. The names mean nothing to threads with another lyger_os_thread_space(). */
uint64_t lyger_os_thread(void);
uint64_t lyger_os_thread_space(void);

typedef enum lyger_os_state { LYGER_OS_GONE, LYGER_OS_RUNS, LYGER_OS_STOPPED } lyger_os_state;

/* Names what this process executes: another number after exec(), the same after fork(). 0 where the system
 * does not tell. */
uint64_t lyger_os_program(void);

/* What has become of the thread with that name. A killed thread whose parent has not waited for it is gone,
 * and so is a thread that executes another program than `program` (0 stands for any). Only Linux tells that a
 * thread is stopped; elsewhere such a thread counts as running, and a waiter's patience with it ends
 * later. */
lyger_os_state lyger_os_thread_state(uint64_t name, uint64_t program);

/* The process id of the thread with that name, for messages. */
uint32_t lyger_os_thread_number(uint64_t name);

/* Has `before` called in a thread that is about to fork, and `child` in its copy, at every fork from now on.
 * The first call counts, later calls change nothing. */
void lyger_os_at_fork(void (*before)(void), void (*child)(void));

/* Ends this process at once, with a message that says why. */
_Noreturn void lyger_os_die(const char *message);

/* Fills size random bytes. */
lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error);

/* A text that changes with every start of the machine, "" where the system has none; at most 39 bytes. */
void lyger_os_boot_id(char *text, size_t size);

/* Zeroed pages shared with forked children, not backed by memory until written. */
lyger_status lyger_os_map_anonymous(size_t size, void **base, lyger_error *error);

/* Which users besides its owner may use a file: none, or a group. */
typedef struct lyger_os_access {
    bool shared;
    uint32_t group; /* when shared */
} lyger_os_access;

/* The group of that name or number, this process's own for "". */
lyger_status lyger_os_group(const char *name, uint32_t *group, lyger_error *error);

/* A file that no other process opens, makes or drops meanwhile. */
typedef struct lyger_os_file {
    intptr_t handle;
    size_t size;    /* 0 for one that was made just now */
    uint64_t id[2]; /* no other file that exists has it */
} lyger_os_file;

/* Opens the file or makes it, waiting while another process has it open here. Refused when it is not a
 * regular file that only the users of `access` can reach. */
lyger_status lyger_os_open_file(const char *path, const lyger_os_access *access, lyger_os_file *file,
                                lyger_error *error);
void lyger_os_close_file(const lyger_os_file *file);

/* Gives an empty file its size: `begin`, then zeros, and all its room on the disk is reserved. */
lyger_status lyger_os_fill_file(lyger_os_file *file, const char *path, size_t size, const char begin[8],
                                lyger_error *error);

/* Maps the file. The mapping stays when the file is closed or dropped. */
lyger_status lyger_os_map_file(const lyger_os_file *file, const char *path, void **base, lyger_error *error);

/* Removes the name of the file, so that the next process makes a new one. */
lyger_status lyger_os_drop_file(const lyger_os_file *file, const char *path, lyger_error *error);

void lyger_os_unmap(void *base, size_t size);

/* Reserves room on the disk for all of the file; an errno, 0 for success. */
int lyger_os_reserve(int file, size_t size);

/* The number of this process's user. */
uint32_t lyger_os_user(void);

/* The path of a file of that name in a directory that only this user can reach, and that is made when it is
 * missing. */
lyger_status lyger_os_own_path(const char *name, char *path, size_t size, lyger_error *error);

#endif
