#include "front_state.h"

#include "figures.h"
#include "base/version.h"

#include <signal.h>
#include <stdio.h>

#define MILLISECOND 1000000u

/* ---- requests that take too long ---- */

/* Tells the worker to end, as it cannot be told to leave one request; at once, or later if it still works on
 * that one. */
static void doom(lyger_front *front, uint32_t place, uint64_t since, uint64_t now, bool at_once)
{
    lyger_doomed *doomed = &front->doomed[place];
    lyger_hub_worker worker;
    lyger_hub_look(front->hub, place, &worker);
    if (worker.state != LYGER_WORKER_BUSY || worker.since != since || worker.pid <= 1) {
        return; /* it has just ended */
    }
    doomed->pid = worker.pid;
    doomed->since = since;
    doomed->next_at = now + (uint64_t)front->config->kill_timeout * MILLISECOND;
    doomed->asked = at_once;
    if (at_once) {
        kill(worker.pid, SIGTERM);
    }
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
        } else if (now >= doomed->next_at && !doomed->asked) {
            kill(doomed->pid, SIGTERM);
            doomed->asked = true;
            doomed->next_at = now + (uint64_t)front->config->kill_timeout * MILLISECOND;
        } else if (now >= doomed->next_at) {
            kill(doomed->pid, SIGKILL);
            doomed->pid = 0;
        }
    }
}

static void give_up_waiting(lyger_job *job)
{
    lyger_front_cancel(job);
    lyger_metrics_count(&job->front->metrics, LYGER_METRICS_REJECTED_QUEUE);
    lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "no worker became free in time");
}

static void give_up_running(lyger_job *job, uint64_t now)
{
    lyger_front *front = job->front;
    uint64_t since = lyger_hub_taken_at(job->slot);
    int place = lyger_hub_worker_of(front->hub, job->slot);
    bool at_once =
        !job->suspended; /* else its client took the time, and the worker ends when it is told so */
    lyger_metrics_count(&front->metrics, LYGER_METRICS_TIMEOUT_HANDLER);
    lyger_front_cancel(job);
    if (place >= 0) {
        doom(front, (uint32_t)place, since, now, at_once);
    }
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
        uint64_t taken_at = lyger_hub_taken_at(job->slot);
        if (taken_at > 0 && now > taken_at && now - taken_at > limit) {
            give_up_running(job, now);
        }
    }
}

void lyger_front_watch(lyger_front *front)
{
    uint64_t now = lyger_hub_now();
    front->ticks++;
    lyger_http_cork(&front->host);
    look_at_times(front, now);
    kill_doomed(front, now);
    lyger_http_uncork(&front->host);
    if (front->ticks % front->sweep_ticks == 0) {
        lyger_http_sweep(&front->host);
    }
    if (front->ticks % (1000 / LYGER_FRONT_TICK) == 0) {
        front->metrics.connections = front->host.connections;
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
    if (!lyger_figures_is_for(request, head, front->config->health_path, "")) {
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
