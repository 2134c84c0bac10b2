/*
 * socket.h where a socket is told once; PHP's own SAPIs ignore SIGPIPE, too.
 */
#include "socket.h"

#include <sys/socket.h>

ssize_t lyger_far_send(int socket, const char *bytes, size_t len)
{
    return send(socket, bytes, len, 0);
}

void lyger_far_prepare(int socket)
{
#ifdef SO_NOSIGPIPE
    int on = 1;
    (void)setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#else
    (void)socket;
#endif
}
