/*
 * From a request's head to a worker, or to an answer of the front process: jobs, the log's notes, the hub's
 * slots.
 */
#include "front_state.h"

#include "browser_reload.h"
#include "pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARES_MAX 1024u      /* jobs kept for the next requests */
#define BUFFER_KEPT 65536u    /* bytes of a buffer that a spare job may keep */
#define LOGGED_LINE_MAX 1024u /* bytes of a request line that could not be parsed, in the log */
#define CLIENT_GONE 499       /* in the log, as other servers write it */

/* ---- jobs ---- */

static lyger_job *take_job(lyger_front *front)
{
    lyger_job *job = front->spares;
    if (job) {
        front->spares = job->next;
        front->spare_count--;
        job->next = NULL;
        return job;
    }
    job = calloc(1, sizeof *job);
    if (job) {
        job->front = front;
        job->body_file = job->rest_file = -1;
        lyger_buffer_init(&job->bytes, &lyger_malloc_allocator);
        lyger_buffer_init(&job->log_text, &lyger_malloc_allocator);
        lyger_answer_fields_init(&job->fields);
        job->fields.takes_file = front->sendfile != NULL;
    }
    return job;
}

static void free_job(lyger_job *job)
{
    lyger_buffer_free(&job->bytes);
    lyger_buffer_free(&job->log_text);
    lyger_answer_fields_free(&job->fields);
    free(job);
}

static void give_back_buffer(lyger_buffer *buffer)
{
    if ((size_t)(buffer->sink.end - buffer->start) > BUFFER_KEPT) {
        lyger_buffer_free(buffer);
    } else {
        lyger_buffer_reset(buffer);
    }
}

void lyger_front_leave_hub(lyger_job *job)
{
    lyger_front *front = job->front;
    if (!job->slot) {
        return;
    }
    lyger_front_unsuspend(job);
    front->slots[lyger_hub_slot_number(front->hub, job->slot)] = NULL;
    job->slot = NULL;
    front->in_hub--;
    if (job->previous) {
        job->previous->next = job->next;
    } else {
        front->jobs = job->next;
    }
    if (job->next) {
        job->next->previous = job->previous;
    }
    job->next = job->previous = NULL;
}

void lyger_front_cancel(lyger_job *job)
{
    lyger_hub_slot *slot = job->slot;
    if (slot) {
        lyger_front_leave_hub(job);
        lyger_hub_cancel(job->front->hub, slot);
    }
}

/* Takes the job out of the list of jobs whose head waits. */
static void unlist(lyger_job *job)
{
    for (lyger_job **at = &job->front->heads; job->listed && *at; at = &(*at)->next_head) {
        if (*at == job) {
            *at = job->next_head;
            break;
        }
    }
    job->listed = job->has_head = false;
}

void lyger_front_release(lyger_job *job)
{
    lyger_front *front = job->front;
    lyger_front_cancel(job);
    lyger_browser_reload_forget(job);
    unlist(job);
    lyger_front_end_body(job);
    lyger_front_end_rest(job);
    lyger_compress_end(job->compressor);
    job->compressor = NULL;
    job->connection = NULL;
    job->full = job->suspended = job->overflow = job->whole = false;
    job->unlogged = false;
    job->status = 0;
    job->body_len = 0;
    if (front->spare_count >= SPARES_MAX) {
        free_job(job);
        return;
    }
    give_back_buffer(&job->bytes);
    give_back_buffer(&job->log_text);
    give_back_buffer(&job->fields.text);
    give_back_buffer(&job->fields.file);
    job->next = front->spares;
    front->spares = job;
    front->spare_count++;
}

void lyger_front_free_jobs(lyger_front *front)
{
    lyger_front_forget_after(front);
    while (front->jobs) {                 /* their workers go on, and their answers are dropped */
        lyger_front_release(front->jobs); /* NOLINT(clang-analyzer-unix.Malloc): unlinks the job */
    }
    while (front->spares) {
        lyger_job *job = front->spares;
        front->spares = job->next;
        free_job(job);
    }
}

/* ---- log ---- */

static lyger_access_text note_span(lyger_sink *sink, const char *head, lyger_http_span span)
{
    lyger_access_text text = {sink->pos, span.len};
    lyger_sink_put(sink, head + span.at, span.len); /* note() has reserved room */
    return text;
}

