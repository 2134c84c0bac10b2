#include "ffi_server.h"

#include "base/start.h"
#include "base/version.h"
#include "connection.h"
#include "queue.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 511

typedef struct server {
    lyger_http_host host;
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_timer_t sweeper;
    uv_async_t stopper, waker;
    pthread_t thread;
    uint64_t started; /* uv_hrtime() */
    uint16_t port;
    bool queued;              /* requests wait for the application: queue.h */
    struct server *inherited; /* of the parent process, see after_fork_in_child() */
} server;

/* Guards `running`; held while a server starts or stops. Taken before the fork lock, never after it. */
static pthread_mutex_t control = PTHREAD_MUTEX_INITIALIZER;
static server *running;

/* ---- what is served ---- */

enum { ROUTE_NONE, ROUTE_HOME, ROUTE_HEALTH, ROUTE_SERVER };

/* Notes the parts of a request that the answer depends on, in one word: the route, and above it the
 * method. */
static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    const char *path = head + request->path.at;
    size_t len = request->path.len;
    unsigned route = ROUTE_NONE;
    if (request->form == LYGER_HTTP_ASTERISK) {
        route = ROUTE_SERVER;
    } else if ((len == 0 && request->form == LYGER_HTTP_ABSOLUTE) || (len == 1 && path[0] == '/')) {
        route = ROUTE_HOME;
    } else if (len == 7 && memcmp(path, "/health", 7) == 0) {
        route = ROUTE_HEALTH;
    }
    lyger_http_set_kept(connection, (void *)(route | ((uintptr_t)request->method << 8)));
}

static double seconds_up(const server *server)
{
    return (double)(uv_hrtime() - server->started) / 1e9;
}

static int write_home(const server *server, char *text, size_t size)
{
    return snprintf(text, size,
                    "{\"name\":\"lyger\",\"version\":\"" LYGER_VERSION "\",\"port\":%u,\"uptime\":%.3f,"
                    "\"requests\":%llu,\"connections\":%u,\"routes\":[\"/\",\"/health\"]}",
                    (unsigned)server->port, seconds_up(server), (unsigned long long)server->host.requests,
                    (unsigned)server->host.connections);
}

static void complete(lyger_http_connection *connection)
{
    uintptr_t kept = (uintptr_t)lyger_http_kept(connection);
    const server *server = lyger_http_host_of(connection)->context;
    lyger_http_method method = (lyger_http_method)(kept >> 8);
    char body[256];
    int len = 0;
    lyger_http_response response = {200, "Cache-Control: no-store\r\n", "application/json", body, 0};
    bool reading = method == LYGER_HTTP_GET || method == LYGER_HTTP_HEAD;
    if (method == LYGER_HTTP_OPTIONS && (kept & 0xFF) != ROUTE_NONE) {
        response = (lyger_http_response){204, "Allow: GET, HEAD, OPTIONS\r\n", NULL, "", 0};
    } else if (!reading && ((kept & 0xFF) != ROUTE_NONE || method == LYGER_HTTP_CONNECT)) {
        response.status = 405;
        response.fields = "Allow: GET, HEAD, OPTIONS\r\n";
        len = snprintf(body, sizeof body, "{\"status\":405,\"error\":\"this method is not allowed here\"}");
    } else if ((kept & 0xFF) == ROUTE_HOME) {
        len = write_home(server, body, sizeof body);
    } else if ((kept & 0xFF) == ROUTE_HEALTH) {
        len = snprintf(body, sizeof body,
                       "{\"status\":\"ok\",\"version\":\"" LYGER_VERSION "\",\"uptime\":%.3f}",
                       seconds_up(server));
    } else {
        response.status = 404;
        len = snprintf(body, sizeof body, "{\"status\":404,\"error\":\"nothing is served here\"}");
    }
    response.body_len = (size_t)len;
    lyger_http_respond(connection, &response);
}

static const lyger_http_service service = {.begin = begin, .complete = complete};

/* ---- the thread ---- */

