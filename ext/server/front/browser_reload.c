#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif

#include "browser_reload.h"

#include "base/version.h"
#include "http/conditions.h"
#include "pages.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STREAM "/-/lyger/reload"
#define SCRIPT STREAM ".js"
#define ALIVE_TICKS (15000 / LYGER_FRONT_TICK) /* between two signs of life */
#define FILE_MAX 4194304                       /* bytes of a static page that gets the script */
#define NONCE_MAX 128

/*
 * A hidden page holds no stream: browsers have only six connections to a server of HTTP/1.1. Each number
 * reloads a page once, so that a page from a cache of the application's own (a service worker) is not loaded
 * for ever.
 */
static const char script[] =
    "(()=>{\n"
    "const seen=new URL(document.currentScript.src).search.slice(1),key='lyger-reload';\n"
    "let events=null,note=null;\n"
    "const tell=text=>{\n"
    "  if(note)note.remove();\n"
    "  note=null;\n"
    "  if(!text)return;\n"
    "  note=document.createElement('div');\n"
    "  note.textContent=text;\n"
    "  note.id='lyger-reload-failed';\n"
    "  note.style.cssText='position:fixed;left:0;right:0;bottom:0;z-index:2147483647;padding:12px 16px;"
    "background:#8b1a1a;color:#fff;font:14px/1.4 sans-serif';\n"
    "  document.body.append(note);\n"
    "};\n"
    "const changed=event=>{\n"
    "  tell('');\n"
    "  if(event.data===seen||sessionStorage.getItem(key)===event.data)return;\n"
    "  sessionStorage.setItem(key,event.data);\n"
    "  location.reload();\n"
    "};\n"
    "const listen=()=>{\n"
    "  if(document.hidden){if(events)events.close();events=null;return;}\n"
    "  if(events)return;\n"
    "  events=new EventSource('" STREAM "');\n"
    "  events.addEventListener('change',changed);\n"
    "  events.addEventListener('failed',()=>tell('lyger: the application did not come up after the last "
    "change; "
    "the terminal says why. This page is from before.'));\n"
    "};\n"
    "document.addEventListener('visibilitychange',listen);\n"
    "addEventListener('pagehide',()=>{if(events)events.close();events=null;});\n"
    "addEventListener('pageshow',listen);\n"
    "listen();\n"
    "})();\n";

/* ---- which requests ---- */

static bool is_here(lyger_http_connection *connection)
{
    struct in_addr four;
    const char *address = lyger_http_peer(connection)->address;
    return address[0] == '\0' || strcmp(address, "::1") == 0 || strncmp(address, "::ffff:127.", 11) == 0 ||
           (inet_pton(AF_INET, address, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127);
}

static bool is_on(const lyger_front *front)
{
    return front->config->watch && front->config->watch[0] && front->config->browser_reload;
}

static bool has_field(const lyger_http_request *request, const char *head, const char *name)
{
    uint32_t at = 0;
    size_t len;
    return lyger_http_next_value(request, head, name, &at, &len) != NULL;
}

/* Whether the browser wants a document. Browsers say so to servers they trust, which this machine is; of the
 * others those that name HTML are believed, but for scripts, which say that they are. */
static bool wants_document(const lyger_http_request *request, const char *head)
{
    static const char *const documents[] = {"document", "iframe", "frame"};
    static const char *const parts[] = {"x-requested-with", "hx-request", "turbo-frame", "x-pjax"};
    uint32_t at = 0;
    size_t len;
    const char *value = lyger_http_next_value(request, head, "sec-fetch-dest", &at, &len);
    if (value) {
        bool found = false;
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
            found |= lyger_http_equals_ignoring_case(value, len, documents[i]);
        }
        return found;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (has_field(request, head, parts[i])) {
            return false;
        }
    }
    at = 0;
    value = lyger_http_next_value(request, head, "accept", &at, &len);
    return value && memmem(value, len, "text/html", 9) != NULL;
}

