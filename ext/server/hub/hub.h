/*
 * The hub: the memory that the processes of one server share. The front process puts requests into slots and
 * queues them; workers take them when they are idle and answer through a ring of their own; the parents that
 * fork workers say which workers live. No other process has the hub.
 *
 *   front process          reserve → fill → submit          next frame → consume
 *                             slots, queue     doorbell, rings
 *   worker N                  take            respond, data, finish
 *
 * Any of these processes may be killed with SIGKILL at any instruction. There are no locks: a slot has an
 * owner, claimed by one compare-and-swap, so that a request is always in exactly one place; bytes that a
 * worker had written but not published do not exist; a worker that died is buried by its parent
 * (lyger_hub_bury), and the front process then finishes the requests that the worker owned.
 *
 * Waking costs a system call only when the other side sleeps: a worker waits on a futex of its own, and
 * workers are woken one at a time, the lowest number first because its caches are the warmest; the front
 * process waits in its event loop and is woken through a descriptor (doorbell) that workers write only while
 * the front process says that it sleeps.
 *
 * Rejected, measured on a 2-core EPYC with wrk -t1 -c32 and one worker (benchmarks/server): an event loop in
 * every worker. A loop that answers by itself, in C (http/ffi_server.c), makes 98,000 to 103,000 requests a
 * second at 9.1 to 9.5 us of CPU each; through the hub, with a PHP handler that returns JSON, it is 78,000 to
 * 100,000 at 10.0 to 12.6 us. So at most a quarter could be won, and the clients connected to a worker that
 * sleeps would wait with it. Waking every idle worker for a burst: with 8 workers and 32 requests in flight
 * the hub alone took 4.4 to 5.1 us a request, woken one after the other 1.0 to 1.7.
 *
 * Memory: a memfd, mapped shared, so that a parent that was executed anew can open it again by descriptor.
 * Pages get memory when they are first used. Texts of a request are borrowed from its slot and valid until
 * the worker's lyger_hub_finish().
 *
 * Threads: each process (front process, worker, parent) uses the hub from one thread.
 */
#ifndef LYGER_HUB_HUB_H
#define LYGER_HUB_HUB_H

#include "http/forwarded.h"

#include <sys/types.h>

#define LYGER_HUB_WORKERS_MAX 1024u /* places for workers, including workers that are being replaced */
#define LYGER_HUB_PATH_SIZE 256u    /* of a file's name, NUL included */

typedef struct lyger_hub lyger_hub;

typedef struct lyger_hub_settings {
    uint32_t workers;  /* places, 1 to LYGER_HUB_WORKERS_MAX */
    uint32_t requests; /* waiting and running together, 1 to 65,536 */
    uint32_t room;     /* bytes of head and small body in a slot, 4,096 to 1 MiB */
    uint32_t ring;     /* bytes of answers on their way, per worker; a power of two, 64 KiB to 16 MiB */
} lyger_hub_settings;

/* Makes a hub; its memory's descriptor is close-on-exec. LYGER_E_SERVER, LYGER_E_MEMORY. */
lyger_status lyger_hub_new(const lyger_hub_settings *settings, lyger_hub **hub, lyger_error *error);

/* Opens the hub behind a descriptor that was handed over, with its doorbell's descriptor; LYGER_E_SERVER when
 * there is no hub of this version behind it. */
lyger_status lyger_hub_open(int descriptor, int bell, lyger_hub **hub, lyger_error *error);

int lyger_hub_descriptor(const lyger_hub *hub);

/* In a child that is about to execute a new parent: the descriptors stay open, under the same numbers. */
void lyger_hub_keep_over_exec(const lyger_hub *hub);

/* Asks for the server's end, in a worker that may not signal the supervisor; the front process sees that and
 * tells the supervisor. */
void lyger_hub_ask_end(lyger_hub *hub);
bool lyger_hub_end_asked(const lyger_hub *hub);

/* Unmaps the hub in this process. */
void lyger_hub_free(lyger_hub *hub);

