/*
 * One client's connection on a libuv loop: reading, parsing, bodies, responses, deadlines, closing. What a
 * request means is the service's business. Internal to the HTTP room; everything here runs in the loop's
 * thread.
 *
 * A connection is allocated when it is accepted and frees itself after it was closed. While it is idle it
 * holds no buffers: bytes are read into a buffer that all connections of a host share and only an incomplete
 * request is copied out of it; responses are written from a shared buffer and only what a slow client does
 * not take is kept.
 */
#ifndef LYGER_HTTP_CONNECTION_H
#define LYGER_HTTP_CONNECTION_H

#include "http.h"
#include "base/sink.h"

#include <time.h>
#include <uv.h>

typedef struct lyger_http_connection lyger_http_connection;
typedef struct lyger_http_host lyger_http_host;

/* What answers. Both hooks of a request are called, in this order, unless the connection is closed between
 * them. */
typedef struct lyger_http_service {
    /* The head is there; head points to its bytes, valid during the call. Keep what is needed in *kept. */
    void (*begin)(lyger_http_host *host, const lyger_http_request *request, const char *head,
                  uintptr_t *kept);
    /* The body has been read. Calls lyger_http_respond() exactly once, before it returns or later. */
    void (*complete)(lyger_http_connection *connection, uintptr_t kept);
    /* The connection goes away before it was answered: forget it. NULL when complete() always answers at
     * once. */
    void (*abandoned)(lyger_http_connection *connection, uintptr_t kept);
} lyger_http_service;

/* What the connections of one loop share. */
struct lyger_http_host {
    uv_loop_t *loop;
    const lyger_http_service *service;
    void *context; /* the service's */
    lyger_http_options options;
    lyger_http_connection *first; /* every connection that is not closed */
    uint32_t connections;
    uint64_t requests;  /* answered, errors included */
    lyger_buffer out;   /* the responses being put together; empty between events */
    time_t date_second; /* of date */
    char date[32];
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

/* Accepts a client from the listener, or turns it away when there are too many. */
void lyger_http_accept(lyger_http_host *host, uv_stream_t *listener);

/* Queues the response to the request whose complete() was called, and goes on with what the client sent
 * since. */
void lyger_http_respond(lyger_http_connection *connection, const lyger_http_response *response);

/* Closes the connections whose deadline has passed; to be called a few times per shortest timeout. */
void lyger_http_sweep(lyger_http_host *host);

/* Begins to close every connection; they are gone when the loop has run out of handles. */
void lyger_http_close_all(lyger_http_host *host);

void lyger_http_host_free(lyger_http_host *host);

lyger_http_host *lyger_http_host_of(lyger_http_connection *connection);

/* In a forked child: closes this process's copies of the sockets; nothing else is touched. */
void lyger_http_drop_sockets(lyger_http_host *host);

/* Held whenever a socket joins or leaves host->first, so that a fork never sees half of it; see serve.c. */
void lyger_http_fork_lock(void);
void lyger_http_fork_unlock(void);

#endif
