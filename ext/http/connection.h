/*
 * One client's connection on a libuv loop: reading, parsing, bodies, responses, deadlines, closing. What a
 * request means is the service's business. All functions run in the loop's thread.
 *
 * A connection is allocated when it is accepted and frees itself after it was closed. While it is idle it
 * holds no buffers: bytes are read into a buffer that all connections of a host share and only an incomplete
 * request is copied out of it; responses are written from a shared buffer and only the bytes that a slow
 * client does not take are kept.
 */
#ifndef LYGER_HTTP_CONNECTION_H
#define LYGER_HTTP_CONNECTION_H

#include "options.h"
#include "uv_api.h"
#include "base/sink.h"

#include <time.h>

typedef struct lyger_http_connection lyger_http_connection;
typedef struct lyger_http_host lyger_http_host;
typedef struct lyger_http_turn lyger_http_turn;

/*
 * The service is what answers requests. For every request the connection calls begin, body for each piece of
 * the body, complete; then the service answers, at once or later, with lyger_http_respond() or with
 * begin_response, send and end_response. A service may also answer earlier, in begin or body: then body and
 * complete are not called any more; the rest of the body is read and dropped, or the connection is closed
 * when the rest is long.
 *
 * A request for which begin was called ends with exactly one of answered and abandoned, where the service
 * frees what it kept for the request. answered is called from within the calls that end an answer, all other
 * hooks only from the event loop and from the outermost lyger_http_uncork(), so between cork and uncork no
 * connection and no request goes away under a service's hands.
 */
typedef struct lyger_http_service {
    /* The head is complete; head points to its bytes, valid during the call; request is valid until answered
     * or abandoned. */
    void (*begin)(lyger_http_connection *connection, const lyger_http_request *request, const char *head);
    /* The next bytes of the body, chunked coding removed, max_body checked. NULL: bodies are dropped. */
    void (*body)(lyger_http_connection *connection, const char *bytes, size_t len);
    void (*complete)(lyger_http_connection *connection);
    /* The client has taken so much that the service may send more; see lyger_http_send(). May be NULL. */
    void (*drained)(lyger_http_connection *connection);
    /* The connection goes away and the request was not answered to its end. May be NULL. */
    void (*abandoned)(lyger_http_connection *connection);
    /* A request was answered to its end, by the service or with the connection's own refusal (a head that
     * does not parse is refused without begin): for logs and counters. May be NULL. */
    void (*answered)(lyger_http_connection *connection, int status, uint64_t body_bytes);
} lyger_http_service;

/* What the connections of one loop share. */
struct lyger_http_host {
    uv_loop_t *loop;
    const lyger_http_service *service;
    void *context; /* the service's */
    lyger_http_options options;
    lyger_http_connection *first; /* every connection that is not closed */
    uint32_t connections;
    uint64_t requests; /* answered, errors included */
    uint64_t held;     /* bytes of requests and responses in memory, those of the service included */
    uint64_t late;     /* connections that were closed because their client took nothing for too long */
    bool draining;     /* every answer is the last of its connection */
    uint32_t corked;
    lyger_buffer out;              /* the responses being put together; empty between events */
    lyger_http_connection *writer; /* the connection whose responses are in `out` */
    lyger_http_connection *ready;  /* connections that can go on, as a list */
    lyger_http_turn *spares;
    uint32_t spare_count;
    time_t date_second;    /* of date */
    uint64_t date_checked; /* loop time, ms */
    char date[40];         /* "Date: …", CRLF */
    char read_buffer[65536];
};

typedef struct lyger_http_response {
    int status;
    const char *fields; /* more field lines, each ending in CRLF; "" when there are none */
    const char *type;   /* of body, NULL when there is no body and no Content-Type */
    const char *body;   /* copied */
    size_t body_len;
} lyger_http_response;

/* host->loop, service, context and options are set; the rest is zeroed. */
void lyger_http_host_init(lyger_http_host *host);

/* Accepts a client from the listener (TCP or Unix), or turns it away when there are too many. */
void lyger_http_accept(lyger_http_host *host, uv_stream_t *listener);

