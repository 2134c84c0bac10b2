#include "connection_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINGER_TIME 1000u    /* ms to let a client that sent everything read the last response */
#define LINGER_BYTES 262144u /* and the bytes that client may still send meanwhile */
#define AHEAD_MAX 65536u     /* bytes that are read before a request is answered; more wait in the socket */
#define SPARES_MAX 256u      /* turns kept for the next requests */

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
    c->host->held -= c->in_size;
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

void lyger_http_close_now(lyger_http_connection *c)
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
        lyger_http_close_now(request->data);
    }
}

/*
 * Ends the server's side of the connection and waits for the client to end its own: after close() the kernel
 * answers bytes that still arrive by a reset, and the reset may overtake the response (RFC 9112, section
 * 9.6). Many a client reads nothing before it has sent its whole body.
 */
void lyger_http_linger(lyger_http_connection *c)
{
    const lyger_http_options *options = &c->host->options;
    if (c->half) {
        lyger_http_close_now(c);
        return;
    }
    c->stage = LYGER_HTTP_LINGERING;
    c->linger_until = uv_now(c->host->loop) + (c->unread ? options->linger_time : LINGER_TIME);
    lyger_http_wait(c, c->unread ? options->linger_quiet : LINGER_TIME);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, &c->socket.stream, on_shutdown) < 0) {
        lyger_http_close_now(c);
        return;
    }
    lyger_http_read(c);
}

/* Drops bytes that come while lingering; closes the connection when they are too many. */
static void drop(lyger_http_connection *c, size_t count)
{
    const lyger_http_options *options = &c->host->options;
    c->lingered += count;
    if (c->lingered > (c->unread ? options->linger_bytes : LINGER_BYTES)) {
        lyger_http_close_now(c);
    } else if (c->unread) {
        lyger_http_wait(c, options->linger_quiet);
    }
    c->deadline = c->deadline < c->linger_until ? c->deadline : c->linger_until;
}

/* ---- requests ---- */

void lyger_http_refuse(lyger_http_connection *c, int status, const char *reason)
{
    char body[256];
    int len = snprintf(body, sizeof body, "{\"status\":%d,\"error\":\"%s\"}", status, reason);
    lyger_http_response response = {status, "", "application/json", body, (size_t)len};
    c->turn->close = true;
    c->unread = true;
    lyger_http_respond(c, &response);
}

static void request_done(lyger_http_connection *c)
{
    c->stage = LYGER_HTTP_WAITING;
    if (c->turn->answer == ANSWER_NONE && !c->broken) {
        c->host->service->complete(c);
    }
}

