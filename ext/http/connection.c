#include "connection_state.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINGER_TIME 1000u    /* ms to let a client read our last words before the socket is closed */
#define LINGER_BYTES 262144u /* and the bytes it may still send meanwhile */
#define AHEAD_MAX 65536u     /* bytes a client may send before its request is answered; then they wait */
#define SPARES_MAX 256u      /* turns kept for the next requests */

static pthread_mutex_t fork_mutex = PTHREAD_MUTEX_INITIALIZER;

void lyger_http_fork_lock(void)
{
    pthread_mutex_lock(&fork_mutex);
}

void lyger_http_fork_unlock(void)
{
    pthread_mutex_unlock(&fork_mutex);
}

/* ---- turns ---- */

static bool begin_turn(lyger_http_connection *c)
{
    lyger_http_host *host = c->host;
    lyger_http_turn *turn = host->spares;
    if (turn) {
        host->spares = turn->next;
        host->spare_count--;
    } else if (!(turn = malloc(sizeof *turn))) {
        return false;
    }
    memset(turn, 0, offsetof(lyger_http_turn, request));
    lyger_http_request_init(&turn->request);
    turn->file = -1;
    c->turn = turn;
    return true;
}

static void end_turn(lyger_http_connection *c)
{
    lyger_http_host *host = c->host;
    lyger_http_turn *turn = c->turn;
    c->turn = NULL;
    if (!turn) {
        return;
    }
    if (turn->file >= 0) {
        close(turn->file);
    }
    if (host->spare_count < SPARES_MAX) {
        turn->next = host->spares;
        host->spares = turn;
        host->spare_count++;
    } else {
        free(turn);
    }
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle)
{
    lyger_http_connection *c = (lyger_http_connection *)handle;
    free(c->in);
    free(c);
}

static void forget(lyger_http_connection *c)
{
    lyger_http_host *host = c->host;
    if (c->previous) {
        c->previous->next = c->next;
    } else {
        host->first = c->next;
    }
    if (c->next) {
        c->next->previous = c->previous;
    }
    host->connections--;
    if (host->writer == c) {
        lyger_buffer_reset(&host->out);
        host->writer = NULL;
    }
}

static void close_now(lyger_http_connection *c)
{
    const lyger_http_service *service = c->host->service;
    if (c->stage == LYGER_HTTP_CLOSED) {
        return;
    }
    c->stage = LYGER_HTTP_CLOSED;
    if (c->turn && c->turn->begun && c->turn->answer != ANSWER_ENDED && service->abandoned) {
        service->abandoned(c);
    }
    end_turn(c);
    lyger_http_fork_lock();
    forget(c);
    if (!c->reset || c->socket.handle.type != UV_TCP || uv_tcp_close_reset(&c->socket.tcp, on_closed) < 0) {
        uv_close(&c->socket.handle, on_closed);
    }
    lyger_http_fork_unlock();
}

void lyger_http_wait(lyger_http_connection *c, uint32_t milliseconds)
{
    c->deadline = uv_now(c->host->loop) + milliseconds;
}

void lyger_http_make_ready(lyger_http_connection *c)
{
    if (!c->ready && !c->reading) {
        c->ready = true;
        c->next_ready = c->host->ready;
        c->host->ready = c;
    }
}

void lyger_http_break(lyger_http_connection *c)
{
    c->broken = true;
    lyger_http_make_ready(c);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    if (status < 0) {
        close_now(request->data);
    }
}

static void read_more(lyger_http_connection *c);

/*
 * Ends our side and waits for the client to end its own: closing at once would let bytes that are still on
 * their way be answered by a reset, and the reset may overtake the response (RFC 9112, section 9.6).
 */
static void linger(lyger_http_connection *c)
{
    c->stage = LYGER_HTTP_LINGERING;
    lyger_http_wait(c, LINGER_TIME);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, &c->socket.stream, on_shutdown) < 0) {
        close_now(c);
        return;
    }
    read_more(c);
}

/* ---- requests ---- */

/* The last response of a connection. */
static void refuse(lyger_http_connection *c, int status, const char *reason)
{
    char body[256];
    int len = snprintf(body, sizeof body, "{\"status\":%d,\"error\":\"%s\"}", status, reason);
    lyger_http_response response = {status, "", "application/json", body, (size_t)len};
    c->turn->close = true;
    lyger_http_respond(c, &response);
}

static void request_done(lyger_http_connection *c)
{
    c->stage = LYGER_HTTP_WAITING;
    if (c->turn->answer == ANSWER_NONE && !c->broken) {
        c->host->service->complete(c);
    }
}

