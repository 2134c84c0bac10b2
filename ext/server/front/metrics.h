/*
 * Figures of the server: counters and histograms that the front process keeps, and the pages made of them,
 * /metrics in Prometheus' text format 0.0.4 and the numbers of the status page (status.h).
 *
 * The front process calls the small functions below where things happen, in its one thread. A front process
 * that was started anew counts from zero, as Prometheus expects of a restart.
 */
#ifndef LYGER_FRONT_METRICS_H
#define LYGER_FRONT_METRICS_H

#include "http/connection.h"
#include "server/config.h"

/* Upper bounds of the buckets: 0.5 ms to 30 s; one more bucket for longer times. */
#define LYGER_METRICS_BUCKETS 16u
extern const uint64_t lyger_metrics_bounds[LYGER_METRICS_BUCKETS - 1]; /* nanoseconds */

typedef struct lyger_histogram {
    uint64_t counts[LYGER_METRICS_BUCKETS];
    uint64_t sum; /* nanoseconds */
} lyger_histogram;

/* Events that have a counter each. */
typedef enum lyger_metrics_event {
    LYGER_METRICS_TIMEOUT_HEAD,     /* 408 in a head */
    LYGER_METRICS_TIMEOUT_BODY,     /* 408 in a body */
    LYGER_METRICS_TIMEOUT_WRITE,    /* the client did not take its response */
    LYGER_METRICS_TIMEOUT_HANDLER,  /* 504: request_timeout */
    LYGER_METRICS_REJECTED_QUEUE,   /* 503: queue_limit */
    LYGER_METRICS_REJECTED_CLIENTS, /* 503: max_connections */
    LYGER_METRICS_LOST,             /* a worker died with the request (502, or cut off) */
    LYGER_METRICS_ABANDONED,        /* the client left before its answer was complete */
    LYGER_METRICS_STATIC,           /* answered with a file */
    LYGER_METRICS_EVENTS,
} lyger_metrics_event;

#define LYGER_METRICS_METHODS 10u   /* of lyger_http_method */
#define LYGER_METRICS_STATUSES 501u /* 100 to 599, and one for everything else */
#define LYGER_METRICS_SECONDS 60u   /* kept for the status page */

typedef struct lyger_metrics {
    double started_at;       /* seconds since 1970, of this front process */
    uint64_t started;        /* lyger_hub_now() */
    uint64_t in_flight;      /* requests begun and not yet answered */
    uint64_t connections;    /* open */
    uint64_t accepted;       /* connections ever */
    uint64_t received, sent; /* bytes: heads and bodies of requests; bodies of responses */
    uint64_t answered;       /* requests, however */
    uint64_t failed;         /* answers with 5xx */
    uint64_t requests[LYGER_METRICS_METHODS][LYGER_METRICS_STATUSES];
    uint64_t events[LYGER_METRICS_EVENTS];
    lyger_histogram duration;   /* from the complete head to the end of the answer */
    lyger_histogram queue_wait; /* from submission to a worker's taking it */
    lyger_histogram handler;    /* from taking to END */
    uint64_t worker_starts, worker_ends;
    uint64_t worker_seen[LYGER_HUB_WORKERS_MAX]; /* started_at of the worker seen in a place; 0: none */
    uint32_t second;                             /* index in per_second of the current second */
    uint64_t second_began;                       /* lyger_hub_now() */
    uint32_t per_second[LYGER_METRICS_SECONDS];  /* requests answered; [second] so far */
} lyger_metrics;

void lyger_metrics_init(lyger_metrics *metrics);

static inline void lyger_histogram_add(lyger_histogram *histogram, uint64_t nanoseconds)
{
    uint32_t bucket = 0;
    while (bucket < LYGER_METRICS_BUCKETS - 1 && nanoseconds > lyger_metrics_bounds[bucket]) {
        bucket++;
    }
    histogram->counts[bucket]++;
    histogram->sum += nanoseconds;
}

static inline void lyger_metrics_count(lyger_metrics *metrics, lyger_metrics_event event)
{
    metrics->events[event]++;
}

static inline void lyger_metrics_connected(lyger_metrics *metrics)
{
    metrics->connections++;
    metrics->accepted++;
}

static inline void lyger_metrics_disconnected(lyger_metrics *metrics)
{
    metrics->connections -= metrics->connections > 0;
}

/* A request's head is complete. A head that did not parse is never begun. */
static inline void lyger_metrics_begun(lyger_metrics *metrics, uint32_t head_len)
{
    metrics->in_flight++;
    metrics->received += head_len;
}

static inline void lyger_metrics_received(lyger_metrics *metrics, uint64_t body_bytes)
{
    metrics->received += body_bytes;
}

/* A request was answered. begun_at: the lyger_hub_now() of lyger_metrics_begun(), or 0 for a request that was
 * refused unparsed. */
static inline void lyger_metrics_answered(lyger_metrics *metrics, lyger_http_method method, int status,
                                          uint64_t body_bytes, uint64_t begun_at, uint64_t now)
{
    uint32_t row = (uint32_t)method < LYGER_METRICS_METHODS ? (uint32_t)method : LYGER_HTTP_OTHER;
    uint32_t column = status >= 100 && status <= 599 ? (uint32_t)status - 100 : LYGER_METRICS_STATUSES - 1;
    metrics->requests[row][column]++;
    metrics->answered++;
    metrics->failed += status >= 500;
    metrics->sent += body_bytes;
    metrics->per_second[metrics->second]++;
    if (begun_at > 0) {
        metrics->in_flight -= metrics->in_flight > 0;
        lyger_histogram_add(&metrics->duration, now > begun_at ? now - begun_at : 0);
    }
}

/* A request that was begun went away unanswered; counts LYGER_METRICS_ABANDONED too. */
static inline void lyger_metrics_abandoned(lyger_metrics *metrics)
{
    metrics->in_flight -= metrics->in_flight > 0;
    metrics->events[LYGER_METRICS_ABANDONED]++;
}

/* A worker's END (or LOST) arrived: times of the slot, before it is consumed; taken_at may be 0. */
static inline void lyger_metrics_handled(lyger_metrics *metrics, uint64_t submitted_at, uint64_t taken_at,
                                         uint64_t now)
{
    if (taken_at > 0) {
        lyger_histogram_add(&metrics->queue_wait, taken_at > submitted_at ? taken_at - submitted_at : 0);
        lyger_histogram_add(&metrics->handler, now > taken_at ? now - taken_at : 0);
    }
}

/* To be called about once a second: keeps the rates of the last minute and counts workers that start and
 * end. */
void lyger_metrics_tick(lyger_metrics *metrics, const lyger_hub *hub, uint64_t now);

/* Writes the page; false when the sink refused. */
bool lyger_metrics_write(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                         lyger_sink *sink);

/* Answers GET and HEAD of config.metrics_path; false, with nothing sent, for any other path, and for clients
 * that may not see it: see lyger_status_allowed(). */
bool lyger_metrics_answer(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                          lyger_http_connection *connection, const lyger_http_request *request,
                          const char *head);

#endif
