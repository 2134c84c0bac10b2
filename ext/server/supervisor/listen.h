/*
 * The sockets a server listens on: of its own making, or handed over by systemd (sd_listen_fds(3)). The
 * supervisor opens them and keeps them open while a front process is replaced; workers close them.
 */
#ifndef LYGER_SUPERVISOR_LISTEN_H
#define LYGER_SUPERVISOR_LISTEN_H

#include "run.h"

#define LYGER_LISTEN_MAX 64        /* sockets */
#define LYGER_LISTEN_TEXT_SIZE 512 /* bytes, NUL included */

typedef struct lyger_listening {
    int descriptors[LYGER_LISTEN_MAX]; /* non-blocking, close-on-exec */
    uint32_t count;
    uint16_t port;  /* of the first TCP socket, 0: none */
    char *unlinked; /* a Unix socket's file to remove at the end, NULL: none */
    uint64_t device, inode;
    char text[LYGER_LISTEN_TEXT_SIZE]; /* "http://127.0.0.1:8000 http://[::1]:8000", for messages */
} lyger_listening;

/* LYGER_E_SERVER names address, port and reason; nothing is left open then. */
lyger_status lyger_listen_open(lyger_listening *listening, const lyger_server_config *config,
                               lyger_error *error);

/* Makes a Unix socket again whose name was removed; *again says whether it was. */
lyger_status lyger_listen_again(lyger_listening *listening, const lyger_server_config *config, bool *again,
                                lyger_error *error);

/* Closes the sockets; as owner also removes the socket's file if it is still the one that the server made. */
void lyger_listen_close(lyger_listening *listening, bool owner);

#endif
