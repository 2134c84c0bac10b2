#include "status.h"

#include "http/conditions.h"
#include "pages.h"
#include "status_page.h"
#include "base/version.h"
#include "jsonout/jsonout.h"

#include <arpa/inet.h>
#include <string.h>

#define SECONDS(nanoseconds) ((double)(nanoseconds) / 1e9)

/* ---- which clients may see it ---- */

static bool is_loopback(const char *address)
{
    unsigned char six[16];
    struct in_addr four;
    if (inet_pton(AF_INET, address, &four) == 1) {
        return (ntohl(four.s_addr) >> 24) == 127;
    }
    static const unsigned char mapped[13] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127};
    static const unsigned char one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return inet_pton(AF_INET6, address, six) == 1 &&
           (memcmp(six, mapped, sizeof mapped) == 0 || memcmp(six, one, sizeof one) == 0);
}

/* Whether the authority is "localhost" or a literal address, with or without a port. */
static bool is_no_name(const char *authority, size_t len)
{
    char host[INET6_ADDRSTRLEN];
    unsigned char address[16];
    bool six = len > 0 && authority[0] == '[';
    const char *end = memchr(authority, six ? ']' : ':', len);
    if (six && !end) {
        return false;
    }
    authority += six;
    len = end ? (size_t)(end - authority) : len;
    if (len == 0 || len >= sizeof host) {
        return false;
    }
    memcpy(host, authority, len);
    host[len] = '\0';
    return six ? inet_pton(AF_INET6, host, address) == 1
               : lyger_http_equals_ignoring_case(host, len, "localhost") ||
                     inet_pton(AF_INET, host, address) == 1;
}

bool lyger_status_allowed(const lyger_http_request *request, const char *head,
                          const lyger_http_address *client)
{
    static const char *const proxies[] = {"forwarded",        "via",       "x-forwarded-for",
                                          "x-forwarded-host", "x-real-ip", "x-forwarded-proto"};
    if (client->address[0] && !is_loopback(client->address)) {
        return false;
    }
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        uint32_t at = 0;
        size_t len;
        if (lyger_http_next_value(request, head, proxies[i], &at, &len)) {
            return false;
        }
    }
    return is_no_name(head + request->authority.at, request->authority.len);
}

/* ---- figures ---- */

/* Writes text, which may hold any bytes, as a JSON string. */
static bool put_text(lyger_sink *sink, const char *text, size_t len)
{
    size_t bad;
    return lyger_json_put_styled(sink, text, len, LYGER_JSON_REPLACE_BAD, &bad) == LYGER_JSON_OK;
}

static bool put_histogram(lyger_sink *sink, const char *name, const lyger_histogram *histogram)
{
    bool good = lyger_sink_print(sink, ",\"%s\":{\"sum\":%.6f,\"counts\":[", name, SECONDS(histogram->sum));
    for (uint32_t i = 0; good && i < LYGER_METRICS_BUCKETS; i++) {
        good = lyger_sink_print(sink, "%s%llu", i ? "," : "", (unsigned long long)histogram->counts[i]);
    }
    return good && lyger_sink_put_literal(sink, "]}");
}

static bool put_bounds(lyger_sink *sink)
{
    bool good = lyger_sink_put_literal(sink, ",\"bounds\":[");
    for (uint32_t i = 0; good && i < LYGER_METRICS_BUCKETS - 1; i++) {
        good = lyger_sink_print(sink, "%s%g", i ? "," : "", SECONDS(lyger_metrics_bounds[i]));
    }
    return good && lyger_sink_put_char(sink, ']');
}

/* Requests per second, the oldest second first, without the current second. */
static bool put_rates(const lyger_metrics *metrics, lyger_sink *sink)
{
    bool good = lyger_sink_put_literal(sink, ",\"per_second\":[");
    for (uint32_t i = 1; good && i < LYGER_METRICS_SECONDS; i++) {
        uint32_t second = (metrics->second + i) % LYGER_METRICS_SECONDS;
        good = lyger_sink_print(sink, "%s%u", i > 1 ? "," : "", metrics->per_second[second]);
    }
    return good && lyger_sink_put_char(sink, ']');
}

static bool put_statuses(const lyger_metrics *metrics, lyger_sink *sink)
{
    unsigned long long classes[6] = {0};
    for (uint32_t i = 0; i < LYGER_METRICS_METHODS; i++) {
        for (uint32_t j = 0; j < LYGER_METRICS_STATUSES; j++) {
            classes[j / 100] += metrics->requests[i][j];
        }
    }
    return lyger_sink_print(sink, ",\"statuses\":[%llu,%llu,%llu,%llu,%llu,%llu]", classes[0], classes[1],
                            classes[2], classes[3], classes[4], classes[5]);
}

static bool put_events(const lyger_metrics *metrics, lyger_sink *sink)
{
    static const char *const names[LYGER_METRICS_EVENTS] = {
        "timeouts in heads",    "timeouts in bodies",   "timeouts of slow readers",
        "timeouts of handlers", "refused, queue full",  "refused, too many clients",
        "lost with a worker",   "left by their client", "answered with files",
    };
    bool good = lyger_sink_put_literal(sink, ",\"events\":{");
    for (uint32_t i = 0; good && i < LYGER_METRICS_EVENTS; i++) {
        good = lyger_sink_print(sink, "%s\"%s\":%llu", i ? "," : "", names[i],
                                (unsigned long long)metrics->events[i]);
    }
    return good && lyger_sink_put_char(sink, '}');
}

