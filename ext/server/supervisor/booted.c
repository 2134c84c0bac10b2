/*
 * Booted parents, as the supervisor sees them: begun for a reload, heard, reaped, and their workers taken
 * over.
 */
#include "execute.h"
#include "supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEFT_BEHIND LYGER_SECOND /* until a place whose worker never said its process id is given up */
#define PAUSE_FIRST (200 * LYGER_MILLISECOND) /* before the next boot; doubled by every further failure */
#define PAUSE_LONGEST (10 * LYGER_SECOND)

static lyger_booted *find_booted(const lyger_supervisor *supervisor, lyger_booted_state state)
{
    lyger_booted *booted = supervisor->booted;
    while (booted && booted->state != state) {
        booted = booted->next;
    }
    return booted;
}

static void become(lyger_booted *booted, lyger_booted_state state)
{
    booted->state = state;
    booted->since = lyger_hub_now();
}

static void close_control(lyger_booted *booted)
{
    if (booted->control >= 0) {
        close(booted->control);
    }
    booted->control = -1;
}

static void tell(lyger_booted *booted, char command)
{
    if (booted->control >= 0) {
        ssize_t ignored = send(booted->control, &command, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
    }
}

/* ---- what is wanted ---- */

void lyger_boot_ask(lyger_supervisor *supervisor, const char *why)
{
    if (supervisor->phase != LYGER_PHASE_SERVING) {
        return;
    }
    if (!supervisor->reload_wanted) {
        lyger_server_say(supervisor->config, "%s", why);
    }
    supervisor->reload_wanted = true;
}

/* Whether the supervisor or a booted parent forks workers. */
static bool served(const lyger_supervisor *supervisor)
{
    return supervisor->crew.wanted > 0 || find_booted(supervisor, LYGER_BOOTED_SERVING);
}

static uint64_t pause_after(uint32_t failures)
{
    uint64_t pause = failures < 8 ? PAUSE_FIRST << failures : PAUSE_LONGEST;
    return failures == 0 ? 0 : pause < PAUSE_LONGEST ? pause : PAUSE_LONGEST;
}

static void not_booted(lyger_supervisor *supervisor, const char *why)
{
    bool others = served(supervisor);
    supervisor->boot_failures++;
    supervisor->boot_not_before = lyger_hub_now() + pause_after(supervisor->boot_failures);
    lyger_server_say(supervisor->config, "the application did not come up: %s; %s", why,
                     others ? "the running one stays" : "it is tried again");
    lyger_supervisor_tell_change(supervisor, false);
    lyger_notify_send(&supervisor->notify, others ? "READY=1\nSTATUS=serving; the last reload failed"
                                                  : "STATUS=the application does not come up");
}

static void boot(lyger_supervisor *supervisor)
{
    lyger_error error;
    lyger_booted *booted = calloc(1, sizeof *booted);
    supervisor->reload_wanted = false;
    if (!booted) {
        not_booted(supervisor, "no memory");
        return;
    }
    const lyger_identity *identity = &supervisor->identity;
    const lyger_takeover given = {.generation = supervisor->generation + 1,
                                  .port = supervisor->listening.port,
                                  .user = identity->other ? (long)identity->user : -1,
                                  .group = identity->other ? (long)identity->group : -1};
    if (lyger_reload_boot(supervisor->hub, &given, &supervisor->signals, &booted->pid, &booted->control,
                          &error) != LYGER_OK) {
        not_booted(supervisor, error.message);
        free(booted);
        return;
    }
    booted->generation = ++supervisor->generation;
    booted->next = supervisor->booted;
    supervisor->booted = booted;
    become(booted, LYGER_BOOTED_BOOTING);
    lyger_notify_reloading(&supervisor->notify);
}

/* ---- what booted parents left behind ---- */

/*
 * Adopts or buries the workers of a booted parent that died: those that live are children of this process now
 * (PR_SET_CHILD_SUBREAPER), the others had been reaped by the parent, which did not live to bury them. late:
 * a place without a process id will not get one any more.
 */
static void take_in(lyger_supervisor *supervisor, uint32_t generation, bool late)
{
    lyger_hub *hub = supervisor->hub;
    for (uint32_t place = 0; place < lyger_hub_places(hub); place++) {
        lyger_hub_worker worker;
        int status;
        lyger_hub_look(hub, place, &worker);
        if (worker.generation != generation || worker.state == LYGER_WORKER_NONE ||
            worker.state == LYGER_WORKER_DEAD || (worker.pid == 0 && !late)) {
            continue;
        }
        if (worker.pid > 0 && waitpid(worker.pid, &status, WNOHANG) == 0) {
            lyger_crew_adopt(&supervisor->crew, place, &worker);
        } else {
            lyger_hub_bury(hub, place);
        }
    }
    if (supervisor->phase == LYGER_PHASE_KILLING) {
        lyger_crew_signal(&supervisor->crew, SIGKILL);
    }
}

void lyger_boot_stray(lyger_supervisor *supervisor, pid_t pid)
{
    for (uint32_t place = 0; place < lyger_hub_places(supervisor->hub); place++) {
        lyger_hub_worker worker;
        lyger_hub_look(supervisor->hub, place, &worker);
        if (worker.pid == pid && worker.state != LYGER_WORKER_NONE && worker.state != LYGER_WORKER_DEAD) {
            lyger_hub_bury(supervisor->hub, place);
        }
    }
}

static void died_booting(lyger_supervisor *supervisor, const lyger_booted *booted, int status)
{
    char death[LYGER_DEATH_SIZE], text[128];
    if (supervisor->phase != LYGER_PHASE_SERVING) {
        return;
    }
    if (booted->killed) {
        snprintf(text, sizeof text, "it took longer than %u ms", supervisor->config->boot_timeout);
        not_booted(supervisor, text);
    } else if (booted->exec_error) {
        not_booted(supervisor, strerror(booted->exec_error));
    } else {
        not_booted(supervisor, lyger_process_death(status, death));
    }
}

bool lyger_boot_reaped(lyger_supervisor *supervisor, pid_t pid, int status)
{
    char death[LYGER_DEATH_SIZE];
    lyger_booted *booted = supervisor->booted;
    while (booted && (booted->pid != pid || booted->state == LYGER_BOOTED_DEAD)) {
        booted = booted->next;
    }
    if (!booted) {
        return false;
    }
    if (booted->control >= 0) {
        lyger_boot_hear(supervisor, booted); /* what the parent wrote before it died */
    }
    lyger_booted_state state = booted->state;
    close_control(booted);
    become(booted, LYGER_BOOTED_DEAD);
    take_in(supervisor, booted->generation, false);
    if (state == LYGER_BOOTED_BOOTING) {
        died_booting(supervisor, booted, status);
    } else if (state == LYGER_BOOTED_SERVING && supervisor->phase == LYGER_PHASE_SERVING) {
        supervisor->boot_failures++;
        supervisor->boot_not_before = lyger_hub_now() + pause_after(supervisor->boot_failures - 1);
        lyger_server_say(supervisor->config,
                         "the parent of the workers died of %s; the application is booted anew",
                         lyger_process_death(status, death));
    }
    return true;
}

/* ---- what booted parents say ---- */

/* Asks the workers of a booted parent to end, which the parent has yet to hear of: no idle one of them takes
 * another request. */
static void retire_workers(const lyger_supervisor *supervisor, uint32_t generation)
{
    for (uint32_t place = 0; place < lyger_hub_places(supervisor->hub); place++) {
        lyger_hub_worker seen;
        lyger_hub_look(supervisor->hub, place, &seen);
        if (seen.state != LYGER_WORKER_NONE && seen.generation == generation) {
            lyger_hub_retire(supervisor->hub, place);
        }
    }
}

static void came_up(lyger_supervisor *supervisor, lyger_booted *booted)
{
    if (booted->state != LYGER_BOOTED_BOOTING) {
        return;
    }
    lyger_crew_retire(&supervisor->crew);
    for (lyger_booted *other = supervisor->booted; other; other = other->next) {
        if (other->state == LYGER_BOOTED_SERVING) {
            tell(other, 'r');
            retire_workers(supervisor, other->generation);
            become(other, LYGER_BOOTED_RETIRING);
        }
    }
    become(booted, LYGER_BOOTED_SERVING);
    lyger_supervisor_tell_change(supervisor, true);
    lyger_server_say(supervisor->config, "the application was booted anew, process %ld", (long)booted->pid);
    lyger_notify_send(&supervisor->notify, "READY=1\nSTATUS=serving");
}

void lyger_boot_hear(lyger_supervisor *supervisor, lyger_booted *booted)
{
    char said[16];
    ssize_t got = recv(booted->control, said, sizeof said, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        close_control(booted); /* SIGCHLD will tell of the parent's death */
    }
    for (ssize_t i = 0; i < got; i++) {
        if (said[i] == 'u') {
            came_up(supervisor, booted);
        } else if (said[i] == 'x' && i + 1 < got) {
            booted->exec_error = (unsigned char)said[++i];
        }
    }
}

/* ---- in time ---- */

/* Forgets booted parents that died long enough ago, after a last look at their workers. */
static void forget_dead(lyger_supervisor *supervisor, uint64_t now)
{
    for (lyger_booted **at = &supervisor->booted; *at;) {
        lyger_booted *booted = *at;
        if (booted->state != LYGER_BOOTED_DEAD || now - booted->since < LEFT_BEHIND) {
            at = &booted->next;
            continue;
        }
        take_in(supervisor, booted->generation, true);
        *at = booted->next;
        free(booted);
    }
}

void lyger_boot_tick(lyger_supervisor *supervisor)
{
    uint64_t now = lyger_hub_now();
    lyger_booted *booting = find_booted(supervisor, LYGER_BOOTED_BOOTING);
    lyger_booted *serving = find_booted(supervisor, LYGER_BOOTED_SERVING);
    forget_dead(supervisor, now);
    if (serving && now - serving->since > PAUSE_LONGEST) {
        supervisor->boot_failures = 0;
    }
    if (supervisor->phase != LYGER_PHASE_SERVING) {
        return;
    }
    if (booting && !booting->killed &&
        now - booting->since > supervisor->config->boot_timeout * LYGER_MILLISECOND) {
        booting->killed = true;
        lyger_process_signal(booting->pid, SIGKILL);
    }
    if (booting) {
        return;
    }
    if (supervisor->reload_wanted || (!served(supervisor) && now >= supervisor->boot_not_before)) {
        boot(supervisor);
    }
}

uint64_t lyger_boot_due(const lyger_supervisor *supervisor)
{
    uint64_t due = UINT64_MAX;
    bool booting = false;
    for (const lyger_booted *booted = supervisor->booted; booted; booted = booted->next) {
        uint64_t time = UINT64_MAX;
        if (booted->state == LYGER_BOOTED_BOOTING && !booted->killed) {
            time = booted->since + (supervisor->config->boot_timeout + 1) * LYGER_MILLISECOND;
        } else if (booted->state == LYGER_BOOTED_DEAD) {
            time = booted->since + LEFT_BEHIND;
        }
        booting = booting || booted->state == LYGER_BOOTED_BOOTING;
        due = time < due ? time : due;
    }
    if (supervisor->phase == LYGER_PHASE_SERVING && !booting) {
        uint64_t time = supervisor->reload_wanted ? 1
                        : !served(supervisor)     ? supervisor->boot_not_before
                                                  : due;
        due = time < due ? time : due;
    }
    return due == UINT64_MAX ? 0 : due ? due : 1;
}

/* ---- all of them ---- */

void lyger_boot_tell(lyger_supervisor *supervisor, char command)
{
    for (lyger_booted *booted = supervisor->booted; booted; booted = booted->next) {
        tell(booted, command);
    }
}

void lyger_boot_kill(lyger_supervisor *supervisor)
{
    for (lyger_booted *booted = supervisor->booted; booted; booted = booted->next) {
        if (booted->state != LYGER_BOOTED_DEAD) {
            lyger_process_signal(booted->pid, SIGKILL);
        }
    }
}

void lyger_boot_abandon(lyger_supervisor *supervisor)
{
    lyger_booted *booting = find_booted(supervisor, LYGER_BOOTED_BOOTING);
    supervisor->reload_wanted = false;
    if (booting) {
        booting->killed = true;
        lyger_process_signal(booting->pid, SIGKILL);
    }
}

bool lyger_boot_none(const lyger_supervisor *supervisor)
{
    for (const lyger_booted *booted = supervisor->booted; booted; booted = booted->next) {
        if (booted->state != LYGER_BOOTED_DEAD) {
            return false;
        }
    }
    return true;
}

void lyger_boot_free(lyger_supervisor *supervisor)
{
    while (supervisor->booted) {
        lyger_booted *booted = supervisor->booted;
        supervisor->booted = booted->next;
        close_control(booted);
        free(booted);
    }
}
