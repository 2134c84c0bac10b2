#include "crew.h"

#include "server/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND 1000000ull
#define SECOND (1000 * MILLISECOND)
#define QUICK SECOND                   /* a worker that dies sooner after its start counts as failed */
#define PAUSE_FIRST (50 * MILLISECOND) /* doubled by every further failure */
#define PAUSE_BOOTING (5 * SECOND)     /* longest pause when workers die before their first request … */
#define PAUSE_WORKING SECOND           /* … and when they die at work: other requests may be served well */
#define PAUSE_NO_PLACE (20 * MILLISECOND) /* until the hub may have a free place */
#define LOOK_TIME (50 * MILLISECOND) /* between two looks at the queue, where the crew may grow or shrink */
#define CALM_TIME (10 * SECOND)      /* with idle workers, before one of them is given up … */
#define CALM_MORE SECOND             /* … and then until the next */
#define SAID_TIME (10 * SECOND)
#define SAID_MOST 8 /* lines about deaths in SAID_TIME */

lyger_status lyger_crew_init(lyger_crew *crew, const lyger_server_config *config,
                             const lyger_identity *identity, lyger_hub *hub, uint32_t generation,
                             lyger_error *error)
{
    memset(crew, 0, sizeof *crew);
    crew->config = config;
    crew->identity = identity;
    crew->hub = hub;
    crew->generation = generation;
    crew->room = lyger_hub_places(hub);
    /* A reload needs places for the new workers beside the old ones. */
    uint32_t most = crew->room > 1 ? crew->room / 2 : 1;
    crew->most = config->workers < most ? config->workers : most;
    crew->least =
        config->workers_least && config->workers_least < crew->most ? config->workers_least : crew->most;
    crew->wanted = crew->least;
    crew->look_at = crew->least < crew->most ? 1 : 0;
    crew->members = calloc(crew->room, sizeof *crew->members);
    return crew->members ? LYGER_OK : lyger_fail(error, LYGER_E_MEMORY, "no memory for the list of workers");
}

void lyger_crew_free(lyger_crew *crew)
{
    free(crew->members);
    memset(crew, 0, sizeof *crew);
}

/* ---- forking ---- */

static uint32_t present(const lyger_crew *crew)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < crew->count; i++) {
        count += crew->members[i].generation == crew->generation && !crew->members[i].retired;
    }
    return count;
}

/*
 * In a new worker. The worker writes its process id into the hub, as its parent does: the parent may be
 * killed before it could, and the supervisor, which inherits the worker, has to find it. The worker gets
 * SIGTERM when its parent dies, so that the current request can end; the kernel forgets that setting when a
 * process becomes another user, so the worker becomes that user first.
 */
static void born(const lyger_crew *crew, uint32_t place, pid_t parent)
{
    lyger_error error;
    if (lyger_identity_assume(crew->identity, &error) != LYGER_OK) {
        lyger_server_say(crew->config, "a worker %s", error.message);
        _exit(EXIT_FAILURE);
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(0); /* the parent died before prctl(); this worker has taken no request */
    }
    lyger_hub_placed(crew->hub, place, getpid());
}

static void pause_for(lyger_crew *crew, uint64_t time)
{
    crew->not_before = lyger_hub_now() + time;
}

/* Forks one worker; 1 in the child, 0 in the parent, -1 on failure. */
static int add_one(lyger_crew *crew, uint32_t *place)
{
    pid_t parent = getpid();
    int taken = crew->count < crew->room ? lyger_hub_place(crew->hub, crew->generation) : -1;
    if (taken < 0) {
        pause_for(crew, PAUSE_NO_PLACE); /* the front process will free the places of dead workers */
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        *place = (uint32_t)taken;
        born(crew, *place, parent);
        return 1;
    }
    if (pid < 0) {
        lyger_server_say(crew->config, "cannot fork a worker: %s", strerror(errno));
        lyger_hub_placed(crew->hub, (uint32_t)taken, 0);
        pause_for(crew, SECOND);
        return -1;
    }
    lyger_hub_placed(crew->hub, (uint32_t)taken, pid);
    crew->members[crew->count++] = (lyger_member){
        .pid = pid, .place = (uint32_t)taken, .generation = crew->generation, .started_at = lyger_hub_now()};
    return 0;
}

