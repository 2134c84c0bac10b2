#include "front_state.h"

#include "browser_reload.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- draining ---- */

static void close_handle(uv_handle_t *handle)
{
    if (handle->type != UV_UNKNOWN_HANDLE && !uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void count_client(lyger_front *front)
{
    if (front->host.connections >= front->host.options.max_connections) {
        lyger_metrics_count(&front->metrics, LYGER_METRICS_REJECTED_CLIENTS);
    } else {
        lyger_metrics_connected(&front->metrics);
    }
}

/* Accepts all clients in the listener's backlog: they have a connection and may have sent a request, and
 * libuv 1.50 accepts only one in each round of the loop. */
static void empty_backlog(lyger_front *front, const lyger_front_listener *listener)
{
    uv_os_fd_t descriptor;
    int client = -1;
    if (uv_fileno(&listener->handle, &descriptor) != 0) {
        return;
    }
    for (uint32_t i = 0; i < front->config->backlog; i++) {
        do {
            client = accept(descriptor, NULL, NULL);
        } while (client < 0 && (errno == EINTR || errno == ECONNABORTED));
        if (client < 0) {
            return;
        }
        fcntl(client, F_SETFD, FD_CLOEXEC);
        count_client(front);
        lyger_http_adopt(&front->host, listener->handle.type == UV_TCP, client);
    }
}

static void drain(lyger_front *front)
{
    if (front->draining) {
        return;
    }
    front->draining = true;
    lyger_browser_reload_end(front);
    for (uint32_t i = 0; i < front->listener_count; i++) {
        empty_backlog(front, front->listeners[i]);
        close_handle(&front->listeners[i]->handle);
    }
    lyger_http_drain(&front->host);
}

/* Receives orders of the supervisor. A descriptor comes with its order, and ends what one call receives
 * (unix(7)). */
static ssize_t hear_orders(int control, char *orders, size_t room, int *descriptor)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } more;
    struct iovec part = {orders, room};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = more.bytes, .msg_controllen = sizeof more.bytes};
    ssize_t count = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *given = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (given && given->cmsg_level == SOL_SOCKET && given->cmsg_type == SCM_RIGHTS) {
        memcpy(descriptor, CMSG_DATA(given), sizeof *descriptor);
    }
    return count;
}

