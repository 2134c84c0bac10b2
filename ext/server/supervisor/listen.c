#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH, AT_EMPTY_PATH */
#endif

#include "server/identity.h"
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PREFIX "unix:"

/* ---- names ---- */

static uint16_t port_of(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_INET:
        return ntohs(((const struct sockaddr_in *)address)->sin_port);
    case AF_INET6:
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    default:
        return 0;
    }
}

static void set_port(struct sockaddr *address, uint16_t port)
{
    if (address->sa_family == AF_INET) {
        ((struct sockaddr_in *)address)->sin_port = htons(port);
    } else if (address->sa_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = htons(port);
    }
}

/* Appends " http://address:port" or " unix:/path". */
static void describe_socket(lyger_listening *listening, int descriptor)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[INET6_ADDRSTRLEN] = "";
    size_t used = strlen(listening->text);
    char *to = listening->text + used;
    size_t room = sizeof listening->text - used;
    const char *space = used ? " " : "";
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) != 0) {
        return;
    }
    uint16_t port = port_of((struct sockaddr *)&address);
    if (address.ss_family == AF_INET) {
        inet_ntop(AF_INET, &((struct sockaddr_in *)&address)->sin_addr, host, sizeof host);
        snprintf(to, room, "%shttp://%s:%u", space, host, (unsigned)port);
    } else if (address.ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&address)->sin6_addr, host, sizeof host);
        snprintf(to, room, "%shttp://[%s]:%u", space, host, (unsigned)port);
    } else if (address.ss_family == AF_UNIX) {
        struct sockaddr_un *local = (struct sockaddr_un *)&address;
        const char *name = local->sun_path[0] ? local->sun_path : local->sun_path + 1;
        snprintf(to, room, "%s" UNIX_PREFIX "%s%.*s", space, local->sun_path[0] ? "" : "@",
                 (int)(sizeof local->sun_path - 1), name);
    }
    if (!listening->port) {
        listening->port = port;
    }
}

static bool add_socket(lyger_listening *listening, int descriptor)
{
    if (listening->count == LYGER_LISTEN_MAX) {
        close(descriptor);
        return false;
    }
    listening->descriptors[listening->count++] = descriptor;
    describe_socket(listening, descriptor);
    return true;
}

/* ---- TCP ---- */

/* A listening socket, -1 with errno. dual: an IPv6 socket that takes IPv4 too. */
static int listen_tcp(const struct sockaddr *address, socklen_t size, bool dual,
                      const lyger_server_config *config)
{
    int on = 1, only = !dual;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (!config->reuse_port || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
        (address->sa_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) == 0) &&
        bind(fd, address, size) == 0 && listen(fd, (int)config->backlog) == 0) {
        return fd;
    }
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static lyger_status cannot_listen(const char *host, uint16_t port, int reason, lyger_error *error)
{
    const char *help = reason == EADDRINUSE ? "; another process listens there, and port 0 picks a free one"
                       : reason == EACCES && port < 1024 ? "; ports below 1024 are root's"
                       : reason == EADDRNOTAVAIL         ? "; it is no address of this machine"
                                                         : "";
    return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s port %u: %s%s", host, (unsigned)port,
                      strerror(reason), help);
}

/* Whether this machine lacks the address or its family: no error as long as another address can be listened
 * on. */
static bool absent(int reason)
{
    return reason == EAFNOSUPPORT || reason == EADDRNOTAVAIL || reason == EPROTONOSUPPORT;
}

/* Listens on every address of a name, on all with the port that the first got. False with *reason. */
static bool listen_all(lyger_listening *listening, const struct addrinfo *addresses, bool literal,
                       const lyger_server_config *config, int *reason)
{
    *reason = EADDRNOTAVAIL;
    for (const struct addrinfo *info = addresses; info; info = info->ai_next) {
        struct sockaddr_storage address = {0};
        memcpy(&address, info->ai_addr, info->ai_addrlen);
        set_port((struct sockaddr *)&address, config->port ? config->port : listening->port);
        /* "::" alone means every interface, IPv4's included, as people write it in containers. */
        int fd = listen_tcp((struct sockaddr *)&address, info->ai_addrlen, literal, config);
        if (fd >= 0) {
            if (!add_socket(listening, fd)) {
                break;
            }
            continue;
        }
        if (!absent(errno)) {
            *reason = errno;
            return false;
        }
        *reason = errno;
    }
    return listening->count > 0;
}

