/*
 * What a client may take of a server: sizes, times, numbers.
 */
#ifndef LYGER_HTTP_OPTIONS_H
#define LYGER_HTTP_OPTIONS_H

#include "message.h"

#define LYGER_HTTP_LOOPBACK "127.0.0.1" /* where a server listens that was not told: this machine only */

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
    /* A client that was refused may be sending still: its bytes are dropped for a while, so that it can read
     * the answer. */
    uint32_t linger_time;  /* ms in all */
    uint32_t linger_quiet; /* ms in which no byte comes */
    uint64_t linger_bytes;
} lyger_http_options;

/* 1 MiB, 1,024, 10 s, 30 s, 16 KiB/s, 60 s, 30 s, 256 KiB, 256 MiB; 30 s, 5 s, 1 GiB */
extern const lyger_http_options lyger_http_default_options;

#endif
