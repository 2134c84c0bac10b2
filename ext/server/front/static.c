#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "static.h"

#include "http/conditions.h"
#include "http/date.h"
#include "mime.h"
#include "static_coded.h"
#include "static_open.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIED_MAX 65536u /* bytes of a body that are read and sent together with the head */
#define ETAG_SIZE 64u     /* bytes, quotes and NUL included */

/* Neighbours of a file that were missing. Looking for them costs as much as the file itself (4 of 8 µs, seen
 * on a loop of one file), so a neighbour that was missing counts as missing until the second is over. */
typedef struct absence {
    dev_t device;
    ino_t inode;
    time_t second;
    unsigned missing; /* bit i: of neighbours[i] */
} absence;

#define ABSENCES 256u /* files whose missing neighbours are remembered */

struct lyger_static {
    const lyger_server_config *config;
    lyger_mime *mime;
    lyger_root root;
    lyger_coded_files coded;
    absence absences[ABSENCES]; /* by inode */
    char bytes[COPIED_MAX];
};

/* An opened file and how it is sent. */
typedef struct found {
    int descriptor;
    struct stat stat;
    const char *type;
    const char *coding;       /* NULL, or a value for Content-Encoding */
    const lyger_coded *coded; /* compressed bytes that are sent instead of the file's; NULL: the file's are */
    bool varies;              /* another Accept-Encoding could have got other bytes */
} found;

lyger_status lyger_static_new(const lyger_server_config *config, lyger_static **files, lyger_error *error)
{
    *files = NULL;
    if (!config->document_root || config->document_root[0] == '\0') {
        return LYGER_OK;
    }
    lyger_static *new = calloc(1, sizeof *new);
    if (!new) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory");
    }
    new->config = config;
    lyger_coded_init(&new->coded);
    new->mime = lyger_mime_new(NULL);
    if (!new->mime) {
        free(new);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory");
    }
    if (!lyger_root_open(&new->root, config->document_root, config->follow_symlinks)) {
        int reason = errno;
        lyger_mime_free(new->mime);
        free(new);
        return lyger_fail(error, LYGER_E_SERVER, "document_root %s cannot be opened: %s",
                          config->document_root, strerror(reason));
    }
    *files = new;
    return LYGER_OK;
}

void lyger_static_free(lyger_static *files)
{
    if (files) {
        lyger_root_close(&files->root);
        lyger_coded_free(&files->coded);
        lyger_mime_free(files->mime);
        free(files);
    }
}

/* ---- finding ---- */

/* The neighbours that hold a file's content compressed, the best coding first. */
static const struct neighbour {
    const char *suffix, *coding;
} neighbours[] = {{".br", "br"}, {".zst", "zstd"}, {".gz", "gzip"}};

/* The record of what is known to be missing beside a file. */
static absence *absence_of(lyger_static *files, const struct stat *stat)
{
    absence *entry = &files->absences[stat->st_ino % ABSENCES];
    if (entry->inode != stat->st_ino || entry->device != stat->st_dev ||
        entry->second != files->root.checked) {
        *entry = (absence){stat->st_dev, stat->st_ino, files->root.checked, 0};
    }
    return entry;
}

/* Takes the compressed neighbour that the client likes best, if it is not older than the file. */
static void prefer_neighbour(lyger_static *files, const char *path, const lyger_http_request *request,
                             const char *head, found *file)
{
    uint32_t best = 0;
    struct stat stat, original = file->stat;
    absence *absence = absence_of(files, &original);
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++) {
        uint32_t weight = lyger_http_coding_weight(request, head, neighbours[i].coding);
        char name[LYGER_STATIC_PATH_MAX + 8];
        if (weight <= best || absence->missing & 1u << i) {
            continue;
        }
        snprintf(name, sizeof name, "%s%s", path, neighbours[i].suffix);
        int descriptor = lyger_root_file(&files->root, name, &stat);
        if (descriptor < 0) {
            absence->missing |= 1u << i;
            continue;
        }
        if (!S_ISREG(stat.st_mode) || stat.st_mtim.tv_sec < original.st_mtim.tv_sec ||
            (stat.st_mtim.tv_sec == original.st_mtim.tv_sec &&
             stat.st_mtim.tv_nsec < original.st_mtim.tv_nsec)) {
            close(descriptor);
            continue;
        }
        close(file->descriptor);
        file->descriptor = descriptor;
        file->stat = stat;
        file->coding = neighbours[i].coding;
        best = weight;
    }
}

/* Compresses the file when it has no neighbour for this client. Compressed bytes are never sent in parts: the
 * next request may get other bytes, when they are not kept any more or another library makes them. */
