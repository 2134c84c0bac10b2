/*
 * From a worker's frames to the client: heads, slices of bodies, compression, slow clients.
 */
#include "front_state.h"

#include "browser_reload.h"

#include "base/version.h"

#include <stdio.h>
#include <unistd.h>

#define SLICE 65536u      /* bytes given to a connection at a time */
#define BUDGET 2097152u   /* bytes worked on before connections get their turn again */
#define COMPRESS_COST 16u /* compressing a byte takes so many times as long as sending one */
#define WHOLE_MAX 262144u /* bytes of an answer that are compressed in one go */

/* ---- slow clients ---- */

void lyger_front_unsuspend(lyger_job *job)
{
    if (job->suspended) {
        job->suspended = false;
        job->front->stalled[job->worker] = NULL;
        job->front->suspended--;
        lyger_hub_resume(job->front->hub, job->worker);
    }
}

static void end(lyger_job *job);

static void progressed(lyger_job *job)
{
    job->progress_at = uv_now(&job->front->loop) * 1000000u;
}

void lyger_front_drained(lyger_job *job)
{
    job->full = false;
    progressed(job);
    if (!lyger_front_send_rest(job)) {
        lyger_http_cut_off(job->connection);
        return;
    }
    if (lyger_front_has_rest(job)) {
        return;
    }
    lyger_front_unsuspend(job);
    if (job->ending) {
        end(job);
    }
}

/*
 * A worker that has written an answer to its end takes the next request, whose answer then stands in the
 * worker's ring behind the rest of the earlier answer. The later answer must not wait for the slow client of
 * the earlier one: the front process takes that rest, which is not much, out of the ring at once.
 */
void lyger_front_look_at_suspended(lyger_front *front)
{
    uint32_t places = lyger_hub_places(front->hub);
    for (uint32_t place = 0; place < places && front->suspended > 0; place++) {
        lyger_job *job = front->stalled[place];
        lyger_hub_worker worker;
        if (!job) {
            continue;
        }
        lyger_hub_look(front->hub, place, &worker);
        if (worker.state != LYGER_WORKER_BUSY || worker.since != lyger_hub_taken_at(job->slot)) {
            job->overflow = true;
            lyger_front_unsuspend(job);
        }
    }
}

/* ---- heads ---- */

/* Sends bytes to the client as far as it takes them; the rest goes to the file of what the client will take
 * later. */
static void send_slice(lyger_job *job, const char *bytes, size_t len)
{
    if (len == 0) {
        return;
    }
    if (!job->full && !lyger_front_has_rest(job)) {
        job->full = !lyger_http_send(job->connection, bytes, len);
    } else if (!lyger_front_put_rest(job, bytes, len)) {
        lyger_http_cut_off(job->connection);
    }
}

/* Whether the worker has to wait for the client. A compressed slice may be a little longer than the slice
 * was. */
static bool must_wait(const lyger_job *job)
{
    return job->full && !job->overflow && lyger_front_rest_room(job) < 2 * SLICE;
}

static bool compressible(const lyger_job *job, uint64_t length)
{
    const lyger_answer_fields *fields = &job->fields;
    return job->front->config->compress && fields->is_text && !fields->coded && !fields->fixed &&
           length >= LYGER_COMPRESS_MIN && job->status != 204 && job->status != 205 && job->status != 206 &&
           job->status != 304;
}

/* Adds the field lines of an answer that is, or could have been, compressed. */
static bool put_coding(lyger_job *job, lyger_coding coding)
{
    lyger_sink *sink = &job->fields.text.sink;
    if (coding != LYGER_CODING_NONE) {
        const char *name = lyger_compress_name(coding);
        if (!lyger_answer_fields_recode(&job->fields) ||
            !lyger_sink_put_literal(sink, "Content-Encoding: ") ||
            !lyger_sink_put(sink, name, strlen(name)) || !lyger_sink_put_literal(sink, "\r\n")) {
            return false;
        }
    }
    return job->fields.varies || lyger_sink_put_literal(sink, "Vary: Accept-Encoding\r\n");
}

static void begin_response(lyger_job *job, uint64_t length)
{
    job->has_head = false;
    if (job->fields.phrase_status == job->status) {
        lyger_http_set_phrase(job->connection, job->fields.phrase, job->fields.phrase_len);
    }
    lyger_http_begin_response(job->connection, job->status, job->fields.text.start,
                              lyger_buffer_length(&job->fields.text), length);
}