/* Notes what the log will say of the request, while the head is there. */
static void note(lyger_job *job, const lyger_http_request *request, const char *head)
{
    lyger_sink *sink = &job->log_text.sink;
    lyger_access_entry *entry = &job->entry;
    memset(entry, 0, sizeof *entry);
    if (!job->front->log || !lyger_sink_reserve(sink, request->head_len)) {
        return;
    }
    entry->minor = request->minor;
    entry->method = note_span(sink, head, request->method_name);
    entry->target = note_span(sink, head, request->target);
    if (job->front->config->access_log_format == LYGER_LOG_TERMINAL) {
        return;
    }
    for (uint32_t i = 0; i < request->field_count; i++) {
        const lyger_http_field *field = &request->fields[i];
        const char *name = head + field->name.at;
        if (field->name.len == 7 && entry->referer.len == 0 &&
            lyger_http_equals_ignoring_case(name, 7, "referer")) {
            entry->referer = note_span(sink, head, field->value);
        } else if (field->name.len == 10 && entry->agent.len == 0 &&
                   lyger_http_equals_ignoring_case(name, 10, "user-agent")) {
            entry->agent = note_span(sink, head, field->value);
        }
    }
}

/* Notes what is known of the first line of a head that was refused before it was parsed to its end. */
static void note_refused(const lyger_http_connection *connection, lyger_access_entry *entry)
{
    size_t len, at = 0;
    const lyger_http_request *request = lyger_http_current(connection);
    const char *head = lyger_http_refused_head(connection, &len);
    entry->minor = -1;
    if (!head) {
        return;
    }
    if (request && request->target.len > 0) {
        entry->minor = request->minor;
        entry->method = (lyger_access_text){head + request->method_name.at, request->method_name.len};
        entry->target = (lyger_access_text){head + request->target.at, request->target.len};
        return;
    }
    while (at < len && (head[at] == '\r' || head[at] == '\n')) {
        at++;
    }
    entry->line = (lyger_access_text){head + at, 0};
    while (at + entry->line.len < len && entry->line.len < LOGGED_LINE_MAX &&
           entry->line.at[entry->line.len] != '\r' && entry->line.at[entry->line.len] != '\n') {
        entry->line.len++;
    }
}

static void write_log(lyger_front *front, lyger_http_connection *connection, lyger_job *job, int status,
                      uint64_t bytes, uint64_t now)
{
    lyger_access_entry refused = {0};
    lyger_access_entry *entry = job ? &job->entry : &refused;
    if (front->log && !(job && job->unlogged)) {
        if (!job) {
            note_refused(connection, entry);
        }
        entry->address = job && job->forwarded.has_client ? job->forwarded.client.address
                                                          : lyger_http_peer(connection)->address;
        entry->status = status;
        entry->bytes = bytes;
        entry->nanoseconds = job && now > job->begun_at ? now - job->begun_at : 0;
        lyger_access_log_add(front->log, entry);
    }
}

/* ---- to the hub ---- */

void lyger_front_refuse(lyger_job *job, int status, const char *fields, const char *reason)
{
    char body[256];
    int len = snprintf(body, sizeof body, "{\"status\":%d,\"error\":\"%s\"}", status, reason);
    lyger_http_response response = {status, fields, "application/json", body, (size_t)len};
    lyger_http_respond(job->connection, &response);
}

static void busy(lyger_job *job)
{
    lyger_metrics_count(&job->front->metrics, LYGER_METRICS_REJECTED_QUEUE);
    lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "the server is busy");
}

static bool queue_is_full(lyger_front *front)
{
    lyger_hub_load load;
    if (front->in_hub < front->config->queue_limit) {
        return false; /* the usual case, without measuring the load */
    }
    lyger_hub_measure(front->hub, &load);
    return load.queued >= front->config->queue_limit;
}

/* The two ends of the connection, or what trusted proxies say of them. */
static void set_peers(lyger_job *job, lyger_hub_slot *slot, double now)
{
    const lyger_forwarded *forwarded = &job->forwarded;
    lyger_http_address server = *lyger_http_local(job->connection);
    if (forwarded->port > 0) {
        server.port = forwarded->port;
    }
    lyger_hub_set_peers(slot, forwarded->has_client ? &forwarded->client : lyger_http_peer(job->connection),
                        &server, now);
    if (forwarded->scheme || forwarded->host[0]) {
        lyger_hub_set_forwarded(slot, forwarded);
    }
}

