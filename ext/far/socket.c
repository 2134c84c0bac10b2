#include "socket.h"

#include "cache/system/os.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool lyger_far_await(int socket, short events, uint64_t end)
{
    struct pollfd entry = {.fd = socket, .events = events};
    for (;;) {
        uint64_t now = lyger_os_milliseconds();
        int ready = now < end ? poll(&entry, 1, (int)(end - now)) : 0;
        if (ready > 0) {
            return true;
        }
        if (now >= end || (ready < 0 && errno != EINTR && errno != EAGAIN)) {
            return false;
        }
    }
}

/* Connects a new socket; -1 with errno. */
static int connect_to(int family, const struct sockaddr *to, socklen_t to_len, uint64_t end)
{
    int made = socket(family, SOCK_STREAM, 0), on = 1, problem = 0;
    socklen_t len = sizeof problem;
    if (made < 0) {
        return -1;
    }
    lyger_far_prepare(made);
    /* EAGAIN, of a Unix socket: the server's queue is full. */
    bool begun = fcntl(made, F_SETFD, FD_CLOEXEC) == 0 && fcntl(made, F_SETFL, O_NONBLOCK) == 0 &&
                 (connect(made, to, to_len) == 0 || errno == EINPROGRESS || errno == EINTR);
    if (begun && !lyger_far_await(made, POLLOUT, end)) {
        problem = ETIMEDOUT;
    } else if (!begun || getsockopt(made, SOL_SOCKET, SO_ERROR, &problem, &len) != 0) {
        problem = errno;
    }
    if (problem) {
        close(made);
        errno = problem;
        return -1;
    }
    if (family != AF_UNIX) {
        (void)setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return made;
}

static int connect_path(const lyger_far_address *address, uint64_t end)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, address->path, strlen(address->path) + 1);
    return connect_to(AF_UNIX, (const struct sockaddr *)&to, sizeof to, end);
}

int lyger_far_connect(const lyger_far_address *address, char *reason, size_t size)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int made = -1;
    if (address->path[0]) {
        made = connect_path(address, lyger_os_milliseconds() + address->connect_ms);
    } else {
        int problem = getaddrinfo(address->host, address->port, &hints, &list);
        uint64_t end = lyger_os_milliseconds() + address->connect_ms;
        if (problem) {
            snprintf(reason, size, "its name cannot be resolved: %s", gai_strerror(problem));
            return -1;
        }
        for (const struct addrinfo *a = list; a && made < 0; a = a->ai_next) {
            made = connect_to(a->ai_family, a->ai_addr, a->ai_addrlen, end);
        }
        int kept = errno;
        freeaddrinfo(list);
        errno = kept;
    }
    if (made < 0) {
        snprintf(reason, size, "it cannot be reached: %s", strerror(errno));
    }
    return made;
}