/* The length that Content-Length will say. */
static uint64_t length_of(const lyger_job *job)
{
    if (job->method == LYGER_HTTP_HEAD) { /* a worker may have left out the body, so 0 says nothing */
        return job->fields.content_length != LYGER_HTTP_LENGTH_UNKNOWN ? job->fields.content_length
               : job->content_length > 0                               ? job->content_length
                                                                       : LYGER_HTTP_LENGTH_UNKNOWN;
    }
    return job->content_length != LYGER_HUB_LENGTH_UNKNOWN ? job->content_length : job->fields.content_length;
}

/* Compresses and sends a body that is there as a whole, so that its compressed length can be told. */
static bool send_whole(lyger_job *job, const char *bytes, size_t len)
{
    lyger_buffer *scratch = &job->front->scratch;
    lyger_buffer_reset(scratch);
    bool good = lyger_compress_run(job->compressor, bytes, len, LYGER_COMPRESS_END, &scratch->sink);
    lyger_compress_end(job->compressor);
    job->compressor = NULL;
    if (good) {
        job->whole = true;
        begin_response(job, lyger_buffer_length(scratch));
        send_slice(job, scratch->start, lyger_buffer_length(scratch));
    }
    return good;
}

/* Sends the head; bytes[0..len) are the beginning of the body, as far as it is known. False: the answer is
 * cut off. */
static bool send_head(lyger_job *job, const char *bytes, size_t len)
{
    /* With the script to come, a page has another length, which is not known yet. */
    uint64_t length = job->reloads ? LYGER_HTTP_LENGTH_UNKNOWN : length_of(job);
    bool may = compressible(job, length), good = true;
    if (may && job->method == LYGER_HTTP_HEAD && job->coding != LYGER_CODING_NONE) {
        length = LYGER_HTTP_LENGTH_UNKNOWN; /* the answer to GET would be compressed, to another length */
    }
    lyger_coding coding = may && job->method != LYGER_HTTP_HEAD ? job->coding : LYGER_CODING_NONE;
    job->compressor = coding != LYGER_CODING_NONE ? lyger_compress_begin(coding) : NULL;
    if (may && !put_coding(job, job->compressor ? coding : LYGER_CODING_NONE)) {
        good = false;
    } else if (!job->compressor) {
        begin_response(job, length);
    } else if (len == length && len <= WHOLE_MAX) {
        good = send_whole(job, bytes, len);
        job->front->budget -=
            len * COMPRESS_COST < job->front->budget ? len * COMPRESS_COST : job->front->budget;
    } else {
        begin_response(job, LYGER_HTTP_LENGTH_UNKNOWN);
    }
    if (!good) {
        job->has_head = false;
        lyger_http_cut_off(job->connection);
    }
    return good;
}

/* ---- files in place of bodies ---- */

/* Says why a file is not sent. Bytes of its name that could forge lines of the log are not shown. */
static void say_refused(lyger_job *job, const char *why)
{
    char name[201];
    const lyger_buffer *file = &job->fields.file;
    size_t len = lyger_buffer_length(file) < sizeof name ? lyger_buffer_length(file) : sizeof name - 1;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)file->start[i];
        name[i] = byte < ' ' || byte == 0x7F ? '?' : (char)byte;
    }
    name[len] = '\0';
    lyger_front_say(job->front, "%s: \"%s\": %s", job->fields.file_is_uri ? "X-Accel-Redirect" : "X-Sendfile",
                    name, why);
}

static void refuse_file(lyger_job *job, const lyger_sendfile_plan *plan)
{
    say_refused(job, plan->refused);
    if (plan->status == 503) {
        lyger_front_refuse(job, 503, "Retry-After: 1\r\n", "the server is busy");
    } else {
        lyger_front_refuse(job, plan->status, "",
                           plan->status == 403 ? "this file may not be read" : "there is no such file");
    }
}

/* Answers with the file that the application has named. It is opened when the application has ended its
 * answer, whose body was dropped. */
static void answer_with_file(lyger_job *job)
{
    lyger_sendfile_plan plan;
    job->has_head = false;
    if (!lyger_sendfile_decide(job->front->sendfile, lyger_http_current(job->connection), job->bytes.start,
                               &job->fields, job->status, time(NULL), &plan)) {
        lyger_http_cut_off(job->connection);
        return;
    }
    if (plan.refused) {
        refuse_file(job, &plan);
        return;
    }
    job->status = plan.status;
    begin_response(job, plan.content_length);
    if (plan.descriptor >= 0) {
        lyger_http_send_file(job->connection, plan.descriptor, plan.offset, plan.len);
    }
    lyger_http_end_response(job->connection);
}

