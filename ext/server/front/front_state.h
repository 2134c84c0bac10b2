/*
 * What the parts of the front process share: front.c (its loop), front_request.c (from a head to a worker or
 * an answer from here), front_answer.c (from a worker's frames to the client), front_spool.c (temporary
 * files), front_watch.c (time limits); nobody else includes this.
 *
 * A job is one request from its begin to its answered or abandoned; only a job whose client has gone while
 * its worker may go on (cancel_on_disconnect off) outlives that, until the worker has ended. Jobs and their
 * buffers are used again, so that the common request allocates nothing.
 */
#ifndef LYGER_HTTP_FRONT_STATE_H
#define LYGER_HTTP_FRONT_STATE_H

#include "access_log.h"
#include "answer_fields.h"
#include "compress.h"
#include "http/connection.h"
#include "front.h"
#include "metrics.h"
#include "static.h"
#include "status.h"

typedef struct lyger_front lyger_front;
typedef struct lyger_job lyger_job;

struct lyger_job {
    lyger_job *next, *previous; /* of those in the hub; or spare */
    lyger_job *next_head;       /* of those whose head waits for its first data */
    lyger_front *front;
    lyger_http_connection *connection; /* NULL: the client has gone */
    lyger_hub_slot *slot;              /* NULL: not in the hub, or no more */
    uint64_t begun_at;                 /* lyger_hub_now() */
    lyger_http_method method;
    lyger_coding coding; /* that the client would like */
    uint32_t worker;     /* while suspended */
    int minor;

    /* The request, while its body is arriving. */
    lyger_buffer bytes; /* head, and body as far as it is in memory */
    uint32_t head_len;
    uint64_t body_len;
    uint64_t body_spooled; /* bytes of it in a file */
    int body_file;         /* -1: not open */
    char body_path[LYGER_HUB_PATH_SIZE];

    /* The answer. */
    bool has_head;  /* read, but not yet sent */
    bool listed;    /* among those */
    bool full;      /* the client is slow */
    bool suspended; /* and so its worker waits */
    bool overflow;  /* the worker has ended: what is in its ring is taken, however slow the client is */
    bool whole;     /* its body was sent already, compressed in one piece */
    bool ending;    /* the worker has ended, but the rest is not sent yet */
    int status;
    int rest_file; /* what the client does not take yet, -1: none */
    int tail;      /* a file whose content comes after that, -1: none */
    uint64_t rest_len, rest_sent, tail_len;
    uint64_t progress_at; /* when something was last written by the worker or taken by the client, ns */
    uint64_t content_length;
    lyger_answer_fields fields;
    lyger_compressor *compressor;

    lyger_buffer log_text;
    lyger_access_entry entry;
};

/* A worker that was told to end because its request took too long. */
typedef struct lyger_doomed {
    pid_t pid;        /* 0: none */
    uint64_t since;   /* of the request */
    uint64_t next_at; /* when it is killed */
} lyger_doomed;

/* A worker whose answer is complete, but that goes on working: lyger_finish_request(). */
typedef struct lyger_after {
    lyger_hub_slot *slot; /* NULL: none */
    uint64_t id;          /* of the request: another one may be in the slot */
    uint64_t since;
    uint64_t spooled;
    char body_path[LYGER_HUB_PATH_SIZE]; /* which it may still want to read */
} lyger_after;

typedef union lyger_front_listener {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
} lyger_front_listener;

struct lyger_front {
    const lyger_server_config *config;
    lyger_hub *hub;
    uv_loop_t loop;
    uv_poll_t bell, control;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle; /* active: do not wait */
    uv_timer_t ticker;
    int control_descriptor;
    lyger_front_listener **listeners;
    uint32_t listener_count;
    lyger_static *files;
    lyger_access_log *log;
    lyger_job *jobs;  /* in the hub */
    lyger_job *heads; /* see lyger_job.next_head */
    lyger_job *spares;
    lyger_job **slots; /* by slot number; NULL: nobody waits for it */
    uint32_t in_hub, suspended, spare_count;
    uint32_t ticks, sweep_ticks; /* of the ticker, and between two sweeps */
    uint64_t body_counter;
    uint64_t spooled; /* bytes in temporary files */
    uint64_t said_at; /* start of the time in which `said` lines were said */
    uint32_t said, unsaid;
    bool draining, stop_told;
    size_t budget;        /* bytes that may still be worked on before others get their turn */
    lyger_buffer scratch; /* what was compressed */
    lyger_metrics metrics;
    lyger_doomed doomed[LYGER_HUB_WORKERS_MAX];
    lyger_job *stalled[LYGER_HUB_WORKERS_MAX]; /* for whose client that worker waits */
    lyger_after after[LYGER_HUB_WORKERS_MAX];
    lyger_http_host host;
};

/* front_request.c */
extern const lyger_http_service lyger_front_service;
void lyger_front_refuse(lyger_job *job, int status, const char *fields, const char *reason);
void lyger_front_leave_hub(lyger_job *job); /* the hub needs it no more, or it the hub */
void lyger_front_cancel(lyger_job *job);    /* takes it back from the hub */
void lyger_front_release(lyger_job *job);   /* the end of a job */
void lyger_front_free_jobs(lyger_front *front);

/* front_answer.c */
void lyger_front_answer(lyger_front *front); /* everything that workers have written, within the budget */
void lyger_front_drained(lyger_job *job);
void lyger_front_unsuspend(lyger_job *job);
void lyger_front_look_at_suspended(lyger_front *front);

/* front_spool.c */
int lyger_front_keep_body(lyger_job *job, const char *bytes,
                          size_t len);          /* 0, or the status to refuse with */
void lyger_front_drop_gathered(lyger_job *job); /* what is in memory of a body is needed no more */
bool lyger_front_spool_body(lyger_job *job);    /* all of it is in the file, which is closed */
void lyger_front_end_body(lyger_job *job);
bool lyger_front_has_rest(const lyger_job *job);
uint64_t lyger_front_rest_room(const lyger_job *job);
bool lyger_front_put_rest(lyger_job *job, const char *bytes, size_t len); /* false: it cannot be stored */
bool lyger_front_send_rest(lyger_job *job); /* what the client takes of it; false: it cannot be read */
void lyger_front_end_rest(lyger_job *job);

/* front_watch.c */
/* A line to whoever runs the server; clients can cause few of them only. */
void lyger_front_say(lyger_front *front, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The worker goes on with a request that was answered and whose job ends. */
void lyger_front_goes_on(lyger_job *job, uint32_t worker);
void lyger_front_forget_after(lyger_front *front);
void lyger_front_watch(lyger_front *front); /* to be called every LYGER_FRONT_TICK ms */
bool lyger_front_health(lyger_front *front, lyger_http_connection *connection,
                        const lyger_http_request *request, const char *head);

#define LYGER_FRONT_TICK 100u

#endif
