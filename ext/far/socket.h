/*
 * Inside the far room: sockets. The build chooses how bytes are sent without a SIGPIPE: send_linux.c,
 * elsewhere send_posix.c.
 */
#ifndef LYGER_FAR_SOCKET_H
#define LYGER_FAR_SOCKET_H

#include "far.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A connected socket that does not block, within the address's connect_ms; -1 with a reason. */
int lyger_far_connect(const lyger_far_address *address, char *reason, size_t size);

/* Waits for those poll(2) events until lyger_os_milliseconds() is `end`: false when it is. */
bool lyger_far_await(int socket, short events, uint64_t end);

/* send(2) that raises no SIGPIPE. */
ssize_t lyger_far_send(int socket, const char *bytes, size_t len);

/* Prepares a socket for lyger_far_send(). */
void lyger_far_prepare(int socket);

#endif
