#include "connection.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINGER_TIME 1000u     /* ms to let a client read our last words before the socket is closed */
#define LINGER_BYTES 262144u  /* and the bytes it may still send meanwhile */
#define OUT_HIGH_WATER 65536u /* bytes of responses put together before they are written */

/* Where a connection stands. */
typedef enum state {
    IN_HEAD,   /* between requests or in a head */
    IN_BODY,   /* reading and dropping a body */
    ANSWERING, /* the service has the request */
    LAST,      /* the last response is queued; nothing more is read as a request */
    LINGERING, /* it is written; waiting for the client to close */
    CLOSED
} state;

/* Output that waits for its socket. */
typedef struct piece {
    uv_write_t write; /* first */
    char bytes[];
} piece;

struct lyger_http_connection {
    uv_tcp_t tcp; /* first: a uv_handle_t is a connection */
    lyger_http_host *host;
    lyger_http_connection *next, *previous;
    uint64_t deadline; /* loop time in ms when what is being waited for is overdue */
    state state;
    uint32_t writes; /* pieces of output that the socket has not taken yet; nothing is read meanwhile */
    bool answering;  /* a service hook or the loop that called it is on the stack */
    uint32_t requests;
    uint64_t body_left; /* of a body with Content-Length */
    uint64_t body_seen; /* of a chunked body */
    size_t lingered;
    uintptr_t kept; /* the service's, for the current request */
    char *in;       /* the bytes of an incomplete request, or those that came while answering */
    size_t in_len, in_size;
    uv_shutdown_t shutdown;
    lyger_http_chunked chunked;
    lyger_http_request request;
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

lyger_http_host *lyger_http_host_of(lyger_http_connection *connection)
{
    return connection->host;
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle)
{
    lyger_http_connection *c = (lyger_http_connection *)handle;
    free(c->in);
    free(c);
}

static void close_now(lyger_http_connection *c)
{
    if (c->state == CLOSED) {
        return;
    }
    if (c->state == ANSWERING && c->host->service->abandoned) {
        c->host->service->abandoned(c, c->kept);
    }
    c->state = CLOSED;
    lyger_http_fork_lock();
    if (c->previous) {
        c->previous->next = c->next;
    } else {
        c->host->first = c->next;
    }
    if (c->next) {
        c->next->previous = c->previous;
    }
    c->host->connections--;
    uv_close((uv_handle_t *)&c->tcp, on_closed);
    lyger_http_fork_unlock();
}

static void wait_until(lyger_http_connection *c, uint32_t milliseconds)
{
    c->deadline = uv_now(c->host->loop) + milliseconds;
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
    c->state = LINGERING;
    wait_until(c, LINGER_TIME);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown) < 0) {
        close_now(c);
        return;
    }
    read_more(c);
}

/* ---- writing ---- */

static void go_on(lyger_http_connection *c);

static void on_written(uv_write_t *request, int status)
{
    lyger_http_connection *c = request->data;
    free(request); /* the first member of its piece */
    c->writes--;
    if (c->state == CLOSED) {
        return;
    }
    if (status < 0) {
        close_now(c);
    } else if (c->writes == 0) {
        go_on(c);
    }
}

/* Writes bytes when the socket is ready for them; reads nothing until then. */
static bool write_later(lyger_http_connection *c, const char *bytes, size_t len)
{
    piece *piece = malloc(sizeof *piece + len);
    if (!piece) {
        return false;
    }
    memcpy(piece->bytes, bytes, len);
    piece->write.data = c;
    uv_buf_t buffer = uv_buf_init(piece->bytes, (unsigned)len);
    if (uv_write(&piece->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written) < 0) {
        free(piece);
        return false;
    }
    c->writes++;
    wait_until(c, c->host->options.write_timeout);
    uv_read_stop((uv_stream_t *)&c->tcp);
    return true;
}

