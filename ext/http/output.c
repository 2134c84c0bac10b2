/*
 * Bytes on their way to a client: the buffer that a host's connections share, what a slow client keeps
 * waiting, files.
 */
#include "connection_state.h"

#include "socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUT_HIGH_WATER 65536u /* bytes of responses put together before they are written */
#define DIRECT 16384u         /* runs of so many bytes are written without being copied together first */
#define BUFFER_LEAST 4096u    /* of a response, when all connections together hold too much */
#define FILE_WHOLE 32768u     /* a file up to this size is read and written with its head */
#define FILE_PIECE 16384u     /* bytes of a file that are read and queued when the socket takes no more */
#define FILE_AT_ONCE 1048576u /* bytes of a file before other connections get their turn */

/* Output that waits for its socket. */
typedef struct piece {
    uv_write_t write; /* first */
    size_t size;      /* bytes of memory, for the host's account */
    char bytes[];
} piece;

/* ---- bytes ---- */

/* Sends more of the turn's file. */
static void continue_file(lyger_http_connection *c);

/* The socket takes more again: sends more of the file, tells the service, or goes on with the next
 * request. */
static void continue_output(lyger_http_connection *c)
{
    const lyger_http_host *host = c->host;
    if (c->turn && c->turn->file >= 0 && c->writes == 0) {
        continue_file(c);
    }
    if (c->blocked && c->queued <= host->options.response_buffer / 2) {
        c->blocked = false;
        if (host->service->drained && c->turn && c->turn->answer == ANSWER_BEGUN) {
            host->service->drained(c);
        }
    }
    if (c->writes == 0) {
        lyger_http_make_ready(c);
    }
}

static void on_written(uv_write_t *request, int status)
{
    piece *piece = (struct piece *)request;
    lyger_http_connection *c = request->data;
    c->writes--;
    c->queued -= piece->size;
    c->host->held -= piece->size;
    free(piece);
    if (c->stage == LYGER_HTTP_CLOSED) {
        return;
    }
    lyger_http_host *host = c->host;
    lyger_http_cork(host);
    if (status < 0) {
        lyger_http_break(c);
    } else {
        continue_output(c);
    }
    lyger_http_uncork(host);
}

/* Has a piece written when the socket is ready for it; no request of this connection is taken until then. */
static bool queue(lyger_http_connection *c, piece *piece, size_t len)
{
    piece->write.data = c;
    piece->size = sizeof *piece + len;
    uv_buf_t buffer = uv_buf_init(piece->bytes, (unsigned)len);
    if (uv_write(&piece->write, &c->socket.stream, &buffer, 1, on_written) < 0) {
        free(piece);
        return false;
    }
    if (c->writes++ == 0) {
        lyger_http_wait(c, c->host->options.write_timeout);
    }
    c->queued += piece->size;
    c->host->held += piece->size;
    return true;
}

/* Queues the bytes after the first `done` of the two runs. */
static bool write_later(lyger_http_connection *c, const uv_buf_t *runs, size_t done)
{
    size_t len = runs[0].len + runs[1].len - done;
    piece *piece = malloc(sizeof *piece + len);
    if (!piece) {
        return false;
    }
    char *to = piece->bytes;
    if (done < runs[0].len) {
        memcpy(to, runs[0].base + done, runs[0].len - done);
        to += runs[0].len - done;
        done = runs[0].len;
    }
    if (runs[1].len > 0) {
        memcpy(to, runs[1].base + (done - runs[0].len), runs[1].len - (done - runs[0].len));
    }
    return queue(c, piece, len);
}

