#include "supervisor.h"

#include "server/front/access_log.h"
#include "server/front/front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_TIME (10 * LYGER_MILLISECOND) /* between looks whether the first worker is up */
#define AT_ONCE (500 * LYGER_MILLISECOND)  /* between SIGTERM and SIGKILL after a second signal */
#define LAST_TIME LYGER_SECOND             /* for processes that were told to end and do not */
#define BOOTED_POLLED 32                   /* booted parents whose sockets are polled at a time */

/* ---- the front process ---- */

/* Opens the log for a front process that may not open it itself; -1: the front process may, or no file is
 * logged to. */
static int open_log(const lyger_supervisor *supervisor)
{
    const lyger_server_config *config = supervisor->config;
    if (!supervisor->identity.other) {
        return -1;
    }
    int log = lyger_access_log_descriptor(config);
    if (log < 0 && errno != 0) {
        lyger_server_say(config, "cannot open the access log %s: %s", config->access_log, strerror(errno));
    }
    return log;
}

static _Noreturn void be_front(lyger_supervisor *supervisor, int control)
{
    const lyger_server_config *config = supervisor->config;
    struct sigaction action = {.sa_handler = SIG_IGN};
    lyger_front_sockets sockets = {.descriptors = supervisor->listening.descriptors,
                                   .count = supervisor->listening.count,
                                   .control = control,
                                   .log = open_log(supervisor),
                                   .changes = supervisor->changes,
                                   .change_failed = supervisor->change_failed};
    lyger_error error;
    lyger_supervisor_leave(supervisor, true);
    if (lyger_identity_assume(&supervisor->identity, &error) != LYGER_OK) {
        lyger_server_say(config, "the front process %s", error.message);
        _exit(EXIT_FAILURE);
    }
    /* systemd sends SIGTERM to every process of a unit at once; the control socket says what to do. */
    sigaction(SIGTERM, &action, NULL);
    lyger_signals_restore_in_child(&supervisor->signals, true);
    if (config->forked) {
        config->forked(config->context, false);
    }
    _exit(lyger_front_run(config, supervisor->hub, &sockets));
}

static uint64_t pause_after(uint32_t failures)
{
    uint64_t pause = failures < 8 ? (50 * LYGER_MILLISECOND) << failures : 5 * LYGER_SECOND;
    return failures < 2 ? 0 : pause < 5 * LYGER_SECOND ? pause : 5 * LYGER_SECOND;
}

static void start_front(lyger_supervisor *supervisor)
{
    int pair[2];
    uint64_t now = lyger_hub_now();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        lyger_server_say(supervisor->config, "cannot make a socket pair: %s", strerror(errno));
        supervisor->front_not_before = now + LYGER_SECOND;
        return;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        be_front(supervisor, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        lyger_server_say(supervisor->config, "cannot fork the front process: %s", strerror(errno));
        close(pair[0]);
        supervisor->front_not_before = now + LYGER_SECOND;
        return;
    }
    supervisor->front = pid;
    supervisor->front_control = pair[0];
    supervisor->front_started = now;
}

static void tell_front(lyger_supervisor *supervisor, char command)
{
    if (supervisor->front_control >= 0) {
        ssize_t ignored = send(supervisor->front_control, &command, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
    }
}

/* Writes an order to the front process, with a descriptor unless that is -1. */
static void give_front(lyger_supervisor *supervisor, char order, int descriptor)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof descriptor)];
    } more = {.bytes = {0}};
    struct iovec part = {&order, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = more.bytes, .msg_controllen = sizeof more.bytes};
    if (descriptor < 0 || supervisor->front_control < 0) {
        tell_front(supervisor, order);
        return;
    }
    more.header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&more.header), &descriptor, sizeof descriptor);
    ssize_t ignored = sendmsg(supervisor->front_control, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
}

void lyger_supervisor_tell_change(lyger_supervisor *supervisor, bool served)
{
    if (supervisor->watch) {
        supervisor->changes += served;
        supervisor->change_failed = !served;
        tell_front(supervisor, served ? 'c' : 'f');
    }
}

/* A file of the project has changed. */
static void see_change(lyger_supervisor *supervisor)
{
    if (supervisor->config->read_anew) {
        lyger_server_say(supervisor->config, "a file has changed");
        lyger_supervisor_tell_change(supervisor, true);
    } else {
        lyger_boot_ask(supervisor, "a file has changed, reloading");
    }
}

static void reopen_log(lyger_supervisor *supervisor)
{
    int log = open_log(supervisor);
    give_front(supervisor, 'l', log);
    if (log >= 0) {
        close(log);
    }
}