static bool put_worker(lyger_sink *sink, uint32_t place, const lyger_hub_worker *worker, uint64_t now)
{
    double age = worker->started_at && now > worker->started_at ? SECONDS(now - worker->started_at) : 0;
    double since = worker->since && now > worker->since ? SECONDS(now - worker->since) : 0;
    return lyger_sink_print(
               sink,
               "{\"place\":%u,\"pid\":%ld,\"state\":\"%s\",\"retiring\":%s,\"generation\":%u,\"age\":%.3f,"
               "\"since\":%.3f,\"requests\":%llu,\"heap\":%llu,\"resident\":%llu,\"connections\":%u,"
               "\"doing\":",
               place, (long)worker->pid, lyger_pages_worker_state(worker->state),
               worker->retiring ? "true" : "false", worker->generation, age, since,
               (unsigned long long)worker->requests, (unsigned long long)worker->memory,
               (unsigned long long)(worker->pid > 0 ? lyger_pages_resident(worker->pid) : 0),
               worker->connections) &&
           put_text(sink, worker->doing, strnlen(worker->doing, sizeof worker->doing)) &&
           lyger_sink_put_char(sink, '}');
}

static bool put_workers(const lyger_hub *hub, lyger_sink *sink, uint64_t now)
{
    bool good = lyger_sink_put_literal(sink, ",\"workers\":["), first = true;
    for (uint32_t i = 0; good && i < lyger_hub_places(hub); i++) {
        lyger_hub_worker worker;
        lyger_hub_look(hub, i, &worker);
        if (worker.state != LYGER_WORKER_NONE) {
            good = (first || lyger_sink_put_char(sink, ',')) && put_worker(sink, i, &worker, now);
            first = false;
        }
    }
    return good && lyger_sink_put_char(sink, ']');
}

/* Writes the figures of config->metrics as one JSON string: they are Prometheus text, which the page's script
 * reads. */
static bool put_figures(const lyger_server_config *config, lyger_sink *sink)
{
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    if (config->metrics) {
        config->metrics(config->context, &text.sink);
    }
    size_t len = lyger_buffer_length(&text);
    bool good = lyger_sink_put_literal(sink, ",\"figures\":") && put_text(sink, len ? text.start : "", len);
    lyger_buffer_free(&text);
    return good;
}

bool lyger_status_write(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                        lyger_sink *sink)
{
    lyger_hub_load load;
    uint64_t now = lyger_hub_now();
    const char *name = config->name ? config->name : "";
    const char *libuv = lyger_uv_load(NULL) == LYGER_OK ? uv_version_string() : "";
    lyger_metrics_tick(metrics, hub, now);
    lyger_hub_measure(hub, &load);
    return lyger_sink_put_literal(sink, "{\"name\":") && put_text(sink, name, strlen(name)) &&
           lyger_sink_print(
               sink,
               ",\"version\":\"" LYGER_VERSION "\",\"libuv\":\"%s\",\"uptime\":%.3f,\"in_flight\":%llu,"
               "\"connections\":%llu,\"accepted\":%llu,\"answered\":%llu,\"failed\":%llu,"
               "\"received\":%llu,\"sent\":%llu,\"starts\":%llu,\"ends\":%llu",
               libuv, SECONDS(now - metrics->started), (unsigned long long)metrics->in_flight,
               (unsigned long long)metrics->connections, (unsigned long long)metrics->accepted,
               (unsigned long long)metrics->answered, (unsigned long long)metrics->failed,
               (unsigned long long)metrics->received, (unsigned long long)metrics->sent,
               (unsigned long long)metrics->worker_starts, (unsigned long long)metrics->worker_ends) &&
           lyger_sink_print(sink, ",\"queued\":%u,\"running\":%u,\"slots\":%u,\"resident\":%llu", load.queued,
                            load.running, load.slots, (unsigned long long)lyger_pages_resident(0)) &&
           put_rates(metrics, sink) && put_bounds(sink) &&
           put_histogram(sink, "duration", &metrics->duration) &&
           put_histogram(sink, "queue_wait", &metrics->queue_wait) &&
           put_histogram(sink, "handler", &metrics->handler) && put_statuses(metrics, sink) &&
           put_events(metrics, sink) && put_workers(hub, sink, now) && put_figures(config, sink) &&
           lyger_sink_put_char(sink, '}');
}

/* ---- answering ---- */

/* The browser runs the one script and the one style that were compiled in, and the script may only ask this
 * server. */
#define PAGE_FIELDS                                                                                          \
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"         \
    "Cross-Origin-Resource-Policy: same-origin\r\nContent-Security-Policy: default-src 'none'; script-src "  \
    "'" LYGER_STATUS_SCRIPT "'; style-src '" LYGER_STATUS_STYLE "'; connect-src 'self'; base-uri 'none'; "   \
    "form-action 'none'; frame-ancestors 'none'\r\n"

bool lyger_status_answer(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                         lyger_http_connection *connection, const lyger_http_request *request,
                         const char *head, const lyger_http_address *client)
{
    bool json = lyger_pages_is_for(request, head, config->status_path, "/json");
    if ((!json && !lyger_pages_is_for(request, head, config->status_path, "")) ||
        !lyger_status_allowed(request, head, client)) {
        return false;
    }
    lyger_http_response response = {200, PAGE_FIELDS, "text/html; charset=utf-8", lyger_status_page,
                                    sizeof lyger_status_page - 1};
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    if (json) {
        bool good = lyger_status_write(metrics, config, hub, &text.sink);
        response.status = good ? 200 : 503;
        response.type = "application/json";
        response.body = good ? text.start : "{}";
        response.body_len = good ? lyger_buffer_length(&text) : 2;
    }
    lyger_http_respond(connection, &response);
    lyger_buffer_free(&text);
    return true;
}
