#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "sendfile.h"

#include "base/hex.h"
#include "http/conditions.h"
#include "http/date.h"
#include "mime.h"
#include "server/sendfile_places.h"
#include "static_open.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ETAG_SIZE 256u /* bytes of an application's ETag that is heeded, NUL included */
#define PATH_SIZE LYGER_SENDFILE_PATH_SIZE

typedef struct place {
    const char *uri; /* in the configuration; uri_len is 0 for none */
    size_t uri_len;
    lyger_root root;
    char given[PATH_SIZE]; /* the directory as the option names it … */
    char real[PATH_SIZE];  /* … and without symbolic links; "": not known */
} place;

struct lyger_sendfile {
    const lyger_server_config *config;
    lyger_mime *mime;
    time_t looked; /* when the real paths were last looked up */
    size_t count;
    place places[]; /* count of them */
};

/* ---- the directories ---- */

static void look_up(lyger_sendfile *files)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!realpath(files->places[i].root.path, files->places[i].real)) {
            files->places[i].real[0] = '\0';
        }
    }
}

/* Opens the places of the option; false with errno at the first one that cannot be opened, which is *failed.
 */
static bool open_places(lyger_sendfile *files, const char **failed)
{
    const char *text = files->config->sendfile_places;
    lyger_sendfile_place one;
    while (lyger_sendfile_next(&text, &one)) {
        place *to = &files->places[files->count];
        to->uri = one.uri;
        to->uri_len = one.uri_len;
        lyger_sendfile_directory(&one, to->given);
        if (!lyger_root_open(&to->root, to->given, files->config->follow_symlinks)) {
            *failed = to->given;
            return false;
        }
        files->count++;
    }
    look_up(files);
    return true;
}

lyger_status lyger_sendfile_new(const lyger_server_config *config, lyger_sendfile **files, lyger_error *error)
{
    size_t count = 0;
    lyger_sendfile_place one;
    const char *failed = NULL;
    *files = NULL;
    for (const char *text = config->sendfile_places; lyger_sendfile_next(&text, &one);) {
        count++;
    }
    if (count == 0) {
        return LYGER_OK;
    }
    lyger_sendfile *new = calloc(1, sizeof *new + count * sizeof *new->places);
    if (new) {
        new->config = config;
        new->mime = lyger_mime_new(NULL);
    }
    if (!new || !new->mime) {
        free(new);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory");
    }
    if (!open_places(new, &failed)) {
        lyger_status status = lyger_fail(error, LYGER_E_SERVER, "sendfile: %.200s cannot be opened: %s",
                                         failed, strerror(errno));
        lyger_sendfile_free(new);
        return status;
    }
    *files = new;
    return LYGER_OK;
}

void lyger_sendfile_free(lyger_sendfile *files)
{
    if (files) {
        for (size_t i = 0; i < files->count; i++) {
            lyger_root_close(&files->places[i].root);
        }
        lyger_mime_free(files->mime);
        free(files);
    }
}

/* ---- which file ---- */

/* Writes a URI's path decoded, without its query; false when its encoding is broken or it does not fit. */
static bool decode(const char *uri, size_t len, char to[PATH_SIZE], size_t *to_len)
{
    *to_len = 0;
    for (size_t i = 0; i < len && uri[i] != '?'; i++) {
        char byte = uri[i];
        if (byte == '%') {
            int high = len - i > 2 ? lyger_hex_digit(uri[i + 1]) : -1,
                low = high >= 0 ? lyger_hex_digit(uri[i + 2]) : -1;
            if (low < 0) {
                return false;
            }
            byte = (char)(high << 4 | low);
            i += 2;
        }
        if (*to_len + 1 >= PATH_SIZE) {
            return false;
        }
        to[(*to_len)++] = byte;
    }
    return true;
}

/* Leaves out empty segments and "." in place and ends the path with a NUL; false for a path that is not
 * absolute, ends in a slash, or has a NUL or "..". */
static bool normalize(char *path, size_t len)
{
    char *to = path, *end = path + len;
    if (len == 0 || path[0] != '/' || path[len - 1] == '/' || memchr(path, '\0', len)) {
        return false;
    }
    for (char *segment = path; segment < end;) {
        char *stop = memchr(segment + 1, '/', (size_t)(end - segment - 1));
        stop = stop ? stop : end;
        size_t size = (size_t)(stop - segment); /* with the slash before it */
        if (size == 3 && memcmp(segment, "/..", 3) == 0) {
            return false;
        }
        if (size > 2 || (size == 2 && segment[1] != '.')) {
            memmove(to, segment, size);
            to += size;
        }
        segment = stop;
    }
    *to = '\0';
    return to > path;
}

