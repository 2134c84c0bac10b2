/*
 * The defaults of config.h, and the checks of what a door filled in.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity, O_PATH */
#endif

#include "server/config.h"

#include "identity.h"
#include "process.h"
#include "sendfile_places.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX (LYGER_HUB_WORKERS_MAX / 2 - 4) /* a reload has old and new workers side by side */
#define REQUESTS_MAX 65536u

/* Processors that this process may run on, which in a container are fewer than the machine has. */
static uint32_t processors(void)
{
    cpu_set_t set;
    long count =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > (long)WORKERS_MAX ? WORKERS_MAX : (uint32_t)count;
}

void lyger_server_defaults(lyger_server_config *config)
{
    memset(config, 0, sizeof *config);
    config->host = LYGER_HTTP_LOOPBACK;
    config->port = 8000;
    config->backlog = 511;
    config->workers = processors();
    config->request_timeout = 30000;
    config->kill_timeout = 5000;
    config->queue_limit = 1000;
    config->grace = 30000;
    config->boot_timeout = 60000;
    config->http = lyger_http_default_options;
    config->http.max_body = 8388608;
    config->http.max_connections = 16384;
    config->body_in_memory = 65536;
    config->response_buffer = 262144;
    config->response_spool = 67108864;
    config->spool_limit = 1073741824;
    config->index = "index.html";
    config->compress = true;
    config->browser_reload = true;
}

typedef struct range {
    const char *name;
    uint64_t value, least, most;
} range;

static lyger_status check_ranges(const range *ranges, size_t count, lyger_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const range *one = &ranges[i];
        if (one->value < one->least || one->value > one->most) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "%s must be between %llu and %llu, %llu given",
                              one->name, (unsigned long long)one->least, (unsigned long long)one->most,
                              (unsigned long long)one->value);
        }
    }
    return LYGER_OK;
}

/* Checks a path that the server answers itself: it begins with a slash and has no query. */
static lyger_status check_path(const char *name, const char *example, const char *path, lyger_error *error)
{
    if (path && *path && (path[0] != '/' || strpbrk(path, "?# \t\r\n"))) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s must be a path such as /%s, \"%s\" given", name,
                          example, path);
    }
    return LYGER_OK;
}

/* Checks a directory before the server starts: without its document_root the front process would end and be
 * started again for ever, without a body_directory every large body would be an error. */
static lyger_status check_directory(const char *name, const char *path, lyger_error *error)
{
    if (!path || !*path) {
        return LYGER_OK;
    }
    int descriptor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return lyger_fail(error, LYGER_E_SERVER, "%s must be a directory: %s cannot be opened: %s", name,
                          path, strerror(errno));
    }
    close(descriptor);
    return LYGER_OK;
}

lyger_status lyger_server_check(const lyger_server_config *config, lyger_error *error)
{
    const lyger_http_options *http = &config->http;
    uint64_t day = 86400000;
    const range ranges[] = {
        {"workers", config->workers, 1, WORKERS_MAX},
        {"workers", config->workers_least, 0, config->workers},
        {"backlog", config->backlog, 1, 65535},
        {"socket_mode", config->socket_mode, 0, 0777},
        {"queue_limit", config->queue_limit, 0, REQUESTS_MAX - 2 * (uint64_t)WORKERS_MAX},
        {"request_timeout", config->request_timeout, 0, day},
        {"kill_timeout", config->kill_timeout, 1, day},
        {"grace", config->grace, 0, day},
        {"boot_timeout", config->boot_timeout, 1, day},
        {"max_request_line", http->limits.request_line, 64, 1048576},
        {"max_head", http->limits.head, 256, 524288},
        {"max_fields", http->limits.fields, 1, LYGER_HTTP_FIELDS_MAX},
        {"max_connections", http->max_connections, 1, 1048576},
        {"header_timeout", http->header_timeout, 1, day},
        {"body_timeout", http->body_timeout, 1, day},
        {"body_rate", http->body_rate, 1, (uint64_t)1 << 30},
        {"connection_memory", http->memory, 1048576, (uint64_t)1 << 40},
        {"idle_timeout", http->idle_timeout, 1, day},
        {"write_timeout", http->write_timeout, 1, day},
        {"response_buffer", config->response_buffer, 4096, (uint64_t)1 << 30},
    };
    lyger_status status = check_ranges(ranges, sizeof ranges / sizeof *ranges, error);
    if (status == LYGER_OK) {
        status = check_path("health_path", "health", config->health_path, error);
    }
    if (status == LYGER_OK) {
        status = check_path("metrics_path", "metrics", config->metrics_path, error);
    }
    if (status == LYGER_OK) {
        status = check_path("status_path", "-/lyger", config->status_path, error);
    }
    if (status == LYGER_OK && config->group && *config->group && (!config->user || !*config->user)) {
        status = lyger_fail(error, LYGER_E_ARGUMENT, "group needs a user beside it");
    }
    if (status == LYGER_OK) {
        status = check_directory("document_root", config->document_root, error);
    }
    if (status == LYGER_OK) {
        status = check_directory("body_directory", config->body_directory, error);
    }
    if (status == LYGER_OK) {
        status = lyger_sendfile_check(config->sendfile_places, error);
    }
    if (status == LYGER_OK) {
        lyger_networks networks;
        status = lyger_networks_read(config->trust_proxy, &networks, error);
    }
    lyger_identity who;
    return status == LYGER_OK ? lyger_identity_find(config, &who, error) : status;
}

/* A random number up to `most`, different in every worker, so that workers do not all end at once. */
static uint64_t spread(uint64_t most)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t mixed = ((uint64_t)getpid() << 32) ^ (uint64_t)now.tv_nsec;
    mixed = (mixed ^ (mixed >> 31)) * 0x9E3779B97F4A7C15u; /* 2^64 divided by the golden ratio */
    return (mixed >> 32) % (most + 1);
}

bool lyger_server_worn(const lyger_server_config *config, const lyger_worker *worker, uint64_t memory)
{
    static uint64_t last; /* the last request that this worker answers; 0: not drawn yet */
    if (config->memory_limit && memory > config->memory_limit) {
        lyger_server_say(
            config, "worker %ld ended by memory_limit: %llu of %llu bytes are in use after %llu requests",
            (long)getpid(), (unsigned long long)memory, (unsigned long long)config->memory_limit,
            (unsigned long long)lyger_hub_finished(worker));
        return true;
    }
    if (!config->max_requests) {
        return false;
    }
    if (!last) {
        last = config->max_requests + spread(config->max_requests_jitter);
    }
    return lyger_hub_finished(worker) >= last;
}
