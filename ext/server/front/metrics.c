#include "metrics.h"

#include "pages.h"
#include "status.h"
#include "base/version.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)

const uint64_t lyger_metrics_bounds[LYGER_METRICS_BUCKETS - 1] = {
    MS / 2,   MS,       5 * MS / 2, 5 * MS,         10 * MS,    25 * MS,     50 * MS,     100 * MS,
    250 * MS, 500 * MS, SECOND,     5 * SECOND / 2, 5 * SECOND, 10 * SECOND, 30 * SECOND,
};

/* lyger_metrics_bounds in seconds. The texts must never change: they name the series. */
static const char *const bound_names[LYGER_METRICS_BUCKETS] = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1",
    "0.25",   "0.5",   "1",      "2.5",   "5",    "10",    "30",   "+Inf",
};

static const char *const method_names[LYGER_METRICS_METHODS] = {
    "other", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
};

void lyger_metrics_init(lyger_metrics *metrics)
{
    struct timespec now;
    memset(metrics, 0, sizeof *metrics);
    clock_gettime(CLOCK_REALTIME, &now);
    metrics->started_at = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    metrics->started = metrics->second_began = lyger_hub_now();
}

static void see_workers(lyger_metrics *metrics, const lyger_hub *hub)
{
    uint32_t places = lyger_hub_places(hub);
    for (uint32_t i = 0; i < places && i < LYGER_HUB_WORKERS_MAX; i++) {
        lyger_hub_worker worker;
        lyger_hub_look(hub, i, &worker);
        bool there = worker.state != LYGER_WORKER_NONE && worker.state != LYGER_WORKER_DEAD;
        uint64_t seen = metrics->worker_seen[i], now = there ? worker.started_at : 0;
        if (seen != now) { /* two workers of one place never start at the same nanosecond */
            metrics->worker_ends += seen > 0;
            metrics->worker_starts += now > 0;
            metrics->worker_seen[i] = now;
        }
    }
}

void lyger_metrics_tick(lyger_metrics *metrics, const lyger_hub *hub, uint64_t now)
{
    for (uint32_t i = 0;
         i < LYGER_METRICS_SECONDS && now - metrics->second_began >= SECOND && now > metrics->second_began;
         i++) {
        metrics->second = (metrics->second + 1) % LYGER_METRICS_SECONDS;
        metrics->per_second[metrics->second] = 0;
        metrics->second_began += SECOND;
    }
    if (now > metrics->second_began && now - metrics->second_began >= SECOND) { /* more than a minute later */
        metrics->second_began = now;
    }
    see_workers(metrics, hub);
}

/* ---- text format 0.0.4 (prometheus.io, "Exposition formats") ---- */

