#include "check.h"
#include "http_limits.h"

#include "server/front/metrics.h"
#include "server/worker/cache_metrics.h"
#include "server/front/status.h"
#include "http_exchange.h"
#include "json_check.h"

#include <ctype.h>

static lyger_server_config config;
static lyger_metrics metrics;
static lyger_hub *hub;
static lyger_cache *cache;
static char page[1 << 17];

/* ---- a strict reader of the text format 0.0.4 ---- */

static char names[200][96], types[200][16];
static int family_count, sample_count;
static char series[4000][200]; /* name and labels of every sample */
static double values[4000];

static bool fail(const char *why, const char *line)
{
    printf("# %s: %.*s\n", why, (int)strcspn(line, "\n"), line);
    return false;
}

static size_t name_length(const char *at)
{
    size_t len = 0;
    while (isalpha((unsigned char)at[len]) || at[len] == '_' || at[len] == ':' ||
           (len > 0 && isdigit((unsigned char)at[len]))) {
        len++;
    }
    return len;
}

/* {a="b",c="d"}: moves behind it; values may hold \\, \" and \n only. */
static bool read_labels(const char **at)
{
    if (**at != '{') {
        return true;
    }
    do {
        ++*at;
        size_t len = name_length(*at);
        *at += len;
        if (len == 0 || strncmp(*at, "=\"", 2) != 0) {
            return false;
        }
        for (*at += 2; **at != '"'; ++*at) {
            if (**at == '\n' || **at == '\0') {
                return false;
            }
            if (**at == '\\' && !strchr("\\\"n", *++*at)) {
                return false;
            }
        }
        ++*at;
    } while (**at == ',');
    return *(*at)++ == '}';
}

/* A sample belongs to the family that was announced last: its name, or a histogram's parts. */
static bool is_of_family(const char *name, size_t len)
{
    if (family_count == 0) {
        return false;
    }
    const char *last = names[family_count - 1];
    size_t last_len = strlen(last);
    if (len < last_len || strncmp(name, last, last_len) != 0) {
        return false;
    }
    const char *rest = name + last_len;
    len -= last_len;
    bool histogram = strcmp(types[family_count - 1], "histogram") == 0;
    return histogram ? (len == 7 && strncmp(rest, "_bucket", 7) == 0) ||
                           (len == 4 && strncmp(rest, "_sum", 4) == 0) ||
                           (len == 6 && strncmp(rest, "_count", 6) == 0)
                     : len == 0;
}

static bool read_sample(const char *line)
{
    const char *at = line;
    char *end;
    size_t len = name_length(at);
    at += len;
    if (len == 0 || !is_of_family(line, len) || !read_labels(&at) || *at != ' ') {
        return fail("no sample of its family", line);
    }
    snprintf(series[sample_count], sizeof *series, "%.*s", (int)(at - line), line);
    for (int i = 0; i < sample_count; i++) {
        if (strcmp(series[i], series[sample_count]) == 0) {
            return fail("a series twice", line);
        }
    }
    values[sample_count++] = strtod(at + 1, &end);
    return (end > at + 1 && *end == '\n') || fail("no number", line);
}

/* "# HELP name text" and then "# TYPE name type". */
static bool read_announcement(const char **line)
{
    char name[96], type[16];
    const char *help = *line, *next = strchr(help, '\n');
    int used = 0;
    if (sscanf(help, "# HELP %95s %n", name, &used) != 1 || used == 0 || help[used] == '\n' || !next) {
        return fail("no help", help);
    }
    char expected[128];
    snprintf(expected, sizeof expected, "# TYPE %s ", name);
    if (strncmp(next + 1, expected, strlen(expected)) != 0 ||
        sscanf(next + 1 + strlen(expected), "%15s", type) != 1 ||
        (strcmp(type, "counter") && strcmp(type, "gauge") && strcmp(type, "histogram"))) {
        return fail("no type", next + 1);
    }
    size_t len = strlen(name);
    bool total = len > 6 && strcmp(name + len - 6, "_total") == 0;
    if (total != (strcmp(type, "counter") == 0) || name_length(name) != len) {
        return fail("a name that does not say what it is", help);
    }
    for (int i = 0; i < family_count; i++) {
        if (strcmp(names[i], name) == 0) {
            return fail("a family twice", help);
        }
    }
    strcpy(names[family_count], name);
    strcpy(types[family_count++], type);
    *line = strchr(next + 1, '\n') + 1;
    return true;
}

