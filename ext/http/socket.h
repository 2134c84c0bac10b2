/*
 * What connections ask of a socket beyond what libuv gives. The build chooses: socket_linux.c, elsewhere
 * socket_posix.c.
 */
#ifndef LYGER_HTTP_SOCKET_H
#define LYGER_HTTP_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Sends up to len bytes of a file from `at` without copying them through this process. Returns how many were
 * sent; 0 when the system cannot do that, and the caller reads and writes instead; -1 with errno, which is
 * EINTR or means the same as 0. */
ssize_t lyger_http_socket_send(int socket, int file, uint64_t at, size_t len);

/* Bytes that the kernel holds for a client which has not acknowledged them; 0 where the kernel does not
 * tell. */
size_t lyger_http_socket_held(int socket);

#endif