/* The head of a family; every sample of it follows at once. */
static bool family(lyger_sink *sink, const char *name, const char *type, const char *help)
{
    return lyger_sink_print(sink, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static bool single(lyger_sink *sink, const char *name, const char *type, const char *help, uint64_t value)
{
    return family(sink, name, type, help) &&
           lyger_sink_print(sink, "%s %llu\n", name, (unsigned long long)value);
}

static bool single_seconds(lyger_sink *sink, const char *name, const char *type, const char *help,
                           double value)
{
    return family(sink, name, type, help) && lyger_sink_print(sink, "%s %.6f\n", name, value);
}

/* A label's value: backslash, quote and line feed are escaped; other controls, which the format would allow,
 * are blanks. */
static bool put_label(lyger_sink *sink, const char *text)
{
    bool good = true;
    for (; good && *text; text++) {
        if (*text == '\\' || *text == '"') {
            good = lyger_sink_put_char(sink, '\\') && lyger_sink_put_char(sink, *text);
        } else if (*text == '\n') {
            good = lyger_sink_put_literal(sink, "\\n");
        } else {
            good = lyger_sink_put_char(sink, (unsigned char)*text < ' ' ? ' ' : *text);
        }
    }
    return good;
}

static bool put_histogram(lyger_sink *sink, const char *name, const char *help,
                          const lyger_histogram *histogram)
{
    uint64_t total = 0;
    bool good = family(sink, name, "histogram", help);
    for (uint32_t i = 0; good && i < LYGER_METRICS_BUCKETS; i++) {
        total += histogram->counts[i];
        good = lyger_sink_print(sink, "%s_bucket{le=\"%s\"} %llu\n", name, bound_names[i],
                                (unsigned long long)total);
    }
    return good &&
           lyger_sink_print(sink, "%s_sum %llu.%09llu\n%s_count %llu\n", name,
                            (unsigned long long)(histogram->sum / SECOND),
                            (unsigned long long)(histogram->sum % SECOND), name, (unsigned long long)total);
}

static bool put_build(lyger_sink *sink, const lyger_server_config *config)
{
    return family(sink, "lyger_build_info", "gauge", "What is running; the value is always 1.") &&
           lyger_sink_put_literal(sink, "lyger_build_info{version=\"" LYGER_VERSION "\",application=\"") &&
           put_label(sink, config->name ? config->name : "") && lyger_sink_put_literal(sink, "\"} 1\n");
}

static bool put_requests(const lyger_metrics *metrics, lyger_sink *sink)
{
    bool good = family(sink, "lyger_http_requests_total", "counter",
                       "Requests answered, by method and status of the answer.");
    for (uint32_t i = 0; good && i < LYGER_METRICS_METHODS; i++) {
        for (uint32_t j = 0; good && j < LYGER_METRICS_STATUSES; j++) {
            unsigned long long count = metrics->requests[i][j];
            if (count == 0) {
                continue;
            }
            good =
                j == LYGER_METRICS_STATUSES - 1
                    ? lyger_sink_print(sink,
                                       "lyger_http_requests_total{method=\"%s\",status=\"other\"} %llu\n",
                                       method_names[i], count)
                    : lyger_sink_print(sink, "lyger_http_requests_total{method=\"%s\",status=\"%u\"} %llu\n",
                                       method_names[i], j + 100, count);
        }
    }
    return good;
}

/* One family of events, told apart by one label. */
typedef struct event_label {
    lyger_metrics_event event;
    const char *value;
} event_label;

static bool put_events(const lyger_metrics *metrics, lyger_sink *sink, const char *name, const char *label,
                       const char *help, const event_label *labels, size_t count)
{
    bool good = family(sink, name, "counter", help);
    for (size_t i = 0; good && i < count; i++) {
        good = lyger_sink_print(sink, "%s{%s=\"%s\"} %llu\n", name, label, labels[i].value,
                                (unsigned long long)metrics->events[labels[i].event]);
    }
    return good;
}

static bool put_troubles(const lyger_metrics *metrics, lyger_sink *sink)
{
    static const event_label timeouts[] = {
        {LYGER_METRICS_TIMEOUT_HEAD, "head"},
        {LYGER_METRICS_TIMEOUT_BODY, "body"},
        {LYGER_METRICS_TIMEOUT_WRITE, "write"},
        {LYGER_METRICS_TIMEOUT_HANDLER, "handler"},
    };
    static const event_label rejected[] = {
        {LYGER_METRICS_REJECTED_QUEUE, "queue"},
        {LYGER_METRICS_REJECTED_CLIENTS, "connections"},
    };
    return put_events(metrics, sink, "lyger_http_timeouts_total", "phase",
                      "Requests given up because something took too long.", timeouts, 4) &&
           put_events(metrics, sink, "lyger_http_rejected_total", "reason",
                      "Requests and connections refused with 503.", rejected, 2) &&
           single(sink, "lyger_http_lost_total", "counter",
                  "Requests whose worker died before it had answered.",
                  metrics->events[LYGER_METRICS_LOST]) &&
           single(sink, "lyger_http_abandoned_total", "counter",
                  "Requests whose client left before the answer was complete.",
                  metrics->events[LYGER_METRICS_ABANDONED]) &&
           single(sink, "lyger_http_static_total", "counter", "Requests answered with a file.",
                  metrics->events[LYGER_METRICS_STATIC]);
}

static bool put_traffic(const lyger_metrics *metrics, lyger_sink *sink)
{
    return single(sink, "lyger_http_requests_in_flight", "gauge", "Requests that are not answered yet.",
                  metrics->in_flight) &&
           single(sink, "lyger_http_connections", "gauge", "Open connections.", metrics->connections) &&
           single(sink, "lyger_http_connections_total", "counter", "Connections accepted.",
                  metrics->accepted) &&
           single(sink, "lyger_http_received_bytes_total", "counter", "Bytes of requests, heads and bodies.",
                  metrics->received) &&
           single(sink, "lyger_http_sent_bytes_total", "counter", "Bytes of the bodies of responses.",
                  metrics->sent);
}

static bool put_queue(const lyger_hub *hub, lyger_sink *sink)
{
    lyger_hub_load load;
    lyger_hub_measure(hub, &load);
    return single(sink, "lyger_queue_length", "gauge", "Requests that wait for a worker.", load.queued) &&
           single(sink, "lyger_queue_running", "gauge", "Requests that a worker has.", load.running) &&
           single(sink, "lyger_queue_slots", "gauge", "Room for requests, waiting and running.", load.slots);
}

static bool put_memory(const lyger_hub *hub, lyger_sink *sink)
{
    lyger_hub_worker worker;
    bool good = family(sink, "lyger_worker_resident_memory_bytes", "gauge",
                       "Memory of a worker's process, with what it shares with the others.");
    for (uint32_t i = 0; good && i < lyger_hub_places(hub); i++) {
        lyger_hub_look(hub, i, &worker);
        uint64_t resident = lyger_pages_worker_alive(worker.state) ? lyger_pages_resident(worker.pid) : 0;
        good = resident == 0 ||
               lyger_sink_print(sink, "lyger_worker_resident_memory_bytes{worker=\"%u\"} %llu\n", i,
                                (unsigned long long)resident);
    }
    return good;
}

static bool put_workers(const lyger_metrics *metrics, const lyger_hub *hub, lyger_sink *sink)
{
    uint64_t states[LYGER_WORKER_DEAD + 1] = {0}, memory = 0, connections = 0;
    for (uint32_t i = 0; i < lyger_hub_places(hub); i++) {
        lyger_hub_worker worker;
        lyger_hub_look(hub, i, &worker);
        states[worker.state <= LYGER_WORKER_DEAD ? worker.state : LYGER_WORKER_DEAD]++;
        memory += lyger_pages_worker_alive(worker.state) ? worker.memory : 0;
        connections += lyger_pages_worker_alive(worker.state) ? worker.connections : 0;
    }
    bool good = family(sink, "lyger_workers", "gauge", "Workers, by what they do.");
    for (uint32_t state = LYGER_WORKER_BOOTING; good && state <= LYGER_WORKER_DEAD; state++) {
        good = lyger_sink_print(sink, "lyger_workers{state=\"%s\"} %llu\n", lyger_pages_worker_state(state),
                                (unsigned long long)states[state]);
    }
    return good &&
           single(sink, "lyger_worker_starts_total", "counter", "Workers seen to begin.",
                  metrics->worker_starts) &&
           single(sink, "lyger_worker_ends_total", "counter", "Workers seen to end, for whatever reason.",
                  metrics->worker_ends) &&
           single(sink, "lyger_workers_heap_bytes", "gauge", "PHP's heaps of all workers together.",
                  memory) &&
           single(sink, "lyger_database_connections", "gauge", "Open database connections of all workers.",
                  connections) &&
           put_memory(hub, sink);
}

/* Figures of the front process, under the names that every client library of Prometheus uses. */
static bool put_process(const lyger_metrics *metrics, lyger_sink *sink)
{
    struct rusage usage = {0};
    struct rlimit files = {0};
    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &files);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return single_seconds(sink, "process_start_time_seconds", "gauge",
                          "When the front process began, seconds since 1970.", metrics->started_at) &&
           single_seconds(sink, "process_cpu_seconds_total", "counter",
                          "Processor time of the front process.", cpu) &&
           single(sink, "process_resident_memory_bytes", "gauge", "Memory of the front process.",
                  lyger_pages_resident(0)) &&
           single(sink, "process_max_fds", "gauge", "Descriptors that the front process may have.",
                  files.rlim_cur);
}

bool lyger_metrics_write(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                         lyger_sink *sink)
{
    lyger_metrics_tick(metrics, hub, lyger_hub_now());
    bool good =
        put_build(sink, config) && put_requests(metrics, sink) && put_traffic(metrics, sink) &&
        put_histogram(sink, "lyger_http_request_duration_seconds",
                      "From a request's complete head to the end of its answer.", &metrics->duration) &&
        put_queue(hub, sink) &&
        put_histogram(sink, "lyger_queue_wait_seconds", "How long requests waited for a worker.",
                      &metrics->queue_wait) &&
        put_histogram(sink, "lyger_handler_duration_seconds",
                      "From a worker's taking a request to the end of its answer.", &metrics->handler) &&
        put_troubles(metrics, sink) && put_workers(metrics, hub, sink) && put_process(metrics, sink);
    if (good && config->metrics) {
        config->metrics(config->context, sink);
    }
    return good;
}

bool lyger_metrics_answer(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                          lyger_http_connection *connection, const lyger_http_request *request,
                          const char *head)
{
    if (!lyger_pages_is_for(request, head, config->metrics_path, "") ||
        (!config->metrics_public && !lyger_status_allowed(request, head, lyger_http_peer(connection)))) {
        return false;
    }
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    bool good = lyger_metrics_write(metrics, config, hub, &text.sink);
    lyger_http_response response = {200, "Cache-Control: no-store\r\n",
                                    "text/plain; version=0.0.4; charset=utf-8", text.start,
                                    lyger_buffer_length(&text)};
    if (!good) {
        response = (lyger_http_response){503, "", "text/plain; charset=utf-8", "out of memory\n", 14};
    }
    lyger_http_respond(connection, &response);
    lyger_buffer_free(&text);
    return true;
}
