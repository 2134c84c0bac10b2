/*
 * The HTTP room: a strict HTTP/1.1 request parser, a strict chunked decoder, and a small server of its own
 * thread.
 *
 * Parser and decoder (parse.c, chunked.c) are pure functions over the caller's bytes: they allocate nothing,
 * keep no pointer between calls (results are offsets) and are safe in any thread or process. What they accept
 * follows RFC 9110 and RFC 9112; where the RFCs leave a recipient the choice between repairing and refusing,
 * they refuse, because two parsers that repair differently are how requests are smuggled. The result never
 * depends on how the bytes were split into calls.
 *
 * The server (connection.c, serve.c) answers `/` and `/health` for the FFI door. There is at most one per
 * process, in one thread that owns a libuv loop and every connection. start, stop and port may be called from
 * any other thread. A forked child has no server: it closes its copies of the sockets and may start one of
 * its own.
 */
#ifndef LYGER_HTTP_HTTP_H
#define LYGER_HTTP_HTTP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- request head ---- */

#define LYGER_HTTP_METHOD_MAX 32u  /* bytes; a longer method is 501 (RFC 9112, section 3) */
#define LYGER_HTTP_FIELDS_MAX 100u /* room for field lines in a request */

/* What a client may send; every number is bytes unless said. */
typedef struct lyger_http_limits {
    uint32_t request_line; /* without its CRLF; more is 414 */
    uint32_t head;         /* request line, fields and the empty line together; more is 431 */
    uint32_t fields;       /* number of field lines, at most LYGER_HTTP_FIELDS_MAX; more is 431 */
} lyger_http_limits;

extern const lyger_http_limits lyger_http_default_limits; /* 8,192; 32,768; 100 */

/* A piece of the head: offset from its first byte, and length. */
typedef struct lyger_http_span {
    uint32_t at, len;
} lyger_http_span;

typedef struct lyger_http_field {
    lyger_http_span name;
    lyger_http_span value; /* without surrounding whitespace, may be empty */
} lyger_http_field;

typedef enum lyger_http_method {
    LYGER_HTTP_OTHER, /* any other token */
    LYGER_HTTP_GET,
    LYGER_HTTP_HEAD,
    LYGER_HTTP_POST,
    LYGER_HTTP_PUT,
    LYGER_HTTP_DELETE,
    LYGER_HTTP_CONNECT,
    LYGER_HTTP_OPTIONS,
    LYGER_HTTP_TRACE,
    LYGER_HTTP_PATCH,
} lyger_http_method;

/* RFC 9112, section 3.2 */
typedef enum lyger_http_form {
    LYGER_HTTP_ORIGIN,    /* /path?query */
    LYGER_HTTP_ABSOLUTE,  /* http://host/path?query */
    LYGER_HTTP_AUTHORITY, /* host:port, CONNECT only */
    LYGER_HTTP_ASTERISK,  /* *, OPTIONS only */
} lyger_http_form;

/*
 * A request head, filled while its bytes arrive. The members are complete after LYGER_HTTP_DONE; after
 * LYGER_HTTP_BAD only status and reason mean anything.
 */
typedef struct lyger_http_request {
    lyger_http_method method;
    lyger_http_form form;
    int minor; /* of the version HTTP/1.minor, as sent; above 1 it is treated as 1 */
    lyger_http_span method_name;
    lyger_http_span target;
    lyger_http_span path;      /* undecoded; empty in an absolute target without one, and for CONNECT */
    lyger_http_span query;     /* after the "?" */
    lyger_http_span authority; /* of the target when it has one, else Host; empty in HTTP/1.0 without Host */
    uint64_t content_length;   /* 0 when there is none */
    uint32_t head_len;         /* bytes up to and including the empty line: the body begins here */
    uint32_t field_count;
    bool has_query;
    bool has_length;
    bool chunked;
    bool keep_alive;      /* what the client asks for, the version's default included */
    bool expect_continue; /* it waits for 100 before it sends the body */

    int status;         /* 400, 414, 431, 501 or 505 after LYGER_HTTP_BAD */
    const char *reason; /* why, a fixed English phrase */

    /* The parser's own: where it stands. */
    uint32_t line;     /* offset of the first line that is not parsed yet */
    uint32_t searched; /* no LF in [line, searched) */
    uint8_t phase;
    bool has_host;
    bool has_coding;
    bool close_asked;
    bool keep_asked;
    bool continue_asked;

    lyger_http_field fields[LYGER_HTTP_FIELDS_MAX]; /* field_count of them, in the order sent */
} lyger_http_request;

