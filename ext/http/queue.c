#include "queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define WAITING_MOST 1000            /* requests */
#define ANSWER_TIMEOUT 30000         /* ms */
#define MAX_BODY (UINT64_C(1) << 20) /* bytes */

typedef enum stage {
    ARRIVING, /* its body is on the way: known to its connection only */
    WAITING,  /* in the list of those that nobody has taken */
    TAKEN,    /* an application works on it */
    ANSWERED, /* in the list of answers for the serving thread */
} stage;

typedef struct job {
    lyger_queue_request request;       /* first member */
    struct job *next;                  /* of its stage's list */
    lyger_http_connection *connection; /* NULL: the client has gone, or has an answer */
    uint64_t arrived;                  /* loop time, ms */
    stage stage;
    char *head; /* method, URI and fields, each with a NUL; the request's texts point into it */
    lyger_queue_field *fields;
    char *body;
    size_t body_room;
    int status; /* of the answer */
    bool typed;
    char *answer_fields, *answer_body;
    size_t answer_len;
} job;

typedef struct list {
    job *first, *last;
} list;

/* Guards everything below. No function of connection.h is called while it is held; the fork lock is taken
 * first. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrival = PTHREAD_COND_INITIALIZER;
static bool is_open;
static lyger_queue_options limits;
static void (*wake_server)(void);
static list waiting, taken, answers;
static uint32_t waiting_count;
static uint64_t last_id;

/* ---- lists ---- */

static void append(list *list, job *job)
{
    job->next = NULL;
    if (list->last) {
        list->last->next = job;
    } else {
        list->first = job;
    }
    list->last = job;
}

static void unlink_job(list *list, const job *job)
{
    struct job *before = NULL;
    for (struct job *at = list->first; at; before = at, at = at->next) {
        if (at == job) {
            if (before) {
                before->next = at->next;
            } else {
                list->first = at->next;
            }
            list->last = list->last == at ? before : list->last;
            at->next = NULL;
            return;
        }
    }
}

static void free_job(job *job)
{
    if (job) {
        free(job->head);
        free(job->fields);
        free(job->body);
        free(job->answer_fields);
        free(job->answer_body);
        free(job);
    }
}

static void free_list(list *list)
{
    while (list->first) {
        job *first = list->first;
        list->first = first->next;
        free_job(first);
    }
    list->last = NULL;
}

/* ---- a request arrives: in the serving thread ---- */

static void refuse(lyger_http_connection *connection, int status, const char *fields, const char *why)
{
    char body[160];
    int len = snprintf(body, sizeof body, "{\"status\":%d,\"error\":\"%s\"}", status, why);
    lyger_http_respond(connection,
                       &(lyger_http_response){status, fields, "application/json", body, (size_t)len});
}

static lyger_queue_text put_text(char **at, const char *bytes, size_t len)
{
    lyger_queue_text text = {*at, len};
    memcpy(*at, bytes, len);
    (*at)[len] = '\0';
    *at += len + 1;
    return text;
}

static void lower(char *text)
{
    for (; *text; text++) {
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
    }
}

/* Adds one more value to a field that came before; Cookie's are joined as RFC 6265 has them. */
static bool join(lyger_queue_field *field, const char *value, size_t len, char **spare)
{
    const char *between = strcmp(field->name.bytes, "cookie") == 0 ? "; " : ", ";
    char *joined = *spare;
    memcpy(joined, field->value.bytes, field->value.len);
    memcpy(joined + field->value.len, between, 2);
    memcpy(joined + field->value.len + 2, value, len);
    field->value.len += 2 + len;
    joined[field->value.len] = '\0';
    field->value.bytes = joined;
    *spare += field->value.len + 1;
    return true;
}

static lyger_queue_field *find_field(const job *job, const char *name)
{
    for (size_t i = 0; i < job->request.field_count; i++) {
        if (strcmp(job->fields[i].name.bytes, name) == 0) {
            return &job->fields[i];
        }
    }
    return NULL;
}

/* How many bytes the texts of a head take, joined values included: each of n values may be copied n times. */
static size_t room_for(const lyger_http_request *from)
{
    size_t repeated = 0, all = from->method_name.len + from->target.len + 2;
    for (uint32_t i = 0; i < from->field_count; i++) {
        repeated += from->fields[i].value.len + 3;
        all += from->fields[i].name.len + 1 + repeated;
    }
    return all;
}

