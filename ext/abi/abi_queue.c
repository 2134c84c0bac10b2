/*
 * The FFI door's servers of the Lyger framework's ABI 2: requests that the application takes one by one (v3),
 * or that are given to a function (v2). Requests and answers cross as JSON.
 */
#include "door.h"

#include "jsonout/jsonout.h"
#include "query/json_params.h"
#ifdef LYGER_WITH_UV
#include "http/ffi_server.h"
#include "http/queue.h"
#endif

#include <pthread.h>
#include <string.h>

#ifdef LYGER_WITH_UV

/* ---- a request as JSON ---- */

static bool put_string(lyger_sink *sink, const char *name, const char *bytes, size_t len)
{
    size_t bad;
    return lyger_sink_put_char(sink, '"') && lyger_sink_put(sink, name, strlen(name)) &&
           lyger_sink_put_literal(sink, "\":") &&
           lyger_json_put_string(sink, bytes, len, &bad) == LYGER_JSON_OK;
}

/* A text of the request, of which the bytes that are not UTF-8 are left out: JSON cannot hold them. */
static bool put_text(lyger_sink *sink, const char *name, const lyger_queue_text *text)
{
    lyger_buffer valid;
    const char *at = text->bytes, *end = at + text->len;
    lyger_buffer_init(&valid, &lyger_malloc_allocator);
    bool fits = true;
    while (fits && at < end) {
        size_t len = lyger_utf8_valid(at, (size_t)(end - at));
        fits = lyger_sink_put(&valid.sink, at, len);
        at += len;
        at += at < end;
    }
    fits = fits && put_string(sink, name, lyger_buffer_length(&valid) > 0 ? valid.start : "",
                              lyger_buffer_length(&valid));
    lyger_buffer_free(&valid);
    return fits;
}

static bool put_fields(lyger_sink *sink, const lyger_queue_request *request)
{
    bool fits = lyger_sink_put_literal(sink, ",\"headers\":{");
    for (size_t i = 0; fits && i < request->field_count; i++) {
        fits = (i == 0 || lyger_sink_put_char(sink, ',')) &&
               put_text(sink, request->fields[i].name.bytes, &request->fields[i].value);
    }
    return fits && lyger_sink_put_char(sink, '}');
}

/* The bytes of a body that is no text come once more, in base64. */
static bool put_body(lyger_sink *sink, const lyger_queue_text *body)
{
    bool fits = lyger_sink_put_char(sink, ',') && put_text(sink, "body", body);
    if (fits && lyger_utf8_valid(body->bytes, body->len) != body->len) {
        fits = lyger_sink_put_literal(sink, ",\"body_base64\":") &&
               lyger_json_put_base64(sink, body->bytes, body->len);
    }
    return fits;
}

static char *write_request(const lyger_queue_request *request, lyger_error *error)
{
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_sink *sink = &text.sink;
    bool whole = lyger_sink_put_literal(sink, "{\"request_id\":") &&
                 lyger_json_put_int(sink, (int64_t)request->id) && lyger_sink_put_char(sink, ',') &&
                 put_text(sink, "method", &request->method) && lyger_sink_put_char(sink, ',') &&
                 put_text(sink, "uri", &request->uri) && put_fields(sink, request) &&
                 put_body(sink, &request->body) && lyger_sink_put_char(sink, ',') &&
                 put_string(sink, "client_ip", request->client.address, strlen(request->client.address)) &&
                 lyger_sink_put_literal(sink, ",\"client_port\":") &&
                 lyger_json_put_int(sink, request->client.port) && lyger_sink_put_char(sink, '}');
    return lyger_abi_finish(&text, whole, NULL, error);
}

/* ---- an answer from JSON ---- */

static const lyger_param *find(const lyger_param *params, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (params[i].name && strcmp(params[i].name, name) == 0) {
            return &params[i];
        }
    }
    return NULL;
}

static lyger_status put_header(lyger_sink *lines, const lyger_param *name, const lyger_param *value,
                               bool *typed, lyger_error *error)
{
    if (value->type != LYGER_PARAM_TEXT) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the header \"%.100s\" must be a string, or an array of strings", name->name);
    }
    return lyger_queue_put_field(lines, name->name, name->name_len, value->text.bytes, value->text.len, typed,
                                 error);
}

/* Headers are an object, whose members are strings or arrays of strings; an empty array is what PHP makes of
 * none. */
