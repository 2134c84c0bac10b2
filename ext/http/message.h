/*
 * The wire: a strict HTTP/1.1 request parser and a strict chunked decoder.
 *
 * Both (parse.c, chunked.c) are pure functions over the caller's bytes: they allocate nothing, keep no
 * pointer between calls (results are offsets) and are safe in any thread or process. Both accept what RFC
 * 9110 and RFC 9112 allow; where the RFCs leave a recipient the choice between repairing and refusing, both
 * refuse, because two parsers that repair differently are how requests are smuggled. The result never depends
 * on how the bytes were split into calls.
 */
#ifndef LYGER_HTTP_MESSAGE_H
#define LYGER_HTTP_MESSAGE_H

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
    lyger_http_span authority; /* the target's when it has one, else Host's; empty in HTTP/1.0 without Host */
    uint64_t content_length;   /* 0 when there is none */
    uint32_t head_len;         /* bytes up to and including the empty line: the body begins here */
    uint32_t field_count;
    bool has_query;
    bool has_length;
    bool chunked;
    bool keep_alive;      /* what the client asks for, the version's default included */
    bool expect_continue; /* the client waits for 100 before it sends the body */

    int status;         /* 400, 414, 431, 501 or 505 after LYGER_HTTP_BAD */
    const char *reason; /* why, a fixed English phrase */

    /* The parser's own: how far it has come. */
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

/* Call before the first lyger_http_parse() of a request. */
void lyger_http_request_init(lyger_http_request *request);

/*
 * Parses bytes[0..len): always all bytes of this request so far (they may have moved), never fewer than
 * before. Work is linear in the bytes, however many calls bring them. Bytes after the head are not looked at.
 */
lyger_http_parsed lyger_http_parse(lyger_http_request *request, const char *bytes, size_t len,
                                   const lyger_http_limits *limits);

/* Whether the two texts are equal when ASCII letters' case is ignored; word is lower case. */
bool lyger_http_equals_ignoring_case(const char *text, size_t len, const char *word);

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
    LYGER_HTTP_CHUNK_DATA = 1, /* bytes[*data_at .. *used) are body; call again with the bytes that follow */
    LYGER_HTTP_CHUNK_END = 2,  /* the body, its trailers included, ended at *used */
} lyger_http_chunk;

/* Takes bytes[0..len) up to the end of a run of data, of the body, or of the bytes; *used says how many.
 * Trailer fields are checked and dropped. */
lyger_http_chunk lyger_http_chunked_next(lyger_http_chunked *decoder, const char *bytes, size_t len,
                                         size_t *data_at, size_t *used);

/* ---- the two ends of a connection ---- */

#define LYGER_HTTP_ADDRESS_SIZE 64u /* of an address as text, NUL included */

typedef struct lyger_http_address {
    char address[LYGER_HTTP_ADDRESS_SIZE]; /* "192.0.2.1", "2001:db8::1", or "" behind a Unix socket */
    uint16_t port;
} lyger_http_address;

#endif