static bool copy_head(job *job, const lyger_http_request *from, const char *head)
{
    job->head = malloc(room_for(from));
    job->fields = calloc(from->field_count + 1, sizeof *job->fields);
    char *at = job->head;
    if (!job->head || !job->fields) {
        return false;
    }
    job->request.fields = job->fields;
    job->request.method = put_text(&at, head + from->method_name.at, from->method_name.len);
    job->request.uri = put_text(&at, head + from->target.at, from->target.len);
    for (uint32_t i = 0; i < from->field_count; i++) {
        const lyger_http_field *field = &from->fields[i];
        const char *value = head + field->value.at;
        char *start = at;
        lyger_queue_text name = put_text(&at, head + field->name.at, field->name.len);
        lower(start);
        lyger_queue_field *same = find_field(job, name.bytes);
        if (same) {
            join(same, value, field->value.len, &at);
        } else {
            job->fields[job->request.field_count++] =
                (lyger_queue_field){name, put_text(&at, value, field->value.len)};
        }
    }
    return true;
}

static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    if (request->form == LYGER_HTTP_ASTERISK) {
        lyger_http_respond(connection, &(lyger_http_response){204, "", NULL, "", 0});
        return;
    }
    if (request->method == LYGER_HTTP_CONNECT || request->method == LYGER_HTTP_TRACE) {
        refuse(connection, 405, "", "this method is not allowed here");
        return;
    }
    job *job = calloc(1, sizeof *job);
    if (!job || !copy_head(job, request, head)) {
        free_job(job);
        refuse(connection, 503, "Retry-After: 1\r\n", "no memory for the request");
        return;
    }
    job->connection = connection;
    job->request.minor = request->minor;
    job->request.client = *lyger_http_peer(connection);
    job->request.body = (lyger_queue_text){"", 0};
    lyger_http_set_kept(connection, job);
}

static void body(lyger_http_connection *connection, const char *bytes, size_t len)
{
    job *job = lyger_http_kept(connection);
    lyger_queue_text *text = &job->request.body;
    if (text->len + len + 1 > job->body_room) {
        size_t room = (text->len + len + 1) * 2;
        char *grown = realloc(job->body, room);
        if (!grown) {
            lyger_http_set_kept(connection, NULL);
            free_job(job);
            refuse(connection, 503, "Retry-After: 1\r\n", "no memory for the body");
            return;
        }
        job->body = grown;
        job->body_room = room;
    }
    memcpy(job->body + text->len, bytes, len);
    job->body[text->len + len] = '\0';
    *text = (lyger_queue_text){job->body, text->len + len};
}

static void complete(lyger_http_connection *connection)
{
    job *job = lyger_http_kept(connection);
    uint64_t now = uv_now(lyger_http_host_of(connection)->loop);
    pthread_mutex_lock(&lock);
    bool full = waiting_count >= limits.waiting;
    if (!full) {
        job->arrived = now;
        job->stage = WAITING;
        job->request.id = ++last_id;
        waiting_count++;
        append(&waiting, job);
        pthread_cond_signal(&arrival);
    }
    pthread_mutex_unlock(&lock);
    if (full) {
        lyger_http_set_kept(connection, NULL);
        free_job(job);
        refuse(connection, 503, "Retry-After: 1\r\n", "too many requests are waiting");
    }
}

/* Forgets the connection of a request; what nobody else knows of is freed. */
static void let_go(job *job)
{
    pthread_mutex_lock(&lock);
    bool known = job->stage == TAKEN || job->stage == ANSWERED;
    if (job->stage == WAITING) {
        unlink_job(&waiting, job);
        waiting_count--;
    }
    job->connection = NULL;
    pthread_mutex_unlock(&lock);
    if (!known) {
        free_job(job);
    }
}

static void abandoned(lyger_http_connection *connection)
{
    job *job = lyger_http_kept(connection);
    if (job) {
        let_go(job);
    }
}

/* Called for answers of the connection itself (413); respond() has let go before. */
static void answered(lyger_http_connection *connection, int status, uint64_t body_bytes)
{
    (void)status, (void)body_bytes;
    abandoned(connection);
}

