/*
 * The server: one I/O process, N workers, one supervisor.
 *
 *   supervisor   the process that called lyger_server_run(). It opened the sockets, keeps the pid that people
 *                know, restarts what dies and reacts to signals. It runs no request.
 *   I/O process  forked from it, C only (front.c): sockets, parsing, static files, /health, /metrics, limits.
 *   workers      forked from a booted parent, take requests through the hub (hub.h) one at a time. At
 *                first the supervisor is that parent. After a reload it is a child of the supervisor that
 *                executed the same command again, booted the application anew, and came to
 *                lyger_server_run() too.
 *
 * A reload changes what workers are and do: the application, their number (at most four more than at first:
 * old and new ones need places side by side), max_requests, memory_limit. Sockets and all that the I/O
 * process does stay as they were first configured. With systemd, KillMode=mixed fits: SIGTERM to the
 * supervisor only.
 *
 * Rights. A supervisor that is root can have the I/O process and the workers be somebody else (user, group).
 * It opens what needs root: sockets, pid file, access log, the log again on SIGUSR1. Applications boot with
 * its rights, at first and for a reload; only what serves clients has given them up. So its files must not be
 * writable for `user`. Such a worker has no right to signal the supervisor: it asks through the hub. What
 * lies in the hub is taken for the word of a stranger where the supervisor reads it.
 *
 * Signals of the supervisor: SIGTERM and SIGINT drain (no new connections, running and queued requests end
 * within `grace`), a second one ends at once; SIGHUP boots the application anew and replaces the workers when
 * that succeeded, else keeps the old ones; SIGUSR1 reopens the access log. Workers and I/O process die with
 * their parent.
 *
 * Every process is single-threaded. Nothing here knows PHP: a worker comes back from lyger_server_run() and
 * asks its hub for requests.
 */
#ifndef LYGER_HTTP_SERVER_H
#define LYGER_HTTP_SERVER_H

#include "base/sink.h"
#include "http/message.h"
#include "server/hub/hub.h"

/* What a server is asked to do. Texts are borrowed until lyger_server_run() returns in the supervisor; NULL
 * or "" where it says so leaves the thing out. Times are milliseconds, sizes bytes. */
typedef struct lyger_server_config {
    const char *host; /* name or address, "unix:/path" for a Unix socket; NULL: this machine only */
    uint16_t port;    /* 0 picks one */
    uint32_t backlog;
    bool reuse_port;
    uint32_t socket_mode; /* permissions of a Unix socket, such as 0660; 0: what the umask leaves */

    const char *user;  /* name or number of who serves, when root starts it; NULL: who starts it */
    const char *group; /* NULL: the user's own */

    uint32_t workers;
    uint32_t max_requests;        /* of a worker, before it is replaced; 0: no limit */
    uint32_t max_requests_jitter; /* up to so many more, random per worker */
    uint64_t memory_limit;        /* of a worker's PHP heap, looked at between requests; 0: no limit */
    uint32_t
        request_timeout;   /* without a sign of progress: 504 to the client, SIGTERM to the worker; 0: none */
    uint32_t kill_timeout; /* from SIGTERM to SIGKILL */
    uint32_t queue_limit;  /* requests that wait for a worker; more are 503 with Retry-After */
    uint32_t grace;        /* for draining */
    uint32_t boot_timeout; /* for a reloaded application to come up */
    bool cancel_on_disconnect; /* a worker whose client has gone is told so */

    lyger_http_options http; /* limits of clients: sizes, times, connections */
    uint64_t body_in_memory; /* bytes of a body that are kept in memory; more goes to a file */
    const char *body_directory;
    uint64_t response_buffer; /* bytes kept in memory for a slow client */
    uint64_t response_spool;  /* and then in a temporary file, before its worker has to wait */
    uint64_t spool_limit;     /* bytes of temporary files in all, bodies of requests included */

    const char *document_root;  /* static files; NULL: none */
    const char *index;          /* file name for a directory, "index.html"; NULL: none */
    bool follow_symlinks;       /* also out of the root */
    const char *static_caching; /* value of Cache-Control for files; NULL: none */
    bool compress;

    const char
        *health_path; /* such as "/health"; NULL: none, as all three, whose paths may be the application's */
    const char *metrics_path; /* such as "/metrics", loopback only; NULL: none */
    bool metrics_public;      /* to everybody */
    const char *status_path;  /* the status page, loopback only; NULL: none */

    const char *access_log; /* a file, "-" for standard output; NULL: none */
    enum { LYGER_LOG_COMBINED, LYGER_LOG_JSON, LYGER_LOG_TERMINAL } access_log_format;
    const char *pid_file;
    const char *watch; /* a directory: a change in it reloads (for development); NULL: none */

    bool check_only; /* the door looks at all of it (lyger_server_check()) and runs nothing */

    const char *name; /* of the application, for the status page and process titles; may be NULL */

    /* Called in a freshly forked child before anything else; may be NULL. */
    void (*forked)(void *context, bool worker);
    /* Figures of the application's side for /metrics and the status page (cache, …), written as Prometheus
     * text in the I/O process; C only. May be NULL. */
    void (*figures)(void *context, lyger_sink *sink);
    /* Says a line to whoever runs the server (start, reload, death of a worker); NULL: standard error. */
    void (*say)(void *context, const char *line);
    void *context;
} lyger_server_config;