static void tell_stop(lyger_front *front)
{
    if (!front->stop_told && front->control_descriptor >= 0) {
        front->stop_told = send(front->control_descriptor, "s", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
    }
}

/* ---- listening ---- */

static void on_client(uv_stream_t *listener, int status)
{
    lyger_front *front = listener->data;
    if (status < 0) {
        return;
    }
    count_client(front);
    lyger_http_accept(&front->host, listener);
}

static int listen_on(lyger_front *front, lyger_front_listener *listener, int descriptor)
{
    struct sockaddr_storage name = {0};
    socklen_t size = sizeof name;
    int status;
    if (getsockname(descriptor, (struct sockaddr *)&name, &size) != 0) {
        return UV_EBADF;
    }
    if (name.ss_family == AF_UNIX) {
        uv_pipe_init(&front->loop, &listener->pipe, 0);
        status = uv_pipe_open(&listener->pipe, descriptor);
    } else {
        uv_tcp_init(&front->loop, &listener->tcp);
        status = uv_tcp_open(&listener->tcp, descriptor);
    }
    listener->handle.data = front;
    return status < 0 ? status : uv_listen(&listener->stream, (int)front->config->backlog, on_client);
}

static void free_listener(uv_handle_t *handle)
{
    free(handle); /* handle is the first member of its union */
}

/* Listens on a new Unix socket in place of one whose name has gone; clients in the old socket's backlog are
 * still served. */
static void listen_anew(lyger_front *front, int descriptor)
{
    lyger_front_listener *listener = calloc(1, sizeof *listener);
    if (front->draining || front->listener_count == 0 || !listener) {
        close(descriptor);
        free(listener);
        return;
    }
    if (listen_on(front, listener, descriptor) < 0) {
        uv_close(&listener->handle, free_listener);
        return;
    }
    empty_backlog(front, front->listeners[0]);
    uv_close(&front->listeners[0]->handle, free_listener);
    front->listeners[0] = listener;
}

/* ---- orders ---- */

static void on_control(uv_poll_t *poll, int status, int events)
{
    lyger_front *front = poll->data;
    char orders[64];
    int descriptor = -1;
    ssize_t count =
        status < 0 ? 0 : hear_orders(front->control_descriptor, orders, sizeof orders, &descriptor);
    (void)events;
    if (count == 0) {
        uv_stop(&front->loop); /* the supervisor has died, and no other process says when to end */
        uv_poll_stop(poll);
    }
    for (ssize_t i = 0; i < count; i++) {
        if (orders[i] == 'd') {
            drain(front);
        } else if (orders[i] == 'c' || orders[i] == 'f') {
            lyger_browser_reload_tell(front, orders[i]);
        } else if (orders[i] == 'l') {
            lyger_access_log_reopen(front->log, descriptor);
            descriptor = -1;
        } else if (orders[i] == 'u' && descriptor >= 0) {
            listen_anew(front, descriptor);
            descriptor = -1;
        }
    }
}

/* ---- the loop ---- */

static void on_bell(uv_poll_t *poll, int status, int events)
{
    lyger_front *front = poll->data;
    (void)status;
    (void)events;
    lyger_hub_hear(front->hub); /* on_check looks */
}

static void on_idle(uv_idle_t *idle)
{
    (void)idle; /* an active idle handle is enough: the loop does not wait */
}

/*
 * Before the loop waits: wakes a worker for all requests that this round has read, with one system call;
 * tells the hub that the front process sleeps, and asks whether a frame is there already.
 */
static void on_prepare(uv_prepare_t *prepare)
{
    lyger_front *front = prepare->data;
    lyger_hub_wake(front->hub);
    if (lyger_hub_sleep(front->hub)) {
        uv_idle_stop(&front->idle);
    } else {
        uv_idle_start(&front->idle, on_idle);
    }
}

static void on_check(uv_check_t *check)
{
    lyger_front *front = check->data;
    lyger_hub_awake(front->hub);
    if (front->suspended > 0) {
        lyger_front_look_at_suspended(front);
    }
    lyger_front_answer(front);
    if (lyger_hub_end_asked(front->hub)) {
        tell_stop(front);
    }
    if (front->draining && front->host.connections == 0) {
        uv_stop(&front->loop);
    }
}

static void on_tick(uv_timer_t *timer)
{
    lyger_front_watch(timer->data);
}

/* ---- beginning and end ---- */

static int listen_all(lyger_front *front, const lyger_front_sockets *sockets)
{
    int status = 0;
    front->listeners = calloc(sockets->count ? sockets->count : 1, sizeof *front->listeners);
    if (!front->listeners) {
        return UV_ENOMEM;
    }
    for (uint32_t i = 0; i < sockets->count && status == 0; i++) {
        front->listener_count++;
        front->listeners[i] = calloc(1, sizeof **front->listeners);
        status =
            front->listeners[i] ? listen_on(front, front->listeners[i], sockets->descriptors[i]) : UV_ENOMEM;
    }
    return status;
}

/* Ticks between sweeps: a timeout may be noticed late by a quarter of the shortest timeout, and by half a
 * second at most. */
static uint32_t sweep_ticks(const lyger_http_options *options)
{
    uint32_t least = options->header_timeout;
    least = options->body_timeout < least ? options->body_timeout : least;
    least = options->idle_timeout < least ? options->idle_timeout : least;
    least = options->write_timeout < least ? options->write_timeout : least;
    least /= 4 * LYGER_FRONT_TICK;
    return least < 1 ? 1 : least > 5 ? 5 : least;
}

static int start_handles(lyger_front *front, const lyger_front_sockets *sockets)
{
    front->bell.data = front->control.data = front->prepare.data = front->check.data = front;
    front->idle.data = front->ticker.data = front;
    uv_prepare_init(&front->loop, &front->prepare); /* these cannot fail */
    uv_check_init(&front->loop, &front->check);
    uv_idle_init(&front->loop, &front->idle);
    uv_timer_init(&front->loop, &front->ticker);
    uv_prepare_start(&front->prepare, on_prepare);
    uv_check_start(&front->check, on_check);
    uv_timer_start(&front->ticker, on_tick, LYGER_FRONT_TICK, LYGER_FRONT_TICK);
    int status = uv_poll_init(&front->loop, &front->bell, lyger_hub_doorbell(front->hub));
    status = status < 0 ? status : uv_poll_start(&front->bell, UV_READABLE, on_bell);
    if (sockets->control >= 0) {
        status = status < 0 ? status : uv_poll_init(&front->loop, &front->control, sockets->control);
        status = status < 0 ? status : uv_poll_start(&front->control, UV_READABLE, on_control);
    }
    return status < 0 ? status : listen_all(front, sockets);
}

static bool prepare(lyger_front *front, const lyger_server_config *config, lyger_hub *hub, int log,
                    lyger_error *error)
{
    lyger_hub_load load;
    front->config = config;
    front->hub = hub;
    lyger_metrics_init(&front->metrics);
    lyger_buffer_init(&front->scratch, &lyger_malloc_allocator);
    lyger_buffer_init(&front->page, &lyger_malloc_allocator);
    front->host.loop = &front->loop;
    front->host.service = &lyger_front_service;
    front->host.context = front;
    front->host.options = config->http;
    front->host.options.response_buffer = config->response_buffer;
    front->sweep_ticks = sweep_ticks(&config->http);
    lyger_http_host_init(&front->host);
    if (lyger_hub_serve(hub, error) != LYGER_OK ||
        lyger_static_new(config, &front->files, error) != LYGER_OK ||
        lyger_sendfile_new(config, &front->sendfile, error) != LYGER_OK ||
        lyger_networks_read(config->trust_proxy, &front->proxies, error) != LYGER_OK ||
        lyger_access_log_open(config, log, &front->log, error) != LYGER_OK) {
        return false;
    }
    lyger_hub_measure(hub, &load);
    front->slots = calloc(load.slots, sizeof *front->slots);
    if (!front->slots) {
        lyger_fail(error, LYGER_E_MEMORY, "no memory for the front process");
        return false;
    }
    return true;
}

static void close_any(uv_handle_t *handle, void *unused)
{
    (void)unused;
    close_handle(handle);
}

static void end(lyger_front *front)
{
    lyger_http_close_all(&front->host);
    uv_walk(&front->loop, close_any, NULL);
    uv_run(&front->loop, UV_RUN_DEFAULT);
    uv_loop_close(&front->loop);
}

static void forget(lyger_front *front)
{
    if (front->slots) {
        lyger_front_free_jobs(front);
    }
    lyger_access_log_close(front->log);
    lyger_static_free(front->files);
    lyger_sendfile_free(front->sendfile);
    lyger_compress_forget();
    lyger_http_host_free(&front->host);
    lyger_buffer_free(&front->scratch);
    lyger_buffer_free(&front->page);
    for (uint32_t i = 0; i < front->listener_count; i++) {
        free(front->listeners[i]);
    }
    free(front->listeners);
    free(front->slots);
    free(front);
}

static void say(const lyger_server_config *config, const char *line)
{
    if (config->say) {
        config->say(config->context, line);
    } else {
        dprintf(STDERR_FILENO, "%s\n", line);
    }
}

/* Lets this process have as many descriptors as it may: every client needs one. */
static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int lyger_front_run(const lyger_server_config *config, lyger_hub *hub, const lyger_front_sockets *sockets)
{
    lyger_error error;
    lyger_front *front = calloc(1, sizeof *front);
    if (!front) {
        say(config, "no memory for the front process");
        return EXIT_FAILURE;
    }
    lyger_error_clear(&error);
    setlocale(LC_ALL, "C");   /* the application's is not for figures and dates */
    signal(SIGPIPE, SIG_IGN); /* a client that has gone is an error of a write */
    raise_limit();
    front->control_descriptor = sockets->control;
    front->changes = sockets->changes;
    front->change_failed = sockets->change_failed;
    int status = EXIT_FAILURE;
    if (lyger_uv_load(&error) != LYGER_OK || !prepare(front, config, hub, sockets->log, &error)) {
        say(config, error.message);
    } else if (uv_loop_init(&front->loop) < 0) {
        say(config, "cannot make an event loop");
    } else {
        int failure = start_handles(front, sockets);
        if (failure < 0) {
            say(config, uv_strerror(failure));
        } else {
            uv_run(&front->loop, UV_RUN_DEFAULT);
            status = EXIT_SUCCESS;
        }
        end(front);
    }
    forget(front);
    return status;
}