/* Makes a Unix socket anew when its name was removed. */
static void listen_again(lyger_supervisor *supervisor)
{
    lyger_error error;
    bool again;
    if (lyger_listen_again(&supervisor->listening, supervisor->config, &again, &error) != LYGER_OK) {
        lyger_server_say(supervisor->config, "%s", error.message);
    } else if (again) {
        lyger_server_say(supervisor->config, "listening on %s again", supervisor->listening.text);
        give_front(supervisor, 'u', supervisor->listening.descriptors[0]);
    }
}

static void close_front(lyger_supervisor *supervisor)
{
    if (supervisor->front_control >= 0) {
        close(supervisor->front_control);
    }
    supervisor->front_control = -1;
}

/* Removes the request bodies that a dead front process had put into files (front_spool.c): no other process
 * deletes them, and no client waits for the answers to those requests any more. */
static void remove_bodies(const lyger_server_config *config, pid_t pid)
{
    const char *directory = config->body_directory;
    char prefix[48];
    snprintf(prefix, sizeof prefix, "lyger-body-%ld-", (long)pid);
    lyger_process_remove_files(directory && *directory ? directory : "/tmp", prefix);
}

static void front_ended(lyger_supervisor *supervisor, int status)
{
    char death[LYGER_DEATH_SIZE];
    pid_t pid = supervisor->front;
    uint64_t now = lyger_hub_now();
    bool asked = supervisor->phase != LYGER_PHASE_SERVING;
    supervisor->front = 0;
    close_front(supervisor);
    if (asked && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return;
    }
    remove_bodies(supervisor->config, pid);
    supervisor->front_failures =
        now - supervisor->front_started < LYGER_SECOND ? supervisor->front_failures + 1 : 0;
    uint64_t pause = pause_after(supervisor->front_failures);
    supervisor->front_not_before = now + pause;
    lyger_server_say(supervisor->config, "the front process died of %s%s", lyger_process_death(status, death),
                     asked       ? ""
                     : pause > 0 ? "; another one starts shortly"
                                 : "; another one starts");
    if (!supervisor->ready && supervisor->front_failures >= 5) {
        supervisor->failure =
            lyger_fail(supervisor->error, LYGER_E_SERVER, "the front process does not come up: %s", death);
    }
}

/* ---- ending ---- */

static void retire_all(lyger_supervisor *supervisor)
{
    lyger_crew_retire(&supervisor->crew);
    lyger_boot_tell(supervisor, 'r');
}

static void enter(lyger_supervisor *supervisor, lyger_phase phase)
{
    const lyger_server_config *config = supervisor->config;
    uint64_t now = lyger_hub_now();
    supervisor->phase = phase;
    switch (phase) {
    case LYGER_PHASE_SERVING:
        break;
    case LYGER_PHASE_DRAINING:
        supervisor->deadline = now + config->grace * LYGER_MILLISECOND;
        lyger_boot_abandon(supervisor);
        /* The front process closes its copies of the sockets when it has accepted the clients that wait
         * there; then new clients are refused at once, and another server may listen. */
        lyger_listen_close(&supervisor->listening, true);
        tell_front(supervisor, 'd');
        break;
    case LYGER_PHASE_RETIRING: /* within the same deadline */
        retire_all(supervisor);
        break;
    case LYGER_PHASE_ENDING:
        supervisor->deadline = now + config->kill_timeout * LYGER_MILLISECOND;
        retire_all(supervisor);
        lyger_crew_signal(&supervisor->crew, SIGTERM);
        lyger_boot_tell(supervisor, 't');
        break;
    case LYGER_PHASE_KILLING:
        supervisor->deadline = now + LAST_TIME;
        lyger_boot_abandon(supervisor);
        retire_all(supervisor);
        lyger_crew_signal(&supervisor->crew, SIGKILL);
        lyger_boot_tell(supervisor, 'k');
        close_front(supervisor);
        break;
    }
}

/* SIGTERM or SIGINT: the first drains, the second ends at once, a further one by force. */
static void stop_asked(lyger_supervisor *supervisor)
{
    if (supervisor->phase == LYGER_PHASE_SERVING) {
        lyger_server_say(supervisor->config, "stopping: no new connections, running requests may end");
        lyger_notify_send(&supervisor->notify, "STOPPING=1");
        enter(supervisor, LYGER_PHASE_DRAINING);
    } else if (supervisor->phase < LYGER_PHASE_ENDING) {
        lyger_server_say(supervisor->config, "stopping at once");
        enter(supervisor, LYGER_PHASE_ENDING);
        close_front(supervisor);
        uint64_t soon = lyger_hub_now() + AT_ONCE;
        supervisor->deadline = supervisor->deadline < soon ? supervisor->deadline : soon;
    } else {
        enter(supervisor, LYGER_PHASE_KILLING);
    }
}