static bool read_page(const char *text)
{
    family_count = sample_count = 0;
    for (const char *line = text; *line;) {
        if (*line == '#') {
            if (!read_announcement(&line)) {
                return false;
            }
        } else {
            if (!read_sample(line)) {
                return false;
            }
            line = strchr(line, '\n') + 1;
        }
    }
    return true;
}

static double value_of(const char *name)
{
    for (int i = 0; i < sample_count; i++) {
        if (strcmp(series[i], name) == 0) {
            return values[i];
        }
    }
    return -1;
}

static void write_page(void)
{
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    CHECK(lyger_metrics_write(&metrics, &config, hub, &text.sink));
    CHECK(lyger_buffer_length(&text) < sizeof page);
    memcpy(page, text.start, lyger_buffer_length(&text));
    page[lyger_buffer_length(&text)] = '\0';
    lyger_buffer_free(&text);
    CHECK(read_page(page));
}

static void the_reader_is_strict(void)
{
#define HEAD "# HELP a_total x\n# TYPE a_total counter\n"
    static const char *const bad[] = {
        "a_total 1\n",
        "# TYPE a_total counter\na_total 1\n",
        "# HELP a x\n# TYPE a counter\n",
        HEAD "b_total 1\n",
        HEAD "a_total 1\na_total 2\n",
        HEAD "a_total{x=\"1\"} 1\na_total{x=\"1\"} 2\n",
        HEAD "a_total{x=\"\\q\"} 1\n",
        HEAD "a_total{x=1} 1\n",
        HEAD "a_total\n",
        HEAD "a_total 1 \n",
        HEAD "a_total_sum 1\n",
        HEAD HEAD,
    };
    CHECK(read_page(HEAD "a_total{x=\"1\",y=\"\\n\"} 1\na_total 2.5\n"));
    printf("# refused, as they should be:\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!read_page(bad[i]));
    }
#undef HEAD
}

/* ---- the page ---- */

#define MS UINT64_C(1000000)

static void a_fresh_page_is_well_formed(void)
{
    write_page();
    CHECK(sample_count > 60);
    CHECK_INT(value_of("lyger_http_requests_in_flight"), 0);
    CHECK_INT(value_of("lyger_http_request_duration_seconds_count"), 0);
    CHECK_INT(value_of("lyger_queue_slots"), 16);
    CHECK_INT(value_of("lyger_workers{state=\"busy\"}"), 0);
    CHECK(value_of("process_resident_memory_bytes") > 1e6);
    CHECK(strstr(page, "lyger_build_info{version=\"") != NULL);
    CHECK(strstr(page, "application=\"a \\\"b\\\" \\\\c\\nd\"} 1\n") != NULL);
    CHECK(value_of("lyger_cache_capacity_bytes") > 0);
}