static lyger_status listen_name(lyger_listening *listening, const lyger_server_config *config,
                                const char *given, lyger_error *error)
{
    char host[NI_MAXHOST], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found;
    struct in6_addr six;
    size_t len = strlen(given);
    bool brackets = len > 2 && given[0] == '[' && given[len - 1] == ']';
    lyger_copy_text(host, sizeof host, given + brackets, len - 2 * (size_t)brackets);
    snprintf(port, sizeof port, "%u", (unsigned)config->port);
    if (brackets) {
        hints.ai_family = AF_INET6;
        hints.ai_flags |= AI_NUMERICHOST;
    }
    int status = getaddrinfo(host, port, &hints, &found);
    if (status != 0) {
        return lyger_fail(
            error, LYGER_E_SERVER,
            "host must be a name or address of this machine without a port, or unix:/path, \"%s\" "
            "given: %s",
            given, status == EAI_SYSTEM ? strerror(errno) : gai_strerror(status));
    }
    int reason = 0;
    bool done = false;
    /* Port 0: the port that the first address got may be taken on the second; then another port is drawn. */
    for (int tries = 0; tries < (config->port ? 1 : 16) && !done; tries++) {
        done = listen_all(listening, found, inet_pton(AF_INET6, host, &six) == 1, config, &reason);
        if (!done) {
            lyger_listen_close(listening, true);
        }
        if (!done && reason != EADDRINUSE) {
            break;
        }
    }
    freeaddrinfo(found);
    return done ? LYGER_OK : cannot_listen(given, config->port, reason, error);
}

/* ---- Unix sockets ---- */

/* Removes a socket's file on which no process listens any more. */
static lyger_status clear_path(const struct sockaddr_un *address, lyger_error *error)
{
    struct stat is;
    const char *path = address->sun_path;
    if (lstat(path, &is) != 0) {
        return LYGER_OK; /* if the file is there and cannot be seen, bind() fails */
    }
    if (!S_ISSOCK(is.st_mode)) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s: it exists and is not a socket", path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s: %s", path, strerror(errno));
    }
    /* Only a refusal proves that no process listens; EAGAIN means a full queue, so a process does. */
    int status = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
    close(fd);
    if (status == ECONNREFUSED) {
        return unlink(path) == 0 || errno == ENOENT
                   ? LYGER_OK
                   : lyger_fail(error, LYGER_E_SERVER, "cannot remove the old socket %s: %s", path,
                                strerror(errno));
    }
    if (status == ENOENT) {
        return LYGER_OK;
    }
    return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s: %s", path,
                      status == 0 || status == EAGAIN || status == EPROTOTYPE
                          ? "another process answers there"
                          : strerror(status));
}

/* In a server that root starts and another user serves, the socket becomes that user's, so that its
 * permissions (0660) let in a proxy that is in the user's group. The change is made through a descriptor, and
 * to a socket only: the owner of the directory could swap the file. */
static bool give_away(const char *path, const lyger_server_config *config)
{
    lyger_identity identity;
    struct stat is;
    lyger_error error;
    if (lyger_identity_find(config, &identity, &error) != LYGER_OK || !identity.other) {
        return true;
    }
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    bool given = fd >= 0 && fstat(fd, &is) == 0 && S_ISSOCK(is.st_mode) &&
                 fchownat(fd, "", identity.user, identity.group, AT_EMPTY_PATH) == 0;
    int reason = errno;
    if (fd >= 0) {
        close(fd);
    }
    errno = reason;
    return given;
}

static lyger_status listen_unix(lyger_listening *listening, const lyger_server_config *config,
                                lyger_error *error)
{
    const char *path = config->host + sizeof UNIX_PREFIX - 1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat is;
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof address.sun_path) {
        return lyger_fail(error, LYGER_E_SERVER,
                          "host must be unix: and a path of 1 to %zu bytes, \"%s\" given",
                          sizeof address.sun_path - 1, config->host);
    }
    memcpy(address.sun_path, path, len);
    lyger_status status = clear_path(&address, error);
    if (status != LYGER_OK) {
        return status;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s: %s", path, strerror(errno));
    }
    /* umask() and not a later chmod(), so that there is no moment with other permissions. The process has one
     * thread. */
    mode_t mask = umask(0);
    umask(config->socket_mode ? (mode_t)(0777 & ~config->socket_mode) : mask);
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    int reason = errno;
    umask(mask);
    if (bound == 0) {
        listening->unlinked = lstat(path, &is) == 0 ? strdup(path) : NULL;
        listening->device = is.st_dev;
        listening->inode = is.st_ino;
        bound = give_away(path, config) ? listen(fd, (int)config->backlog) : -1;
        reason = errno;
    }
    if (bound != 0 || !listening->unlinked) {
        close(fd);
        return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s: %s", path, strerror(reason));
    }
    add_socket(listening, fd);
    return LYGER_OK;
}