/* What stands behind a directory and its slash in a path; NULL when the path is not below the directory. */
static const char *below(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    return len > 0 && strncmp(path, directory, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

/* The place whose directory or URI the path is below, the longest one of several; *rest is the file's path
 * from there. */
static place *find(lyger_sendfile *files, const char *path, bool is_uri, const char **rest)
{
    place *best = NULL;
    for (size_t i = 0; i < files->count; i++) {
        place *one = &files->places[i];
        const char *found = NULL;
        if (is_uri && one->uri_len > 0 && strncmp(path, one->uri, one->uri_len) == 0) {
            found = path + one->uri_len;
        } else if (!is_uri || one->uri_len == 0) {
            const char *given = below(path, one->given);
            found = given ? given : below(path, one->real);
        }
        if (found && (!best || found > *rest)) {
            best = one;
            *rest = found;
        }
    }
    return best;
}

/* The place of the file that the answer names; NULL when it is in none. */
static place *place_of(lyger_sendfile *files, const lyger_answer_fields *fields, time_t now,
                       char path[PATH_SIZE], const char **rest)
{
    const char *text = fields->file.start;
    size_t len = lyger_buffer_length(&fields->file);
    if (len == 0) {
        return NULL;
    }
    if (fields->file_is_uri) {
        if (!decode(text, len, path, &len)) {
            return NULL;
        }
    } else if (len < PATH_SIZE) {
        memcpy(path, text, len);
    } else {
        return NULL;
    }
    if (!normalize(path, len)) {
        return NULL;
    }
    place *found = find(files, path, fields->file_is_uri, rest);
    if (!found &&
        files->looked != now) { /* a deployment may have exchanged what a directory's link leads to */
        files->looked = now;
        look_up(files);
        found = find(files, path, fields->file_is_uri, rest);
    }
    return found && **rest ? found : NULL;
}

static void refuse(lyger_sendfile_plan *plan, int status, const char *why)
{
    plan->status = status;
    plan->refused = why;
}

/* Opens the file; -1 with the plan's refusal. */
static int open_file(lyger_sendfile *files, const lyger_answer_fields *fields, time_t now,
                     lyger_sendfile_plan *plan, struct stat *stat, const char **type)
{
    char path[PATH_SIZE];
    const char *rest = NULL;
    place *place = place_of(files, fields, now, path, &rest);
    if (!place) {
        refuse(plan, 404, "not below a directory of the option sendfile");
        return -1;
    }
    lyger_root_refresh(&place->root, now);
    int descriptor = lyger_root_file(&place->root, rest, stat);
    if (descriptor < 0) {
        bool is_link = errno == ELOOP || errno == EXDEV;
        refuse(plan,
               errno == EMFILE || errno == ENFILE             ? 503
               : is_link || errno == EACCES || errno == EPERM ? 403
                                                              : 404,
               is_link ? "reached by a symbolic link only" : strerror(errno));
        return -1;
    }
    if (!S_ISREG(stat->st_mode)) {
        close(descriptor);
        refuse(plan, 404, "not a regular file");
        return -1;
    }
    *type = lyger_mime_of(files->mime, rest);
    return descriptor;
}

/* ---- answering ---- */

/* What the application has said of the file, or else what is found of it. */
typedef struct validators {
    char etag[ETAG_SIZE];
    lyger_http_validators of;
    bool own_etag; /* the application's, whose field stands in the answer already */
} validators;

static void validate(const lyger_answer_fields *fields, const struct stat *stat, time_t now, validators *to)
{
    size_t len;
    const char *value = lyger_answer_fields_find(fields, "etag", &len);
    to->own_etag = value != NULL;
    if (value && len > 2 &&
        memcmp(value, "W/", 2) == 0) { /* to be compared weakly only, as If-None-Match does */
        value += 2;
        len -= 2;
    }
    if (value) {
        snprintf(to->etag, sizeof to->etag, "%.*s", len < sizeof to->etag ? (int)len : 0, value);
    } else {
        snprintf(to->etag, sizeof to->etag, "\"%llx%08lx-%llx-%llx\"",
                 (unsigned long long)stat->st_mtim.tv_sec, (unsigned long)stat->st_mtim.tv_nsec,
                 (unsigned long long)stat->st_size, (unsigned long long)stat->st_ino);
    }
    /* Never later than the answer (RFC 9110, section 8.8.2.1). */
    to->of = (lyger_http_validators){to->etag, stat->st_mtim.tv_sec < now ? stat->st_mtim.tv_sec : now, now,
                                     (uint64_t)stat->st_size};
    value = lyger_answer_fields_find(fields, "last-modified", &len);
    if (value) {
        lyger_http_date_read(value, len, now, &to->of.modified);
    }
}

/* Adds a field line; false when there is no memory. */
__attribute__((format(printf, 2, 3))) static bool put(lyger_answer_fields *fields, const char *format, ...)
{
    char text[ETAG_SIZE + 64];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return len > 0 && (size_t)len < sizeof text && lyger_sink_put(&fields->text.sink, text, (size_t)len);
}

/* Adds the type of the file's name when the application has said none. */
static bool put_type(lyger_answer_fields *fields, const char *type)
{
    lyger_sink *sink = &fields->text.sink;
    size_t len;
    return lyger_answer_fields_find(fields, "content-type", &len) ||
           (lyger_sink_put_literal(sink, "Content-Type: ") && lyger_sink_put(sink, type, strlen(type)) &&
            lyger_sink_put_literal(sink, "\r\n") &&
            (lyger_answer_fields_find(fields, "x-content-type-options", &len) ||
             lyger_sink_put_literal(sink, "X-Content-Type-Options: nosniff\r\n")));
}

static bool put_validators(lyger_answer_fields *fields, const validators *file)
{
    char date[LYGER_HTTP_DATE_SIZE];
    size_t len;
    if (!file->own_etag && !put(fields, "ETag: %s\r\n", file->etag)) {
        return false;
    }
    lyger_http_date_write(file->of.modified, date);
    return lyger_answer_fields_find(fields, "last-modified", &len) ||
           put(fields, "Last-Modified: %s\r\n", date);
}

/* Writes the fields that are the file's: type, validators, range. status is 0 when it is the application's
 * own. */
static bool describe(lyger_answer_fields *fields, const validators *file, const char *type, int status,
                     const lyger_http_range *range)
{
    unsigned long long size = file->of.size, first = range->first;
    lyger_answer_fields_drop(fields, "accept-ranges");
    lyger_answer_fields_drop(fields, "content-range");
    switch (status) {
    case 200:
        return put_type(fields, type) && put_validators(fields, file) &&
               put(fields, "Accept-Ranges: bytes\r\n");
    case 206:
        return put_type(fields, type) && put_validators(fields, file) &&
               put(fields, "Accept-Ranges: bytes\r\nContent-Range: bytes %llu-%llu/%llu\r\n", first,
                   first + range->len - 1, size);
    case 304:
    case 412:
    case 416: /* without the file */
        lyger_answer_fields_drop(fields, "content-type");
        lyger_answer_fields_drop(fields, "content-encoding");
        return put_validators(fields, file) &&
               (status != 416 || put(fields, "Content-Range: bytes */%llu\r\n", size));
    default: /* an error's page, say */
        return put_type(fields, type);
    }
}

bool lyger_sendfile_decide(lyger_sendfile *files, const lyger_http_request *request, const char *head,
                           lyger_answer_fields *fields, int status, time_t now, lyger_sendfile_plan *plan)
{
    struct stat stat;
    validators file;
    const char *type = NULL;
    bool get = request->method == LYGER_HTTP_GET || request->method == LYGER_HTTP_HEAD;
    *plan = (lyger_sendfile_plan){.status = status, .descriptor = -1};
    if (status == 204 || status == 205 || status == 304) { /* the application's answer has no body */
        return true;
    }
    int descriptor = open_file(files, fields, now, plan, &stat, &type);
    if (descriptor < 0) {
        return true;
    }
    lyger_http_range range = {0, (uint64_t)stat.st_size};
    validate(fields, &stat, now, &file);
    bool judged = status == 200 || status == 206;
    if (judged) {
        plan->status = get ? lyger_http_judge(request, head, &file.of, &range) : 200;
    }
    bool has_body = !judged || plan->status == 200 || plan->status == 206;
    plan->content_length = has_body ? range.len : 0;
    if (has_body && request->method != LYGER_HTTP_HEAD) {
        plan->descriptor = descriptor;
        plan->offset = range.first;
        plan->len = range.len;
    } else {
        close(descriptor);
    }
    if (!describe(fields, &file, type, judged ? plan->status : 0, &range)) {
        if (plan->descriptor >= 0) {
            close(plan->descriptor);
        }
        return false;
    }
    return true;
}
