#include "run.h"

#include "server/front/access_log.h"
#include "execute.h"
#include "supervisor.h"
#include "http/uv_api.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RING_SIZE 262144u /* of a worker's answers on their way: most pages fit whole */

/* The role of this process in a server. */
static struct {
    pid_t self;       /* the process that these members are about: in a fork's copy they mean nothing */
    pid_t supervisor; /* 0: no server */
    pid_t parent;     /* of a worker */
    lyger_hub *hub;   /* of a worker */
    uint16_t port;
} role;

uint16_t lyger_server_port(void)
{
    return role.port;
}

/* A worker whose parent has died signals nothing: the supervisor's process id may be another process's by
 * then. */
void lyger_server_stop(void)
{
    if (role.supervisor > 0 && role.self == getpid() &&
        (role.self == role.supervisor || getppid() == role.parent)) {
        /* A worker that serves as another user may not signal the supervisor. */
        if (!lyger_process_signal(role.supervisor, SIGTERM) && role.hub) {
            lyger_hub_ask_end(role.hub);
        }
    }
}

/* ---- in a worker ---- */

static lyger_status be_worker(const lyger_server_config *config, lyger_hub *hub, lyger_signals *signals,
                              uint32_t place, lyger_worker **worker, lyger_error *error)
{
    role.parent = getppid();
    role.self = getpid();
    role.hub = hub;
    lyger_signals_restore_in_child(signals, true);
    if (config->forked) {
        config->forked(config->context, true);
    }
    *worker = lyger_hub_join(hub, place);
    return *worker ? LYGER_OK : lyger_fail(error, LYGER_E_MEMORY, "no memory for a worker");
}

/* ---- a booted parent ---- */

typedef struct booted_parent {
    const lyger_server_config *config;
    lyger_identity identity;
    lyger_hub *hub;
    lyger_signals signals;
    lyger_crew crew;
    int control;
    bool up, ending;
    uint64_t kill_at; /* when SIGKILL is due; 0: never */
} booted_parent;

static void reap_crew(lyger_crew *crew)
{
    for (uint32_t i = crew->count; i-- > 0;) {
        int status;
        pid_t pid = crew->members[i].pid;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            lyger_crew_reaped(crew, pid, status);
        }
    }
}

static void end_crew(booted_parent *parent, int number)
{
    lyger_crew_retire(&parent->crew);
    parent->ending = true;
    if (number) {
        lyger_crew_signal(&parent->crew, number);
    }
}

static void hear_supervisor(booted_parent *parent)
{
    char said[16];
    ssize_t got = recv(parent->control, said, sizeof said, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        /* The supervisor died: no front process brings requests any more. */
        close(parent->control);
        parent->control = -1;
        end_crew(parent, SIGTERM);
        parent->kill_at = lyger_hub_now() + parent->config->kill_timeout * LYGER_MILLISECOND;
    }
    for (ssize_t i = 0; i < got; i++) {
        end_crew(parent, said[i] == 't' ? SIGTERM : said[i] == 'k' ? SIGKILL : 0);
    }
}

/* Tells the supervisor once that the application is up. False: the application will not come up. */
static bool look_at_crew(booted_parent *parent, lyger_error *error)
{
    char death[LYGER_DEATH_SIZE];
    if (!parent->up && lyger_crew_up(&parent->crew)) {
        ssize_t ignored = send(parent->control, "u", 1, MSG_NOSIGNAL);
        (void)ignored;
        parent->up = true;
    }
    if (!parent->up && lyger_crew_hopeless(&parent->crew)) {
        lyger_fail(error, LYGER_E_SERVER, "the workers die before they ask for a request, the last one of %s",
                   lyger_process_death(parent->crew.last_status, death));
        return false;
    }
    return true;
}

static void wait_in_parent(booted_parent *parent)
{
    struct pollfd ready[2] = {{.fd = parent->signals.descriptor, .events = POLLIN},
                              {.fd = parent->control, .events = POLLIN}};
    lyger_signal signal;
    uint64_t now = lyger_hub_now(), due = lyger_crew_due(&parent->crew);
    if (parent->kill_at && (!due || parent->kill_at < due)) {
        due = parent->kill_at;
    }
    int timeout = !due ? -1 : due <= now ? 0 : (int)((due - now) / LYGER_MILLISECOND) + 1;
    if (!parent->up && (timeout < 0 || timeout > 10)) {
        timeout = 10;
    }
    if (poll(ready, 2, timeout) > 0 && ready[1].revents) {
        hear_supervisor(parent);
    }
    while (lyger_signals_next(&parent->signals, &signal)) {
        /* Signals other than SIGCHLD were for the supervisor, which says on the control socket what to do. */
    }
    reap_crew(&parent->crew);
    if (parent->kill_at && lyger_hub_now() >= parent->kill_at) {
        lyger_crew_signal(&parent->crew, SIGKILL);
        parent->kill_at = lyger_hub_now() + LYGER_SECOND;
    }
}

