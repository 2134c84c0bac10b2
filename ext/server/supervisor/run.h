/*
 * The server: one front process, N workers, one supervisor.
 *
 *   supervisor     the process that called lyger_server_run(). It opened the sockets, keeps the process id
 *                  that people know, restarts processes that die and reacts to signals. It runs no request.
 *   front process  forked from the supervisor, C only (front.c): sockets, parsing, static files, /health,
 *                  /metrics, limits.
 *   workers        forked from a parent that has booted the application; take requests through the hub
 *                  one at a time (hub.h). At first the supervisor is that parent. After a reload it is a
 *                  booted parent: a child of the supervisor that executed the same command again, booted
 *                  the application anew, and came to lyger_server_run() too.
 *
 * A reload changes what workers are and do: the application, their number (at most four more than at first:
 * old and new ones need places side by side), max_requests, memory_limit. Sockets and all that the front
 * process does stay as they were first configured. With systemd, KillMode=mixed fits: SIGTERM to the
 * supervisor only.
 *
 * Rights. A supervisor that is root can have the front process and the workers run as another user (user,
 * group). The supervisor opens what needs root: sockets, pid file, access log, the log again on SIGUSR1.
 * Applications boot with the supervisor's rights, at first and for a reload; only the processes that serve
 * clients have given them up. So the application's files must not be writable for `user`. Such a worker has
 * no right to signal the supervisor: it asks through the hub. The supervisor does not trust what it reads in
 * the hub.
 *
 * Signals of the supervisor: SIGTERM and SIGINT drain (no new connections, running and queued requests end
 * within `grace`), a second such signal ends the server at once; SIGHUP boots the application anew and
 * replaces the workers when that succeeded, else keeps the old workers; SIGUSR1 reopens the access log.
 * Workers and front process die with their parent.
 *
 * Every process is single-threaded. The supervisor's code knows no PHP: a worker comes back from
 * lyger_server_run() and asks its hub for requests.
 */
#ifndef LYGER_SUPERVISOR_RUN_H
#define LYGER_SUPERVISOR_RUN_H

#include "server/config.h"

typedef enum lyger_server_role {
    LYGER_ROLE_WORKER,  /* this is a worker; it is in the hub as *worker and must end its process by itself
                           when lyger_hub_take() says stop. It gets SIGTERM when its time is over, when its
                           parent died, and at the end of `grace`; SIGINT, SIGHUP, SIGQUIT, SIGUSR1 and
                           SIGPIPE are ignored in it */
    LYGER_ROLE_STOPPED, /* this is the supervisor, or a booted parent, and the server has ended */
} lyger_server_role;

/* Runs the server; lyger_server_role says in which processes it returns, and when. A failure to start is an
 * error in the supervisor, where nothing is left behind. */
lyger_status lyger_server_run(const lyger_server_config *config, lyger_server_role *role,
                              lyger_worker **worker, lyger_error *error);

/*
 * Takes a copy of this process's command line, environment and working directory, for reloads; and of what a
 * supervisor handed over, which is then removed from the environment. Optional: lyger_server_run() does it
 * too, but by then an application may have changed them, or started a process that inherited what was handed
 * over. Once per process; costs a few system calls.
 */
void lyger_server_remember(void);

/*
 * Executes this process's command again, with more arguments after the program's name (NULL ends them).
 * Returns only when that failed, when the command has the last of these arguments already, or when this
 * process was started by a supervisor for a reload: LYGER_E_SERVER.
 */
lyger_status lyger_server_execute_again(const char *const *more, lyger_error *error);

/* Whether this process was started by a supervisor to boot the application anew, and has not entered
 * lyger_server_run() yet. */
bool lyger_server_is_reload(void);

/* In a worker or the supervisor: asks the supervisor to drain, as SIGTERM does. Elsewhere it does nothing. */
void lyger_server_stop(void);

/* The TCP port that the server listens on, 0 for none; in the supervisor from its first line ("listening on
 * ...") on, and in the processes forked from it. */
uint16_t lyger_server_port(void);

#endif
