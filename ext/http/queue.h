/*
 * A server whose requests wait until the application asks for one: the thread of ffi_server.h reads requests
 * and writes answers, any other thread takes requests with lyger_queue_next() and answers with
 * lyger_queue_send(), one after the other or several at a time, in any order.
 *
 * There is at most one per process, since there is one server. A request belongs to the queue from its
 * arrival to its answer; what lyger_queue_next() returns is valid until the request is answered, also when
 * the server has stopped meanwhile. Requests of clients that leave, and those that wait for longer than
 * answer_timeout (504), need no answer any more.
 *
 * A forked child has no server and no requests.
 */
#ifndef LYGER_HTTP_QUEUE_H
#define LYGER_HTTP_QUEUE_H

#include "connection.h"

typedef struct lyger_queue_options {
    const char *host;        /* an address; NULL: this machine only */
    uint32_t waiting;        /* requests that nobody has taken yet; one more is answered 503 */
    uint32_t answer_timeout; /* ms from a request's arrival to its answer; then 504. 0: none */
    uint64_t max_body;       /* bytes; more is 413 */
} lyger_queue_options;

/* 1,000, 30 s, 1 MiB; then what LYGER_BIND_ADDRESS, LYGER_PHP_RESPONSE_TIMEOUT_MS and LYGER_MAX_BODY_BYTES
 * say: LYGER_E_SERVER names one that is no number. host points into the environment. */
lyger_status lyger_queue_defaults(lyger_queue_options *options, lyger_error *error);

/* A name and a value, NUL-terminated as well. */
typedef struct lyger_queue_text {
    const char *bytes;
    size_t len;
} lyger_queue_text;

typedef struct lyger_queue_field {
    lyger_queue_text name; /* in lower case */
    lyger_queue_text value;
} lyger_queue_field;

typedef struct lyger_queue_request {
    uint64_t id; /* from 1 on */
    lyger_queue_text method, uri, body;
    const lyger_queue_field *fields; /* names occur once: repeated ones are joined (RFC 9110, section 5.3) */
    size_t field_count;
    lyger_http_address client;
    int minor; /* of HTTP/1.minor */
} lyger_queue_request;

/* Starts the server; returns when it listens. Errors as lyger_http_start(). lyger_http_stop() ends it. */
lyger_status lyger_queue_start(uint16_t port, const lyger_queue_options *options, lyger_error *error);

/* The request that has waited longest, or NULL when none has come for so many milliseconds, or there is no
 * server. */
const lyger_queue_request *lyger_queue_next(uint64_t timeout_ms);

typedef struct lyger_queue_answer {
    int status;         /* 200 to 599 */
    const char *fields; /* lines that lyger_queue_put_field() has written; "" for none */
    bool typed;         /* there is a Content-Type among them; otherwise it is text/html */
    const char *body;
    size_t body_len;
} lyger_queue_answer;

/* Answers a request; copies everything. LYGER_E_ARGUMENT: the status is out of range; LYGER_E_SERVER: no
 * request with this number was taken and waits for an answer, or its client has gone or had its 504. */
lyger_status lyger_queue_send(uint64_t id, const lyger_queue_answer *answer, lyger_error *error);

/* Appends "name: value" and CRLF. Names that say how long the message or the connection is (Connection,
 * Content-Length, Date, Keep-Alive, Transfer-Encoding, Upgrade) are left out: the server knows.
 * LYGER_E_ARGUMENT names a field that cannot be one. *typed becomes true for Content-Type. */
lyger_status lyger_queue_put_field(lyger_sink *lines, const char *name, size_t name_len, const char *value,
                                   size_t value_len, bool *typed, lyger_error *error);

/* ---- for ffi_server.c ---- */

extern const lyger_http_service lyger_queue_service;

/* In the serving thread: answers what was sent with lyger_queue_send(), and what has waited too long. */
void lyger_queue_work(void);

void lyger_queue_open(const lyger_queue_options *options, void (*wake)(void));
void lyger_queue_shut(void);  /* before the serving thread ends: nothing is taken or answered any more */
void lyger_queue_close(void); /* after it: frees everything */
void lyger_queue_fork_lock(void);
void lyger_queue_fork_unlock(void);
void lyger_queue_fork_child(void); /* unlocks, too */

#endif