bool lyger_browser_reload_wanted(lyger_job *job, const lyger_http_request *request, const char *head)
{
    return is_on(job->front) && request->method == LYGER_HTTP_GET && is_here(job->connection) &&
           wants_document(request, head);
}

/* ---- the stream ---- */

static void put_state(lyger_job *job)
{
    char text[96];
    const lyger_front *front = job->front;
    int len =
        snprintf(text, sizeof text, "event: change\ndata: %llu\n\n%s", (unsigned long long)front->changes,
                 front->change_failed ? "event: failed\ndata: 1\n\n" : "");
    lyger_http_send(job->connection, text, (size_t)len);
}

static void begin_stream(lyger_job *job)
{
    static const char fields[] = "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                                 "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\n";
    static const char begin[] = "retry: 500\n\n";
    lyger_front *front = job->front;
    job->listens = true;
    job->next = front->listening;
    job->previous = NULL;
    if (job->next) {
        job->next->previous = job;
    }
    front->listening = job;
    lyger_http_begin_response(job->connection, 200, fields, sizeof fields - 1, LYGER_HTTP_LENGTH_UNKNOWN);
    lyger_http_send(job->connection, begin, sizeof begin - 1);
    put_state(job);
}

bool lyger_browser_reload_answer(lyger_job *job, const lyger_http_request *request, const char *head)
{
    if (!is_on(job->front) || request->method != LYGER_HTTP_GET || !is_here(job->connection)) {
        return false;
    }
    bool is_script = lyger_pages_is_for(request, head, SCRIPT, "");
    job->unlogged = is_script || lyger_pages_is_for(request, head, STREAM, ""); /* of no interest */
    if (is_script) {
        lyger_http_response response = {200, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
                                        "text/javascript; charset=utf-8", script, sizeof script - 1};
        lyger_http_respond(job->connection, &response);
        return true;
    }
    if (!job->unlogged) {
        return false;
    }
    if (job->front->draining) { /* EventSource comes again */
        lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "the server is stopping");
    } else {
        begin_stream(job);
    }
    return true;
}

void lyger_browser_reload_tell(lyger_front *front, char what)
{
    front->change_failed = what == 'f';
    front->changes += what == 'c';
    lyger_http_cork(&front->host); /* meanwhile no connection goes away */
    for (lyger_job *job = front->listening; job; job = job->next) {
        put_state(job);
    }
    lyger_http_uncork(&front->host);
}

void lyger_browser_reload_tick(lyger_front *front)
{
    for (lyger_job *job = front->listening; job && front->ticks % ALIVE_TICKS == 0; job = job->next) {
        lyger_http_send(job->connection, ":\n\n", 3);
    }
}

void lyger_browser_reload_end(lyger_front *front)
{
    lyger_http_cork(&front->host);
    while (front->listening) {
        lyger_job *job = front->listening;
        lyger_browser_reload_forget(job);
        lyger_http_end_response(job->connection);
    }
    lyger_http_uncork(&front->host);
}

void lyger_browser_reload_forget(lyger_job *job)
{
    job->reloads = false;
    if (!job->listens) {
        return;
    }
    job->listens = false;
    if (job->previous) {
        job->previous->next = job->next;
    } else {
        job->front->listening = job->next;
    }
    if (job->next) {
        job->next->previous = job->previous;
    }
    job->next = job->previous = NULL;
}

/* ---- pages ---- */

/* The nonce that the page's Content-Security-Policy allows scripts by, as an attribute; "" when it has
 * none. */
static void find_nonce(const lyger_job *job, char attribute[NONCE_MAX + 16])
{
    size_t len, nonce = 0;
    const char *policy = lyger_answer_fields_find(&job->fields, "content-security-policy", &len);
    const char *at = policy ? memmem(policy, len, "'nonce-", 7) : NULL;
    attribute[0] = '\0';
    if (!at) {
        return;
    }
    at += 7;
    while (at + nonce < policy + len && nonce < NONCE_MAX &&
           (strchr("+/-_=", at[nonce]) || (at[nonce] >= '0' && at[nonce] <= '9') ||
            ((at[nonce] | 32) >= 'a' && (at[nonce] | 32) <= 'z'))) {
        nonce++;
    }
    snprintf(attribute, NONCE_MAX + 16, " nonce=\"%.*s\"", (int)nonce, at);
}