static void compress_here(lyger_static *files, const lyger_http_request *request, const char *head,
                          found *file)
{
    uint32_t at = 0;
    size_t len;
    if (file->coding || file->stat.st_size < (off_t)LYGER_COMPRESS_MIN ||
        file->stat.st_size > (off_t)LYGER_CODED_FILE_MAX ||
        lyger_http_next_value(request, head, "range", &at, &len)) {
        return;
    }
    lyger_coding coding = lyger_compress_choose(request, head);
    if (coding != LYGER_CODING_NONE) {
        file->coded = lyger_coded_get(&files->coded, file->descriptor, &file->stat, coding);
        file->coding = file->coded ? lyger_compress_name(coding) : NULL;
    }
}

/* Opens a regular file below the root; false with errno, which is 0 when the path leads to something else. */
static bool find_file(lyger_static *files, const char *path, const lyger_http_request *request,
                      const char *head, found *file)
{
    file->descriptor = lyger_root_file(&files->root, path, &file->stat);
    if (file->descriptor < 0) {
        return false;
    }
    if (!S_ISREG(file->stat.st_mode)) {
        close(file->descriptor);
        errno = 0;
        return false;
    }
    file->type = lyger_mime_of(files->mime, path);
    file->coding = NULL;
    file->coded = NULL;
    file->varies = files->config->compress && lyger_mime_is_text(file->type);
    if (file->varies) {
        prefer_neighbour(files, path, request, head, file);
        compress_here(files, request, head, file);
    }
    return true;
}

/* ---- answering ---- */

/* Adds a field line; false, with nothing added, when it does not fit. */
__attribute__((format(printf, 2, 3))) static bool add_field(lyger_static_plan *plan, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len =
        vsnprintf(plan->fields + plan->fields_len, sizeof plan->fields - plan->fields_len, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof plan->fields - plan->fields_len) {
        return false;
    }
    plan->fields_len += (size_t)len;
    return true;
}

/* Redirects from a directory's address to the same address with a slash. The address is written anew from the
 * decoded path, because the path as the client sent it could begin with "//" and lead to another host. */