/* ---- frames ---- */

static void read_head(lyger_job *job, const lyger_hub_frame *frame)
{
    lyger_front *front = job->front;
    job->has_head = lyger_answer_fields_read(&job->fields, frame->bytes, frame->len);
    /* Applications do not give interim answers; a number that is no status is the application's error. */
    job->status = frame->status >= 200 && frame->status <= 999 ? frame->status : 500;
    job->content_length = frame->content_length;
    if (job->reloads && job->has_head) {
        lyger_browser_reload_head(job);
    }
    if (!job->has_head) {
        lyger_http_cut_off(job->connection);
    } else if (!job->listed) {
        job->listed = true;
        job->next_head = front->heads;
        front->heads = job;
    }
}

/* Sends an interim answer. Its fields are read into the place of the head's, which has not come yet. */
static void send_interim(lyger_job *job, const lyger_hub_frame *frame)
{
    if (frame->status >= 100 && frame->status <= 199 &&
        lyger_answer_fields_read(&job->fields, frame->bytes, frame->len)) {
        lyger_http_send_interim(job->connection, frame->status, job->fields.text.start,
                                lyger_buffer_length(&job->fields.text));
    }
}

/* Sends a slice of a body through the compressor. */
static void send_compressed(lyger_job *job, const char *bytes, size_t len, lyger_compress_how how)
{
    lyger_buffer *scratch = &job->front->scratch;
    lyger_buffer_reset(scratch);
    if (!lyger_compress_run(job->compressor, bytes, len, how, &scratch->sink)) {
        lyger_http_cut_off(job->connection);
        return;
    }
    send_slice(job, scratch->start, lyger_buffer_length(scratch));
}

static void send_any(lyger_job *job, const lyger_buffer *part, lyger_compress_how how)
{
    if (job->compressor) {
        send_compressed(job, part->start, lyger_buffer_length(part), how);
    } else {
        send_slice(job, part->start, lyger_buffer_length(part));
    }
}

/* Sends a page that is there as a whole, with the script of browser_reload.h in it. */
static void send_page(lyger_job *job, const lyger_hub_frame *frame)
{
    lyger_buffer *page = &job->front->page;
    lyger_buffer_reset(page);
    job->reloads = false;
    if (!lyger_browser_reload_page(job, frame->bytes, frame->len, &page->sink)) {
        job->has_head = false;
        lyger_http_cut_off(job->connection);
        return;
    }
    job->content_length = lyger_buffer_length(page);
    if (send_head(job, page->start, lyger_buffer_length(page)) && !job->whole) {
        send_any(job, page, LYGER_COMPRESS_FLUSH);
    }
}

/* Sends the script behind the last byte of a page that came in pieces: browsers run it there, too. */
static void send_script(lyger_job *job)
{
    lyger_buffer *page = &job->front->page;
    lyger_buffer_reset(page);
    job->reloads = false;
    if (lyger_browser_reload_put(job, &page->sink)) {
        send_any(job, page, LYGER_COMPRESS_MORE);
    }
}

/* Takes of a DATA frame what the client takes, and returns how much. */
static size_t take_data(lyger_job *job, const lyger_hub_frame *frame)
{
    lyger_front *front = job->front;
    size_t at = 0;
    if (job->fields.names_file) {
        return frame->len;
    }
    if (job->has_head && job->reloads && frame->len == length_of(job) && frame->len <= WHOLE_MAX) {
        send_page(job, frame);
        return frame->len;
    }
    if (job->has_head && !send_head(job, frame->bytes, frame->len)) {
        return frame->len;
    }
    if (job->whole || job->method == LYGER_HTTP_HEAD) {
        return frame->len;
    }
    while (at < frame->len && front->budget > 0 && !must_wait(job)) {
        size_t len = frame->len - at < SLICE ? frame->len - at : SLICE;
        size_t cost = job->compressor ? len * COMPRESS_COST : len;
        if (job->compressor) { /* flushed, because the application may want the client to see it at once */
            send_compressed(job, frame->bytes + at, len,
                            at + len == frame->len ? LYGER_COMPRESS_FLUSH : LYGER_COMPRESS_MORE);
        } else {
            send_slice(job, frame->bytes + at, len);
        }
        front->budget -= cost < front->budget ? cost : front->budget;
        at += len;
    }
    return at;
}