/* Monotonic time, nanoseconds, the same in every process. */
uint64_t lyger_hub_now(void);

/* ---- requests ---- */

/* A request as a worker gets it. */
typedef struct lyger_hub_request {
    uint64_t id;                          /* never used twice while the hub lives */
    uint64_t submitted_at;                /* lyger_hub_now() */
    uint64_t taken_at;                    /* lyger_hub_now() */
    double arrived_at;                    /* seconds since 1970, when the head was complete */
    lyger_http_address client, server;    /* as trusted proxies say, or as connected */
    lyger_scheme scheme;                  /* that the client used, as a trusted proxy says */
    char host[LYGER_FORWARDED_HOST_SIZE]; /* in place of Host, as a trusted proxy says; "": Host counts */
    const char *head; /* parsed's spans point into it; NUL-terminated after head_len bytes */
    uint32_t head_len;
    const char *body; /* NULL when the body is in body_file; NUL-terminated */
    uint64_t body_len;
    char body_file[LYGER_HUB_PATH_SIZE]; /* "" or a file to read; the front process deletes it */
    const lyger_http_request *parsed;    /* fields[0..field_count) only */
} lyger_hub_request;

/* ---- the front process ---- */

typedef struct lyger_hub_slot lyger_hub_slot; /* one request from reserve to release */

/* Takes over an empty hub, or one whose front process has died: queued requests are dropped, and the answers
 * that workers still write are swallowed. Once per front process, before anything else. */
lyger_status lyger_hub_serve(lyger_hub *hub, lyger_error *error);

/* A slot to be filled, NULL when all are taken. A slot's number is below settings.requests and never
 * changes. */
lyger_hub_slot *lyger_hub_reserve(lyger_hub *hub);
uint32_t lyger_hub_slot_number(const lyger_hub *hub, const lyger_hub_slot *slot);

/*
 * Fills a reserved slot with a head of head_len bytes and its parsed form. *body is where the body goes,
 * *room how many bytes of it fit (body_len at most); with less room than body_len the caller names a file
 * instead. False when the slot has no room even for the head.
 */
bool lyger_hub_fill(lyger_hub *hub, lyger_hub_slot *slot, const lyger_http_request *parsed, const char *head,
                    uint64_t body_len, char **body, size_t *room);
void lyger_hub_set_body_file(lyger_hub_slot *slot, const char *path);
void lyger_hub_set_peers(lyger_hub_slot *slot, const lyger_http_address *client,
                         const lyger_http_address *server, double arrived_at);

/* What trusted proxies say of the request's scheme and host; nothing without this call. */
void lyger_hub_set_forwarded(lyger_hub_slot *slot, const lyger_forwarded *forwarded);

/* Queues a filled slot; lyger_hub_wake() then wakes a worker. False, with the slot still reserved, when the
 * queue is full of requests that were taken back while every worker was busy: the caller refuses the
 * request. */
bool lyger_hub_submit(lyger_hub *hub, lyger_hub_slot *slot);

/* Wakes a worker when one sleeps and something is queued: once for all that was submitted, before the front
 * process waits. Call it also now and then, in case a worker was stopped between being woken and looking. */
void lyger_hub_wake(lyger_hub *hub);

/* Gives back a slot that was reserved and not submitted. */
void lyger_hub_release(lyger_hub *hub, lyger_hub_slot *slot);

/* The client has gone. A queued request is taken back and its slot released: true. When a worker has the
 * request already, the worker is told, and its answer swallowed from now on (no more frames): false. */
bool lyger_hub_cancel(lyger_hub *hub, lyger_hub_slot *slot);

/* The place of the worker that has the request, -1 while it is queued. */
int lyger_hub_worker_of(const lyger_hub *hub, const lyger_hub_slot *slot);

/* When the request was submitted and taken; 0: not yet. */
uint64_t lyger_hub_submitted_at(const lyger_hub_slot *slot);
uint64_t lyger_hub_taken_at(const lyger_hub_slot *slot);
/* lyger_hub_request.id of the request that is, or was last, in the slot. */
uint64_t lyger_hub_id(const lyger_hub_slot *slot);
/* The time that the worker has allowed with lyger_hub_allow(), ns, 0 when it has not called that; *since:
 * when it called. */