/* Writes what is in host->out to this connection; what the socket does not take is kept and written later. */
static void flush(lyger_http_connection *c)
{
    lyger_buffer *out = &c->host->out;
    size_t len = lyger_buffer_length(out);
    if (len > 0 && c->state != CLOSED) {
        uv_buf_t buffer = uv_buf_init(out->start, (unsigned)len);
        int taken = uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
        size_t done = taken > 0 ? (size_t)taken : 0;
        if ((taken < 0 && taken != UV_EAGAIN) ||
            (done < len && !write_later(c, out->start + done, len - done))) {
            close_now(c);
        }
    }
    lyger_buffer_reset(out);
}

static const char *phrase_of(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {204, "No Content"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "";
}

/* IMF-fixdate (RFC 9110, section 5.6.7), whatever the process's locale is. */
static const char *date_now(lyger_http_host *host)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = time(NULL);
    struct tm tm;
    if (now != host->date_second && gmtime_r(&now, &tm)) {
        host->date_second = now;
        snprintf(host->date, sizeof host->date, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
                 days + 3 * tm.tm_wday, (unsigned)tm.tm_mday % 100u, months + 3 * tm.tm_mon,
                 (unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)tm.tm_hour % 100u,
                 (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
    }
    return host->date;
}

/* Appends a response to host->out; false when memory ran out. */
static bool put_response(lyger_http_connection *c, const lyger_http_response *response, bool close)
{
    char head[640];
    bool old = c->request.minor == 0;
    int len = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nDate: %s\r\n%s%s%s%s", response->status,
                       phrase_of(response->status), date_now(c->host), response->type ? "Content-Type: " : "",
                       response->type ? response->type : "", response->type ? "\r\n" : "", response->fields);
    if (len < 0 || (size_t)len >= sizeof head - 80) {
        lyger_buffer_reset(&c->host->out);
        return false;
    }
    if (response->status != 204) {
        len += snprintf(head + len, sizeof head - (size_t)len, "Content-Length: %zu\r\n", response->body_len);
    }
    len += snprintf(head + len, sizeof head - (size_t)len, "%s\r\n",
                    close ? "Connection: close\r\n"
                    : old ? "Connection: keep-alive\r\n"
                          : "");
    bool bodiless =
        c->request.method == LYGER_HTTP_HEAD || response->status == 204 || response->body_len == 0;
    if (!lyger_sink_put(&c->host->out.sink, head, (size_t)len) ||
        (!bodiless && !lyger_sink_put(&c->host->out.sink, response->body, response->body_len))) {
        lyger_buffer_reset(&c->host->out); /* a half response must not reach the next connection */
        return false;
    }
    return true;
}

/* Queues the last response of a connection. */
static void refuse(lyger_http_connection *c, int status, const char *reason)
{
    char body[256];
    int len = snprintf(body, sizeof body, "{\"status\":%d,\"error\":\"%s\"}", status, reason);
    lyger_http_response response = {status, "", "application/json", body, (size_t)len};
    c->host->requests++;
    c->state = LAST;
    if (!put_response(c, &response, true)) {
        close_now(c);
    }
}

/* ---- requests ---- */

static void request_done(lyger_http_connection *c)
{
    c->state = ANSWERING;
    c->answering = true;
    c->host->service->complete(c, c->kept);
    c->answering = false;
}

void lyger_http_respond(lyger_http_connection *c, const lyger_http_response *response)
{
    if (c->state != ANSWERING) {
        return;
    }
    bool close = !c->request.keep_alive;
    c->host->requests++;
    c->requests++;
    if (!put_response(c, response, close)) {
        close_now(c);
        return;
    }
    c->state = close ? LAST : IN_HEAD;
    lyger_http_request_init(&c->request);
    if (!c->answering) {
        flush(c);
        if (c->writes == 0 && c->state != CLOSED) {
            go_on(c);
        }
    }
}

/* A head is complete: bytes[0..head_len), with more bytes after it or not. */
static void request_begun(lyger_http_connection *c, const char *bytes, bool more)
{
    const lyger_http_request *request = &c->request;
    c->host->service->begin(c->host, request, bytes, &c->kept);
    c->body_left = request->content_length;
    c->body_seen = 0;
    memset(&c->chunked, 0, sizeof c->chunked);
    if (c->body_left == 0 && !request->chunked) {
        request_done(c);
        return;
    }
    if (c->body_left > c->host->options.max_body) {
        refuse(c, 413, "the request body is too large");
        return;
    }
    c->state = IN_BODY;
    wait_until(c, c->host->options.body_timeout);
    if (request->expect_continue && !more &&
        !lyger_sink_put_literal(&c->host->out.sink, "HTTP/1.1 100 Continue\r\n\r\n")) {
        close_now(c);
    }
}

/* Takes bytes of a chunked body and returns how many. */
static size_t take_chunked(lyger_http_connection *c, const char *bytes, size_t len)
{
    size_t taken = 0, data_at, used;
    while (c->state == IN_BODY) {
        lyger_http_chunk chunk =
            lyger_http_chunked_next(&c->chunked, bytes + taken, len - taken, &data_at, &used);
        taken += used;
        if (chunk == LYGER_HTTP_CHUNK_MORE) {
            break;
        }
        if (chunk == LYGER_HTTP_CHUNK_BAD) {
            refuse(c, 400, "the chunked body is malformed");
        } else if (chunk == LYGER_HTTP_CHUNK_END) {
            request_done(c);
        } else {
            c->body_seen += used - data_at;
            if (c->body_seen > c->host->options.max_body) {
                refuse(c, 413, "the request body is too large");
            }
        }
    }
    return taken;
}

static size_t take_body(lyger_http_connection *c, const char *bytes, size_t len)
{
    if (c->request.chunked) {
        return take_chunked(c, bytes, len);
    }
    size_t take = len < c->body_left ? len : (size_t)c->body_left;
    c->body_left -= take;
    if (c->body_left == 0) {
        request_done(c);
    }
    return take;
}

static size_t take_head(lyger_http_connection *c, const char *bytes, size_t len)
{
    switch (lyger_http_parse(&c->request, bytes, len, &c->host->options.limits)) {
    case LYGER_HTTP_MORE:
        return 0;
    case LYGER_HTTP_BAD:
        refuse(c, c->request.status, c->request.reason);
        return len;
    default:
        break;
    }
    size_t head_len = c->request.head_len;
    request_begun(c, bytes, len > head_len);
    return head_len;
}

/* Handles bytes[0..len) as far as it goes and returns how many bytes are done with. */
static size_t take(lyger_http_connection *c, const char *bytes, size_t len)
{
    size_t at = 0;
    while (c->writes == 0) {
        size_t taken = 0;
        if (c->state == IN_HEAD && at < len) {
            taken = take_head(c, bytes + at, len - at);
        } else if (c->state == IN_BODY && at < len) {
            taken = take_body(c, bytes + at, len - at);
        }
        at += taken;
        if (taken == 0 || lyger_buffer_length(&c->host->out) >= OUT_HIGH_WATER) {
            flush(c);
        }
        if (taken == 0) {
            break;
        }
    }
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
    memcpy(c->in + c->in_len, bytes, len);
    c->in_len += len;
    return true;
}

/* After bytes were taken: what is being waited for now, and for how long. */
static void settle(lyger_http_connection *c, bool was_idle)
{
    if (c->state == CLOSED || c->writes > 0) {
        return;
    }
    if (c->state == LAST) {
        keep(c, NULL, 0);
        linger(c);
        return;
    }
    if (c->state == IN_HEAD) {
        if (c->in_len == 0) {
            wait_until(c, c->requests ? c->host->options.idle_timeout : c->host->options.header_timeout);
        } else if (was_idle) {
            wait_until(c, c->host->options.header_timeout);
        }
    }
    if (c->state == ANSWERING) {
        c->deadline = UINT64_MAX;
        uv_read_stop((uv_stream_t *)&c->tcp);
        return;
    }
    read_more(c);
}

static void receive(lyger_http_connection *c, const char *bytes, size_t len)
{
    uint32_t requests = c->requests;
    bool was_idle = c->in_len == 0;
    bool kept = true;
    if (c->in_len > 0) {
        kept = keep(c, bytes, len);
        bytes = c->in;
        len = c->in_len;
    }
    size_t taken = kept ? take(c, bytes, len) : 0;
    if (!kept || (c->state != CLOSED && !keep(c, bytes + taken, len - taken))) {
        close_now(c);
        return;
    }
    settle(c, was_idle || c->requests != requests);
}

/* After a write or a late response: the bytes that came meanwhile, then the socket again. */
static void go_on(lyger_http_connection *c)
{
    size_t taken = c->in_len > 0 ? take(c, c->in, c->in_len) : 0;
    if (c->state != CLOSED && (taken > 0 || c->in_len == 0)) {
        keep(c, c->in ? c->in + taken : NULL, c->in_len - taken);
    }
    settle(c, true);
}

/* ---- libuv ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    lyger_http_host *host = ((lyger_http_connection *)handle)->host;
    (void)suggested;
    *buffer = uv_buf_init(host->read_buffer, sizeof host->read_buffer);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    lyger_http_connection *c = (lyger_http_connection *)stream;
    if (count < 0) {
        close_now(c);
        return;
    }
    if (c->state == LINGERING) {
        c->lingered += (size_t)count;
        if (c->lingered > LINGER_BYTES) {
            close_now(c);
        }
        return;
    }
    if (count > 0) {
        receive(c, buffer->base, (size_t)count);
    }
}

static void read_more(lyger_http_connection *c)
{
    int status = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
    if (status < 0 && status != UV_EALREADY) {
        close_now(c);
    }
}

/* Takes a client out of the backlog, says why it is not served and closes. */
static void turn_away(lyger_http_connection *c, uv_stream_t *listener)
{
    static const char body[] = "{\"status\":503,\"error\":\"too many connections\"}";
    lyger_http_response busy = {503, "Retry-After: 1\r\n", "application/json", body, sizeof body - 1};
    lyger_buffer *out = &c->host->out;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) == 0 && put_response(c, &busy, true)) {
        uv_buf_t buffer = uv_buf_init(out->start, (unsigned)lyger_buffer_length(out));
        uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
    }
    lyger_buffer_reset(out);
    c->state = CLOSED;
    uv_close((uv_handle_t *)&c->tcp, on_closed);
}

