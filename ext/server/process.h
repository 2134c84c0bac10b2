/*
 * What the processes of a server have in common: their signals, what they say, how a death reads, the pid
 * file.
 *
 * A parent (the supervisor, a booted parent) blocks its signals and reads them from a descriptor, so that no
 * handler of the application runs at a bad moment; its children, and the parent itself after the server, get
 * the former handlers and mask back.
 */
#ifndef LYGER_SERVER_PROCESS_H
#define LYGER_SERVER_PROCESS_H

#include "server/config.h"

#include <signal.h>

#define LYGER_SIGNALS_KEPT                                                                                   \
    2 /* SIGCHLD and SIGPIPE, whose dispositions matter though the signals are blocked */

typedef struct lyger_signals {
    int descriptor; /* signalfd, non-blocking, close-on-exec; -1: none */
    sigset_t mask;  /* as it was before */
    struct sigaction kept[LYGER_SIGNALS_KEPT];
    bool nohup; /* SIGHUP was ignored when the server started */
} lyger_signals;

typedef struct lyger_signal {
    int number;
    bool kernel; /* sent by the kernel: for SIGHUP, the terminal went away */
} lyger_signal;

lyger_status lyger_signals_take(lyger_signals *signals, lyger_error *error);
bool lyger_signals_next(lyger_signals *signals, lyger_signal *signal); /* false: none is waiting */
/* Restores dispositions and mask; signals that still wait are dropped, because they were for the server. */
void lyger_signals_restore(lyger_signals *signals);
/* lyger_signals_restore() in a forked child. With serving, the signals that a terminal or systemd sends to
 * all processes of a server at once are ignored, since the parent has its own way of telling the child;
 * SIGPIPE is ignored too. */
void lyger_signals_restore_in_child(lyger_signals *signals, bool serving);

/* kill() for a single process: numbers below 1, which mean many processes (kill(2)), are refused. False: the
 * signal was not sent. */
bool lyger_process_signal(pid_t pid, int number);

/* One line through config->say, else standard error. */
void lyger_server_say(const lyger_server_config *config, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "exit status 3", "signal 11 (SIGSEGV)" */
#define LYGER_DEATH_SIZE 48
const char *lyger_process_death(int status, char text[LYGER_DEATH_SIZE]);

/* LYGER_E_SERVER when this process has more than one thread: a fork would copy the locks of the other
 * threads, but not the threads. */
lyger_status lyger_process_single(lyger_error *error);

/* Every descriptor from first on gets close-on-exec. */
void lyger_process_close_on_exec(int first);

/* Removes the files in a directory whose names begin with prefix. */
void lyger_process_remove_files(const char *directory, const char *prefix);

/* ---- pid file ---- */

typedef struct lyger_pid_file {
    char *path;
    int descriptor; /* holds the lock; -1: none */
} lyger_pid_file;

/* Makes and locks the pid file. path NULL or "": no file. LYGER_E_SERVER when another live process holds
 * it. */
lyger_status lyger_pid_file_take(lyger_pid_file *file, const char *path, lyger_error *error);
void lyger_pid_file_drop(lyger_pid_file *file);     /* removes the file */
void lyger_pid_file_in_child(lyger_pid_file *file); /* the lock stays the parent's */

#endif