uint64_t lyger_hub_allowed(const lyger_hub_slot *slot, uint64_t *since);

typedef enum lyger_hub_kind {
    LYGER_HUB_HEAD, /* bytes: field lines, each with CRLF */
    LYGER_HUB_DATA,
    LYGER_HUB_END,     /* the response is complete */
    LYGER_HUB_LOST,    /* the worker died before its END; no more frames for this request */
    LYGER_HUB_INTERIM, /* before HEAD, any number: status is 100 to 199, bytes are field lines */
} lyger_hub_kind;

#define LYGER_HUB_LENGTH_UNKNOWN UINT64_MAX

typedef struct lyger_hub_frame {
    lyger_hub_kind kind;
    uint32_t worker;
    lyger_hub_slot *slot;
    const char *bytes; /* in the ring until the frame is consumed; DATA may be consumed piecemeal */
    size_t len;
    int status;              /* of HEAD and INTERIM */
    uint64_t content_length; /* of HEAD; LYGER_HUB_LENGTH_UNKNOWN: until END */
    bool last;               /* the worker is done with the request, too */
} lyger_hub_frame;

/*
 * The next frame of any worker, the frames of one worker in order; false when there is none. A frame comes
 * again until it is consumed; a worker whose frame must wait because its client is slow is passed over
 * between lyger_hub_suspend() and lyger_hub_resume(). Requests that were cancelled give no frames. A slot is
 * released when its worker has finished with it, after END or LOST was consumed.
 */
bool lyger_hub_next(lyger_hub *hub, lyger_hub_frame *frame);
void lyger_hub_consume(lyger_hub *hub, const lyger_hub_frame *frame, size_t bytes); /* all, except of DATA */
void lyger_hub_suspend(lyger_hub *hub, uint32_t worker);
void lyger_hub_resume(lyger_hub *hub, uint32_t worker);

/* A descriptor that is readable when there may be frames or dead workers. */
int lyger_hub_doorbell(const lyger_hub *hub);

/* sleep before waiting for the doorbell; false when something came already: then do not wait. awake after
 * waiting, and hear when the doorbell was readable, which makes it unreadable. */
bool lyger_hub_sleep(lyger_hub *hub);
void lyger_hub_awake(lyger_hub *hub);
void lyger_hub_hear(lyger_hub *hub);

typedef struct lyger_hub_load {
    uint32_t slots;   /* settings.requests */
    uint32_t free;    /* slots */
    uint32_t queued;  /* submitted, not yet taken */
    uint32_t running; /* taken */
} lyger_hub_load;

void lyger_hub_measure(const lyger_hub *hub, lyger_hub_load *load);

/* ---- a worker ---- */

typedef struct lyger_worker lyger_worker; /* malloc; one per worker process */

typedef enum lyger_taken {
    LYGER_TAKEN,       /* *request is set */
    LYGER_TAKEN_STOP,  /* the worker is asked to end */
    LYGER_TAKEN_LATER, /* the time is over or a signal came: handle signals, then call again */
} lyger_taken;

/* Joins the hub in a forked worker, at the place that its parent took with lyger_hub_place(). NULL: no
 * memory. */
lyger_worker *lyger_hub_join(lyger_hub *hub, uint32_t place);

/* The next request; waits up to so many milliseconds. The request before must be finished. */
lyger_taken lyger_hub_take(lyger_worker *worker, uint32_t milliseconds, const lyger_hub_request **request);

/* Whether the client of the current request has gone. */
bool lyger_hub_client_gone(const lyger_worker *worker);

/* The current request may go on for so long from now without a sign of progress, UINT64_MAX: for ever. */
void lyger_hub_allow(lyger_worker *worker, uint64_t nanoseconds);