/* Everything at its default: 1 worker per processor, port 8000, … */
void lyger_server_defaults(lyger_server_config *config);

/* The first thing that is wrong with it: an error whose message begins with the member's name. */
lyger_status lyger_server_check(const lyger_server_config *config, lyger_error *error);

typedef enum lyger_server_role {
    LYGER_ROLE_WORKER,  /* this is a worker; it is in the hub as *worker and must end its process by itself
                           when lyger_hub_take() says stop. It gets SIGTERM when its time is over, when its
                           parent died, and at the end of `grace`; SIGINT, SIGHUP, SIGQUIT, SIGUSR1 and
                           SIGPIPE are ignored in it */
    LYGER_ROLE_STOPPED, /* this is the supervisor, or a booted parent, and the server has ended */
} lyger_server_role;

/* Runs the server; see above who comes back when. A failure to start is an error in the supervisor, where
 * nothing has been left behind. */
lyger_status lyger_server_run(const lyger_server_config *config, lyger_server_role *role,
                              lyger_worker **worker, lyger_error *error);

/*
 * Takes a copy of this process's command line, environment and working directory, for reloads; and of what a
 * supervisor handed over, which then is in the environment no more. Optional: lyger_server_run() does it too,
 * but an application may have changed them by then, or started a process that inherited it all. Once per
 * process; costs a few system calls.
 */
void lyger_server_remember(void);

/*
 * Executes this process's command again, with more arguments after the program's name (NULL ends them).
 * Returns only when that failed, when the command has the last of them already, or when this process was
 * started by a supervisor for a reload: LYGER_E_SERVER.
 */
lyger_status lyger_server_execute_again(const char *const *more, lyger_error *error);

/* Whether this process was started by a supervisor to boot the application anew, and has not done so yet. */
bool lyger_server_is_reload(void);

/* In a worker or the supervisor: asks the supervisor to drain, as SIGTERM does. Elsewhere it does nothing. */
void lyger_server_stop(void);

/* The TCP port that is listened on, 0 for none; in the supervisor from its first line ("listening on ...")
 * on, and in the processes forked from it. */
uint16_t lyger_server_port(void);

/* ---- for workers ---- */

/* Whether the worker should end after this request: max_requests, memory_limit (given what PHP's heap holds).
 */
bool lyger_server_worn(const lyger_server_config *config, const lyger_worker *worker, uint64_t memory);

#endif