/* lyger_http_accept() for a client that was accepted already; the host owns the descriptor from now on. */
void lyger_http_adopt(lyger_http_host *host, bool tcp, int client);

/*
 * Between cork and uncork output is gathered: a connection's output is written when another connection is
 * written to, when it is much, and at the outermost uncork. Hooks are held back too, see lyger_http_service.
 * Service hooks run corked.
 */
void lyger_http_cork(lyger_http_host *host);
void lyger_http_uncork(lyger_http_host *host);

/* Answers the current request whole, and goes on with what the client sent since. */
void lyger_http_respond(lyger_http_connection *connection, const lyger_http_response *response);

/*
 * Answers the current request in pieces. begin_response writes the status line, Date, the given field lines
 * (each ending in CRLF; without Date, Connection, Content-Length, Transfer-Encoding) and the framing that the
 * request and the length allow: Content-Length, or chunked, or the connection's end for HTTP/1.0. send drops
 * the body of answers that have none (HEAD, 204, 205, 304). A body that ends short of its length closes the
 * connection; bytes beyond the length are dropped.
 */
#define LYGER_HTTP_LENGTH_UNKNOWN UINT64_MAX
/* Sets another reason phrase than the registry's; before begin_response, which reads it. */
void lyger_http_set_phrase(lyger_http_connection *connection, const char *phrase, size_t len);
void lyger_http_begin_response(lyger_http_connection *connection, int status, const char *fields, size_t len,
                               uint64_t content_length);
/* Sends an interim answer (RFC 9110, section 15.2) of that status, 100 to 199 but not 101, with these field
 * lines; before begin_response. HTTP/1.0 knows none, and a client that does not take what it was sent before
 * needs none. */
void lyger_http_send_interim(lyger_http_connection *connection, int status, const char *fields, size_t len);
/* Takes all bytes; false when more bytes than response_buffer wait for the client: drained() will be
 * called. */
bool lyger_http_send(lyger_http_connection *connection, const char *bytes, size_t len);
/* Sends len bytes of a file from offset as the client takes them; closes the descriptor. Only once in a
 * response, and end_response must follow at once. */
void lyger_http_send_file(lyger_http_connection *connection, int descriptor, uint64_t offset, uint64_t len);
void lyger_http_end_response(lyger_http_connection *connection);
/* Gives up the response: the client sees that it is cut off. abandoned() is called. */
void lyger_http_cut_off(lyger_http_connection *connection);

/* ---- about the current request ---- */

/* What the service keeps for the current request; NULL at first. */
void lyger_http_set_kept(lyger_http_connection *connection, void *kept);
void *lyger_http_kept(const lyger_http_connection *connection);

const lyger_http_request *lyger_http_current(const lyger_http_connection *connection);
bool lyger_http_response_begun(const lyger_http_connection *connection);
/* While answered() runs for a head that does not parse: the head's bytes, which lyger_http_current()'s spans
 * point into as far as the head was parsed. NULL otherwise. */
const char *lyger_http_refused_head(const lyger_http_connection *connection, size_t *len);
uint64_t lyger_http_body_sent(const lyger_http_connection *connection);

/* The two ends of the connection. */
const lyger_http_address *lyger_http_peer(lyger_http_connection *connection);
const lyger_http_address *lyger_http_local(lyger_http_connection *connection);

/* Closes the connections whose deadline has passed; to be called a few times per shortest timeout. */
void lyger_http_sweep(lyger_http_host *host);

/* From now on every answer is the last of its connection; idle connections are closed. */
void lyger_http_drain(lyger_http_host *host);

/* Begins to close every connection; all are gone when the loop has run out of handles. */
void lyger_http_close_all(lyger_http_host *host);

void lyger_http_host_free(lyger_http_host *host);

lyger_http_host *lyger_http_host_of(lyger_http_connection *connection);

/* In a forked child: closes this process's copies of the sockets and touches nothing else. */
void lyger_http_drop_sockets(lyger_http_host *host);

/* A lock that is held whenever a socket joins or leaves host->first, so that a fork never sees half of that;
 * see ffi_server.c. */
void lyger_http_fork_lock(void);
void lyger_http_fork_unlock(void);

#endif