static bool ended(const lyger_supervisor *supervisor)
{
    return supervisor->phase >= LYGER_PHASE_RETIRING && supervisor->crew.count == 0 &&
           supervisor->front == 0 && lyger_boot_none(supervisor);
}

static void end_phase(lyger_supervisor *supervisor, uint64_t now)
{
    if (supervisor->failure != LYGER_OK && supervisor->phase != LYGER_PHASE_KILLING) {
        enter(supervisor, LYGER_PHASE_KILLING);
    }
    /* Workers take queued requests until the front process, which queues them, has ended. */
    if (supervisor->phase == LYGER_PHASE_DRAINING && supervisor->front == 0) {
        enter(supervisor, LYGER_PHASE_RETIRING);
    }
    if (supervisor->phase == LYGER_PHASE_SERVING || now < supervisor->deadline) {
        return;
    }
    if (supervisor->phase < LYGER_PHASE_ENDING) {
        lyger_server_say(supervisor->config, "the time to end is over, what still runs is ended");
        enter(supervisor, LYGER_PHASE_ENDING);
    } else if (supervisor->phase == LYGER_PHASE_ENDING) {
        enter(supervisor, LYGER_PHASE_KILLING);
    } else {
        lyger_boot_kill(supervisor);
        lyger_crew_signal(&supervisor->crew, SIGKILL);
        if (supervisor->front > 0) {
            lyger_process_signal(supervisor->front, SIGKILL);
        }
        supervisor->deadline = now + LAST_TIME;
    }
}

/* ---- events ---- */

static void reaped(lyger_supervisor *supervisor, pid_t pid, int status)
{
    if (pid == supervisor->front) {
        front_ended(supervisor, status);
    } else if (!lyger_crew_reaped(&supervisor->crew, pid, status) &&
               !lyger_boot_reaped(supervisor, pid, status)) {
        lyger_boot_stray(supervisor, pid);
    }
}

static bool reap_one(lyger_supervisor *supervisor, pid_t pid)
{
    int status;
    pid_t got = pid > 0 ? waitpid(pid, &status, WNOHANG) : 0;
    if (got > 0) {
        reaped(supervisor, got, status);
    }
    return got > 0;
}

/* Reaps the front process, the workers and the booted parents, each by its process id; any other child only
 * if the application had no children of its own. */
static void reap(lyger_supervisor *supervisor)
{
    int status;
    pid_t pid;
    reap_one(supervisor, supervisor->front);
    for (uint32_t i = supervisor->crew.count; i-- > 0;) {
        reap_one(supervisor, supervisor->crew.members[i].pid); /* backwards: the last member fills a gap */
    }
    for (lyger_booted *booted = supervisor->booted; booted; booted = booted->next) {
        if (booted->state != LYGER_BOOTED_DEAD) {
            reap_one(supervisor, booted->pid);
        }
    }
    while (!supervisor->strangers && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
        reaped(supervisor, pid, status);
    }
}

static void hear_signals(lyger_supervisor *supervisor)
{
    lyger_signal signal;
    while (lyger_signals_next(&supervisor->signals, &signal)) {
        switch (signal.number) {
        case SIGCHLD:
            reap(supervisor);
            break;
        case SIGTERM:
        case SIGINT:
            stop_asked(supervisor);
            break;
        case SIGQUIT:
            enter(supervisor, LYGER_PHASE_KILLING);
            break;
        case SIGUSR1:
            reopen_log(supervisor);
            break;
        case SIGHUP:
            if (!signal.kernel) {
                if (supervisor->phase == LYGER_PHASE_SERVING) {
                    listen_again(supervisor);
                }
                lyger_boot_ask(supervisor, "reloading");
            } else if (!supervisor->signals.nohup) {
                stop_asked(supervisor); /* the terminal it runs in was closed */
            }
            break;
        }
    }
}

/* Reads the front process's 's': a worker without the right to signal the supervisor wants the server to
 * end. */
static void hear_front(lyger_supervisor *supervisor)
{
    char said[16];
    ssize_t got = recv(supervisor->front_control, said, sizeof said, MSG_DONTWAIT);
    if (got == 0) {
        close_front(supervisor); /* SIGCHLD will tell of the front process's death */
    }
    if (got > 0 && memchr(said, 's', (size_t)got) && supervisor->phase == LYGER_PHASE_SERVING) {
        stop_asked(supervisor);
    }
}

