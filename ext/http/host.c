/*
 * What concerns all connections of a loop: which clients come in, which connections are overdue, both ends'
 * addresses.
 */
#include "connection_state.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TURNED_AWAY_MAX 64u /* clients beyond max_connections that are still told why */

const lyger_http_options lyger_http_default_options = {
    .limits = {8192, 32768, LYGER_HTTP_FIELDS_MAX},
    .max_body = 1048576,
    .max_connections = 1024,
    .header_timeout = 10000,
    .body_timeout = 30000,
    .body_rate = 16384,
    .idle_timeout = 60000,
    .write_timeout = 30000,
    .response_buffer = 262144,
    .memory = 268435456,
    .linger_time = 30000,
    .linger_quiet = 5000,
    .linger_bytes = 1073741824,
};

static pthread_mutex_t fork_mutex = PTHREAD_MUTEX_INITIALIZER;

void lyger_http_fork_lock(void)
{
    pthread_mutex_lock(&fork_mutex);
}

void lyger_http_fork_unlock(void)
{
    pthread_mutex_unlock(&fork_mutex);
}

/* ---- clients ---- */

/* Takes the listener's next client, or the client behind the descriptor when there is no listener. */
static int take_client(lyger_http_connection *c, uv_stream_t *listener, int client)
{
    if (listener) {
        return uv_accept(listener, &c->socket.stream);
    }
    int status = c->socket.handle.type == UV_TCP ? uv_tcp_open(&c->socket.tcp, client)
                                                 : uv_pipe_open(&c->socket.pipe, client);
    if (status < 0) {
        close(client);
    }
    return status;
}

/* Tells a client that is beyond max_connections why it is not served. TURNED_AWAY_MAX such clients may
 * linger, because a client whose connection is closed at once may never read the answer; see
 * lyger_http_linger(). */
static void turn_away(lyger_http_connection *c)
{
    static char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
                           "Content-Type: application/json\r\nContent-Length: 45\r\n\r\n"
                           "{\"status\":503,\"error\":\"too many connections\"}";
    uv_buf_t buffer = uv_buf_init(answer, sizeof answer - 1);
    uv_try_write(&c->socket.stream, &buffer, 1);
    if (c->host->connections > c->host->options.max_connections + TURNED_AWAY_MAX) {
        lyger_http_close_now(c);
        return;
    }
    c->unread = true;
    lyger_http_linger(c);
}

static void admit(lyger_http_host *host, bool tcp, uv_stream_t *listener, int client)
{
    lyger_http_connection *c = calloc(1, sizeof *c);
    if (!c) {
        if (!listener) {
            close(client);
        }
        return;
    }
    if (tcp) {
        uv_tcp_init(host->loop, &c->socket.tcp); /* without a family it makes no socket and cannot fail */
    } else {
        uv_pipe_init(host->loop, &c->socket.pipe, 0); /* cannot fail either */
    }
    c->host = host;
    lyger_http_fork_lock();
    int taken = take_client(c, listener, client);
    c->next = host->first;
    if (c->next) {
        c->next->previous = c;
    }
    host->first = c;
    host->connections++;
    lyger_http_fork_unlock();
    if (taken < 0) {
        lyger_http_close_now(c);
        return;
    }
    if (host->connections > host->options.max_connections) {
        turn_away(c);
        return;
    }
    if (tcp) {
        uv_tcp_nodelay(&c->socket.tcp, 1);
    }
    lyger_http_wait(c, host->options.header_timeout);
    lyger_http_read(c);
}

void lyger_http_accept(lyger_http_host *host, uv_stream_t *listener)
{
    admit(host, listener->type == UV_TCP, listener, -1);
}

void lyger_http_adopt(lyger_http_host *host, bool tcp, int client)
{
    admit(host, tcp, NULL, client);
}

/* ---- time ---- */

static void overdue(lyger_http_connection *c)
{
    if (c->writes > 0 && lyger_http_progressed(c)) {
        lyger_http_wait(c, c->host->options.write_timeout);
        return;
    }
    c->host->late += c->writes > 0;
    if (c->writes > 0 || !c->turn || c->stage >= LYGER_HTTP_LAST || c->turn->answer != ANSWER_NONE) {
        lyger_http_close_now(c);
        return;
    }
    bool in_body = c->stage == LYGER_HTTP_IN_BODY;
    c->head = in_body ? NULL : c->in;
    c->head_len = c->in_len;
    lyger_http_refuse(c, 408,
                      in_body ? "the request body did not arrive in time"
                              : "the request head did not arrive in time");
    c->head = NULL;
}

/* Whether the client has gone: its close() of a Unix socket, or its reset, ends both directions; a shutdown()
 * does not. */