static void on_data(lyger_job *job, const lyger_hub_frame *frame)
{
    lyger_front *front = job->front;
    size_t taken = take_data(job, frame);
    if (taken > 0) {
        progressed(job);
        lyger_hub_consume(front->hub, frame, taken);
    }
    if (taken < frame->len && must_wait(job) && !job->suspended) {
        job->suspended = true;
        job->worker = frame->worker;
        front->stalled[frame->worker] = job;
        front->suspended++;
        lyger_hub_suspend(front->hub, frame->worker);
    }
}

/* The worker has written the whole answer: ends it, or waits for the client to take the rest, which needs no
 * worker. */
static void end(lyger_job *job)
{
    if (job->has_head && job->fields.names_file) {
        answer_with_file(job);
        return;
    }
    if (job->has_head && job->status < 500) {
        job->reloads = false; /* an empty answer stays empty, but an error without a page needs the script */
    }
    if (job->has_head && !send_head(job, NULL, 0)) {
        return;
    }
    if (job->reloads && !job->ending) {
        send_script(job);
    }
    if (job->compressor && !job->ending) {
        send_compressed(job, NULL, 0, LYGER_COMPRESS_END);
    }
    job->ending = lyger_front_has_rest(job);
    if (job->ending) {
        return;
    }
    lyger_http_end_response(job->connection);
}

/* The last frame of a request: END, or LOST. */
static void on_last(lyger_job *job, const lyger_hub_frame *frame)
{
    lyger_front *front = job->front;
    bool lost = frame->kind == LYGER_HUB_LOST;
    lyger_metrics_handled(&front->metrics, lyger_hub_submitted_at(frame->slot),
                          lyger_hub_taken_at(frame->slot), lyger_hub_now());
    if (lost) {
        lyger_metrics_count(&front->metrics, LYGER_METRICS_LOST);
    }
    if (!frame->last) {
        lyger_front_goes_on(job, frame->worker);
    }
    lyger_front_leave_hub(job);
    if (!job->connection) {
        lyger_front_release(job);
    } else if (!lost && (job->has_head || lyger_http_response_begun(job->connection))) {
        end(job);
    } else if (lyger_http_response_begun(job->connection)) {
        lyger_http_cut_off(job->connection);
    } else {
        job->status = 502;
        job->has_head = false;
        lyger_front_refuse(job, 502, "", "the application ended before it had answered");
    }
}

static void handle(lyger_front *front, const lyger_hub_frame *frame)
{
    lyger_job *job = front->slots[lyger_hub_slot_number(front->hub, frame->slot)];
    bool heard = job && job->connection;
    if (job && (!heard || frame->kind != LYGER_HUB_DATA)) {
        progressed(job);
    }
    switch (frame->kind) {
    case LYGER_HUB_DATA:
        if (heard) {
            on_data(job, frame);
            return;
        }
        break;
    case LYGER_HUB_HEAD:
        if (heard && !job->has_head && !lyger_http_response_begun(job->connection)) {
            read_head(job, frame);
        }
        break;
    case LYGER_HUB_INTERIM:
        if (heard && !job->has_head && !lyger_http_response_begun(job->connection)) {
            send_interim(job, frame);
        }
        break;
    default:
        if (job) {
            on_last(job, frame);
        }
        break;
    }
    lyger_hub_consume(front->hub, frame, frame->len);
}

/* Sends heads whose body has not followed in this round: the application wants the client to see them. */
static void send_waiting_heads(lyger_front *front)
{
    while (front->heads) {
        lyger_job *job = front->heads;
        front->heads = job->next_head;
        job->listed = false;
        if (job->has_head && job->connection && !job->fields.names_file) {
            send_head(job, NULL, 0);
        }
    }
}

void lyger_front_answer(lyger_front *front)
{
    lyger_hub_frame frame;
    front->budget = BUDGET;
    lyger_http_cork(&front->host);
    while (front->budget > 0 && lyger_hub_next(front->hub, &frame)) {
        front->budget -= front->budget > 256 ? 256 : front->budget; /* the cost of handling a frame */
        handle(front, &frame);
    }
    send_waiting_heads(front);
    lyger_http_uncork(&front->host);
}
