/*
 * The front process: a libuv loop over the connections, and the service that decides which process answers:
 * the front process (health, metrics, status page, static files, every refusal) or a worker through the hub.
 *
 * The front process is forked from a booted PHP process and must never run PHP: it leaves by _exit() only.
 */
#ifndef LYGER_FRONT_FRONT_H
#define LYGER_FRONT_FRONT_H

#include "server/config.h"

typedef struct lyger_front_sockets {
    const int *descriptors; /* listening, non-blocking */
    uint32_t count;
    /* A socket to the supervisor. The supervisor writes bytes: 'd' drains, 'l' reopens the log, whose
     * descriptor may come with it, 'u' brings a new Unix socket in place of the first socket; the front
     * process ends when the supervisor's end is closed, and writes 's' when a worker wants the server to
     * end. */
    int control;
    int log;          /* the access log's descriptor; -1: the front process opens the file */
    uint64_t changes; /* of the project's files, so far (browser_reload.h) */
    bool change_failed;
} lyger_front_sockets;

/* Serves until all is drained; returns the exit status of the process. */
int lyger_front_run(const lyger_server_config *config, lyger_hub *hub, const lyger_front_sockets *sockets);

#endif
