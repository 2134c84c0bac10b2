/*
 * What is too much for memory waits in temporary files: bodies on their way to a worker, which opens them by
 * name, and, in files without a name, the rests of answers whose clients are slower than their workers. The
 * worker of such an answer is free as soon as it has written the answer.
 */
#include "front_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define GATHERED 65536u /* bytes of a body that are written to its file at a time */
#define SLICE 65536u    /* bytes of an answer's rest that are given to its connection at a time */

/* ---- files ---- */

static int open_file(lyger_front *front, char path[LYGER_HUB_PATH_SIZE])
{
    const char *directory = front->config->body_directory;
    for (int attempt = 0; attempt < 100; attempt++) {
        int len = snprintf(path, LYGER_HUB_PATH_SIZE, "%s/lyger-body-%ld-%llx",
                           directory && directory[0] ? directory : "/tmp", (long)getpid(),
                           (unsigned long long)(lyger_hub_now() ^ (++front->body_counter << 48)));
        if (len < 0 || (size_t)len >= LYGER_HUB_PATH_SIZE) {
            break;
        }
        int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file >= 0) {
            return file;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    path[0] = '\0'; /* the name may be another process's file */
    return -1;
}

static bool write_all(lyger_front *front, int file, uint64_t at, const char *bytes, size_t len)
{
    front->spooled += len;
    while (len > 0) {
        ssize_t count = pwrite(file, bytes, len, (off_t)at);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            front->spooled -= len;
            return false;
        }
        bytes += count;
        at += (uint64_t)count;
        len -= (size_t)count;
    }
    return true;
}

/* ---- bodies of requests ---- */

static size_t gathered(const lyger_job *job)
{
    return job->head_len > 0 ? lyger_buffer_length(&job->bytes) - job->head_len : 0;
}

void lyger_front_drop_gathered(lyger_job *job)
{
    size_t len = gathered(job);
    if (len > 0) { /* a buffer that is not used yet has no memory to point into (C11 6.5.6) */
        job->front->host.held -= len;
        job->bytes.sink.pos -= len;
    }
}

/* Moves the gathered part of the body from memory to the file. */
static bool flush_body(lyger_job *job)
{
    size_t len = gathered(job);
    if (job->body_file < 0) {
        job->body_file = open_file(job->front, job->body_path);
    }
    if (job->body_file < 0 ||
        !write_all(job->front, job->body_file, job->body_spooled, job->bytes.start + job->head_len, len)) {
        return false;
    }
    job->body_spooled += len;
    lyger_front_drop_gathered(job);
    return true;
}

int lyger_front_keep_body(lyger_job *job, const char *bytes, size_t len)
{
    lyger_front *front = job->front;
    const lyger_server_config *config = front->config;
    bool much = front->host.held + len > front->host.options.memory;
    bool spooling = job->body_file >= 0 || job->body_len > config->body_in_memory || much;
    if (spooling && front->spooled + gathered(job) + len > config->spool_limit) {
        return 503;
    }
    if (spooling && (job->body_file < 0 || much || gathered(job) + len > GATHERED) && !flush_body(job)) {
        return 500;
    }
    if (spooling && (much || len > GATHERED)) {
        if (!write_all(front, job->body_file, job->body_spooled, bytes, len)) {
            return 500;
        }
        job->body_spooled += len;
        return 0;
    }
    if (!lyger_sink_put(&job->bytes.sink, bytes, len)) {
        return 503;
    }
    front->host.held += len;
    return 0;
}

bool lyger_front_spool_body(lyger_job *job)
{
    bool good = flush_body(job);
    if (good) {
        close(job->body_file);
        job->body_file = -1;
    }
    return good;
}

void lyger_front_end_body(lyger_job *job)
{
    lyger_front_drop_gathered(job);
    job->head_len = 0;
    if (job->body_file >= 0) {
        close(job->body_file);
        job->body_file = -1;
    }
    if (job->body_path[0]) {
        unlink(job->body_path);
        job->body_path[0] = '\0';
    }
    job->front->spooled -= job->body_spooled;
    job->body_spooled = 0;
}

/* ---- the rest of an answer ---- */

bool lyger_front_has_rest(const lyger_job *job)
{
    return job->rest_sent < job->rest_len;
}

uint64_t lyger_front_rest_room(const lyger_job *job)
{
    const lyger_front *front = job->front;
    const lyger_server_config *config = front->config;
    uint64_t all = front->spooled < config->spool_limit ? config->spool_limit - front->spooled : 0;
    uint64_t own = job->rest_len < config->response_spool ? config->response_spool - job->rest_len : 0;
    return own < all ? own : all;
}

bool lyger_front_put_rest(lyger_job *job, const char *bytes, size_t len)
{
    if (job->rest_file < 0) {
        char path[LYGER_HUB_PATH_SIZE];
        job->rest_file = open_file(job->front, path);
        if (job->rest_file < 0) {
            return false;
        }
        unlink(path);
    }
    if (!write_all(job->front, job->rest_file, job->rest_len, bytes, len)) {
        return false;
    }
    job->rest_len += len;
    return true;
}

/* Empties the file of the rest, of which the client has taken everything. */
static bool empty_rest(lyger_job *job)
{
    job->front->spooled -= job->rest_len;
    job->rest_len = job->rest_sent = 0;
    return job->rest_file < 0 || ftruncate(job->rest_file, 0) == 0;
}

bool lyger_front_send_rest(lyger_job *job)
{
    char bytes[SLICE];
    while (!job->full && lyger_front_has_rest(job)) {
        uint64_t left = job->rest_len - job->rest_sent;
        ssize_t count =
            pread(job->rest_file, bytes, left < SLICE ? (size_t)left : SLICE, (off_t)job->rest_sent);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        job->rest_sent += (uint64_t)count;
        job->full = !lyger_http_send(job->connection, bytes, (size_t)count);
    }
    return lyger_front_has_rest(job) || job->rest_len == 0 || empty_rest(job);
}

void lyger_front_end_rest(lyger_job *job)
{
    if (job->rest_file >= 0) {
        empty_rest(job);
        close(job->rest_file);
        job->rest_file = -1;
    }
    job->ending = false;
}
