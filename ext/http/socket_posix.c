/*
 * socket.h where POSIX is all there is: nothing is sent past this process, and what the kernel holds is
 * unknown.
 */
#include "socket.h"

ssize_t lyger_http_socket_send(int socket, int file, uint64_t at, size_t len)
{
    (void)socket, (void)file, (void)at, (void)len;
    return 0;
}

size_t lyger_http_socket_held(int socket)
{
    (void)socket;
    return 0;
}