/* A head is complete: bytes[0..head_len); `more`: bytes after it are there. */
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
    turn->body_since = turn->body_at = uv_now(c->host->loop);
    c->stage = LYGER_HTTP_IN_BODY;
    c->host->service->begin(c, request, bytes);
    if (turn->answer != ANSWER_NONE || c->broken) {
        return;
    }
    if (turn->body_left > c->host->options.max_body) {
        lyger_http_refuse(c, 413, "the request body is too large");
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
    turn->body_at = uv_now(c->host->loop);
    if (turn->body_seen > c->host->options.max_body) {
        if (turn->answer == ANSWER_NONE) {
            lyger_http_refuse(c, 413, "the request body is too large");
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
            lyger_http_refuse(c, 400, "the chunked body is malformed");
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
        c->head = bytes;
        c->head_len = len;
        lyger_http_refuse(c, request->status, request->reason);
        c->head = NULL;
        return len;
    default:
        break;
    }
    size_t head_len = request->head_len;
    request_begun(c, bytes, len > head_len);
    return head_len;
}

/* Moves the connection on after an answer has ended; false when the request's body is still to be read and
 * dropped. */
static bool next_turn(lyger_http_connection *c)
{
    if (c->turn->close) {
        c->unread |= c->stage == LYGER_HTTP_IN_BODY;
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

/* Handles bytes[0..len) as far as possible and returns how many bytes were used up. */
static size_t take_bytes(lyger_http_connection *c, const char *bytes, size_t len)
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

/* Keeps bytes in c->in for later; they may be part of c->in already. */
static bool keep(lyger_http_connection *c, const char *bytes, size_t len)
{
    if (len == 0) {
        c->host->held -= c->in_size;
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
        size_t size = c->in ? (c->in_len + len) * 2 : len;
        char *in = realloc(c->in, size);
        if (!in) {
            return false;
        }
        c->host->held += size - c->in_size;
        c->in = in;
        c->in_size = size;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): in_size is 0 while there is no buffer */
    memcpy(c->in + c->in_len, bytes, len);
    c->in_len += len;
    return true;
}

/* Sets how long the connection may wait for what comes next. */
static void set_deadline(lyger_http_connection *c)
{
    const lyger_http_options *options = &c->host->options;
    if (c->stage == LYGER_HTTP_WAITING) {
        c->deadline = UINT64_MAX; /* the service has its own time limits */
    } else if (c->stage == LYGER_HTTP_IN_BODY) {
        uint64_t earned = c->turn->body_since + c->turn->body_seen * 1000 / options->body_rate;
        uint64_t since = earned < c->turn->body_at ? earned : c->turn->body_at;
        c->deadline = since + options->body_timeout;
    } else if (c->in_len == 0) {
        lyger_http_wait(c, c->requests ? options->idle_timeout : options->header_timeout);
    } else if (!c->in_time) {
        c->in_time = true;
        lyger_http_wait(c, options->header_timeout);
    }
}

/* How many bytes may wait in c->in: of a head, or of what a client sends while it is being answered. */
static size_t room_ahead(const lyger_http_connection *c)
{
    size_t head = c->host->options.limits.head;
    return c->stage == LYGER_HTTP_IN_HEAD && head > AHEAD_MAX ? head : AHEAD_MAX;
}

/* Keeps what take_bytes() has left of bytes[0..len), which may be part of c->in. When all connections
 * together hold too much already, a client that needs more is refused. */
static bool keep_rest(lyger_http_connection *c, const char *bytes, size_t len)
{
    const lyger_http_host *host = c->host;
    if (len > c->in_size && host->held + len > host->options.memory) {
        if (c->stage != LYGER_HTTP_IN_HEAD || !c->turn || c->turn->answer != ANSWER_NONE) {
            return false;
        }
        c->head = bytes;
        c->head_len = len;
        lyger_http_refuse(c, 503, "the server is short of memory");
        c->head = NULL;
        len = 0;
    }
    return keep(c, bytes, len);
}

/* After bytes were taken: closes, lingers, or reads on with a new deadline. */
static void wait_for_what_is_due(lyger_http_connection *c)
{
    if (c->host->writer == c) {
        lyger_http_flush(c->host);
    }
    if (c->broken) {
        lyger_http_close_now(c);
    }
    if (c->stage >= LYGER_HTTP_LINGERING) {
        return;
    }
    if (c->stage == LYGER_HTTP_LAST) {
        keep(c, NULL, 0);
        if (c->writes == 0) {
            lyger_http_linger(c);
        }
        return;
    }
    if (c->writes == 0 && c->half && c->stage != LYGER_HTTP_WAITING) {
        lyger_http_close_now(c); /* the client has its answers, and sends no more requests */
        return;
    }
    if (c->writes == 0) {
        set_deadline(c);
    }
    if (c->half) {
        return;
    }
    if (c->in_len < room_ahead(c)) {
        lyger_http_read(c);
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
    size_t taken = kept ? take_bytes(c, bytes, len) : 0;
    if (!kept || ((taken > 0 || bytes != c->in) && !keep_rest(c, bytes + taken, len - taken))) {
        c->broken = true;
    }
    wait_for_what_is_due(c);
    lyger_http_uncork(c->host);
}

/* After a write or a late response: handles the bytes that came meanwhile, then reads the socket again. */
static void go_on(lyger_http_connection *c)
{
    if (c->stage >= LYGER_HTTP_LINGERING) {
        return;
    }
    size_t taken = take_bytes(c, c->in, c->in_len);
    if (taken > 0) {
        keep(c, c->in + taken, c->in_len - taken);
    }
    wait_for_what_is_due(c);
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
 * The client has ended its side, and still gets its answers. Whether the client has gone altogether shows
 * only when something is sent to it: so an interim answer is sent, which a client of HTTP/1.1 passes over
 * (RFC 9110, section 15.2.1); a client that has gone answers with a reset, and the next sweep sees that.
 */
static void hung_up(lyger_http_connection *c)
{
    if (c->stage >= LYGER_HTTP_LINGERING || lyger_http_is_gone(c)) {
        lyger_http_close_now(c);
        return;
    }
    uv_read_stop(&c->socket.stream);
    c->half = true;
    if (c->stage == LYGER_HTTP_WAITING && c->turn->answer == ANSWER_NONE && c->turn->request.minor > 0 &&
        !lyger_sink_put_literal(lyger_http_claim_out(c), "HTTP/1.1 100 Continue\r\n\r\n")) {
        lyger_http_break(c);
    }
    lyger_http_make_ready(c);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    lyger_http_connection *c = (lyger_http_connection *)stream;
    if (count < 0) {
        lyger_http_cork(c->host);
        if (count == UV_EOF) {
            hung_up(c);
        } else {
            lyger_http_close_now(c);
        }
        lyger_http_uncork(c->host);
        return;
    }
    if (c->stage == LYGER_HTTP_LINGERING) {
        drop(c, (size_t)count);
        return;
    }
    if (count > 0 && c->stage < LYGER_HTTP_LAST) {
        receive(c, buffer->base, (size_t)count);
    }
}

void lyger_http_read(lyger_http_connection *c)
{
    int status = uv_read_start(&c->socket.stream, on_alloc, on_read);
    if (status < 0 && status != UV_EALREADY) {
        lyger_http_close_now(c);
    }
}