/* Fills the slot; 0, or the status to refuse the request with. */
static int fill(lyger_job *job, lyger_hub_slot *slot, const lyger_http_request *request, const char *head)
{
    lyger_hub *hub = job->front->hub;
    struct timespec now;
    char *body;
    size_t room;
    if (!lyger_hub_fill(hub, slot, request, head, job->body_len, &body, &room)) {
        return 431;
    }
    if (job->body_len > 0 && job->body_file < 0 && room >= job->body_len) {
        memcpy(body, job->bytes.start + job->head_len, (size_t)job->body_len);
    } else if (job->body_len > 0) {
        if (!lyger_front_spool_body(job)) {
            return 500;
        }
        lyger_hub_set_body_file(slot, job->body_path);
    }
    clock_gettime(CLOCK_REALTIME, &now);
    set_peers(job, slot, (double)now.tv_sec + (double)now.tv_nsec / 1e9);
    return 0;
}

static void submit(lyger_job *job, const lyger_http_request *request, const char *head)
{
    lyger_front *front = job->front;
    lyger_hub_slot *slot = queue_is_full(front) ? NULL : lyger_hub_reserve(front->hub);
    int status = slot ? fill(job, slot, request, head) : 503;
    if (status == 0 && !lyger_hub_submit(front->hub, slot)) {
        status = 503;
    }
    if (status != 0 && slot) {
        lyger_hub_release(front->hub, slot);
    }
    if (status == 503) {
        busy(job);
    } else if (status == 431) {
        lyger_front_refuse(job, 431, "", "the request head is too large");
    } else if (status != 0) {
        lyger_front_refuse(job, status, "", "the request body cannot be stored");
    } else {
        job->slot = slot;
        job->progress_at = 0;
        lyger_front_drop_gathered(job);
        front->slots[lyger_hub_slot_number(front->hub, slot)] = job;
        job->next = front->jobs;
        if (job->next) {
            job->next->previous = job;
        }
        front->jobs = job;
        front->in_hub++;
    }
}

/* ---- the service ---- */

/* Answers a request that is not for a worker; false when it is for one. */
static bool answered_here(lyger_front *front, lyger_job *job, lyger_http_connection *connection,
                          const lyger_http_request *request, const char *head)
{
    if (request->form == LYGER_HTTP_ASTERISK) {
        lyger_http_response options = {204, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n", NULL,
                                       "", 0};
        lyger_http_respond(connection, &options);
        return true;
    }
    if (request->method == LYGER_HTTP_CONNECT || request->method == LYGER_HTTP_TRACE) {
        lyger_front_refuse(job, 405, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n",
                           "this method is not allowed here");
        return true;
    }
    if (lyger_front_health(front, connection, request, head)) {
        return true;
    }
    front->metrics.connections = front->host.connections;
    front->metrics.events[LYGER_METRICS_TIMEOUT_WRITE] = front->host.late;
    if (lyger_metrics_answer(&front->metrics, front->config, front->hub, connection, request, head)) {
        return true;
    }
    if (front->config->status_path && front->config->status_path[0] &&
        lyger_status_answer(&front->metrics, front->config, front->hub, connection, request, head,
                            lyger_http_peer(connection))) {
        return true;
    }
    job->reloads = lyger_browser_reload_wanted(job, request, head);
    if (lyger_browser_reload_answer(job, request, head) || lyger_browser_reload_file(job, request, head)) {
        return true;
    }
    if (front->files && lyger_static_answer(front->files, connection, request, head)) {
        lyger_metrics_count(&front->metrics, LYGER_METRICS_STATIC);
        return true;
    }
    return false;
}

/* Reads what trusted proxies say of the client; false when that cannot be believed. */
static bool believe(lyger_job *job, const lyger_http_request *request, const char *head)
{
    const lyger_networks *proxies = &job->front->proxies;
    if (proxies->count == 0 && !proxies->local) {
        return true;
    }
    job->forwarded = (lyger_forwarded){.has_client = false};
    if (lyger_networks_have(proxies, lyger_http_peer(job->connection)->address) &&
        !lyger_forwarded_read(request, head, proxies, &job->forwarded)) {
        job->forwarded.has_client = false;
        return false;
    }
    return true;
}