/* Writes the shared buffer's bytes and then bytes (may be none), as one. */
static void write_out(lyger_http_connection *c, const char *bytes, size_t len)
{
    lyger_buffer *out = &c->host->out;
    if (c->host->writer != c) {
        lyger_http_flush(c->host);
    }
    size_t gathered = lyger_buffer_length(out);
    uv_buf_t runs[2] = {uv_buf_init(out->start, (unsigned)gathered),
                        uv_buf_init((char *)bytes, (unsigned)len)};
    if (gathered + len > 0 && !c->broken && c->stage != LYGER_HTTP_CLOSED) {
        unsigned skip = gathered == 0, count = len > 0 ? 2 - skip : 1;
        int taken = c->writes > 0 ? UV_EAGAIN : uv_try_write(&c->socket.stream, runs + skip, count);
        size_t done = taken > 0 ? (size_t)taken : 0;
        c->handed += gathered + len;
        if ((taken < 0 && taken != UV_EAGAIN) || (done < gathered + len && !write_later(c, runs, done))) {
            lyger_http_break(c);
        }
    }
    lyger_buffer_reset(out);
    c->host->writer = NULL;
}

void lyger_http_flush(lyger_http_host *host)
{
    if (host->writer) {
        write_out(host->writer, NULL, 0);
    }
}

lyger_sink *lyger_http_claim_out(lyger_http_connection *c)
{
    lyger_http_host *host = c->host;
    if (host->writer != c || lyger_buffer_length(&host->out) >= OUT_HIGH_WATER) {
        lyger_http_flush(host);
        host->writer = c;
    }
    return &host->out.sink;
}

static size_t unacknowledged(const lyger_http_connection *c)
{
    uv_os_fd_t fd;
    return uv_fileno(&c->socket.handle, &fd) == 0 ? lyger_http_socket_held(fd) : 0;
}

bool lyger_http_progressed(lyger_http_connection *c)
{
    uint64_t held = uv_stream_get_write_queue_size(&c->socket.stream) + unacknowledged(c);
    uint64_t taken = held < c->handed ? c->handed - held : 0;
    bool more = taken > c->taken_seen;
    c->taken_seen = taken;
    return more;
}

/* ---- pieces of a body ---- */

/* Writes a chunk's size line; returns the line's length. */
static size_t write_size(char *to, uint64_t size)
{
    static const char digits[] = "0123456789abcdef";
    int shift = 60;
    size_t len = 0;
    while (shift > 0 && (size >> shift) == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        to[len++] = digits[(size >> shift) & 15];
    }
    to[len++] = '\r';
    to[len++] = '\n';
    return len;
}

/* How many of len bytes belong to the body; notes them as sent. */
static uint64_t admit(lyger_http_turn *turn, uint64_t len)
{
    if (turn->framing == BODY_NONE) {
        return 0;
    }
    if (turn->framing == BODY_LENGTH) {
        len = len < turn->answer_left ? len : turn->answer_left;
        turn->answer_left -= len;
    }
    turn->answer_sent += len;
    return len;
}

static bool can_send(const lyger_http_connection *c)
{
    return c->turn && c->stage < LYGER_HTTP_LAST && !c->broken && c->turn->answer == ANSWER_BEGUN &&
           !c->turn->ending && c->turn->file < 0;
}

static void put_body(lyger_http_connection *c, const char *bytes, size_t len)
{
    bool chunked = c->turn->framing == BODY_CHUNKED;
    char size[20];
    lyger_sink *out = lyger_http_claim_out(c);
    bool put = !chunked || lyger_sink_put(out, size, write_size(size, len));
    if (len < DIRECT) {
        put = put && lyger_sink_put(out, bytes, len);
    } else if (put) {
        write_out(c, bytes, len);
        out = lyger_http_claim_out(c);
    }
    if (!put || (chunked && !lyger_sink_put_literal(out, "\r\n"))) {
        lyger_http_break(c);
    }
}