/* A head is complete: bytes[0..head_len), with more bytes after it or not. */
static void request_begun(lyger_http_connection *c, const char *bytes, bool more)
{
    lyger_http_turn *turn = c->turn;
    const lyger_http_request *request = &turn->request;
    c->in_time = false;
    turn->begun = true;
    turn->body_left = request->content_length;
    turn->may_wait = request->expect_continue && !more;
    if (turn->body_left == 0 && !request->chunked) {
        c->stage = LYGER_HTTP_WAITING;
        c->host->service->begin(c, request, bytes);
        request_done(c);
        return;
    }
    turn->body_since = uv_now(c->host->loop);
    c->stage = LYGER_HTTP_IN_BODY;
    c->host->service->begin(c, request, bytes);
    if (turn->answer != ANSWER_NONE || c->broken) {
        return;
    }
    if (turn->body_left > c->host->options.max_body) {
        refuse(c, 413, "the request body is too large");
        return;
    }
    if (turn->may_wait && !lyger_sink_put_literal(lyger_http_claim_out(c), "HTTP/1.1 100 Continue\r\n\r\n")) {
        lyger_http_break(c);
    }
    turn->may_wait = false;
}

static void give_body(lyger_http_connection *c, const char *bytes, size_t len)
{
    lyger_http_turn *turn = c->turn;
    turn->body_seen += len;
    if (turn->body_seen > c->host->options.max_body) {
        if (turn->answer == ANSWER_NONE) {
            refuse(c, 413, "the request body is too large");
        } else {
            turn->close = true;
        }
    } else if (turn->answer == ANSWER_NONE && !c->broken && c->host->service->body) {
        c->host->service->body(c, bytes, len);
    }
}

/* Takes bytes of a chunked body and returns how many. */
static size_t take_chunked(lyger_http_connection *c, const char *bytes, size_t len)
{
    lyger_http_turn *turn = c->turn;
    size_t taken = 0, data_at, used;
    while (c->stage == LYGER_HTTP_IN_BODY && !turn->close && !c->broken) {
        lyger_http_chunk chunk =
            lyger_http_chunked_next(&turn->chunked, bytes + taken, len - taken, &data_at, &used);
        size_t from = taken + data_at;
        taken += used;
        if (chunk == LYGER_HTTP_CHUNK_MORE) {
            break;
        }
        if (chunk == LYGER_HTTP_CHUNK_END) {
            request_done(c);
        } else if (chunk == LYGER_HTTP_CHUNK_DATA) {
            give_body(c, bytes + from, taken - from);
        } else if (turn->answer == ANSWER_NONE) {
            refuse(c, 400, "the chunked body is malformed");
        } else {
            lyger_http_break(c);
            return len;
        }
    }
    return turn->close ? len : taken;
}

static size_t take_body(lyger_http_connection *c, const char *bytes, size_t len)
{
    lyger_http_turn *turn = c->turn;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a body belongs to a turn */
    if (turn->request.chunked) {
        return take_chunked(c, bytes, len);
    }
    size_t take = len < turn->body_left ? len : (size_t)turn->body_left;
    turn->body_left -= take;
    give_body(c, bytes, take);
    if (turn->body_left == 0) {
        request_done(c);
    }
    return take;
}

static size_t take_head(lyger_http_connection *c, const char *bytes, size_t len)
{
    if (!c->turn && !begin_turn(c)) {
        lyger_http_break(c);
        return len;
    }
    lyger_http_request *request = &c->turn->request;
    switch (lyger_http_parse(request, bytes, len, &c->host->options.limits)) {
    case LYGER_HTTP_MORE:
        return 0;
    case LYGER_HTTP_BAD:
        refuse(c, request->status, request->reason);
        return len;
    default:
        break;
    }
    size_t head_len = request->head_len;
    request_begun(c, bytes, len > head_len);
    return head_len;
}

/* What an answer that has ended makes of its connection; false when the body is still to be dropped. */
static bool next_turn(lyger_http_connection *c)
{
    if (c->turn->close) {
        c->stage = LYGER_HTTP_LAST;
    } else if (c->stage == LYGER_HTTP_IN_BODY) {
        return false;
    } else {
        c->stage = LYGER_HTTP_IN_HEAD;
    }
    c->requests++;
    end_turn(c);
    return true;
}