const lyger_http_service lyger_queue_service = {
    .begin = begin, .body = body, .complete = complete, .abandoned = abandoned, .answered = answered};

/* ---- answers: in the serving thread ---- */

static void respond(const job *job, lyger_http_connection *connection)
{
    bool bare = job->typed || job->status == 204 || job->status == 304;
    lyger_http_set_kept(connection, NULL);
    lyger_http_respond(connection, &(lyger_http_response){job->status, job->answer_fields,
                                                          bare ? NULL : "text/html; charset=UTF-8",
                                                          job->answer_body, job->answer_len});
}

static job *take_answer(void)
{
    pthread_mutex_lock(&lock);
    job *first = answers.first;
    if (first) {
        unlink_job(&answers, first);
    }
    pthread_mutex_unlock(&lock);
    return first;
}

/* The connection of a request in the list that has waited since before `since`, which the request then loses.
 */
static lyger_http_connection *take_late(const list *list, uint64_t since)
{
    for (job *at = list->first; at; at = at->next) {
        if (at->connection && at->arrived < since) {
            return at->connection;
        }
    }
    return NULL;
}

static void refuse_late(uint64_t now)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        uint64_t since =
            limits.answer_timeout > 0 && now > limits.answer_timeout ? now - limits.answer_timeout : 0;
        lyger_http_connection *late = take_late(&waiting, since);
        late = late ? late : take_late(&taken, since);
        pthread_mutex_unlock(&lock);
        if (!late) {
            return;
        }
        let_go(lyger_http_kept(late));
        lyger_http_set_kept(late, NULL);
        refuse(late, 504, "", "the application has not answered in time");
    }
}

void lyger_queue_work(void)
{
    for (job *job = take_answer(); job; job = take_answer()) {
        if (job->connection) {
            respond(job, job->connection);
        }
        free_job(job);
    }
    uint64_t now = uv_hrtime() / 1000000; /* the loop's clock, of which arrivals are a little older */
    refuse_late(now);
}

/* ---- the application's threads ---- */

/* When so many milliseconds are over, on the clock that condition variables use. */
static struct timespec in_ms(uint64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

const lyger_queue_request *lyger_queue_next(uint64_t timeout_ms)
{
    struct timespec end = in_ms(timeout_ms < 86400000 ? timeout_ms : 86400000);
    pthread_mutex_lock(&lock);
    while (is_open && !waiting.first && pthread_cond_timedwait(&arrival, &lock, &end) == 0) {
    }
    job *first = is_open ? waiting.first : NULL;
    if (first) {
        unlink_job(&waiting, first);
        waiting_count--;
        first->stage = TAKEN;
        append(&taken, first);
    }
    pthread_mutex_unlock(&lock);
    return first ? &first->request : NULL;
}

static char *copy(const char *bytes, size_t len)
{
    char *made = malloc(len + 1);
    if (made) {
        memcpy(made, bytes, len);
        made[len] = '\0';
    }
    return made;
}

static job *find_taken(uint64_t id)
{
    job *at = taken.first;
    while (at && at->request.id != id) {
        at = at->next;
    }
    return at;
}

/* Puts the answer into the serving thread's list. With the lock. */
static lyger_status hand_over(job *job, const lyger_queue_answer *answer, lyger_error *error)
{
    job->answer_fields = copy(answer->fields, strlen(answer->fields));
    job->answer_body = copy(answer->body, answer->body_len);
    if (!job->answer_fields || !job->answer_body) {
        free(job->answer_fields);
        free(job->answer_body);
        job->answer_fields = job->answer_body = NULL;
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for an answer of %zu bytes", answer->body_len);
    }
    job->answer_len = answer->body_len;
    job->status = answer->status;
    job->typed = answer->typed;
    job->stage = ANSWERED;
    unlink_job(&taken, job);
    append(&answers, job);
    wake_server();
    return LYGER_OK;
}

lyger_status lyger_queue_send(uint64_t id, const lyger_queue_answer *answer, lyger_error *error)
{
    lyger_status status;
    if (answer->status < 200 || answer->status > 599) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the status of an answer must be 200 to 599, %d given",
                          answer->status);
    }
    pthread_mutex_lock(&lock);
    job *job = find_taken(id);
    if (!job) {
        status =
            lyger_fail(error, LYGER_E_SERVER, "no request %llu waits for an answer", (unsigned long long)id);
    } else if (!job->connection) {
        unlink_job(&taken, job);
        free_job(job);
        status = lyger_fail(error, LYGER_E_SERVER,
                            "the client of request %llu has gone, or was told that it took too long",
                            (unsigned long long)id);
    } else {
        status = hand_over(job, answer, error);
    }
    pthread_mutex_unlock(&lock);
    return status;
}