static void on_client(uv_stream_t *listener, int status)
{
    server *server = listener->data;
    if (status == 0) {
        lyger_http_accept(&server->host, listener);
    }
}

static void on_sweep(uv_timer_t *timer)
{
    server *server = timer->data;
    lyger_http_sweep(&server->host);
    if (server->queued) {
        lyger_queue_work();
    }
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void on_stop(uv_async_t *async)
{
    server *server = async->data;
    if (server->queued) {
        lyger_queue_work(); /* what was answered before the stop is written */
    }
    lyger_http_close_all(&server->host);
    lyger_http_fork_lock();
    close_handle((uv_handle_t *)&server->listener);
    close_handle((uv_handle_t *)&server->sweeper);
    close_handle((uv_handle_t *)&server->stopper);
    close_handle((uv_handle_t *)&server->waker);
    lyger_http_fork_unlock();
}

static void on_wake(uv_async_t *async)
{
    (void)async;
    lyger_queue_work();
}

/* The queue's lock is held, which lyger_http_stop() takes before the server's memory goes. */
static void wake(void)
{
    uv_async_send(&running->waker);
}

static void *serve(void *argument)
{
    server *server = argument;
    uv_run(&server->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* Starts the thread with every signal blocked but those that a fault in the thread raises: the application's
 * handlers, PHP's among them, must only ever run in the application's threads. */
static int start_thread(server *server)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&server->thread, NULL, serve, server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* ---- fork ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&control);
    lyger_http_fork_lock();
    lyger_queue_fork_lock();
}

static void unlock_after_fork(void)
{
    lyger_http_fork_unlock();
    pthread_mutex_unlock(&control);
}

static void after_fork(void)
{
    lyger_queue_fork_unlock();
    unlock_after_fork();
}

/*
 * The child has no serving thread: it gives up its copies of the sockets, or a stopped server's port would
 * stay taken and its clients would wait. The child cannot free the server's memory (another thread was using
 * it) and keeps it reachable.
 */
static void after_fork_in_child(void)
{
    static server *inherited;
    if (running) {
        uv_os_fd_t fd;
        if (uv_fileno((uv_handle_t *)&running->listener, &fd) == 0) {
            close(fd);
        }
        close(uv_backend_fd(&running->loop));
        lyger_http_drop_sockets(&running->host);
        running->inherited = inherited;
        inherited = running;
        running = NULL;
    }
    lyger_queue_fork_child();
    unlock_after_fork();
}

static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* ---- start and stop ---- */

static int bind_and_listen(server *server, const struct sockaddr *address)
{
    int status = uv_tcp_init(&server->loop, &server->listener);
    if (status < 0) {
        return status;
    }
    server->listener.data = server;
    status = uv_tcp_bind(&server->listener, address, 0);
    return status < 0 ? status : uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_client);
}

static int listen_on(server *server, const struct sockaddr_storage *address)
{
    int status = bind_and_listen(server, (const struct sockaddr *)address);
    struct sockaddr_storage name;
    int size = sizeof name;
    if (status == 0) {
        status = uv_tcp_getsockname(&server->listener, (struct sockaddr *)&name, &size);
    }
    if (status == 0) {
        server->port = ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                                        : ((struct sockaddr_in *)&name)->sin_port);
    }
    return status;
}

/* Milliseconds between sweeps: so few that a timeout is late by a quarter of itself at most, and by half a
 * second. */
static uint64_t sweep_interval(const lyger_http_options *options)
{
    uint32_t least = options->header_timeout;
    least = options->body_timeout < least ? options->body_timeout : least;
    least = options->idle_timeout < least ? options->idle_timeout : least;
    least = options->write_timeout < least ? options->write_timeout : least;
    return least / 4 > 500 ? 500 : least / 4 < 5 ? 5 : least / 4;
}

static void close_any(uv_handle_t *handle, void *unused)
{
    (void)unused;
    close_handle(handle);
}