/* Forks and reaps workers until the crew has ended. True in a worker. */
static bool lead_crew(booted_parent *parent, uint32_t *place, lyger_status *status, lyger_error *error)
{
    while (!parent->ending || parent->crew.count > 0) {
        if (!parent->ending && lyger_crew_fill(&parent->crew, place)) {
            return true;
        }
        if (!parent->ending && !look_at_crew(parent, error)) {
            *status = LYGER_E_SERVER;
            end_crew(parent, SIGKILL);
        }
        wait_in_parent(parent);
    }
    return false;
}

/* Checks that this process's workers will be the front process's user: the front process ends workers that
 * take too long, and reads the files they write. */
static lyger_status find_same(booted_parent *parent, const lyger_takeover *takeover, lyger_error *error)
{
    const lyger_identity *identity = &parent->identity;
    lyger_status status = lyger_identity_find(parent->config, &parent->identity, error);
    long user = identity->other ? (long)identity->user : -1,
         group = identity->other ? (long)identity->group : -1;
    if (status == LYGER_OK && (user != takeover->user || group != takeover->group)) {
        return lyger_fail(error, LYGER_E_SERVER,
                          "another user or group serves after a restart, not a reload");
    }
    return status;
}

static lyger_status run_booted(const lyger_server_config *config, const lyger_takeover *takeover,
                               lyger_server_role *result, lyger_worker **worker, lyger_error *error)
{
    booted_parent parent = {.config = config, .control = takeover->control, .signals.descriptor = -1};
    uint32_t place = 0;
    lyger_status status = lyger_server_check(config, error);
    *result = LYGER_ROLE_STOPPED;
    role.supervisor = takeover->supervisor;
    role.port = takeover->port;
    if (status == LYGER_OK) {
        status = lyger_process_single(error);
    }
    if (status == LYGER_OK) {
        status = find_same(&parent, takeover, error);
    }
    if (status == LYGER_OK) {
        status = lyger_hub_open(takeover->hub, takeover->bell, &parent.hub, error);
    }
    if (status == LYGER_OK) {
        status =
            lyger_crew_init(&parent.crew, config, &parent.identity, parent.hub, takeover->generation, error);
    }
    if (status == LYGER_OK) {
        status = lyger_signals_take(&parent.signals, error);
    }
    if (status == LYGER_OK && parent.crew.most < config->workers) {
        lyger_server_say(config, "%u of %u workers: there is room for more after a restart", parent.crew.most,
                         config->workers);
    }
    if (status == LYGER_OK && config->before_fork) {
        config->before_fork(config->context);
    }
    if (status == LYGER_OK && lead_crew(&parent, &place, &status, error)) {
        close(parent.control);
        lyger_crew_free(&parent.crew);
        *result = LYGER_ROLE_WORKER;
        return be_worker(config, parent.hub, &parent.signals, place, worker, error);
    }
    lyger_signals_restore(&parent.signals);
    lyger_crew_free(&parent.crew);
    lyger_hub_free(parent.hub);
    if (parent.control >= 0) {
        close(parent.control);
    }
    role.supervisor = 0;
    return status;
}

/* ---- the supervisor ---- */

static lyger_status make_hub(lyger_supervisor *supervisor, lyger_error *error)
{
    const lyger_server_config *config = supervisor->config;
    uint64_t room = config->http.limits.head + config->body_in_memory + 64;
    lyger_hub_settings settings = {
        .workers = config->workers * 2 + 8,
        .requests = config->queue_limit + config->workers * 2,
        .room = room > 1048576 ? 1048576
                : room < 4096  ? 4096
                               : (uint32_t)room,
        .ring = RING_SIZE,
    };
    return lyger_hub_new(&settings, &supervisor->hub, error);
}