/* Handles bytes[0..len) as far as it goes and returns how many bytes are done with. */
static size_t take(lyger_http_connection *c, const char *bytes, size_t len)
{
    size_t at = 0;
    c->reading = true;
    while (c->stage < LYGER_HTTP_LAST && !c->broken) {
        if (c->turn && c->turn->answer == ANSWER_ENDED && next_turn(c)) {
            continue;
        }
        size_t taken = 0;
        if (at == len || c->writes > 0) {
            break;
        }
        if (c->stage == LYGER_HTTP_IN_HEAD) {
            taken = take_head(c, bytes + at, len - at);
        } else if (c->stage == LYGER_HTTP_IN_BODY) {
            taken = take_body(c, bytes + at, len - at);
        }
        if (taken == 0) {
            break;
        }
        at += taken;
    }
    c->reading = false;
    return at;
}

/* Keeps bytes for later; they may be part of c->in already. */
static bool keep(lyger_http_connection *c, const char *bytes, size_t len)
{
    if (len == 0) {
        free(c->in);
        c->in = NULL;
        c->in_len = c->in_size = 0;
        return true;
    }
    if (c->in && bytes >= c->in && bytes < c->in + c->in_size) {
        memmove(c->in, bytes, len);
        c->in_len = len;
        return true;
    }
    if (c->in_len + len > c->in_size) {
        size_t size = (c->in_len + len) * 2;
        char *in = realloc(c->in, size);
        if (!in) {
            return false;
        }
        c->in = in;
        c->in_size = size;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): in_size is 0 while there is no buffer */
    memcpy(c->in + c->in_len, bytes, len);
    c->in_len += len;
    return true;
}

/* How long what a connection waits for may take. */
static void set_deadline(lyger_http_connection *c)
{
    const lyger_http_options *options = &c->host->options;
    if (c->stage == LYGER_HTTP_WAITING) {
        c->deadline = UINT64_MAX; /* the service's business */
    } else if (c->stage == LYGER_HTTP_IN_BODY) {
        c->deadline = c->turn->body_since + options->body_timeout + c->turn->body_seen / 4;
    } else if (c->in_len == 0) {
        lyger_http_wait(c, c->requests ? options->idle_timeout : options->header_timeout);
    } else if (!c->in_time) {
        c->in_time = true;
        lyger_http_wait(c, options->header_timeout);
    }
}

/* After bytes were taken: what is being waited for now, and for how long. */
static void settle(lyger_http_connection *c)
{
    if (c->host->writer == c) {
        lyger_http_flush(c->host);
    }
    if (c->broken) {
        close_now(c);
    }
    if (c->stage >= LYGER_HTTP_LINGERING) {
        return;
    }
    if (c->stage == LYGER_HTTP_LAST) {
        keep(c, NULL, 0);
        if (c->writes == 0) {
            linger(c);
        }
        return;
    }
    if (c->writes == 0) {
        set_deadline(c);
    }
    if (c->in_len < AHEAD_MAX) {
        read_more(c);
    } else {
        uv_read_stop(&c->socket.stream);
    }
}

static void receive(lyger_http_connection *c, const char *bytes, size_t len)
{
    lyger_http_cork(c->host);
    bool kept = true;
    if (c->in_len > 0) {
        kept = keep(c, bytes, len);
        bytes = c->in;
        len = c->in_len;
    }
    size_t taken = kept ? take(c, bytes, len) : 0;
    if (!kept || ((taken > 0 || bytes != c->in) && !keep(c, bytes + taken, len - taken))) {
        c->broken = true;
    }
    settle(c);
    lyger_http_uncork(c->host);
}

/* After a write or a late response: the bytes that came meanwhile, then the socket again. */
static void go_on(lyger_http_connection *c)
{
    if (c->stage >= LYGER_HTTP_LINGERING) {
        return;
    }
    size_t taken = take(c, c->in, c->in_len);
    if (taken > 0) {
        keep(c, c->in + taken, c->in_len - taken);
    }
    settle(c);
}

void lyger_http_cork(lyger_http_host *host)
{
    host->corked++;
}

void lyger_http_uncork(lyger_http_host *host)
{
    while (host->corked == 1) {
        lyger_http_flush(host);
        lyger_http_connection *c = host->ready;
        if (!c) {
            break;
        }
        host->ready = c->next_ready;
        c->ready = false;
        go_on(c);
    }
    host->corked--;
}

/* ---- libuv ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    lyger_http_host *host = ((lyger_http_connection *)handle)->host;
    (void)suggested;
    *buffer = uv_buf_init(host->read_buffer, sizeof host->read_buffer);
}

/*
 * The client has ended its side. When everything it asked for is on its way it gets it; one that still waits
 * for an answer is taken to have gone, as nobody half-closes in HTTP (RFC 9112, section 9.6, lets a server).
 */