bool lyger_http_is_gone(const lyger_http_connection *c)
{
    uv_os_fd_t fd;
    struct pollfd state = {.fd = -1};
    if (uv_fileno(&c->socket.handle, &fd) == 0) {
        state.fd = fd;
    }
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR));
}

void lyger_http_sweep(lyger_http_host *host)
{
    uint64_t now = uv_now(host->loop);
    lyger_http_cork(host);
    for (lyger_http_connection *c = host->first, *next; c; c = next) {
        next = c->next;
        if (c->half && lyger_http_is_gone(c)) {
            lyger_http_close_now(c);
        } else if (c->deadline <= now) {
            overdue(c);
        }
    }
    lyger_http_uncork(host);
}

void lyger_http_drain(lyger_http_host *host)
{
    host->draining = true;
    lyger_http_cork(host);
    for (lyger_http_connection *c = host->first, *next; c; c = next) {
        uv_os_fd_t fd;
        int waiting = 0;
        next = c->next;
        if (c->stage != LYGER_HTTP_IN_HEAD || c->in_len > 0 || c->writes > 0) {
            continue;
        }
        /* A request that has arrived and was not read yet is still answered. */
        if (uv_fileno(&c->socket.handle, &fd) != 0 || ioctl(fd, FIONREAD, &waiting) != 0 || waiting == 0) {
            c->stage = LYGER_HTTP_LAST;
            lyger_http_make_ready(c);
        }
    }
    lyger_http_uncork(host);
}

void lyger_http_close_all(lyger_http_host *host)
{
    lyger_http_cork(host);
    while (host->first) {
        lyger_http_close_now(host->first);
    }
    lyger_http_uncork(host);
}

/* ---- accessors ---- */

lyger_http_host *lyger_http_host_of(lyger_http_connection *connection)
{
    return connection->host;
}

void lyger_http_set_kept(lyger_http_connection *c, void *kept)
{
    if (c->turn) {
        c->turn->kept = kept;
    }
}

void *lyger_http_kept(const lyger_http_connection *c)
{
    return c->turn ? c->turn->kept : NULL;
}

const lyger_http_request *lyger_http_current(const lyger_http_connection *c)
{
    return c->turn ? &c->turn->request : NULL;
}

bool lyger_http_response_begun(const lyger_http_connection *c)
{
    return c->turn && c->turn->answer != ANSWER_NONE;
}

const char *lyger_http_refused_head(const lyger_http_connection *c, size_t *len)
{
    *len = c->head_len;
    return c->head;
}

uint64_t lyger_http_body_sent(const lyger_http_connection *c)
{
    return c->turn ? c->turn->answer_sent : 0;
}

static void describe_address(const struct sockaddr_storage *name, lyger_http_address *peer)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)name;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)name;
    if (name->ss_family == AF_INET) {
        peer->port = ntohs(four->sin_port);
        inet_ntop(AF_INET, &four->sin_addr, peer->address, sizeof peer->address);
    } else if (name->ss_family == AF_INET6) {
        peer->port = ntohs(six->sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) { /* on a dual-stack listener */
            inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, peer->address, sizeof peer->address);
        } else {
            inet_ntop(AF_INET6, &six->sin6_addr, peer->address, sizeof peer->address);
        }
    }
}

static void find_peers(lyger_http_connection *c)
{
    struct sockaddr_storage peer = {0}, local = {0};
    int peer_size = sizeof peer, local_size = sizeof local;
    if (!c->has_peers && c->socket.handle.type == UV_TCP) {
        if (uv_tcp_getpeername(&c->socket.tcp, (struct sockaddr *)&peer, &peer_size) == 0) {
            describe_address(&peer, &c->peer);
        }
        if (uv_tcp_getsockname(&c->socket.tcp, (struct sockaddr *)&local, &local_size) == 0) {
            describe_address(&local, &c->local);
        }
    }
    c->has_peers = true;
}

const lyger_http_address *lyger_http_peer(lyger_http_connection *c)
{
    find_peers(c);
    return &c->peer;
}

const lyger_http_address *lyger_http_local(lyger_http_connection *c)
{
    find_peers(c);
    return &c->local;
}

/* ---- hosts ---- */

void lyger_http_drop_sockets(lyger_http_host *host)
{
    for (lyger_http_connection *c = host->first; c; c = c->next) {
        uv_os_fd_t fd;
        if (uv_fileno(&c->socket.handle, &fd) == 0) {
            close(fd);
        }
    }
}

void lyger_http_host_init(lyger_http_host *host)
{
    lyger_buffer_init(&host->out, &lyger_malloc_allocator);
}

void lyger_http_host_free(lyger_http_host *host)
{
    lyger_buffer_free(&host->out);
    while (host->spares) {
        lyger_http_turn *turn = host->spares;
        host->spares = turn->next;
        free(turn);
    }
}