static void what_happened_is_counted(void)
{
    lyger_metrics_connected(&metrics);
    lyger_metrics_connected(&metrics);
    lyger_metrics_disconnected(&metrics);
    lyger_metrics_begun(&metrics, 100);
    lyger_metrics_begun(&metrics, 100);
    lyger_metrics_begun(&metrics, 100);
    lyger_metrics_received(&metrics, 50);
    lyger_metrics_answered(&metrics, LYGER_HTTP_GET, 200, 1000, 5 * MS, 6 * MS);
    lyger_metrics_answered(&metrics, LYGER_HTTP_POST, 503, 10, 5 * MS, 60005 * MS);
    lyger_metrics_answered(&metrics, LYGER_HTTP_OTHER, 400, 0, 0, 9 * MS);
    lyger_metrics_answered(&metrics, LYGER_HTTP_GET, 999, 0, 0, 9 * MS);
    lyger_metrics_count(&metrics, LYGER_METRICS_TIMEOUT_HANDLER);
    lyger_metrics_handled(&metrics, 5 * MS, 8 * MS, 9 * MS);
    lyger_metrics_handled(&metrics, 5 * MS, 0, 9 * MS);
    write_page();
    CHECK_INT(value_of("lyger_http_requests_total{method=\"GET\",status=\"200\"}"), 1);
    CHECK_INT(value_of("lyger_http_requests_total{method=\"POST\",status=\"503\"}"), 1);
    CHECK_INT(value_of("lyger_http_requests_total{method=\"other\",status=\"400\"}"), 1);
    CHECK_INT(value_of("lyger_http_requests_total{method=\"GET\",status=\"other\"}"), 1);
    CHECK_INT(value_of("lyger_http_requests_in_flight"), 1);
    CHECK_INT(value_of("lyger_http_connections"), 1);
    CHECK_INT(value_of("lyger_http_connections_total"), 2);
    CHECK_INT(value_of("lyger_http_received_bytes_total"), 350);
    CHECK_INT(value_of("lyger_http_sent_bytes_total"), 1010);
    CHECK_INT(value_of("lyger_http_timeouts_total{phase=\"handler\"}"), 1);
    CHECK_INT(value_of("lyger_http_request_duration_seconds_bucket{le=\"0.0005\"}"), 0);
    CHECK_INT(value_of("lyger_http_request_duration_seconds_bucket{le=\"0.001\"}"), 1); /* 1 ms is in it */
    CHECK_INT(value_of("lyger_http_request_duration_seconds_bucket{le=\"30\"}"), 1);
    CHECK_INT(value_of("lyger_http_request_duration_seconds_bucket{le=\"+Inf\"}"), 2);
    CHECK_INT(value_of("lyger_http_request_duration_seconds_count"), 2);
    CHECK(value_of("lyger_http_request_duration_seconds_sum") > 60.0009 &&
          value_of("lyger_http_request_duration_seconds_sum") < 60.0011);
    CHECK_INT(value_of("lyger_queue_wait_seconds_count"), 1);
    CHECK_INT(value_of("lyger_queue_wait_seconds_bucket{le=\"0.0025\"}"), 0);
    CHECK_INT(value_of("lyger_queue_wait_seconds_bucket{le=\"0.005\"}"), 1);
    lyger_metrics_abandoned(&metrics);
    lyger_metrics_abandoned(&metrics);
    CHECK_INT(metrics.in_flight, 0);
}

static void counters_never_fall(void)
{
    static char old_series[4000][200];
    static double old_values[4000];
    write_page();
    int old_count = sample_count;
    memcpy(old_series, series, sizeof series);
    memcpy(old_values, values, sizeof values);
    for (int i = 0; i < 1000; i++) {
        lyger_metrics_begun(&metrics, 10);
        lyger_metrics_answered(&metrics, (lyger_http_method)(i % 10), 100 + i % 500, 1, 1,
                               1 + (uint64_t)i * MS * 40);
    }
    write_page();
    for (int i = 0; i < old_count; i++) {
        bool counts = strstr(old_series[i], "_total") || strstr(old_series[i], "_bucket") ||
                      strstr(old_series[i], "_count") || strstr(old_series[i], "_sum");
        if (counts && value_of(old_series[i]) < old_values[i]) {
            printf("# %s fell\n", old_series[i]);
            case_failed = true;
        }
    }
    double last = 0;
    for (int i = 0; i < sample_count; i++) { /* buckets are cumulative and end in the count */
        if (strstr(series[i], "duration_seconds_bucket")) {
            last = strstr(series[i], "0.0005") ? 0 : last;
            CHECK(values[i] >= last);
            last = values[i];
        } else if (strstr(series[i], "duration_seconds_count")) {
            CHECK(values[i] == last);
        }
    }
}