static lyger_status put_headers(const lyger_param *headers, lyger_sink *lines, bool *typed,
                                lyger_error *error)
{
    bool empty = !headers || headers->type == LYGER_PARAM_NULL ||
                 (headers->type == LYGER_PARAM_LIST && headers->list.count == 0);
    if (!empty && headers->type != LYGER_PARAM_MAP) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "\"headers\" must be an object");
    }
    lyger_status status = LYGER_OK;
    for (size_t i = 0; !empty && status == LYGER_OK && i < headers->list.count; i++) {
        const lyger_param *header = &headers->list.items[i];
        if (header->type != LYGER_PARAM_LIST) {
            status = put_header(lines, header, header, typed, error);
            continue;
        }
        for (size_t j = 0; status == LYGER_OK && j < header->list.count; j++) {
            status = put_header(lines, header, &header->list.items[j], typed, error);
        }
    }
    return status;
}

static lyger_status send_members(uint64_t id, const lyger_param *members, size_t count, lyger_error *error)
{
    const lyger_param *status = find(members, count, "status"), *body = find(members, count, "body");
    lyger_queue_answer answer = {.status = 200, .body = ""};
    lyger_buffer lines;
    if (status && status->type != LYGER_PARAM_INT) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "\"status\" must be an integer");
    }
    if (body && body->type != LYGER_PARAM_TEXT) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "\"body\" must be a string");
    }
    if (status) {
        answer.status = status->integer > 0 && status->integer < 1000 ? (int)status->integer : 0;
    }
    if (body) {
        answer.body = body->text.bytes;
        answer.body_len = body->text.len;
    }
    lyger_buffer_init(&lines, &lyger_malloc_allocator);
    lyger_status put = put_headers(find(members, count, "headers"), &lines.sink, &answer.typed, error);
    if (put == LYGER_OK && !lyger_sink_put(&lines.sink, "", 1)) {
        put = lyger_fail(error, LYGER_E_MEMORY, "no memory for the headers of an answer");
    }
    answer.fields = lines.start;
    put = put == LYGER_OK ? lyger_queue_send(id, &answer, error) : put;
    lyger_buffer_free(&lines);
    return put;
}

static lyger_status send_json(uint64_t id, const char *json, lyger_error *error)
{
    lyger_json_values values = {NULL};
    const lyger_param *members;
    size_t count;
    if (!json) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "response_json is NULL");
    }
    lyger_status status = lyger_json_read_params(json, strlen(json), &values, &members, &count, error);
    if (status == LYGER_OK && (count == 0 || !members[0].name)) {
        status = lyger_fail(error, LYGER_E_ARGUMENT, "an answer is a JSON object with status, headers, body");
    }
    status = status == LYGER_OK ? send_members(id, members, count, error) : status;
    lyger_json_values_free(&values);
    return status;
}

/* ---- the servers ---- */

static lyger_status start_queue(unsigned short port, lyger_error *error)
{
    lyger_queue_options options;
    lyger_status status = lyger_queue_defaults(&options, error);
    return status == LYGER_OK ? lyger_queue_start(port, &options, error) : status;
}

int lyger_start_server_v3(unsigned short port)
{
    return start_queue(port, lyger_abi_enter()) == LYGER_OK;
}

char *lyger_next_request(unsigned long long timeout_ms)
{
    lyger_error *error = lyger_abi_enter();
    const lyger_queue_request *request = lyger_queue_next(timeout_ms);
    return request ? write_request(request, error) : NULL;
}

int lyger_send_response(unsigned long long request_id, const char *response_json)
{
    return send_json(request_id, response_json, lyger_abi_enter()) == LYGER_OK;
}

static size_t read_length(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

/* Writes the packed headers as lines. */
static lyger_status put_packed(const char *packed, size_t len, lyger_sink *lines, bool *typed,
                               lyger_error *error)
{
    lyger_status status = LYGER_OK;
    for (size_t at = 0; at < len && status == LYGER_OK;) {
        size_t rest = len - at, name = rest < 8 ? 0 : read_length(packed + at);
        size_t value = rest < 8 ? 0 : read_length(packed + at + 4);
        if (rest < 8 || name > rest - 8 || value > rest - 8 - name) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "the headers end within a header");
        }
        status =
            lyger_queue_put_field(lines, packed + at + 8, name, packed + at + 8 + name, value, typed, error);
        at += 8 + name + value;
    }
    return status;
}

int lyger_ffi_send_answer(unsigned long long request_id, int status, const char *headers, size_t headers_len,
                          const char *body, size_t body_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_queue_answer answer = {.status = status, .body = body ? body : "", .body_len = body ? body_len : 0};
    lyger_buffer lines;
    if (headers_len > 0 && !headers) {
        lyger_fail(error, LYGER_E_ARGUMENT, "headers is NULL");
        return -1;
    }
    lyger_buffer_init(&lines, &lyger_malloc_allocator);
    if (put_packed(headers, headers_len, &lines.sink, &answer.typed, error) == LYGER_OK &&
        !lyger_sink_put(&lines.sink, "", 1)) {
        lyger_fail(error, LYGER_E_MEMORY, "no memory for the headers of an answer");
    }
    answer.fields = lines.start;
    if (error->status == LYGER_OK) {
        lyger_queue_send(request_id, &answer, error);
    }
    lyger_buffer_free(&lines);
    return error->status == LYGER_OK ? 1 : -1;
}