static bool redirect(const char *path, const lyger_http_request *request, const char *head,
                     lyger_static_plan *plan)
{
    static const char hex[] = "0123456789ABCDEF", plain[] = "-._~!$&'()*+,;=:@/";
    char to[3 * LYGER_STATIC_PATH_MAX];
    size_t len = 0;
    for (; *path; path++) {
        unsigned char byte = (unsigned char)*path;
        bool letter = (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
        if (letter || strchr(plain, byte)) {
            to[len++] = (char)byte;
        } else {
            to[len++] = '%';
            to[len++] = hex[byte >> 4];
            to[len++] = hex[byte & 15];
        }
    }
    plan->status = 301;
    return add_field(plan, "Location: /%.*s/%s%.*s\r\n", (int)len, to, request->has_query ? "?" : "",
                     (int)request->query.len, head + request->query.at);
}

/* Adds the fields that a 304 must have too (RFC 9110, section 15.4.5), and the body's fields. */
static void describe_file(const lyger_static *files, const found *file, const char *etag, time_t modified,
                          lyger_static_plan *plan)
{
    char date[LYGER_HTTP_DATE_SIZE];
    lyger_http_date_write(modified, date);
    add_field(plan, "ETag: %s\r\nLast-Modified: %s\r\n", etag, date);
    if (files->config->static_caching && files->config->static_caching[0]) {
        add_field(plan, "Cache-Control: %s\r\n", files->config->static_caching);
    }
    if (file->varies) {
        add_field(plan, "Vary: Accept-Encoding\r\n");
    }
    if (plan->status == 200 || plan->status == 206) {
        add_field(plan, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", file->type);
        if (!file->coded) { /* what compress_here() made is not sent in parts */
            add_field(plan, "Accept-Ranges: bytes\r\n");
        }
        if (file->coding) {
            add_field(plan, "Content-Encoding: %s\r\n", file->coding);
        }
    }
}

static void decide_file(const lyger_static *files, const found *file, const lyger_http_request *request,
                        const char *head, time_t now, lyger_static_plan *plan)
{
    char etag[ETAG_SIZE];
    uint64_t size = file->coded ? file->coded->len : (uint64_t)file->stat.st_size;
    lyger_http_range range = {0, size};
    snprintf(etag, sizeof etag, "\"%llx%08lx-%llx-%llx%s%s\"", (unsigned long long)file->stat.st_mtim.tv_sec,
             (unsigned long)file->stat.st_mtim.tv_nsec, (unsigned long long)size,
             (unsigned long long)file->stat.st_ino, file->coded ? "-" : "", file->coded ? file->coding : "");
    /* Never later than the answer (RFC 9110, section 8.8.2.1). */
    time_t modified = file->stat.st_mtim.tv_sec < now ? file->stat.st_mtim.tv_sec : now;
    const lyger_http_validators validators = {etag, modified, now, size};
    plan->status = lyger_http_judge(request, head, &validators, &range);
    describe_file(files, file, etag, modified, plan);
    if (plan->status == 206) {
        add_field(plan, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)range.first,
                  (unsigned long long)(range.first + range.len - 1), (unsigned long long)size);
    } else if (plan->status == 416) {
        add_field(plan, "Content-Range: bytes */%llu\r\n", (unsigned long long)size);
    }
    bool has_body = plan->status == 200 || plan->status == 206;
    plan->content_length = has_body ? range.len : 0;
    if (has_body && file->coded && request->method == LYGER_HTTP_GET) {
        plan->bytes = file->coded->bytes;
        plan->len = size;
        close(file->descriptor);
    } else if (has_body && request->method == LYGER_HTTP_GET) {
        plan->descriptor = file->descriptor;
        plan->offset = range.first;
        plan->len = range.len;
    } else {
        close(file->descriptor);
    }
}

/* No file was found. When the process has no descriptors left, the file may exist, so the answer is 503,
 * where the application would say 404. */
static bool decide_nothing(lyger_static_plan *plan)
{
    if (errno != EMFILE && errno != ENFILE) {
        return false;
    }
    plan->status = 503;
    return add_field(plan, "Retry-After: 1\r\n");
}

/* Whether the directory has a script that answers for it, before any index file does (nginx: "index index.php
 * index.html"). */
static bool has_script(const lyger_static *files, const char *path, bool complete)
{
    char name[LYGER_STATIC_PATH_MAX];
    int written = snprintf(name, sizeof name, "%s%sindex.php", path, complete ? "" : "/");
    return written > 0 && (size_t)written < sizeof name &&
           faccessat(files->root.descriptor, name, F_OK, 0) == 0;
}

/* A directory: answers with its index file, or redirects when the address does not end in a slash. */
static bool decide_directory(lyger_static *files, char *path, const lyger_http_request *request,
                             const char *head, time_t now, lyger_static_plan *plan)
{
    found file;
    char name[LYGER_STATIC_PATH_MAX];
    size_t len = strlen(path);
    bool complete = len == 0 || path[len - 1] == '/';
    const char *index = files->config->index;
    if (!index || index[0] == '\0' || lyger_static_is_source(index) ||
        (files->config->scripts && has_script(files, path, complete))) {
        return false;
    }
    int written = snprintf(name, sizeof name, "%s%s%s", path, complete ? "" : "/", index);
    if (written < 0 || (size_t)written >= sizeof name) {
        return false;
    }
    if (!find_file(files, name, request, head, &file)) {
        return decide_nothing(plan);
    }
    if (complete) {
        decide_file(files, &file, request, head, now, plan);
    } else {
        close(file.descriptor);
        return redirect(path, request, head, plan);
    }
    return true;
}

bool lyger_static_decide(lyger_static *files, const lyger_http_request *request, const char *head, time_t now,
                         lyger_static_plan *plan)
{
    char path[LYGER_STATIC_PATH_MAX];
    found file;
    if (!files || (request->method != LYGER_HTTP_GET && request->method != LYGER_HTTP_HEAD) ||
        (request->form != LYGER_HTTP_ORIGIN && request->form != LYGER_HTTP_ABSOLUTE) ||
        !lyger_static_path(head + request->path.at, request->path.len, path)) {
        return false;
    }
    plan->descriptor = -1;
    plan->bytes = NULL;
    plan->offset = plan->len = plan->content_length = 0;
    plan->fields_len = 0;
    lyger_root_refresh(&files->root, now);
    size_t len = strlen(path);
    if (len == 0 || path[len - 1] == '/') {
        return decide_directory(files, path, request, head, now, plan);
    }
    if (find_file(files, path, request, head, &file)) {
        decide_file(files, &file, request, head, now, plan);
        return true;
    }
    /* Most requests are the application's, and this is all they cost: one system call. */
    return errno == 0 && S_ISDIR(file.stat.st_mode) ? decide_directory(files, path, request, head, now, plan)
                                                    : decide_nothing(plan);
}

bool lyger_static_answer(lyger_static *files, lyger_http_connection *connection,
                         const lyger_http_request *request, const char *head)
{
    lyger_static_plan plan;
    if (!lyger_static_decide(files, request, head, time(NULL), &plan)) {
        return false;
    }
    /* A small file goes out in one piece with its head. A file that has shrunk meanwhile is left to
     * lyger_http_send_file(), which notices its end. */
    bool copied =
        plan.descriptor >= 0 && plan.len <= sizeof files->bytes &&
        pread(plan.descriptor, files->bytes, (size_t)plan.len, (off_t)plan.offset) == (ssize_t)plan.len;
    lyger_http_begin_response(connection, plan.status, plan.fields, plan.fields_len, plan.content_length);
    if (plan.bytes) {
        lyger_http_send(connection, plan.bytes, (size_t)plan.len);
    } else if (copied) {
        close(plan.descriptor);
        lyger_http_send(connection, files->bytes, (size_t)plan.len);
    } else if (plan.descriptor >= 0) {
        lyger_http_send_file(connection, plan.descriptor, plan.offset, plan.len);
    }
    lyger_http_end_response(connection);
    return true;
}