typedef enum lyger_http_parsed {
    LYGER_HTTP_BAD = -1, /* refuse with request->status and close */
    LYGER_HTTP_MORE = 0, /* call again when there are more bytes */
    LYGER_HTTP_DONE = 1, /* request->head_len says where the body begins */
} lyger_http_parsed;

/* Before the first call for a request. */
void lyger_http_request_init(lyger_http_request *request);

/*
 * Parses bytes[0..len): always all bytes of this request so far (they may have moved), never fewer than
 * before. Work is linear in the bytes, however many calls bring them. Bytes after the head are not looked at.
 */
lyger_http_parsed lyger_http_parse(lyger_http_request *request, const char *bytes, size_t len,
                                   const lyger_http_limits *limits);

/* Whether the two texts are equal when ASCII letters' case is ignored; word is lower case. */
bool lyger_http_same_word(const char *text, size_t len, const char *word);

/* Bytes a field name (token) or a field value may have (RFC 9110, sections 5.6.2 and 5.5). */
bool lyger_http_is_token_byte(unsigned char byte);
bool lyger_http_is_value_byte(unsigned char byte);

/* ---- chunked body ---- */

/* RFC 9112, section 7.1. A zeroed decoder is ready for a new body. */
typedef struct lyger_http_chunked {
    uint64_t remaining;  /* data bytes of this chunk still to come */
    uint32_t extensions; /* bytes of chunk extensions so far, at most LYGER_HTTP_CHUNK_EXTENSIONS_MAX */
    uint32_t trailers;   /* bytes of trailer fields so far, at most LYGER_HTTP_TRAILERS_MAX */
    uint8_t digits;      /* of this chunk's size */
    uint8_t state;
} lyger_http_chunked;

#define LYGER_HTTP_CHUNK_EXTENSIONS_MAX 4096u
#define LYGER_HTTP_TRAILERS_MAX 8192u

typedef enum lyger_http_chunk {
    LYGER_HTTP_CHUNK_BAD = -1, /* refuse with 400 and close */
    LYGER_HTTP_CHUNK_MORE = 0, /* all bytes used, the body goes on */
    LYGER_HTTP_CHUNK_DATA = 1, /* bytes[*data_at .. *used) are body; call again with what follows */
    LYGER_HTTP_CHUNK_END = 2,  /* the body, its trailers included, ended at *used */
} lyger_http_chunk;

/* Takes bytes[0..len) up to the end of a run of data, of the body, or of the bytes; *used says how many.
 * Trailer fields are checked and dropped. */
lyger_http_chunk lyger_http_chunked_next(lyger_http_chunked *decoder, const char *bytes, size_t len,
                                         size_t *data_at, size_t *used);

/* ---- server ---- */

typedef struct lyger_http_options {
    lyger_http_limits limits;
    uint64_t max_body;        /* bytes of a request body; more is 413 */
    uint32_t max_connections; /* one more is answered 503 and closed */
    uint32_t header_timeout;  /* ms from a request's first byte to the end of its head; then 408 */
    uint32_t body_timeout;    /* ms in which nothing of a body arrives; then 408 */
    uint32_t body_rate;       /* bytes a second that a body has to come in after its first body_timeout */
    uint32_t idle_timeout;    /* ms between requests on a kept connection */
    uint32_t write_timeout;   /* ms in which a client takes nothing of a response that waits for it */
    uint64_t response_buffer; /* bytes kept for a slow client before the service is asked to wait */
    uint64_t memory;          /* bytes of requests and responses that all connections together may hold */
    /* A client that was refused may be sending still: what comes is dropped, so that it can read the answer.
     */
    uint32_t linger_time;  /* ms in all */
    uint32_t linger_quiet; /* ms in which nothing comes */
    uint64_t linger_bytes;
} lyger_http_options;

/* 1 MiB, 1,024, 10 s, 30 s, 16 KiB/s, 60 s, 30 s, 256 KiB, 256 MiB; 30 s, 5 s, 1 GiB */
extern const lyger_http_options lyger_http_default_options;

/*
 * Listens on an address and serves in a thread of its own, with signals blocked; returns when it listens.
 * NULL is this machine only, 0.0.0.0 every IPv4 interface, :: every interface. Port 0 picks a free one.
 * options NULL means the defaults. LYGER_E_SERVER when it cannot listen or a server is running in this
 * process already; LYGER_E_ARGUMENT for what is no address.
 */
#define LYGER_HTTP_LOOPBACK "127.0.0.1"
lyger_status lyger_http_start(const char *host, uint16_t port, const lyger_http_options *options,
                              lyger_error *error);

/* Closes every socket, ends the thread, frees everything. Without a server it does nothing. */
void lyger_http_stop(void);

/* The port that is served, 0 without a server. */
uint16_t lyger_http_port(void);

#endif