bool lyger_http_send(lyger_http_connection *c, const char *bytes, size_t len)
{
    if (!can_send(c) || (len = admit(c->turn, len)) == 0) {
        return true;
    }
    lyger_http_host *host = c->host;
    lyger_http_cork(host);
    put_body(c, bytes, len);
    uint64_t most = host->held > host->options.memory ? BUFFER_LEAST : host->options.response_buffer;
    bool room = c->queued + (host->writer == c ? lyger_buffer_length(&host->out) : 0) <= most;
    if (!room && c->writes == 0) {
        lyger_http_flush(host); /* the socket may well take the bytes */
        room = c->queued <= most;
    }
    c->blocked = !room && !c->broken;
    lyger_http_uncork(host);
    return !c->blocked;
}

/* ---- files ---- */

static void end_file(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    close(turn->file);
    turn->file = -1;
    if (turn->framing == BODY_CHUNKED && !lyger_sink_put_literal(lyger_http_claim_out(c), "\r\n")) {
        lyger_http_break(c);
    }
    lyger_http_file_sent(c);
}

/* Reads the next bytes of the file and queues them: the loop comes back when the socket has taken them. */
static bool queue_piece(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    size_t want = turn->file_left < FILE_PIECE ? (size_t)turn->file_left : FILE_PIECE;
    piece *piece = malloc(sizeof *piece + want);
    ssize_t count = piece ? pread(turn->file, piece->bytes, want, (off_t)turn->file_at) : -1;
    if (count <= 0) { /* the file has become shorter, or cannot be read */
        free(piece);
        return false;
    }
    turn->file_at += (uint64_t)count;
    turn->file_left -= (uint64_t)count;
    c->handed += (uint64_t)count;
    return queue(c, piece, (size_t)count);
}

static void continue_file(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    uv_os_fd_t fd;
    size_t budget = FILE_AT_ONCE;
    if (uv_fileno(&c->socket.handle, &fd) != 0) {
        lyger_http_break(c);
        return;
    }
    while (turn->file_left > 0 && budget > 0) {
        ssize_t count = lyger_http_socket_send(fd, turn->file, turn->file_at,
                                               turn->file_left < budget ? (size_t)turn->file_left : budget);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) { /* the socket is full; or queue_piece() finds out what is wrong */
            break;
        }
        turn->file_at += (uint64_t)count;
        turn->file_left -= (uint64_t)count;
        c->handed += (uint64_t)count;
        budget -= (size_t)count;
    }
    if (turn->file_left == 0) {
        end_file(c);
    } else if (!queue_piece(c)) {
        lyger_http_break(c);
    }
}

/* Puts a small file into the buffer, to go out with its head. */
static bool put_whole(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    lyger_sink *out = lyger_http_claim_out(c);
    if (!lyger_sink_reserve(out, (size_t)turn->file_left)) {
        return false;
    }
    while (turn->file_left > 0) {
        ssize_t count = pread(turn->file, out->pos, (size_t)turn->file_left, (off_t)turn->file_at);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        out->pos += count;
        turn->file_at += (uint64_t)count;
        turn->file_left -= (uint64_t)count;
    }
    return true;
}

static void start_file(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    char size[20];
    if (turn->framing == BODY_CHUNKED &&
        !lyger_sink_put(lyger_http_claim_out(c), size, write_size(size, turn->file_left))) {
        lyger_http_break(c);
        return;
    }
    if (turn->file_left <= FILE_WHOLE) {
        if (put_whole(c)) {
            end_file(c);
        } else {
            lyger_http_break(c);
        }
        return;
    }
    lyger_http_claim_out(c);
    lyger_http_flush(c->host);
    if (c->writes == 0 && !c->broken) {
        continue_file(c);
    }
}

void lyger_http_send_file(lyger_http_connection *c, int descriptor, uint64_t offset, uint64_t len)
{
    if (!can_send(c) || (len = admit(c->turn, len)) == 0) {
        close(descriptor);
        return;
    }
    lyger_http_host *host = c->host;
    c->turn->file = descriptor;
    c->turn->file_at = offset;
    c->turn->file_left = len;
    lyger_http_cork(host);
    start_file(c);
    lyger_http_uncork(host);
}