bool lyger_browser_reload_put(const lyger_job *job, lyger_sink *sink)
{
    char nonce[NONCE_MAX + 16];
    find_nonce(job, nonce);
    return lyger_sink_print(sink, "<script src=\"" SCRIPT "?%llu\"%s async></script>",
                            (unsigned long long)job->front->changes, nonce);
}

/* The last "</body" of a page; its end when it has none. */
static size_t end_of_body(const char *bytes, size_t len)
{
    for (size_t at = len; at-- > 0;) {
        if (bytes[at] == '<' && len - at >= 6 && lyger_http_equals_ignoring_case(bytes + at, 6, "</body")) {
            return at;
        }
    }
    return len;
}

bool lyger_browser_reload_page(const lyger_job *job, const char *bytes, size_t len, lyger_sink *sink)
{
    size_t at = end_of_body(bytes, len);
    return lyger_sink_put(sink, bytes, at) && lyger_browser_reload_put(job, sink) &&
           lyger_sink_put(sink, bytes + at, len - at);
}

void lyger_browser_reload_head(lyger_job *job)
{
    size_t len;
    lyger_answer_fields *fields = &job->fields;
    const char *type = lyger_answer_fields_find(fields, "content-type", &len);
    bool page = type && len >= 9 && lyger_http_equals_ignoring_case(type, 9, "text/html") &&
                (len == 9 || type[9] == ';' || type[9] == ' ');
    if (!page || fields->coded || fields->fixed || fields->names_file || job->status < 200 ||
        job->status == 204 || job->status == 205 || job->status == 206 ||
        (job->status >= 300 && job->status < 400)) {
        job->reloads = false;
        return;
    }
    /* A 304 would bring back the page with the number of an earlier change. */
    lyger_answer_fields_drop(fields, "etag");
    lyger_answer_fields_drop(fields, "last-modified");
    lyger_answer_fields_drop(fields, "cache-control");
    lyger_sink_put_literal(&fields->text.sink, "Cache-Control: no-store\r\n");
}

/* ---- static pages ---- */

static bool send_page(lyger_job *job, int descriptor, size_t len)
{
    lyger_buffer page;
    char *bytes = malloc(len + 1);
    bool good = bytes && pread(descriptor, bytes, len, 0) == (ssize_t)len;
    lyger_buffer_init(&page, &lyger_malloc_allocator);
    lyger_answer_fields_read(&job->fields, "", 0); /* it has no policy */
    good = good && lyger_browser_reload_page(job, bytes, len, &page.sink);
    if (good) {
        lyger_http_response response = {200, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
                                        "text/html", page.start, lyger_buffer_length(&page)};
        lyger_http_respond(job->connection, &response);
    }
    lyger_buffer_free(&page);
    free(bytes);
    return good;
}

bool lyger_browser_reload_file(lyger_job *job, const lyger_http_request *request, const char *head)
{
    static const char html[] = "Content-Type: text/html";
    lyger_static_plan plan;
    lyger_http_request plain = *request;
    plain.field_count = 0; /* the file as it is: no conditions, no coding */
    if (!job->reloads || !lyger_static_decide(job->front->files, &plain, head, time(NULL), &plan)) {
        return false;
    }
    bool sent = plan.status == 200 && plan.descriptor >= 0 && plan.len <= FILE_MAX &&
                memmem(plan.fields, plan.fields_len, html, sizeof html - 1) &&
                send_page(job, plan.descriptor, (size_t)plan.len);
    if (plan.descriptor >= 0) {
        close(plan.descriptor);
    }
    return sent;
}
