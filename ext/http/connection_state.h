/*
 * What connection.c (reading, requests, life), host.c (all of them), output.c (bytes on their way to the
 * client) and response.c (heads and framing) share of a connection; no other file includes this.
 *
 * A connection that waits for a request is this struct and nothing else. What a request needs, the parser's
 * hundred fields above all, is in a turn, which is taken from the host's spares with the request's first byte
 * and given back when the request was answered.
 *
 * Hooks of the service run only from the outermost lyger_http_uncork() and from libuv's callbacks, never
 * inside a call that the service made, except answered(): what a failed write or a finished answer entails
 * waits on the host's list of connections that are ready.
 */
#ifndef LYGER_HTTP_CONNECTION_STATE_H
#define LYGER_HTTP_CONNECTION_STATE_H

#include "connection.h"

/* What a connection is doing. */
typedef enum lyger_http_stage {
    LYGER_HTTP_IN_HEAD,   /* between requests or in a head */
    LYGER_HTTP_IN_BODY,   /* reading a body */
    LYGER_HTTP_WAITING,   /* the request is read, its answer has not ended */
    LYGER_HTTP_LAST,      /* the last response is queued; nothing more is read as a request */
    LYGER_HTTP_LINGERING, /* the last response is written; waiting for the client to close */
    LYGER_HTTP_CLOSED,
} lyger_http_stage;

typedef enum lyger_http_answer { ANSWER_NONE, ANSWER_BEGUN, ANSWER_ENDED } lyger_http_answer;

/* How the end of the body is told (RFC 9112, section 6.3). */
typedef enum lyger_http_framing { BODY_NONE, BODY_LENGTH, BODY_CHUNKED, BODY_UNTIL_CLOSE } lyger_http_framing;

struct lyger_http_turn {
    lyger_http_turn *next; /* among the host's spares */
    uint64_t body_left;    /* of a body with Content-Length */
    uint64_t body_seen;
    uint64_t body_since;  /* loop time when the body began, ms */
    uint64_t body_at;     /* loop time when bytes of the body last came, ms */
    uint64_t answer_left; /* of BODY_LENGTH */
    uint64_t answer_sent; /* bytes of the body */
    uint64_t file_at, file_left;
    const char *phrase; /* the status line's reason phrase; NULL: the registry's */
    size_t phrase_len;
    void *kept; /* the service's */
    lyger_http_answer answer;
    lyger_http_framing framing;
    int status;
    int file;      /* descriptor of the file being sent, -1: none */
    bool begun;    /* the service's begin() was called */
    bool ending;   /* end_response was called, the file is still on its way */
    bool close;    /* the connection ends after this answer */
    bool may_wait; /* the client may be waiting for a 100 that was not sent */
    lyger_http_chunked chunked;
    lyger_http_request request;
};

struct lyger_http_connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket; /* first: a uv_handle_t is a connection */
    lyger_http_host *host;
    lyger_http_connection *next, *previous;
    lyger_http_connection *next_ready;
    lyger_http_turn *turn; /* NULL while idle */
    uint64_t deadline;     /* loop time in ms after which the connection has waited too long */
    uint64_t handed;       /* bytes given to the socket or its queue, ever */
    uint64_t taken_seen;   /* of `handed`, what the client had acknowledged at the last look */
    size_t queued;         /* memory held for output that the socket has not taken */
    uint32_t writes;       /* pieces of that output; no request is taken meanwhile */
    uint32_t requests;     /* answered on this connection */
    uint64_t lingered;     /* bytes dropped while lingering */
    uint64_t linger_until; /* loop time, ms */
    uint8_t stage;
    bool reading; /* take_bytes() is on the stack */
    bool ready;   /* in host->ready */
    bool broken;  /* to be closed as soon as no function up the stack uses it */
    bool reset;   /* to be closed with a reset */
    bool blocked; /* send() said false; drained() is due */
    bool in_time; /* the deadline of the head runs */
    bool half;    /* the client has ended its side */
    bool unread;  /* the client may be sending bytes that the server does not read */
    bool has_peers;
    uv_shutdown_t shutdown;
    char *in; /* the bytes of an incomplete request, or bytes that came while answering */
    size_t in_len, in_size;
    const char *head; /* of a request that is being refused unparsed; NULL at other times */
    size_t head_len;
    lyger_http_address peer, local;
};

/* connection.c */
void lyger_http_make_ready(lyger_http_connection *connection);
void lyger_http_break(lyger_http_connection *connection);
void lyger_http_wait(lyger_http_connection *connection, uint32_t milliseconds);
/* Whether a client that has ended its side was seen to have gone altogether. */
bool lyger_http_is_gone(const lyger_http_connection *connection);
void lyger_http_read(lyger_http_connection *connection);
void lyger_http_close_now(lyger_http_connection *connection);
void lyger_http_linger(lyger_http_connection *connection);
/* Refuses a request with the last response of the connection. */
void lyger_http_refuse(lyger_http_connection *connection, int status, const char *reason);

/* output.c: the shared buffer belongs to one connection at a time. */
lyger_sink *lyger_http_claim_out(lyger_http_connection *connection);
void lyger_http_flush(lyger_http_host *host);
/* Whether the client has acknowledged more bytes since the last call. */
bool lyger_http_progressed(lyger_http_connection *connection);

/* response.c */
void lyger_http_file_sent(lyger_http_connection *connection);

#endif
