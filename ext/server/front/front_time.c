/*
 * What time makes due in the front process: requests that take too long, work after the answer, lines for
 * people, health.
 */
#include "front_state.h"

#include "browser_reload.h"

#include "pages.h"
#include "server/process.h"
#include "base/version.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MILLISECOND 1000000u
#define SAID_TIME 10000000000u /* ns */
#define SAID_MOST 8            /* lines in SAID_TIME */

/* ---- what is said ---- */

void lyger_front_say(lyger_front *front, const char *format, ...)
{
    char line[LYGER_ERROR_MESSAGE_SIZE];
    uint64_t now = lyger_hub_now();
    va_list arguments;
    if (now - front->said_at > SAID_TIME) {
        if (front->unsaid > 0) {
            lyger_server_say(front->config, "%u more lines were left out", front->unsaid);
        }
        front->said_at = now;
        front->said = front->unsaid = 0;
    }
    if (front->said++ >= SAID_MOST) {
        front->unsaid++;
        return;
    }
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    lyger_server_say(front->config, "%s", line);
}

/* ---- requests that take too long ---- */

/* The time that a request may take without a sign of progress, ns from *since on; UINT64_MAX: for ever. An
 * application that asks for more time than the server gives (set_time_limit()) gets it. */
static uint64_t limit_of(const lyger_front *front, const lyger_hub_slot *slot, uint64_t *since)
{
    uint64_t limit = (uint64_t)front->config->request_timeout * MILLISECOND, asked_at;
    uint64_t asked = lyger_hub_allowed(slot, &asked_at);
    if (asked == 0) {
        return limit;
    }
    *since = asked_at > *since ? asked_at : *since;
    return asked > limit ? asked : limit;
}

static bool is_over(const lyger_front *front, const lyger_hub_slot *slot, uint64_t since, uint64_t now)
{
    uint64_t limit = limit_of(front, slot, &since);
    return front->config->request_timeout > 0 && limit < UINT64_MAX && now > since && now - since > limit;
}

/* Tells the worker to end: a worker cannot be told to give up only one request. */
static void doom(lyger_front *front, uint32_t place, uint64_t since, uint64_t now, const char *why)
{
    lyger_doomed *doomed = &front->doomed[place];
    lyger_hub_worker worker;
    lyger_hub_look(front->hub, place, &worker);
    if (worker.state != LYGER_WORKER_BUSY || worker.since != since || worker.pid <= 1) {
        return; /* the worker has just finished the request */
    }
    lyger_front_say(front, "worker %ld ended by request_timeout (%.15g s), %s: %s", (long)worker.pid,
                    front->config->request_timeout / 1000.0, why, worker.doing);
    doomed->pid = worker.pid;
    doomed->since = since;
    doomed->next_at = now + (uint64_t)front->config->kill_timeout * MILLISECOND;
    kill(worker.pid, SIGTERM);
}

static void kill_doomed(lyger_front *front, uint64_t now)
{
    for (uint32_t place = 0; place < lyger_hub_places(front->hub); place++) {
        lyger_doomed *doomed = &front->doomed[place];
        lyger_hub_worker worker;
        if (doomed->pid == 0) {
            continue;
        }
        lyger_hub_look(front->hub, place, &worker);
        if (worker.state != LYGER_WORKER_BUSY || worker.pid != doomed->pid || worker.since != doomed->since) {
            doomed->pid = 0;
        } else if (now >= doomed->next_at) {
            kill(doomed->pid, SIGKILL);
            doomed->pid = 0;
        }
    }
}

static void give_up_waiting(lyger_job *job)
{
    char doing[LYGER_HUB_DOING_SIZE];
    lyger_hub_describe(job->front->hub, job->slot, doing);
    lyger_front_cancel(job);
    lyger_front_say(job->front, "no worker became free within %.15g s (request_timeout), refused: %s",
                    job->front->config->request_timeout / 1000.0, doing);
    lyger_metrics_count(&job->front->metrics, LYGER_METRICS_REJECTED_QUEUE);
    lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "no worker became free in time");
}

static void give_up_running(lyger_job *job, uint64_t now)
{
    lyger_front *front = job->front;
    uint64_t since = lyger_hub_taken_at(job->slot);
    int place = lyger_hub_worker_of(front->hub, job->slot);
    lyger_metrics_count(&front->metrics, LYGER_METRICS_TIMEOUT_HANDLER);
    if (place >= 0) {
        doom(front, (uint32_t)place, since, now, "nothing was written or taken");
    }
    lyger_front_cancel(job);
    if (!job->connection) {
        lyger_front_release(job);
    } else if (lyger_http_response_begun(job->connection)) {
        lyger_http_cut_off(job->connection);
    } else {
        job->has_head = false;
        lyger_front_refuse(job, 504, "", "the application did not answer in time");
    }
}