void lyger_http_accept(lyger_http_host *host, uv_stream_t *listener)
{
    lyger_http_connection *c = calloc(1, sizeof *c);
    if (!c) {
        return;
    }
    uv_tcp_init(host->loop, &c->tcp); /* makes no socket yet and cannot fail */
    c->host = host;
    lyger_http_request_init(&c->request);
    if (host->connections >= host->options.max_connections) {
        turn_away(c, listener);
        return;
    }
    lyger_http_fork_lock();
    int accepted = uv_accept(listener, (uv_stream_t *)&c->tcp);
    c->next = host->first;
    if (c->next) {
        c->next->previous = c;
    }
    host->first = c;
    host->connections++;
    lyger_http_fork_unlock();
    if (accepted < 0) {
        close_now(c);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    wait_until(c, host->options.header_timeout);
    read_more(c);
}

static void overdue(lyger_http_connection *c)
{
    if (c->writes > 0 || c->state == LINGERING || (c->state == IN_HEAD && c->in_len == 0)) {
        close_now(c);
        return;
    }
    refuse(c, 408,
           c->state == IN_BODY ? "the request body did not arrive in time"
                               : "the request head did not arrive in time");
    flush(c);
    settle(c, false);
}

void lyger_http_sweep(lyger_http_host *host)
{
    uint64_t now = uv_now(host->loop);
    for (lyger_http_connection *c = host->first, *next; c; c = next) {
        next = c->next;
        if (c->deadline <= now) {
            overdue(c);
        }
    }
}

void lyger_http_close_all(lyger_http_host *host)
{
    while (host->first) {
        close_now(host->first);
    }
}

void lyger_http_drop_sockets(lyger_http_host *host)
{
    for (lyger_http_connection *c = host->first; c; c = c->next) {
        uv_os_fd_t fd;
        if (uv_fileno((uv_handle_t *)&c->tcp, &fd) == 0) {
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
}