static void workers_are_seen_to_come_and_go(void)
{
    int place = lyger_hub_place(hub, 3);
    CHECK(place >= 0);
    lyger_hub_placed(hub, (uint32_t)place, getpid());
    write_page();
    CHECK_INT(value_of("lyger_worker_starts_total"), 1);
    CHECK_INT(value_of("lyger_worker_ends_total"), 0);
    CHECK_INT(value_of("lyger_workers{state=\"booting\"}"), 1);
    char name[80];
    snprintf(name, sizeof name, "lyger_worker_resident_memory_bytes{worker=\"%d\"}", place);
    CHECK(value_of(name) > 1e6);
    write_page();
    CHECK_INT(value_of("lyger_worker_starts_total"), 1);
}

static void a_minute_of_rates_is_kept(void)
{
    lyger_metrics kept;
    lyger_metrics_init(&kept);
    uint64_t start = kept.second_began;
    for (uint64_t second = 0; second < 150; second++) {
        lyger_metrics_tick(&kept, hub, start + second * 1000 * MS + 1);
        for (uint64_t i = 0; i < second; i++) {
            lyger_metrics_answered(&kept, LYGER_HTTP_GET, 200, 0, 0, 0);
        }
    }
    for (uint32_t i = 0; i < LYGER_METRICS_SECONDS; i++) { /* the oldest first */
        CHECK_INT(kept.per_second[(kept.second + 1 + i) % LYGER_METRICS_SECONDS], 90 + i);
    }
    lyger_metrics_tick(&kept, hub, start + 1000 * 1000 * MS); /* nobody looked for a long time */
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LYGER_METRICS_SECONDS; i++) {
        sum += kept.per_second[i];
    }
    CHECK_INT(sum, 0);
    CHECK_INT(kept.second_began, start + 1000 * 1000 * MS);
}

/* ---- the status page ---- */

static bool allowed(const char *address, const char *fields)
{
    char head[1024];
    lyger_http_request request;
    lyger_http_address client = {.port = 1};
    snprintf(client.address, sizeof client.address, "%s", address);
    snprintf(head, sizeof head, "GET /-/lyger HTTP/1.1\r\n%s\r\n", fields);
    lyger_http_request_init(&request);
    CHECK_INT(lyger_http_parse(&request, head, strlen(head), &default_limits), LYGER_HTTP_DONE);
    return lyger_status_allowed(&request, head, &client);
}

static void only_the_machine_itself_may_see_it(void)
{
    static const char *const good[] = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", ""};
    static const char *const bad[] = {"192.0.2.1", "128.0.0.1", "2001:db8::1", "::ffff:192.0.2.1",
                                      "::",        "::2",       "127.0.0.1x"};
    static const char *const hosts[] = {"localhost",      "LOCALHOST:8000", "127.0.0.1",
                                        "127.0.0.1:8000", "[::1]:80",       "192.168.1.2"};
    static const char *const names_[] = {"example.com",
                                         "localhost.example.com",
                                         "127.0.0.1.example.com",
                                         "localhostx:80",
                                         "1.2.3",
                                         "example.com:80",
                                         "0x7f.1"};
    static const char *const proxies[] = {"X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "Via: 1.1 x",
                                          "x-real-ip: 1.2.3.4"};
    char fields[200];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(allowed(good[i], "Host: localhost\r\n"));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!allowed(bad[i], "Host: localhost\r\n"));
    }
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        snprintf(fields, sizeof fields, "Host: %s\r\n", hosts[i]);
        CHECK(allowed("127.0.0.1", fields));
    }
    for (size_t i = 0; i < sizeof names_ / sizeof *names_; i++) {
        snprintf(fields, sizeof fields, "Host: %s\r\n", names_[i]);
        CHECK(!allowed("127.0.0.1", fields));
    }
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        snprintf(fields, sizeof fields, "Host: localhost\r\n%s\r\n", proxies[i]);
        CHECK(!allowed("127.0.0.1", fields));
    }
}