/* ---- between bounds ---- */

/* Asks the idle worker in the highest place to end: workers are woken from the lowest on, so the highest has
 * been idle for the longest. */
static void give_up_one(lyger_crew *crew)
{
    lyger_member *last = NULL;
    lyger_hub_worker seen;
    for (uint32_t i = 0; i < crew->count; i++) {
        lyger_member *member = &crew->members[i];
        if (member->generation == crew->generation && !member->retired &&
            (!last || member->place > last->place)) {
            lyger_hub_look(crew->hub, member->place, &seen);
            last = seen.state == LYGER_WORKER_IDLE ? member : last;
        }
    }
    if (last) {
        last->retired = true;
        lyger_hub_retire(crew->hub, last->place);
        crew->wanted--;
    }
}

static uint32_t busy(const lyger_crew *crew)
{
    uint32_t count = 0;
    lyger_hub_worker seen;
    for (uint32_t i = 0; i < crew->count; i++) {
        lyger_hub_look(crew->hub, crew->members[i].place, &seen);
        count += crew->members[i].generation == crew->generation && !crew->members[i].retired &&
                 seen.state != LYGER_WORKER_IDLE;
    }
    return count;
}

/* Follows the queue: looks at it when it is time. */
static void follow(lyger_crew *crew)
{
    uint64_t now = lyger_hub_now();
    if (!crew->look_at || !crew->wanted || now < crew->look_at) {
        return;
    }
    crew->look_at = now + LOOK_TIME;
    uint32_t waiting = lyger_hub_waiting(crew->hub), at_work = busy(crew);
    if (at_work + 1 >= crew->wanted || !crew->calm_since) {
        crew->calm_since = now;
    }
    if (waiting > 0 && at_work >= crew->wanted) {
        uint32_t more = waiting < crew->wanted ? waiting : crew->wanted;
        crew->wanted = more < crew->most - crew->wanted ? crew->wanted + more : crew->most;
    } else if (crew->wanted > crew->least && now - crew->calm_since >= CALM_TIME) {
        give_up_one(crew);
        crew->calm_since += CALM_MORE;
    }
}

bool lyger_crew_fill(lyger_crew *crew, uint32_t *place)
{
    follow(crew);
    uint32_t have = present(crew);
    if (crew->not_before && lyger_hub_now() < crew->not_before) {
        return false;
    }
    crew->not_before = 0;
    while (have < crew->wanted) {
        int made = add_one(crew, place);
        if (made != 0) {
            return made > 0;
        }
        have++;
        if (crew->booting && crew->failures > 2) {
            break; /* after failures one worker at a time, until workers come up again; see failed() */
        }
    }
    if (have < crew->wanted && !crew->not_before) {
        pause_for(crew, PAUSE_FIRST);
    }
    return false;
}

uint64_t lyger_crew_due(const lyger_crew *crew)
{
    if (present(crew) >= crew->wanted) {
        return crew->wanted ? crew->look_at : 0;
    }
    return crew->not_before ? crew->not_before : 1;
}

/* ---- deaths ---- */

static void say_death(lyger_crew *crew, const lyger_member *member, int status, uint64_t age, uint64_t pause)
{
    char death[LYGER_DEATH_SIZE], more[96] = "", again[96] = "";
    uint64_t now = lyger_hub_now();
    if (now - crew->said_at > SAID_TIME) {
        if (crew->unsaid > 0) {
            snprintf(more, sizeof more, " (%u more deaths were not reported)", crew->unsaid);
        }
        crew->said_at = now;
        crew->said = crew->unsaid = 0;
    }
    if (crew->said++ >= SAID_MOST) {
        crew->unsaid++;
        return;
    }
    if (pause > 0) {
        snprintf(again, sizeof again, ", %u in a row; the next one starts in %u ms", crew->failures,
                 (unsigned)(pause / MILLISECOND));
    }
    lyger_server_say(crew->config, "worker %ld died of %s, %.2f s after its start%s%s", (long)member->pid,
                     lyger_process_death(status, death), (double)age / SECOND, again, more);
}

