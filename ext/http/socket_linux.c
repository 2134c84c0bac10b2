/*
 * socket.h with Linux's sendfile(2) and SIOCOUTQ.
 */
#include "socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

ssize_t lyger_http_socket_send(int socket, int file, uint64_t at, size_t len)
{
    off_t from = (off_t)at;
    return sendfile(socket, file, &from, len);
}

size_t lyger_http_socket_held(int socket)
{
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}