int lyger_ffi_start_queue(const char *host, unsigned short port, long long queue_limit,
                          long long answer_timeout, long long max_body)
{
    lyger_error *error = lyger_abi_enter();
    lyger_queue_options options;
    if (queue_limit > 1000000 || queue_limit == 0 || answer_timeout > 86400000) {
        lyger_fail(error, LYGER_E_ARGUMENT,
                   "queue_limit must be 1 to 1000000, and answer_timeout at most 86400000");
        return -1;
    }
    if (lyger_queue_defaults(&options, error) != LYGER_OK) {
        return -1;
    }
    options.host = host ? host : options.host;
    options.waiting = queue_limit > 0 ? (uint32_t)queue_limit : options.waiting;
    options.answer_timeout = answer_timeout >= 0 ? (uint32_t)answer_timeout : options.answer_timeout;
    options.max_body = max_body >= 0 ? (uint64_t)max_body : options.max_body;
    return lyger_queue_start(port, &options, error) == LYGER_OK ? 1 : -1;
}

typedef struct handler {
    char *(*callback)(const char *request_json);
    void (*release)(char *response_json);
} handler;

static handler given; /* of the server that is running, set before its thread begins */

static void answer_with_500(uint64_t id)
{
    static const char text[] = "{\"status\":500,\"error\":\"the application has no valid answer\"}";
    lyger_queue_send(
        id, &(lyger_queue_answer){500, "Content-Type: application/json\r\n", true, text, sizeof text - 1},
        NULL);
}

/* Hands each request to the callback until the server has stopped. */
static void *call_back(void *unused)
{
    (void)unused;
    while (lyger_http_port() != 0) {
        const lyger_queue_request *request = lyger_queue_next(200);
        if (!request) {
            continue;
        }
        uint64_t id = request->id;
        char *json = write_request(request, lyger_abi_enter());
        char *answer = json ? given.callback(json) : NULL;
        if (!answer || send_json(id, answer, lyger_abi_enter()) == LYGER_E_ARGUMENT) {
            answer_with_500(id);
        }
        if (answer && given.release) {
            given.release(answer);
        }
        lyger_free_string(json);
    }
    return NULL;
}

int lyger_start_server_v2(unsigned short port, char *(*callback)(const char *request_json),
                          void (*release)(char *response_json))
{
    lyger_error *error = lyger_abi_enter();
    pthread_t thread;
    if (!callback) {
        lyger_fail(error, LYGER_E_ARGUMENT, "callback is NULL");
        return 0;
    }
    if (start_queue(port, error) != LYGER_OK) {
        return 0;
    }
    given = (handler){callback, release};
    if (pthread_create(&thread, NULL, call_back, NULL) != 0) {
        lyger_http_stop();
        lyger_fail(error, LYGER_E_SERVER, "cannot start a thread for the callback");
        return 0;
    }
    pthread_detach(thread);
    return 1;
}

#else

static int refuse(unsigned short port)
{
    lyger_fail(lyger_abi_enter(), LYGER_E_SERVER, "cannot serve port %u: this build of lyger has no server",
               port);
    return 0;
}

int lyger_start_server_v3(unsigned short port)
{
    return refuse(port);
}

int lyger_start_server_v2(unsigned short port, char *(*callback)(const char *request_json),
                          void (*release)(char *response_json))
{
    (void)callback, (void)release;
    return refuse(port);
}

char *lyger_next_request(unsigned long long timeout_ms)
{
    (void)timeout_ms;
    lyger_abi_enter();
    return NULL;
}

int lyger_send_response(unsigned long long request_id, const char *response_json)
{
    (void)request_id, (void)response_json;
    return refuse(0);
}

int lyger_ffi_start_queue(const char *host, unsigned short port, long long queue_limit,
                          long long answer_timeout, long long max_body)
{
    (void)host, (void)queue_limit, (void)answer_timeout, (void)max_body;
    refuse(port);
    return -1;
}

int lyger_ffi_send_answer(unsigned long long request_id, int status, const char *headers, size_t headers_len,
                          const char *body, size_t body_len)
{
    (void)request_id, (void)status, (void)headers, (void)headers_len, (void)body, (void)body_len;
    refuse(0);
    return -1;
}

#endif

int lyger_server_is_running(void)
{
    return lyger_ffi_server_port() != 0;
}