static lyger_status start(lyger_supervisor *supervisor, lyger_error *error)
{
    const lyger_server_config *config = supervisor->config;
    siginfo_t info;
    lyger_status status = lyger_server_check(config, error);
    if (status == LYGER_OK) {
        status = lyger_process_single(error);
    }
    if (status == LYGER_OK) {
        status = lyger_identity_find(config, &supervisor->identity, error);
    }
    if (status == LYGER_OK) {
        status = lyger_access_log_check(config, !supervisor->identity.other, error);
    }
    if (status == LYGER_OK) {
        status = lyger_pid_file_take(&supervisor->pid_file, config->pid_file, error);
    }
    if (status == LYGER_OK) {
        status = lyger_listen_open(&supervisor->listening, config, error);
    }
    if (status == LYGER_OK) {
        status = make_hub(supervisor, error);
    }
    if (status == LYGER_OK && config->watch && *config->watch) {
        status = lyger_watch_new(config->watch, &supervisor->watch, error);
    }
    if (status == LYGER_OK) {
        status = lyger_crew_init(&supervisor->crew, config, &supervisor->identity, supervisor->hub,
                                 ++supervisor->generation, error);
    }
    if (status == LYGER_OK) {
        status = lyger_signals_take(&supervisor->signals, error);
    }
    if (status == LYGER_OK) {
        supervisor->changes = (uint64_t)time(NULL) * 1000; /* other numbers than before a restart */
        supervisor->strangers = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
        prctl(PR_GET_CHILD_SUBREAPER, &supervisor->subreaper);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        lyger_notify_open(&supervisor->notify);
    }
    return status;
}

static void finish(lyger_supervisor *supervisor)
{
    if (supervisor->signals.descriptor >= 0) {
        prctl(PR_SET_CHILD_SUBREAPER, supervisor->subreaper);
    }
    lyger_signals_restore(&supervisor->signals);
    lyger_notify_close(&supervisor->notify);
    lyger_boot_free(supervisor);
    lyger_watch_free(supervisor->watch);
    lyger_crew_free(&supervisor->crew);
    lyger_hub_free(supervisor->hub);
    lyger_listen_close(&supervisor->listening, true);
    lyger_pid_file_drop(&supervisor->pid_file);
    memset(&role, 0, sizeof role);
}

static void say_start(const lyger_supervisor *supervisor)
{
    const lyger_crew *crew = &supervisor->crew;
    char least[24] = "";
    if (crew->least < crew->most) {
        snprintf(least, sizeof least, "%u to ", crew->least);
    }
    lyger_server_say(supervisor->config, "listening on %s, %s%u worker%s, process %ld",
                     supervisor->listening.text, least, supervisor->config->workers,
                     supervisor->config->workers == 1 ? "" : "s", (long)getpid());
    if (supervisor->watch && lyger_watch_polls(supervisor->watch)) {
        lyger_server_say(
            supervisor->config,
            "%s has more directories than inotify may watch (fs.inotify.max_user_watches): they are "
            "looked at once a second",
            supervisor->config->watch);
    }
}

static lyger_status supervise(const lyger_server_config *config, lyger_server_role *result,
                              lyger_worker **worker, lyger_error *error)
{
    lyger_supervisor supervisor = {.config = config,
                                   .signals.descriptor = -1,
                                   .pid_file.descriptor = -1,
                                   .notify.descriptor = -1,
                                   .front_control = -1,
                                   .error = error};
    uint32_t place = 0;
    *result = LYGER_ROLE_STOPPED;
    lyger_status status = start(&supervisor, error);
    if (status == LYGER_OK) {
        role.self = role.supervisor = getpid();
        role.port = supervisor.listening.port;
        say_start(&supervisor);
        if (config->before_fork) {
            config->before_fork(config->context);
        }
        if (lyger_supervisor_loop(&supervisor, &place)) {
            *result = LYGER_ROLE_WORKER;
            lyger_supervisor_leave(&supervisor, false);
            lyger_crew_free(&supervisor.crew);
            return be_worker(config, supervisor.hub, &supervisor.signals, place, worker, error);
        }
        status = supervisor.failure;
    }
    finish(&supervisor);
    return status;
}

lyger_status lyger_server_run(const lyger_server_config *config, lyger_server_role *result,
                              lyger_worker **worker, lyger_error *error)
{
    lyger_takeover takeover;
    *worker = NULL;
    lyger_server_remember();
    if (role.supervisor > 0 && role.self == getpid()) {
        *result = LYGER_ROLE_STOPPED;
        return lyger_fail(error, LYGER_E_SERVER, "a server is running in this process already");
    }
    if (lyger_uv_load(error) != LYGER_OK) { /* the front process needs it, and could not report an error */
        *result = LYGER_ROLE_STOPPED;
        return LYGER_E_SERVER;
    }
    if (lyger_reload_takeover(&takeover)) {
        return run_booted(config, &takeover, result, worker, error);
    }
    return supervise(config, result, worker, error);
}