/* ---- handed over ---- */

#define FIRST_HANDED 3 /* SD_LISTEN_FDS_START */

static void forget_environment(void)
{
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
}

static lyger_status take_handed(lyger_listening *listening, uint32_t count, lyger_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        int fd = FIRST_HANDED + (int)i, accepts = 0;
        socklen_t size = sizeof accepts;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) != 0 || !accepts) {
            return lyger_fail(error, LYGER_E_SERVER,
                              "LISTEN_FDS hands over descriptor %d, which is not a listening stream socket",
                              fd);
        }
        int flags = fcntl(fd, F_GETFL);
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
            return lyger_fail(error, LYGER_E_SERVER, "cannot use descriptor %d of LISTEN_FDS: %s", fd,
                              strerror(errno));
        }
        add_socket(listening, fd);
    }
    return LYGER_OK;
}

/* How many sockets were handed to this process, 0: none, LYGER_LISTEN_MAX + 1: too many. */
static uint32_t handed(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    if (!pid || !count || strtol(pid, NULL, 10) != (long)getpid()) {
        return 0;
    }
    long number = strtol(count, NULL, 10);
    return number <= 0 ? 0 : number > LYGER_LISTEN_MAX ? LYGER_LISTEN_MAX + 1 : (uint32_t)number;
}

/* ---- all of them ---- */

lyger_status lyger_listen_open(lyger_listening *listening, const lyger_server_config *config,
                               lyger_error *error)
{
    lyger_status status;
    memset(listening, 0, sizeof *listening);
    uint32_t count = handed();
    if (count > LYGER_LISTEN_MAX) {
        return lyger_fail(error, LYGER_E_SERVER, "LISTEN_FDS hands over more than %d sockets",
                          LYGER_LISTEN_MAX);
    }
    if (count > 0) {
        status = take_handed(listening, count, error);
        if (status == LYGER_OK) {
            forget_environment();
        } else {
            listening->count = 0; /* the sockets stay the caller's */
        }
        return status;
    }
    const char *host = config->host && *config->host ? config->host : LYGER_HTTP_LOOPBACK;
    if (strncmp(host, UNIX_PREFIX, sizeof UNIX_PREFIX - 1) == 0) {
        status = listen_unix(listening, config, error);
    } else {
        status = listen_name(listening, config, host, error);
    }
    if (status != LYGER_OK) {
        lyger_listen_close(listening, true);
    }
    return status;
}

lyger_status lyger_listen_again(lyger_listening *listening, const lyger_server_config *config, bool *again,
                                lyger_error *error)
{
    struct stat is;
    lyger_listening made = {0};
    *again = false;
    if (!listening->unlinked) {
        return LYGER_OK;
    }
    if (lstat(listening->unlinked, &is) == 0) {
        return is.st_dev == listening->device && is.st_ino == listening->inode
                   ? LYGER_OK
                   : lyger_fail(error, LYGER_E_SERVER, "%s is not this server's socket any more",
                                listening->unlinked);
    }
    lyger_status status = listen_unix(&made, config, error);
    if (status == LYGER_OK) {
        close(listening->descriptors[0]);
        free(listening->unlinked);
        *listening = made;
        *again = true;
    } else {
        lyger_listen_close(&made, true);
    }
    return status;
}

void lyger_listen_close(lyger_listening *listening, bool owner)
{
    struct stat is;
    for (uint32_t i = 0; i < listening->count; i++) {
        close(listening->descriptors[i]);
    }
    if (owner && listening->unlinked && lstat(listening->unlinked, &is) == 0 &&
        is.st_dev == listening->device && is.st_ino == listening->inode) {
        unlink(listening->unlinked);
    }
    free(listening->unlinked);
    memset(listening, 0, sizeof *listening);
}