static void sooner(uint64_t *due, uint64_t time)
{
    *due = time && time < *due ? time : *due;
}

/* Waits until an event comes or `due`. */
static void wait_for_events(lyger_supervisor *supervisor, uint64_t due)
{
    struct pollfd ready[3 + BOOTED_POLLED];
    lyger_booted *listened[BOOTED_POLLED];
    nfds_t count = 0, first;
    ready[count++] = (struct pollfd){.fd = supervisor->signals.descriptor, .events = POLLIN};
    int watch = supervisor->watch ? lyger_watch_descriptor(supervisor->watch) : -1;
    ready[count++] = (struct pollfd){.fd = watch, .events = POLLIN}; /* poll(2) passes over -1 */
    ready[count++] = (struct pollfd){.fd = supervisor->front_control, .events = POLLIN};
    first = count;
    for (lyger_booted *booted = supervisor->booted; booted && count < first + BOOTED_POLLED;
         booted = booted->next) {
        if (booted->control >= 0) {
            listened[count - first] = booted;
            ready[count++] = (struct pollfd){.fd = booted->control, .events = POLLIN};
        }
    }
    uint64_t now = lyger_hub_now();
    int timeout = due <= now                        ? 0
                  : due - now > 3600 * LYGER_SECOND ? 3600000
                                                    : (int)((due - now) / LYGER_MILLISECOND) + 1;
    if (poll(ready, count, timeout) <= 0) {
        return;
    }
    for (nfds_t i = first; i < count; i++) {
        if (ready[i].revents) {
            lyger_boot_hear(supervisor, listened[i - first]);
        }
    }
    if (ready[2].revents) {
        hear_front(supervisor);
    }
    if (ready[0].revents) {
        hear_signals(supervisor);
    }
}

static void say_ready(lyger_supervisor *supervisor)
{
    if (!supervisor->ready && lyger_crew_up(&supervisor->crew)) {
        supervisor->ready = true;
        lyger_notify_send(&supervisor->notify, "READY=1\nSTATUS=serving");
    }
    if (!supervisor->ready && lyger_crew_hopeless(&supervisor->crew)) {
        char death[LYGER_DEATH_SIZE];
        supervisor->failure = lyger_fail(supervisor->error, LYGER_E_SERVER,
                                         "the workers die before they ask for a request, the last one of %s",
                                         lyger_process_death(supervisor->crew.last_status, death));
    }
}

/* Does what time makes due, without an event; returns when the next call is due. */
static uint64_t tick(lyger_supervisor *supervisor)
{
    uint64_t now = lyger_hub_now(), due = UINT64_MAX, watch_due = 0;
    say_ready(supervisor);
    if (supervisor->phase == LYGER_PHASE_SERVING) {
        if (supervisor->front == 0 && now >= supervisor->front_not_before) {
            start_front(supervisor);
        }
        if (supervisor->watch && lyger_watch_changed(supervisor->watch, now, &watch_due)) {
            see_change(supervisor);
        }
        sooner(&due, supervisor->front == 0 ? supervisor->front_not_before : 0);
        sooner(&due, supervisor->ready ? 0 : now + LOOK_TIME);
        sooner(&due, watch_due);
    }
    lyger_boot_tick(supervisor);
    end_phase(supervisor, now);
    sooner(&due, supervisor->deadline);
    sooner(&due, lyger_boot_due(supervisor));
    if (supervisor->notify.watchdog) {
        if (now >= supervisor->watchdog_at) {
            lyger_notify_send(&supervisor->notify, "WATCHDOG=1");
            supervisor->watchdog_at = now + supervisor->notify.watchdog;
        }
        sooner(&due, supervisor->watchdog_at);
    }
    return due;
}

bool lyger_supervisor_loop(lyger_supervisor *supervisor, uint32_t *place)
{
    for (;;) {
        uint64_t due = tick(supervisor);
        if (ended(supervisor)) {
            return false;
        }
        if (supervisor->phase <= LYGER_PHASE_DRAINING && lyger_crew_fill(&supervisor->crew, place)) {
            return true;
        }
        sooner(&due, lyger_crew_due(&supervisor->crew));
        wait_for_events(supervisor, due);
    }
}

void lyger_supervisor_leave(lyger_supervisor *supervisor, bool listening)
{
    close_front(supervisor);
    lyger_boot_free(supervisor);
    lyger_pid_file_in_child(&supervisor->pid_file);
    lyger_notify_close(&supervisor->notify);
    lyger_watch_free(supervisor->watch);
    supervisor->watch = NULL;
    if (!listening) {
        lyger_listen_close(&supervisor->listening, false);
    }
}