/*
 * Counts a worker that died early; returns the pause before the next fork. After a few such deaths each
 * further one doubles the pause. When workers die at work, a request that kills its worker must not stop the
 * others, so the longest pause is short.
 */
static uint64_t failed(lyger_crew *crew, bool booting, int status)
{
    uint64_t now = lyger_hub_now(), longest = booting ? PAUSE_BOOTING : PAUSE_WORKING;
    uint32_t free_ones = booting ? 2 : crew->wanted + 3;
    if (now - crew->failed_at > 2 * QUICK + longest) {
        crew->failures = 0;
    }
    crew->failures++;
    crew->failed_at = now;
    crew->booting = booting;
    crew->last_status = status;
    if (crew->failures <= free_ones) {
        return 0;
    }
    uint32_t doubled = crew->failures - free_ones - 1;
    uint64_t pause = doubled < 10 ? PAUSE_FIRST << doubled : longest;
    pause = pause < longest ? pause : longest;
    crew->not_before = now + pause;
    return pause;
}

bool lyger_crew_reaped(lyger_crew *crew, pid_t pid, int status)
{
    uint32_t i = 0;
    while (i < crew->count && crew->members[i].pid != pid) {
        i++;
    }
    if (i == crew->count) {
        return false;
    }
    lyger_member member = crew->members[i];
    lyger_hub_worker seen;
    crew->members[i] = crew->members[--crew->count];
    lyger_hub_look(crew->hub, member.place, &seen);
    lyger_hub_bury(crew->hub, member.place);
    bool current = member.generation == crew->generation && !member.retired && !seen.retiring;
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    uint64_t age = lyger_hub_now() - member.started_at, pause = 0;
    if (current && seen.state != LYGER_WORKER_BOOTING) {
        crew->came_up = true;
        crew->booting = false;
    }
    if (current && age < QUICK && !(clean && seen.requests > 0)) {
        pause = failed(crew, seen.state == LYGER_WORKER_BOOTING, status);
    } else if (current && age >= QUICK) {
        crew->failures = 0;
    }
    bool expected = clean || (!current && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    if (!expected || pause > 0) {
        say_death(crew, &member, status, age, pause);
    }
    return true;
}

void lyger_crew_adopt(lyger_crew *crew, uint32_t place, const lyger_hub_worker *worker)
{
    for (uint32_t i = 0; i < crew->count; i++) {
        if (crew->members[i].pid == worker->pid) {
            return;
        }
    }
    if (crew->count < crew->room) {
        crew->members[crew->count++] = (lyger_member){.pid = worker->pid,
                                                      .place = place,
                                                      .generation = worker->generation,
                                                      .started_at = worker->started_at,
                                                      .retired = true};
        lyger_hub_retire(crew->hub, place);
    }
}

/* ---- all of them ---- */

void lyger_crew_retire(lyger_crew *crew)
{
    crew->wanted = 0;
    crew->not_before = 0;
    for (uint32_t i = 0; i < crew->count; i++) {
        crew->members[i].retired = true;
        lyger_hub_retire(crew->hub, crew->members[i].place);
    }
}

void lyger_crew_signal(lyger_crew *crew, int number)
{
    for (uint32_t i = 0; i < crew->count; i++) {
        lyger_process_signal(crew->members[i].pid, number);
    }
}

bool lyger_crew_up(lyger_crew *crew)
{
    for (uint32_t i = 0; !crew->came_up && i < crew->count; i++) {
        lyger_hub_worker seen;
        if (crew->members[i].generation == crew->generation) {
            lyger_hub_look(crew->hub, crew->members[i].place, &seen);
            crew->came_up = seen.state == LYGER_WORKER_IDLE || seen.state == LYGER_WORKER_BUSY;
        }
    }
    return crew->came_up;
}

bool lyger_crew_hopeless(const lyger_crew *crew)
{
    /* Either all workers that were started at first have died, or one after the other has. */
    return !crew->came_up && crew->booting &&
           (crew->failures >= crew->wanted + 4 || (crew->failures >= 8 && crew->count == 0));
}