static void the_figures_are_json(void)
{
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    CHECK(lyger_status_write(&metrics, &config, hub, &text.sink));
    CHECK(is_json(text.start, lyger_buffer_length(&text)));
    lyger_sink_put_char(&text.sink, '\0');
    CHECK(strstr(text.start, "\"state\":\"booting\"") && strstr(text.start, "\"generation\":3"));
    CHECK(strstr(text.start, "\"per_second\":[") && strstr(text.start, "lyger_cache_used_bytes"));
    CHECK(strstr(text.start, "{\"name\":\"a \\\"b\\\" \\\\c\\nd\"") == text.start);
    lyger_buffer_free(&text);
}

/* ---- over a socket ---- */

static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    if (!lyger_metrics_answer(&metrics, &config, hub, connection, request, head) &&
        !lyger_status_answer(&metrics, &config, hub, connection, request, head,
                             lyger_http_peer(connection))) {
        lyger_http_response response = {404, "", "text/plain", "worker", 6};
        lyger_http_respond(connection, &response);
    }
}

static const char *ask(const char *line, const char *host)
{
    static const lyger_http_service service = {.begin = begin};
    char said[400];
    snprintf(said, sizeof said, "%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", line, host);
    exchange(&service, said, page, sizeof page, false);
    const char *body = strstr(page, "\r\n\r\n");
    return body ? body + 4 : "";
}

static void the_pages_are_answered(void)
{
    CHECK_STR(ask("GET /metrics", "x"), "worker"); /* a name that may be somebody's page */
    const char *body = ask("GET /metrics", "localhost");
    CHECK(strncmp(page, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(page, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    CHECK(read_page(body));
    CHECK_STR(ask("HEAD /metrics", "127.0.0.1"), "");
    CHECK(strncmp(page, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK_STR(ask("POST /metrics", "x"), "worker");
    CHECK_STR(ask("GET /metrics/", "x"), "worker");
    body = ask("GET /-/lyger?x=1", "localhost");
    CHECK(strncmp(body, "<!DOCTYPE html>", 15) == 0 && strstr(page, "script-src 'sha256-"));
    body = ask("GET /-/lyger/json", "127.0.0.1:1");
    CHECK(is_json(body, strlen(body)));
    CHECK_STR(ask("GET /-/lyger", "example.com"), "worker");
    CHECK_STR(ask("GET /-/lyger/json", "example.com"), "worker");
    config.status_path = NULL;
    CHECK_STR(ask("GET /-/lyger", "localhost"), "worker");
    config.status_path = "/-/lyger";
}

static void write_cache(void *context, lyger_sink *sink)
{
    (void)context;
    lyger_cache_write_metrics(cache, sink);
}

int main(void)
{
    lyger_error error;
    lyger_hub_settings settings = {4, 16, 4096, 65536};
    config.name = "a \"b\" \\c\nd";
    config.metrics_path = "/metrics";
    config.status_path = "/-/lyger";
    config.metrics = write_cache;
    cache = lyger_cache_open(1 << 20, NULL, &error);
    lyger_metrics_init(&metrics);
    if (!cache || lyger_hub_new(&settings, &hub, &error) != LYGER_OK ||
        lyger_hub_serve(hub, &error) != LYGER_OK) {
        puts(error.message);
        return 1;
    }
    RUN(the_reader_is_strict);
    RUN(a_fresh_page_is_well_formed);
    RUN(what_happened_is_counted);
    RUN(counters_never_fall);
    RUN(workers_are_seen_to_come_and_go);
    RUN(a_minute_of_rates_is_kept);
    RUN(only_the_machine_itself_may_see_it);
    RUN(the_figures_are_json);
    RUN(the_pages_are_answered);
    lyger_hub_free(hub);
    lyger_cache_close(cache);
    return finish();
}