/*
 * The answer: interim answers, one head, then data, then end. An interim answer is published at once. Data is
 * gathered in the ring and published at end, when it is much, or by flush. Each call waits while the ring is
 * full; false when the client has gone, and then nothing more need be written, but lyger_hub_finish() is
 * still due. The hook patience is called about every 100 ms of waiting, with its context; when it returns
 * true the answer is given up (NULL: never).
 */
bool lyger_hub_interim(lyger_worker *worker, int status, const char *fields, size_t len);
bool lyger_hub_head(lyger_worker *worker, int status, uint64_t content_length, const char *fields,
                    size_t len);
bool lyger_hub_data(lyger_worker *worker, const char *bytes, size_t len);
void lyger_hub_flush(lyger_worker *worker);
void lyger_hub_end(lyger_worker *worker);
void lyger_hub_set_patience(lyger_worker *worker, const lyger_interrupt *patience);

/* The worker needs the request no more (end may have been long ago). Ends the answer if end was not called:
 * cut off when a head was sent, lost (502) otherwise. */
void lyger_hub_finish(lyger_worker *worker);

/* End and finish in one, as most answers do. */
void lyger_hub_complete(lyger_worker *worker);

/* Requests finished by this worker. */
uint64_t lyger_hub_finished(const lyger_worker *worker);

/* What the worker says about itself, for the status page: bytes of PHP's heap now, open database connections.
 */
void lyger_hub_tell(lyger_worker *worker, uint64_t memory, uint32_t connections);

/* Leaves the hub: the process is about to end and takes no more requests. */
void lyger_hub_leave(lyger_worker *worker);

/* In a process that was forked from a worker, which keeps its place: frees the child's copy. May be NULL. */
void lyger_hub_disown(lyger_worker *worker);

/* ---- parents of workers ---- */

typedef enum lyger_worker_state {
    LYGER_WORKER_NONE,    /* a free place */
    LYGER_WORKER_BOOTING, /* forked, has not asked for a request yet */
    LYGER_WORKER_IDLE,
    LYGER_WORKER_BUSY,
    LYGER_WORKER_LEFT, /* the process ends by itself */
    LYGER_WORKER_DEAD, /* reaped by its parent; the front process frees the place */
} lyger_worker_state;

/* Takes a free place for a worker of that generation; -1 when there is none. lyger_hub_placed() gives the pid
 * after the fork. */
int lyger_hub_place(lyger_hub *hub, uint32_t generation);
void lyger_hub_placed(lyger_hub *hub, uint32_t place, pid_t pid); /* 0: fork failed, free again */

/* Makes the death of a worker known, after it was reaped (waitpid). */
void lyger_hub_bury(lyger_hub *hub, uint32_t place);

/* Requests that wait for a worker, those among them that were taken back included. */
uint32_t lyger_hub_waiting(const lyger_hub *hub);

/* Asks a worker to end after its current request. */
void lyger_hub_retire(lyger_hub *hub, uint32_t place);

/* ---- any process: a look at a worker ---- */

#define LYGER_HUB_DOING_SIZE 256 /* bytes, NUL included */

typedef struct lyger_hub_worker {
    lyger_worker_state state;
    pid_t pid;
    uint32_t generation;
    bool retiring;
    uint64_t started_at; /* lyger_hub_now() */
    uint64_t since;      /* when the state began */
    uint64_t requests;   /* finished */
    uint64_t memory;     /* lyger_hub_tell() */
    uint32_t connections;
    uint64_t request;                 /* id of the request that the worker has, 0: none */
    char doing[LYGER_HUB_DOING_SIZE]; /* lyger_hub_describe() of that request; "" for none */
} lyger_hub_worker;

/* Writes a request's method and target, cut to the size, NUL-terminated. */
void lyger_hub_describe(const lyger_hub *hub, const lyger_hub_slot *slot, char text[LYGER_HUB_DOING_SIZE]);

uint32_t lyger_hub_places(const lyger_hub *hub);
void lyger_hub_look(const lyger_hub *hub, uint32_t place, lyger_hub_worker *worker);

#endif
