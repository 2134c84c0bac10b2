/*
 * Booting the application anew: the supervisor executes its own command again, and that process comes to
 * lyger_server_run() as a booted parent. The booted parent finds the hub and a control socket by descriptors
 * whose numbers are in the environment.
 *
 * On the control socket the supervisor says 'r' (retire your workers and end), 't' (SIGTERM to them), 'k'
 * (SIGKILL to them), and the booted parent 'u' (a worker asks for requests: the application is up). The
 * socket's end means that the other side died.
 */
#ifndef LYGER_SUPERVISOR_EXECUTE_H
#define LYGER_SUPERVISOR_EXECUTE_H

#include "server/process.h"

typedef struct lyger_takeover {
    int hub, bell, control; /* descriptors: what the hub needs, and the socket */
    uint32_t generation;
    pid_t supervisor;
    uint16_t port;
    long user, group; /* of the front process, -1: the supervisor's; workers must have the same */
} lyger_takeover;

/* What the supervisor handed to this process; false: nothing. Only the first call gives it. */
bool lyger_reload_takeover(lyger_takeover *takeover);

/* Executes the command of this process anew in a child, whose signals are as they were before the server.
 * Fills *pid and *control. The function itself fills in the descriptors and the supervisor of what is
 * given. */
lyger_status lyger_reload_boot(lyger_hub *hub, const lyger_takeover *given, lyger_signals *signals,
                               pid_t *pid, int *control, lyger_error *error);

#endif