static void destroy(server *server)
{
    uv_walk(&server->loop, close_any, NULL);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    uv_loop_close(&server->loop);
    lyger_http_host_free(&server->host);
    free(server);
}

/* Reads a literal address; names are not looked up. */
static bool read_address(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    return uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0 ||
           uv_ip6_addr(host, port, (struct sockaddr_in6 *)address) == 0;
}

/* queue NULL: the server answers by itself. */
static lyger_status start(const char *host, uint16_t port, const lyger_http_options *options,
                          const lyger_queue_options *queue, lyger_error *error)
{
    if (lyger_uv_load(error) != LYGER_OK) {
        return LYGER_E_SERVER;
    }
    struct sockaddr_storage address = {0};
    if (!read_address(host, port, &address)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "\"%s\" is no address to listen on", host);
    }
    server *server = calloc(1, sizeof *server);
    if (!server) {
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for the HTTP server");
    }
    int status = uv_loop_init(&server->loop);
    if (status < 0) {
        free(server);
        return lyger_fail(error, LYGER_E_SERVER, "cannot make an event loop: %s", uv_strerror(status));
    }
    server->host.loop = &server->loop;
    server->host.service = queue ? &lyger_queue_service : &service;
    server->queued = queue != NULL;
    server->host.context = server;
    server->host.options = *options;
    server->started = uv_hrtime();
    lyger_http_host_init(&server->host);
    status = listen_on(server, &address);
    if (status < 0) {
        destroy(server);
        return lyger_fail(error, LYGER_E_SERVER, "cannot listen on %s port %u: %s", host, (unsigned)port,
                          uv_strerror(status));
    }
    server->sweeper.data = server->stopper.data = server->waker.data = server;
    uint64_t interval = sweep_interval(options);
    status = uv_async_init(&server->loop, &server->stopper, on_stop);
    status = status < 0 ? status : uv_async_init(&server->loop, &server->waker, on_wake);
    status = status < 0 ? status : uv_timer_init(&server->loop, &server->sweeper);
    status = status < 0 ? status : uv_timer_start(&server->sweeper, on_sweep, interval, interval);
    running = server; /* before the thread: wake() needs it */
    if (status >= 0 && queue) {
        lyger_queue_open(queue, wake);
    }
    status = status < 0 ? status : -start_thread(server);
    if (status < 0) {
        running = NULL;
        lyger_queue_close();
        destroy(server);
        return lyger_fail(error, LYGER_E_SERVER, "cannot start the serving thread: %s", uv_strerror(status));
    }
    return LYGER_OK;
}

static lyger_status start_once(const char *host, uint16_t port, const lyger_http_options *options,
                               const lyger_queue_options *queue, lyger_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    lyger_status status;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&control);
    if (running) {
        status = lyger_fail(error, LYGER_E_SERVER, "a server is running in this process already, on port %u",
                            (unsigned)running->port);
    } else {
        status = start(host ? host : LYGER_HTTP_LOOPBACK, port,
                       options ? options : &lyger_http_default_options, queue, error);
    }
    pthread_mutex_unlock(&control);
    return status;
}

lyger_status lyger_http_start(const char *host, uint16_t port, const lyger_http_options *options,
                              lyger_error *error)
{
    return start_once(host, port, options, NULL, error);
}

lyger_status lyger_queue_start(uint16_t port, const lyger_queue_options *options, lyger_error *error)
{
    lyger_http_options http = lyger_http_default_options;
    http.max_body = options->max_body;
    return start_once(options->host, port, &http, options, error);
}

LYGER_AT_START void lyger_http_stop(void)
{
    pthread_mutex_lock(&control);
    if (running) {
        lyger_queue_shut();
        uv_async_send(&running->stopper);
        pthread_join(running->thread, NULL);
        lyger_queue_close();
        destroy(running);
        running = NULL;
    }
    pthread_mutex_unlock(&control);
}

uint16_t lyger_http_port(void)
{
    pthread_mutex_lock(&control);
    uint16_t port = running ? running->port : 0;
    pthread_mutex_unlock(&control);
    return port;
}
