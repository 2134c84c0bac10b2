/*
 * What the parts of the front process share: front.c (its loop), front_request.c (from a head to a worker, or
 * to an answer of the front process), front_answer.c (from a worker's frames to the client), front_spool.c
 * (temporary files), front_time.c (time limits); no other file includes this.
 *
 * A job is one request from its begin to its answered or abandoned; only a job whose client has gone while
 * its worker may go on (cancel_on_disconnect off) outlives abandoned, until the worker has finished the
 * request. Jobs and their buffers are used again, so that the common request allocates nothing.
 */
#ifndef LYGER_FRONT_FRONT_STATE_H
#define LYGER_FRONT_FRONT_STATE_H

#include "access_log.h"
#include "answer_fields.h"
#include "compress.h"
#include "http/connection.h"
#include "front.h"
#include "metrics.h"
#include "sendfile.h"
#include "static.h"
#include "status.h"

typedef struct lyger_front lyger_front;
typedef struct lyger_job lyger_job;

struct lyger_job {
    lyger_job *next, *previous; /* in front->jobs, or in front->spares */
    lyger_job *next_head;       /* in front->heads: jobs whose head waits for its first data */
    lyger_front *front;
    lyger_http_connection *connection; /* NULL: the client has gone */
    lyger_hub_slot *slot;              /* NULL: not in the hub, or not any more */
    uint64_t begun_at;                 /* lyger_hub_now() */
    lyger_forwarded forwarded;         /* what trusted proxies say, with front->proxies */
    lyger_http_method method;
    lyger_coding coding; /* the coding that the client prefers */
    uint32_t worker;     /* place of the worker that waits, while suspended */
    int minor;

    /* The request, while its body is arriving; with front->sendfile its head until the answer ends. */
    lyger_buffer bytes; /* head, and body as far as it is in memory */
    uint32_t head_len;
    uint64_t body_len;
    uint64_t body_spooled; /* bytes of the body in its file */
    int body_file;         /* -1: not open */
    char body_path[LYGER_HUB_PATH_SIZE];

    /* The answer. */
    bool has_head; /* the answer's head was read, but not yet sent */
    bool listed;   /* in front->heads */
    bool full;     /* the connection takes no more for now: the client is slow */
    bool reloads;  /* the answer, if it is a page, gets the script of browser_reload.h */
    bool listens;  /* in front->listening: the answer is the stream of browser_reload.h */
    bool unlogged;
    bool suspended; /* the job's worker waits for the client */
    bool overflow;  /* the worker has gone on: the rest in its ring is taken at once */
    bool whole;     /* the body was sent already, compressed in one piece */
    bool ending;    /* the worker has ended the answer, but the rest is not sent yet */
    int status;
    int rest_file; /* a file with what the client does not take yet, -1: none */
    uint64_t rest_len, rest_sent;
    uint64_t progress_at; /* when the worker last wrote or the client last took something, ns */
    uint64_t content_length;
    lyger_answer_fields fields;
    lyger_compressor *compressor;

    lyger_buffer log_text;
    lyger_access_entry entry;
};

/* A worker that was told to end because its request took too long. */
typedef struct lyger_doomed {
    pid_t pid;        /* 0: none */
    uint64_t since;   /* when the worker took the request */
    uint64_t next_at; /* when the worker is killed */
} lyger_doomed;

/* A worker whose answer is complete, but that goes on working: lyger_finish_request(). */
typedef struct lyger_after {
    lyger_hub_slot *slot;                /* NULL: none */
    uint64_t id;                         /* the request's id: another request may be in the slot */
    uint64_t since;                      /* when the answer was complete, lyger_hub_now() */
    uint64_t spooled;                    /* bytes of the body in its file */
    char body_path[LYGER_HUB_PATH_SIZE]; /* which the worker may still want to read */
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
    lyger_sendfile *sendfile; /* NULL: the option is off */
    lyger_networks proxies;   /* of the option trust_proxy */
    lyger_access_log *log;
    lyger_job *jobs;  /* jobs whose request is in the hub */
    lyger_job *heads; /* see lyger_job.next_head */
    lyger_job *spares;
    lyger_job *listening; /* see browser_reload.h */
    uint64_t changes;     /* the number of the last change that is served */
    bool change_failed;   /* the application did not come up after a later one */
    lyger_job **slots;    /* by slot number; NULL: no job waits for the slot's answer */
    uint32_t in_hub, suspended, spare_count;
    uint32_t ticks, sweep_ticks; /* of the ticker, and between two sweeps */
    uint64_t body_counter;
    uint64_t spooled; /* bytes in temporary files */
    uint64_t said_at; /* start of the time in which `said` lines were said */
    uint32_t said, unsaid;
    bool draining, stop_told;
    size_t budget;        /* bytes that may still be worked on before connections get their turn */
    lyger_buffer scratch; /* a slice after compression */
    lyger_buffer page;    /* a page with the script of browser_reload.h */
    lyger_metrics metrics;
    lyger_doomed doomed[LYGER_HUB_WORKERS_MAX];
    lyger_job *stalled[LYGER_HUB_WORKERS_MAX]; /* by place: the job for whose client the worker waits */
    lyger_after after[LYGER_HUB_WORKERS_MAX];
    lyger_http_host host;
};

/* front_request.c */
extern const lyger_http_service lyger_front_service;
void lyger_front_refuse(lyger_job *job, int status, const char *fields, const char *reason);
void lyger_front_leave_hub(lyger_job *job); /* takes the job out of jobs and slots */
void lyger_front_cancel(lyger_job *job);    /* takes the request back from the hub */
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
void lyger_front_drop_gathered(lyger_job *job); /* frees the part of a body that is in memory */
bool lyger_front_spool_body(lyger_job *job);    /* moves all of the body to the file and closes it */
void lyger_front_end_body(lyger_job *job);
bool lyger_front_has_rest(const lyger_job *job);
uint64_t lyger_front_rest_room(const lyger_job *job);
bool lyger_front_put_rest(lyger_job *job, const char *bytes, size_t len); /* false: they cannot be stored */
bool lyger_front_send_rest(lyger_job *job); /* sends what the client takes; false: a read failed */
void lyger_front_end_rest(lyger_job *job);

/* front_time.c */
/* Says a line to the people who run the server; clients can cause only a few lines. */
void lyger_front_say(lyger_front *front, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The worker goes on with a request that was answered and whose job ends. */
void lyger_front_goes_on(lyger_job *job, uint32_t worker);
void lyger_front_forget_after(lyger_front *front);
void lyger_front_watch(lyger_front *front); /* to be called every LYGER_FRONT_TICK ms */
bool lyger_front_health(lyger_front *front, lyger_http_connection *connection,
                        const lyger_http_request *request, const char *head);

#define LYGER_FRONT_TICK 100u /* ms */

#endif