static void look_at_times(lyger_front *front, uint64_t now)
{
    uint64_t limit = (uint64_t)front->config->request_timeout * MILLISECOND;
    for (lyger_job *job = front->jobs, *next; limit > 0 && job; job = next) {
        next = job->next;
        if (lyger_hub_worker_of(front->hub, job->slot) < 0) {
            if (now - lyger_hub_submitted_at(job->slot) > limit && job->connection) {
                give_up_waiting(job);
            }
            continue;
        }
        /* While a worker waits for its client (suspended), write_timeout applies instead. */
        uint64_t taken_at = lyger_hub_taken_at(job->slot),
                 since = taken_at > job->progress_at ? taken_at : job->progress_at;
        if (taken_at > 0 && !job->suspended && is_over(front, job->slot, since, now)) {
            give_up_running(job, now);
        }
    }
}

/* ---- work that goes on after the answer ---- */

static void end_after(lyger_front *front, lyger_after *after)
{
    if (after->body_path[0]) {
        unlink(after->body_path);
    }
    front->spooled -= after->spooled;
    memset(after, 0, sizeof *after);
}

void lyger_front_goes_on(lyger_job *job, uint32_t worker)
{
    lyger_front *front = job->front;
    lyger_after *after = &front->after[worker];
    end_after(front, after);
    after->slot = job->slot;
    after->id = lyger_hub_id(job->slot);
    after->since = lyger_hub_now();
    memcpy(after->body_path, job->body_path, sizeof after->body_path);
    after->spooled = job->body_spooled;
    job->body_path[0] = '\0';
    job->body_spooled = 0;
}

void lyger_front_forget_after(lyger_front *front)
{
    for (uint32_t place = 0; place < LYGER_HUB_WORKERS_MAX; place++) {
        end_after(front, &front->after[place]);
    }
}

static void look_at_after(lyger_front *front, uint64_t now)
{
    for (uint32_t place = 0; place < lyger_hub_places(front->hub); place++) {
        lyger_after *after = &front->after[place];
        if (!after->slot) {
            continue;
        }
        if (lyger_hub_worker_of(front->hub, after->slot) != (int)place ||
            lyger_hub_id(after->slot) != after->id) {
            end_after(front, after);
        } else if (front->doomed[place].pid == 0 && is_over(front, after->slot, after->since, now)) {
            doom(front, place, lyger_hub_taken_at(after->slot), now, "it went on after its answer");
        }
    }
}

void lyger_front_watch(lyger_front *front)
{
    uint64_t now = lyger_hub_now();
    front->ticks++;
    lyger_http_cork(&front->host);
    look_at_times(front, now);
    look_at_after(front, now);
    kill_doomed(front, now);
    lyger_browser_reload_tick(front);
    lyger_http_uncork(&front->host);
    if (front->ticks % front->sweep_ticks == 0) {
        lyger_http_sweep(&front->host);
    }
    if (front->ticks % (1000 / LYGER_FRONT_TICK) == 0) {
        lyger_metrics_tick(&front->metrics, front->hub, now);
    }
    lyger_access_log_flush(front->log);
}

/* ---- health ---- */

bool lyger_front_health(lyger_front *front, lyger_http_connection *connection,
                        const lyger_http_request *request, const char *head)
{
    unsigned booting = 0, idle = 0, busy = 0;
    char body[320];
    if (!lyger_pages_is_for(request, head, front->config->health_path, "")) {
        return false;
    }
    for (uint32_t place = 0; place < lyger_hub_places(front->hub); place++) {
        lyger_hub_worker worker;
        lyger_hub_look(front->hub, place, &worker);
        booting += worker.state == LYGER_WORKER_BOOTING;
        idle += worker.state == LYGER_WORKER_IDLE;
        busy += worker.state == LYGER_WORKER_BUSY;
    }
    lyger_hub_load load;
    lyger_hub_measure(front->hub, &load);
    uint64_t up = (lyger_hub_now() - front->metrics.started) / MILLISECOND;
    int len = snprintf(body, sizeof body,
                       "{\"status\":\"%s\",\"version\":\"" LYGER_VERSION
                       "\",\"uptime\":%llu.%03llu,\"workers\":{\"booting\":%u,\"idle\":%u,\"busy\":%u},"
                       "\"queued\":%u}",
                       front->draining ? "draining" : "ok", (unsigned long long)(up / 1000),
                       (unsigned long long)(up % 1000), booting, idle, busy, (unsigned)load.queued);
    lyger_http_response response = {front->draining ? 503 : 200, "Cache-Control: no-store\r\n",
                                    "application/json", body, (size_t)len};
    lyger_http_respond(connection, &response);
    return true;
}
