/*
 * What a server is asked to do: one struct, filled by the door, checked by lyger_server_check(), read by all
 * processes of the server and changed by none. settings.c has the defaults and the ranges.
 */
#ifndef LYGER_SERVER_CONFIG_H
#define LYGER_SERVER_CONFIG_H

#include "base/sink.h"
#include "http/options.h"
#include "server/hub/hub.h"

/* What a server is asked to do. Texts are borrowed until lyger_server_run() returns in the supervisor. Where
 * a comment says "NULL: none", "" means the same. Times are milliseconds, sizes bytes. */
typedef struct lyger_server_config {
    const char *host; /* name or address, "unix:/path" for a Unix socket; NULL: this machine only */
    uint16_t port;    /* 0 picks one */
    uint32_t backlog;
    bool reuse_port;
    uint32_t socket_mode; /* permissions of a Unix socket, such as 0660; 0: what the umask leaves */

    const char *user;  /* of the user that serves when root starts the server; NULL: the starting user */
    const char *group; /* NULL: the user's own */

    uint32_t workers;             /* at most */
    uint32_t workers_least;       /* fewer while no request has to wait; 0: always `workers` */
    uint32_t max_requests;        /* that a worker answers before it is replaced; 0: no limit */
    uint32_t max_requests_jitter; /* up to so many more, random per worker */
    uint64_t memory_limit;        /* of a worker's PHP heap, looked at between requests; 0: no limit */
    uint32_t
        request_timeout;   /* without a sign of progress: 504 to the client, SIGTERM to the worker; 0: none */
    uint32_t kill_timeout; /* from SIGTERM to SIGKILL */
    uint32_t queue_limit;  /* requests that wait for a worker; more are 503 with Retry-After */
    uint32_t grace;        /* for draining */
    uint32_t boot_timeout; /* for a reloaded application to come up */
    bool cancel_on_disconnect; /* a worker whose client has gone is told that */

    lyger_http_options http; /* limits of clients: sizes, times, connections */
    uint64_t body_in_memory; /* bytes of a body that are kept in memory; more goes to a file */
    const char *body_directory;
    uint64_t response_buffer; /* bytes kept in memory for a slow client */
    uint64_t response_spool;  /* bytes in a temporary file after that, before the worker has to wait */
    uint64_t spool_limit;     /* bytes of temporary files in all, bodies of requests included */

    const char *document_root; /* static files; NULL: none */
    const char *index;         /* file name for a directory, "index.html"; NULL: none */
    bool scripts;              /* the script form: *.php below document_root run, index.php before `index` */
    const char *front;         /* of the script form: the script below document_root that answers what no file
                                  does; NULL: none */
    bool follow_symlinks;      /* also out of the root */
    const char *sendfile_places; /* directories of X-Sendfile, see sendfile_places.h; NULL: none */
    const char *static_caching;  /* value of Cache-Control for files; NULL: none */
    bool compress;

    const char *trust_proxy; /* networks whose word on a client counts, see http/forwarded.h; NULL: none */

    const char *health_path;  /* such as "/health"; NULL here or below: the path is the application's */
    const char *metrics_path; /* such as "/metrics", loopback only; NULL: none */
    bool metrics_public;      /* the metrics are answered to every client */
    const char *status_path;  /* the status page, loopback only; NULL: none */

    const char *access_log; /* a file, "-" for standard output; NULL: none */
    enum { LYGER_LOG_COMBINED, LYGER_LOG_JSON, LYGER_LOG_TERMINAL } access_log_format;
    const char *pid_file;
    const char *watch;   /* a directory: a change in it reloads (for development); NULL: none */
    bool browser_reload; /* with watch: and browsers load their pages anew, see front/browser_reload.h */
    bool read_anew; /* set by the door: each request reads the code anew, a change needs no new workers */

    bool check_only; /* the door checks the configuration (lyger_server_check()) and runs nothing */

    const char *name; /* the application's, for the status page and process titles; may be NULL */

    /* Called in a parent of workers when nothing can fail any more, before it forks the first; may be NULL.
     */
    void (*before_fork)(void *context);
    /* Called in a freshly forked child before anything else; may be NULL. */
    void (*forked)(void *context, bool worker);
    /* Figures of the application's side for /metrics and the status page (cache, …), written as Prometheus
     * text in the front process; C only. May be NULL. */
    void (*metrics)(void *context, lyger_sink *sink);
    /* Says a line to the people who run the server (start, reload, death of a worker); NULL: standard
     * error. */
    void (*say)(void *context, const char *line);
    void *context;
} lyger_server_config;

/* Sets every member to its default: 1 worker per processor, port 8000, … */
void lyger_server_defaults(lyger_server_config *config);

/* LYGER_OK, or an error for the first member that is wrong, whose message begins with the member's name. */
lyger_status lyger_server_check(const lyger_server_config *config, lyger_error *error);

/* Whether the worker should end after this request: max_requests, memory_limit (given what PHP's heap holds).
 */
bool lyger_server_worn(const lyger_server_config *config, const lyger_worker *worker, uint64_t memory);

#endif