lyger_status lyger_queue_put_field(lyger_sink *lines, const char *name, size_t name_len, const char *value,
                                   size_t value_len, bool *typed, lyger_error *error)
{
    static const char *const own[] = {"connection", "content-length",    "date",
                                      "keep-alive", "transfer-encoding", "upgrade"};
    bool valid = name_len > 0;
    for (size_t i = 0; valid && i < name_len; i++) {
        valid = lyger_http_is_token_byte((unsigned char)name[i]);
    }
    for (size_t i = 0; valid && i < value_len; i++) {
        valid = lyger_http_is_value_byte((unsigned char)value[i]);
    }
    if (!valid) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "\"%.*s\" cannot be a header, or not with its value",
                          (int)(name_len < 100 ? name_len : 100), name);
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (lyger_http_equals_ignoring_case(name, name_len, own[i])) {
            return LYGER_OK;
        }
    }
    *typed = *typed || lyger_http_equals_ignoring_case(name, name_len, "content-type");
    bool fits = lyger_sink_put(lines, name, name_len) && lyger_sink_put_literal(lines, ": ") &&
                lyger_sink_put(lines, value, value_len) && lyger_sink_put_literal(lines, "\r\n");
    return fits ? LYGER_OK : lyger_fail(error, LYGER_E_MEMORY, "no memory for the headers of an answer");
}

/* ---- start and stop ---- */

static lyger_status read_number(const char *variable, uint64_t most, uint64_t *number, lyger_error *error)
{
    const char *text = getenv(variable);
    char *end;
    if (!text || !*text) {
        return LYGER_OK;
    }
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno != 0 || value > most) {
        return lyger_fail(error, LYGER_E_SERVER, "%s must be a number from 0 to %llu, \"%.100s\" given",
                          variable, (unsigned long long)most, text);
    }
    *number = value;
    return LYGER_OK;
}

lyger_status lyger_queue_defaults(lyger_queue_options *options, lyger_error *error)
{
    uint64_t timeout = ANSWER_TIMEOUT;
    const char *host = getenv("LYGER_BIND_ADDRESS");
    *options = (lyger_queue_options){host && *host ? host : NULL, WAITING_MOST, 0, MAX_BODY};
    lyger_status status = read_number("LYGER_PHP_RESPONSE_TIMEOUT_MS", 86400000, &timeout, error);
    options->answer_timeout = (uint32_t)timeout;
    return status == LYGER_OK
               ? read_number("LYGER_MAX_BODY_BYTES", UINT64_C(1) << 40, &options->max_body, error)
               : status;
}

void lyger_queue_open(const lyger_queue_options *options, void (*wake)(void))
{
    pthread_mutex_lock(&lock);
    limits = *options;
    wake_server = wake;
    is_open = true;
    pthread_mutex_unlock(&lock);
}

void lyger_queue_shut(void)
{
    pthread_mutex_lock(&lock);
    is_open = false;
    pthread_cond_broadcast(&arrival);
    pthread_mutex_unlock(&lock);
}

/* What was taken is freed when it is answered, in vain: the application may still be reading it. */
void lyger_queue_close(void)
{
    pthread_mutex_lock(&lock);
    is_open = false;
    free_list(&waiting);
    free_list(&answers);
    waiting_count = 0;
    pthread_mutex_unlock(&lock);
}

void lyger_queue_fork_lock(void)
{
    pthread_mutex_lock(&lock);
}

void lyger_queue_fork_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void lyger_queue_fork_child(void)
{
    is_open = false;
    free_list(&waiting);
    free_list(&answers);
    waiting_count = 0;
    pthread_mutex_unlock(&lock);
}