static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    lyger_front *front = lyger_http_host_of(connection)->context;
    lyger_job *job = take_job(front);
    if (!job) {
        lyger_http_cut_off(connection);
        return;
    }
    lyger_http_set_kept(connection, job);
    job->connection = connection;
    job->begun_at = lyger_hub_now();
    job->method = request->method;
    job->minor = request->minor;
    lyger_metrics_begun(&front->metrics, request->head_len);
    note(job, request, head);
    if (!believe(job, request, head)) {
        lyger_front_refuse(job, 400, "", "the fields of proxies contradict each other or are malformed");
        return;
    }
    if (answered_here(front, job, connection, request, head)) {
        return;
    }
    job->coding = front->config->compress ? lyger_compress_choose(request, head) : LYGER_CODING_NONE;
    bool has_body = request->content_length > 0 || request->chunked;
    if (has_body || front->sendfile) { /* a body follows the head; a file's answer asks it for ranges */
        job->head_len = request->head_len;
        if (!lyger_sink_put(&job->bytes.sink, head, request->head_len)) {
            lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "no memory");
            return;
        }
    }
    if (!has_body) {
        submit(job, request, head);
    }
}

static void body(lyger_http_connection *connection, const char *bytes, size_t len)
{
    lyger_job *job = lyger_http_kept(connection);
    job->body_len += len;
    lyger_metrics_received(&job->front->metrics, len);
    int status = lyger_front_keep_body(job, bytes, len);
    if (status == 503) {
        lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "there is no room for the request body");
    } else if (status != 0) {
        lyger_front_refuse(job, status, "", "the request body cannot be stored");
    }
}

static void complete(lyger_http_connection *connection)
{
    lyger_job *job = lyger_http_kept(connection);
    if (!job->slot) { /* a request without a body was submitted in begin() */
        submit(job, lyger_http_current(connection), job->bytes.start);
    }
}

static void drained(lyger_http_connection *connection)
{
    lyger_front_drained(lyger_http_kept(connection));
}

/* Says why a request body was refused: the client may see nothing but a failed upload, and the people who run
 * the server should not have to guess. */
static void say_too_large(const lyger_job *job)
{
    const lyger_http_request *request = lyger_http_current(job->connection);
    const char *head = job->bytes.start;
    lyger_front_say(job->front, "413: a body of more than max_body_size (%llu bytes) was refused: %.*s %.*s",
                    (unsigned long long)job->front->host.options.max_body, (int)request->method_name.len,
                    head + request->method_name.at,
                    (int)(request->target.len < 200 ? request->target.len : 200), head + request->target.at);
}

static void answered(lyger_http_connection *connection, int status, uint64_t body_bytes)
{
    lyger_front *front = lyger_http_host_of(connection)->context;
    lyger_job *job = lyger_http_kept(connection);
    uint64_t now = lyger_hub_now();
    if (status == 408) {
        lyger_metrics_count(&front->metrics, job ? LYGER_METRICS_TIMEOUT_BODY : LYGER_METRICS_TIMEOUT_HEAD);
    }
    lyger_metrics_answered(&front->metrics, job ? job->method : LYGER_HTTP_OTHER, status, body_bytes,
                           job ? job->begun_at : 0, now);
    write_log(front, connection, job, status, body_bytes, now);
    if (job && status == 413 && job->head_len > 0 && job->status == 0) { /* not the application's own 413 */
        say_too_large(job);
    }
    if (job) {
        lyger_front_release(job);
    }
}

static void abandoned(lyger_http_connection *connection)
{
    lyger_front *front = lyger_http_host_of(connection)->context;
    lyger_job *job = lyger_http_kept(connection);
    if (!job) {
        return;
    }
    lyger_metrics_abandoned(&front->metrics);
    write_log(front, connection, job, lyger_http_response_begun(connection) ? job->status : CLIENT_GONE,
              lyger_http_body_sent(connection), lyger_hub_now());
    job->connection = NULL;
    if (job->slot && !front->config->cancel_on_disconnect &&
        lyger_hub_worker_of(front->hub, job->slot) >= 0) {
        lyger_front_unsuspend(job); /* the job's frames are dropped from now on */
        return;
    }
    lyger_front_release(job);
}

const lyger_http_service lyger_front_service = {begin, body, complete, drained, abandoned, answered};
