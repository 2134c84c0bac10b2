/*
 * socket.h with Linux's flag.
 */
#include "socket.h"

#include <sys/socket.h>

ssize_t lyger_far_send(int socket, const char *bytes, size_t len)
{
    return send(socket, bytes, len, MSG_NOSIGNAL);
}

void lyger_far_prepare(int socket)
{
    (void)socket;
}