static void hung_up(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    bool answered = turn ? turn->ending && c->stage != LYGER_HTTP_IN_BODY : c->in_len == 0;
    if (c->writes == 0 || !answered || c->stage >= LYGER_HTTP_LINGERING) {
        close_now(c);
        return;
    }
    uv_read_stop(&c->socket.stream);
    if (turn) {
        turn->close = true;
    } else {
        c->stage = LYGER_HTTP_LAST;
    }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    lyger_http_connection *c = (lyger_http_connection *)stream;
    if (count < 0) {
        lyger_http_cork(c->host);
        if (count == UV_EOF) {
            hung_up(c);
        } else {
            close_now(c);
        }
        lyger_http_uncork(c->host);
        return;
    }
    if (c->stage == LYGER_HTTP_LINGERING) {
        c->lingered += (uint32_t)count;
        if (c->lingered > LINGER_BYTES) {
            close_now(c);
        }
        return;
    }
    if (count > 0 && c->stage < LYGER_HTTP_LAST) {
        receive(c, buffer->base, (size_t)count);
    }
}

static void read_more(lyger_http_connection *c)
{
    int status = uv_read_start(&c->socket.stream, on_alloc, on_read);
    if (status < 0 && status != UV_EALREADY) {
        close_now(c);
    }
}

/* The client is the next of the listener's, or the descriptor where there is no listener. */
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

/* Takes a client out of the backlog, says why it is not served and closes. */
static void turn_away(lyger_http_connection *c, uv_stream_t *listener, int client)
{
    static char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
                           "Content-Type: application/json\r\nContent-Length: 45\r\n\r\n"
                           "{\"status\":503,\"error\":\"too many connections\"}";
    if (take_client(c, listener, client) == 0) {
        uv_buf_t buffer = uv_buf_init(answer, sizeof answer - 1);
        uv_try_write(&c->socket.stream, &buffer, 1);
    }
    c->stage = LYGER_HTTP_CLOSED;
    uv_close(&c->socket.handle, on_closed);
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
        uv_tcp_init(host->loop, &c->socket.tcp); /* makes no socket yet and cannot fail */
    } else {
        uv_pipe_init(host->loop, &c->socket.pipe, 0); /* no more can this */
    }
    c->host = host;
    if (host->connections >= host->options.max_connections) {
        turn_away(c, listener, client);
        return;
    }
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
        close_now(c);
        return;
    }
    if (tcp) {
        uv_tcp_nodelay(&c->socket.tcp, 1);
    }
    lyger_http_wait(c, host->options.header_timeout);
    read_more(c);
}

void lyger_http_accept(lyger_http_host *host, uv_stream_t *listener)
{
    admit(host, listener->type == UV_TCP, listener, -1);
}

void lyger_http_adopt(lyger_http_host *host, bool tcp, int client)
{
    admit(host, tcp, NULL, client);
}

static void overdue(lyger_http_connection *c)
{
    if (c->writes > 0 && lyger_http_progressed(c)) {
        lyger_http_wait(c, c->host->options.write_timeout);
        return;
    }
    if (c->writes > 0 || !c->turn || c->stage >= LYGER_HTTP_LAST || c->turn->answer != ANSWER_NONE) {
        close_now(c);
        return;
    }
    refuse(c, 408,
           c->stage == LYGER_HTTP_IN_BODY ? "the request body did not arrive in time"
                                          : "the request head did not arrive in time");
}

void lyger_http_sweep(lyger_http_host *host)
{
    uint64_t now = uv_now(host->loop);
    lyger_http_cork(host);
    for (lyger_http_connection *c = host->first, *next; c; c = next) {
        next = c->next;
        if (c->deadline <= now) {
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
        close_now(host->first);
    }
    lyger_http_uncork(host);
}

/* ---- accessors ---- */

lyger_http_host *lyger_http_host_of(lyger_http_connection *connection)
{
    return connection->host;
}

void lyger_http_close_after(lyger_http_connection *c)
{
    if (c->turn && c->turn->answer == ANSWER_NONE) {
        c->turn->close = true;
    }
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

uint64_t lyger_http_body_sent(const lyger_http_connection *c)
{
    return c->turn ? c->turn->answer_sent : 0;
}

static void describe(const struct sockaddr_storage *name, lyger_hub_peer *peer)
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
            describe(&peer, &c->peer);
        }
        if (uv_tcp_getsockname(&c->socket.tcp, (struct sockaddr *)&local, &local_size) == 0) {
            describe(&local, &c->local);
        }
    }
    c->has_peers = true;
}

const lyger_hub_peer *lyger_http_peer(lyger_http_connection *c)
{
    find_peers(c);
    return &c->peer;
}

const lyger_hub_peer *lyger_http_local(lyger_http_connection *c)
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
